// Approvals: each binds a person to one revision, one head, one tree and the digest of what the plan read.
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { ChangeState } from '../../../schemas/change.ts'
import { mayDo } from '../../../schemas/principal.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { base32, hmacSha256 } from '../../digest.ts'
import { transaction } from '../database.ts'
import type { ApprovalRow, ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { readPlanRow, step } from './context.ts'

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

/** Of this revision, and not voided. */
const liveApprovals = (db: Tx | Db, change: ChangeRow): ApprovalRow[] =>
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

/** Approvals that count: of this revision, on this head, not voided, by people other than the requester who may approve. */
export const standingApprovals = (
  db: Tx | Db,
  change: ChangeRow,
  at = new Date().toISOString(),
): ApprovalRow[] =>
  liveApprovals(db, change)
    .filter(({ headSha, subject }) => headSha === change.commitSha && subject !== change.requester)
    .filter(({ subject }) => isApprover(db, subject, change.requester, at))

/**
 * The people whom operators let in and to whom tokens of a member go back that may have made an approval: himself, where an
 * operator made his token, or whoever stands behind the one that did.
 */
const rootsOf = (db: Tx | Db, { subject, at }: ApprovalRow): string[] => [
  ...new Set(
    db
      .select()
      .from(tables.tokens)
      .where(eq(tables.tokens.member, subject))
      .all()
      .filter(
        (token) =>
          token.person &&
          mayDo(token, 'changes.approve') &&
          token.createdAt <= at &&
          (token.revokedAt === null || token.revokedAt >= at),
      )
      // A lineage begins with the operator.
      .map(({ lineage, member }) => lineage[1] ?? member),
  ),
]

/**
 * Approvals of people who are surely different: a token that one member made for another may be in his own hands, and so
 * the two count once. Which token an approval was made with is not asked: any that could have counts.
 */
const independent = (db: Tx | Db, approvals: readonly ApprovalRow[]): number => {
  const counted = new Set<string>()
  return approvals
    .map((approval) => rootsOf(db, approval))
    .sort((a, b) => a.length - b.length)
    .filter((roots) => {
      if (roots.length === 0 || roots.some((root) => counted.has(root))) return false
      for (const root of roots) counted.add(root)
      return true
    }).length
}

export interface Votes {
  /** Different people whose approvals count now. */
  given: number
  /** More of them, who do not count besides: their tokens go back to the same people. */
  alike: number
  /** As many as the plan asks for. */
  needed: number
}

export const votesOn = (db: Tx | Db, change: ChangeRow): Votes => {
  // Of the same person twice the latest.
  const latest = new Map(standingApprovals(db, change).map((row) => [row.subject, row]))
  const given = independent(db, [...latest.values()])
  const { needed } = readPlanRow(db, change).plan.reviewers
  return { given, alike: latest.size - given, needed }
}

export const isApproved = (db: Tx | Db, change: ChangeRow): boolean => {
  const { given, needed } = votesOn(db, change)
  return given >= needed
}

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

const WAITING: ChangeState[] = ['proposed', 'approved']

/**
 * Somebody may no longer approve: his approvals are void for good, also where others are still waited for, and changes
 * that stood on them go back to being proposed. What others said stays.
 */
export const judgeApprovalsAgain = (context: TenantContext): void => {
  const at = context.now().toISOString()
  const reason = 'the approver may no longer approve'
  transaction(context.db, (tx) => {
    const open = tx
      .select()
      .from(tables.changes)
      .where(inArray(tables.changes.state, WAITING))
      .all()
    for (const change of open) {
      const lost = liveApprovals(tx, change).filter(
        ({ subject }) => !isApprover(tx, subject, change.requester, at),
      )
      if (lost.length === 0) continue
      for (const approval of lost) voidApproval(tx, approval, at, reason)
      const next = isApproved(tx, change) ? change.state : 'proposed'
      step(tx, change, next, { actor: 'phoenix', at, reason, work: ['gate'] })
    }
    return null
  })
  context.changed()
}
