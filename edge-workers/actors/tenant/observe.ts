// What happened on the forge. A webhook is only a hint: the pull request is read again and what it shows is what counts.
import { eq } from 'drizzle-orm'
import { planBody } from '../../../gitops/message.ts'
import type { PullRequest, Review } from '../../../schemas/ports.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { addApproval, isApproved, standingApprovals, voidApprovals } from './approvals.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { readChangeRow, readPlanRow, step } from './context.ts'
import { recordMerge } from './decisions.ts'
import { throwIfOutage } from './outbox.ts'

const WATCHED = new Set(['proposed', 'approved'])

/** Reads the pull request of a change and takes the step that it asks for. */
export const observe = async (
  context: TenantContext,
  id: string,
  withReviews: boolean,
): Promise<void> => {
  const before = readChangeRow(context.db, id)
  if (!before || before.pullNumber === null || !WATCHED.has(before.state)) return
  const read = await context
    .repository()
    .readPull(context.tenant().repository, before.pullNumber, withReviews)
  throwIfOutage(read)
  if (!read.ok || read.value === null) return
  const { pull, reviews } = read.value
  const change = readChangeRow(context.db, id)
  // While a revision is being written the head is on the move by our own hand.
  if (!change || !WATCHED.has(change.state) || change.commitSha === null) return
  await restoreBody(context, change, pull)
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const row = takeIn(tx, change, pull, at)
    if (WATCHED.has(row.state)) takeReviews(tx, row, reviews, at)
    return null
  })
  context.changed()
}

/** A body that is no longer the plan misleads who reads it: it is written again. */
const restoreBody = async (
  context: TenantContext,
  change: ChangeRow,
  pull: PullRequest,
): Promise<void> => {
  const expected = planBody(readPlanRow(context.db, change).plan, change, context.env.PUBLIC_URL)
  if (pull.state === 'open' && normalised(pull.body) !== normalised(expected)) {
    throwIfOutage(
      await context.repository().restoreBody(context.tenant().repository, pull.number, expected),
    )
  }
}
const normalised = (body: string): string => body.replaceAll('\r\n', '\n').trimEnd()

const takeIn = (tx: Tx, change: ChangeRow, pull: PullRequest, at: string): ChangeRow => {
  if (pull.merged && pull.mergeSha !== null) return takeMerge(tx, change, pull, pull.mergeSha, at)
  if (pull.state === 'closed') {
    voidApprovals(tx, change, at, 'the pull request was closed')
    return step(tx, change, 'closed', {
      actor: 'forge',
      at,
      reason: 'the pull request was closed on the forge',
      work: ['release', 'delete-branch'],
    })
  }
  if (pull.headSha !== change.headSha) {
    const touched = pull.headSha !== change.commitSha
    if (touched) voidApprovals(tx, change, at, 'the head was changed outside Phoenix')
    return step(tx, change, touched ? 'proposed' : change.state, {
      actor: 'forge',
      at,
      reason: touched ? 'the head was changed outside Phoenix; approvals are void' : null,
      patch: { headSha: pull.headSha },
      work: ['gate'],
    })
  }
  return change
}

/** A merge counts only if the gate was green for this head and the merger is not the requester; else it stays unapplied. */
const takeMerge = (
  tx: Tx,
  change: ChangeRow,
  pull: PullRequest,
  mergeSha: string,
  at: string,
): ChangeRow => {
  const merger = pull.mergedBy === null ? null : memberOf(tx, pull.mergedBy)
  const lawful =
    change.state === 'approved' &&
    change.gate === 'green' &&
    pull.headSha === change.commitSha &&
    isApproved(tx, change) &&
    merger !== change.requester
  if (lawful) return recordMerge(tx, change, { mergeSha, actor: merger ?? 'forge', at })
  return step(tx, change, 'merged_unauthorised', {
    actor: merger ?? 'forge',
    at,
    reason: 'merged past the gate: it stays on main, unapplied, and live does not move past it',
    patch: { mergeSha, headSha: pull.headSha },
    work: ['delete-branch', 'release'],
  })
}

const memberOf = (tx: Tx, login: string): string | null =>
  tx
    .select({ member: tables.tokens.member })
    .from(tables.tokens)
    .where(eq(tables.tokens.forgeLogin, login))
    .get()?.member ?? null

/** An approving review by a linked person on the claimed head is an approval. */
const takeReviews = (tx: Tx, change: ChangeRow, reviews: Review[], at: string): void => {
  for (const { login, state, headSha } of reviews) {
    if (state !== 'approved' || headSha !== change.commitSha || change.headSha !== change.commitSha)
      continue
    const person = tx
      .select()
      .from(tables.tokens)
      .where(eq(tables.tokens.forgeLogin, login))
      .all()
      .find(
        (token) =>
          token.person &&
          token.revokedAt === null &&
          (token.role === 'approver' || token.role === 'owner'),
      )
    if (!person || person.member === change.requester) continue
    const latest = readChangeRow(tx, change.id)
    if (!latest || standingApprovals(tx, latest).some(({ subject }) => subject === person.member))
      continue
    addApproval(tx, latest, { subject: person.member, source: 'forge', at })
    step(tx, latest, isApproved(tx, latest) ? 'approved' : latest.state, {
      actor: person.member,
      at,
      reason: null,
      work: ['gate'],
    })
  }
}
