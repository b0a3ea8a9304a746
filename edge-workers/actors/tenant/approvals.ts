// Approvals: each binds a person to one revision, one head, one tree and the digest of what the plan read.
import { and, eq, isNull } from 'drizzle-orm'
import { mayDo } from '../../../schemas/principal.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { base32, hmacSha256 } from '../../digest.ts'
import { transaction } from '../database.ts'
import type { ApprovalRow, ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { readPlanRow, step } from './context.ts'

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

/** Whether this member could approve now, by a token that the requester did not make. */
const isApprover = (db: Tx | Db, member: string, requester: string, at: string): boolean =>
  db
    .select()
    .from(tables.tokens)
    .where(and(eq(tables.tokens.member, member), isNull(tables.tokens.revokedAt)))
    .all()
    .some(
      (token) =>
        token.person &&
        !token.lineage.includes(requester) &&
        (token.expiresAt === null || token.expiresAt > at) &&
        mayDo(token, 'changes.approve'),
    )

/** Approvals that count: of this revision, on this head, not voided, by people other than the requester who may approve. */
export const standingApprovals = (
  db: Tx | Db,
  change: ChangeRow,
  at = new Date().toISOString(),
): ApprovalRow[] =>
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
    .filter(({ subject }) => isApprover(db, subject, change.requester, at))

export const isApproved = (db: Tx | Db, change: ChangeRow): boolean =>
  new Set(standingApprovals(db, change).map(({ subject }) => subject)).size >= APPROVALS_NEEDED

export const voidApproval = (tx: Tx, { id }: ApprovalRow, at: string, reason: string): void => {
  tx.update(tables.approvals)
    .set({ voidedAt: at, voidReason: reason })
    .where(eq(tables.approvals.id, id))
    .run()
}

export const voidApprovals = (tx: Tx, change: ChangeRow, at: string, reason: string): void => {
  tx.update(tables.approvals)
    .set({ voidedAt: at, voidReason: reason })
    .where(and(eq(tables.approvals.changeId, change.id), isNull(tables.approvals.voidedAt)))
    .run()
}

/** Somebody may no longer approve: changes that stood on his word alone go back to being proposed. */
export const judgeApprovalsAgain = (context: TenantContext): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const approved = tx
      .select()
      .from(tables.changes)
      .where(eq(tables.changes.state, 'approved'))
      .all()
    for (const change of approved) {
      if (isApproved(tx, change)) continue
      voidApprovals(tx, change, at, 'the approver may no longer approve')
      step(tx, change, 'proposed', {
        actor: 'phoenix',
        at,
        reason: 'the approver may no longer approve',
        work: ['gate'],
      })
    }
    return null
  })
  context.changed()
}
