// Approvals: each binds a person to one revision, one head, one tree and the digest of what the plan read.
import { and, eq, isNull } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import { base32, hmacSha256 } from '../../digest.ts'
import type { ApprovalRow, ChangeRow, Db, Tx } from './context.ts'
import { readPlanRow } from './context.ts'

/** Approvals a change needs. Settings per tenant come with fuller identity. */
const APPROVALS_NEEDED = 1

export const addApproval = (
  tx: Tx,
  change: ChangeRow,
  { subject, source, at }: { subject: string; source: 'api' | 'forge'; at: string },
): void => {
  const { plan } = readPlanRow(tx, change)
  tx.insert(tables.approvals)
    .values({
      id: `apv_${base32(hmacSha256('approval', `${change.id}\u0000${change.revision}\u0000${subject}\u0000${at}`), 26)}`,
      changeId: change.id,
      revision: change.revision,
      subject,
      source,
      headSha: change.commitSha ?? '',
      treeSha: change.treeSha ?? '',
      reads: plan.reads,
      at,
    })
    .run()
}

/** Approvals that count: of this revision, on this head, by others than the requester, not voided. */
export const standingApprovals = (db: Tx | Db, change: ChangeRow): ApprovalRow[] =>
  db
    .select()
    .from(tables.approvals)
    .where(
      and(
        eq(tables.approvals.changeId, change.id),
        eq(tables.approvals.revision, change.revision),
        isNull(tables.approvals.voidedAt),
      ),
    )
    .all()
    .filter(({ headSha, subject }) => headSha === change.commitSha && subject !== change.requester)

export const isApproved = (db: Tx | Db, change: ChangeRow): boolean =>
  new Set(standingApprovals(db, change).map(({ subject }) => subject)).size >= APPROVALS_NEEDED

export const voidApprovals = (tx: Tx, change: ChangeRow, at: string, reason: string): void => {
  tx.update(tables.approvals)
    .set({ voidedAt: at, voidReason: reason })
    .where(and(eq(tables.approvals.changeId, change.id), isNull(tables.approvals.voidedAt)))
    .run()
}
