// What happened on the forge. A webhook is only a hint: the pull request is read again and what it shows is what counts.
import { MAIN } from '../../../gitops/propose.ts'
import { type ChangeState, mayMove } from '../../../schemas/change.ts'
import type { PullRequest, Review } from '../../../schemas/ports.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import {
  addApproval,
  isApproved,
  isApprover,
  isByCredential,
  standingApprovals,
  voidApproval,
  voidApprovals,
} from './approvals.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { readChangeRow, step } from './context.ts'
import { recordMerge } from './decisions.ts'
import { memberOfAccount, type Named, pushedByNobody } from './forge-accounts/accounts.ts'
import { mayBeGreen } from './gate.ts'
import { missingBody } from './promotion-bars.ts'
import { stillTrue } from './reads.ts'

const WATCHED: ReadonlySet<ChangeState> = new Set(['proposed', 'approved'])

/**
 * Reads the pull request of a change and takes the step that it asks for. False where the forge does not say what became of it:
 * it may be merged.
 */
export const observe = async (
  context: TenantContext,
  id: string,
  withReviews: boolean,
): Promise<boolean> => {
  const before = readChangeRow(context.db, id)
  if (!before || before.pullNumber === null || !isObserved(before)) return true
  const read = await context
    .repository()
    .readPull(context.tenant().repository, before.pullNumber, withReviews)
  throwIfOutage(read)
  if (!read.ok || read.value === null) return read.ok
  const { pull, reviews } = read.value
  // The forge does not say yet as which commit. Taken for a closing, a lawful merge would be undone.
  if (pull.merged && pull.mergeSha === null) return false
  const change = readChangeRow(context.db, id)
  // It moved while the forge was read: what was seen may be older than what is known, so it is read again.
  if (change?.version !== before.version) return observe(context, id, withReviews)
  // While a revision is being written the head is on the move by our own hand.
  if (WATCHED.has(change.state) && change.commitSha === null) return !pull.merged
  if (WATCHED.has(change.state)) await restoreBody(context, change, pull)
  const relies = change.state === 'approved' || reviews.some(({ state }) => state === 'approved')
  const readsStand = !relies || (await stillTrue(context, change, pull.merged)).ok
  if (readChangeRow(context.db, id)?.version !== change.version)
    return observe(context, id, withReviews)
  const at = context.now().toISOString()
  const appLogin = context.env.FORGE_APP_LOGIN
  transaction(context.db, (tx) => {
    const isGreen = mayBeGreen(context, change)
    const row = takeIn(tx, change, pull, { at, appLogin, readsStand, isGreen })
    // What is said meanwhile is read again when the tenant is resumed.
    const suspended = context.tenant().state === 'suspended'
    if (withReviews && !suspended && WATCHED.has(row.state))
      takeReviews(tx, row, reviews, { at, readsStand })
    return null
  })
  context.changed()
  return true
}

/** Open, or at its end without having been merged: somebody may still merge what was rejected or withdrawn. */
export const isObserved = ({ state, mergeSha }: Pick<ChangeRow, 'state' | 'mergeSha'>): boolean =>
  WATCHED.has(state) || (mergeSha === null && mayMove(state, 'merged_unauthorised'))

/** A body that is no longer the plan misleads who reads it: it is written again. */
const restoreBody = async (
  context: TenantContext,
  change: ChangeRow,
  pull: PullRequest,
): Promise<void> => {
  const expected = pull.state === 'open' ? missingBody(context, change, pull) : null
  if (expected === null) return
  throwIfOutage(
    await context.repository().restoreBody(context.tenant().repository, pull.number, expected),
  )
}

interface Seen {
  at: string
  /** Our own account on the forge. */
  appLogin: string
  /** Whether what a plan read that was approved, also on the forge, still is so. */
  readsStand: boolean
  /** The required check, as far as anybody knows. */
  isGreen: boolean
}

const CLOSED = {
  voidReason: 'the pull request was closed',
  reason: 'the pull request was closed on the forge',
}
/** Which one the pull request shows: a branch has any name that somebody gives it. */
const MERGED_ELSEWHERE = {
  voidReason: 'the pull request was merged into another branch',
  reason: 'the pull request was merged into another branch: nothing of it is on main',
}

const takeIn = (tx: Tx, change: ChangeRow, pull: PullRequest, seen: Seen): ChangeRow => {
  const { at } = seen
  if (pull.merged && pull.mergeSha !== null && pull.baseBranch === MAIN) {
    return takeMerge(tx, change, pull, { ...seen, mergeSha: pull.mergeSha })
  }
  if (!WATCHED.has(change.state)) return change
  if (pull.state === 'closed') {
    const { voidReason, reason } = pull.merged ? MERGED_ELSEWHERE : CLOSED
    voidApprovals(tx, change, at, voidReason)
    return step(tx, change, 'closed', {
      actor: 'forge',
      at,
      reason,
      work:
        change.gate === 'green'
          ? ['gate', 'release', 'delete-branch']
          : ['release', 'delete-branch'],
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
  if (change.state === 'approved' && !seen.readsStand) {
    voidApprovals(tx, change, at, 'what the plan read has changed')
    return step(tx, change, 'proposed', {
      actor: 'phoenix',
      at,
      reason: 'what the plan read has changed since: ask for a revision',
      work: ['gate'],
    })
  }
  return change
}

/** A merge counts only if the gate may have been green for this head and the merger is not the requester; else it stays unapplied. */
const takeMerge = (
  tx: Tx,
  change: ChangeRow,
  pull: PullRequest,
  { mergeSha, at, appLogin, readsStand, isGreen }: Seen & { mergeSha: string },
): ChangeRow => {
  const by = pull.mergedBy === null ? null : { login: pull.mergedBy, account: pull.mergedByAccount }
  const merger = (by && memberOfAccount(tx, by)) ?? 'forge'
  // An account that belongs to nobody we know is nobody who may merge.
  const byRight = pull.mergedBy === appLogin || (by !== null && approverOf(tx, by, change) !== null)
  const lawful =
    change.state === 'approved' &&
    isGreen &&
    readsStand &&
    byRight &&
    pull.headSha === change.commitSha &&
    isApproved(tx, change)
  if (lawful) return recordMerge(tx, change, { mergeSha, actor: merger, at })
  return step(tx, change, 'merged_unauthorised', {
    actor: merger,
    at,
    reason: 'merged past the gate: it stays on main, unapplied, and live does not move past it',
    patch: { mergeSha, mergedAt: at, headSha: pull.headSha },
    work: ['delete-branch', 'release', 'undo-stray'],
  })
}

/** The member whose approval a review of this account is; null where it is nobody's who may approve this change. */
const approverOf = (tx: Tx, account: Named, change: ChangeRow): string | null => {
  const member = memberOfAccount(tx, account)
  return member !== null && isApprover(tx, member, change) ? member : null
}

/** What each account last said about this head. A comment takes nothing back. */
const opinionsOn = (head: string, reviews: Review[]): Review[] => [
  ...new Map(
    reviews
      .filter(({ state, headSha }) => headSha === head && state !== 'commented')
      .map((review) => [`${review.login.toLowerCase()} ${review.account ?? ''}`, review]),
  ).values(),
]

/**
 * An approving review by a linked person on the claimed head is an approval, until the same person takes it back there. While the
 * world is another than the plan read it is none, as over the API: else what was void would be approved anew with every look.
 */
const takeReviews = (
  tx: Tx,
  change: ChangeRow,
  reviews: Review[],
  { at, readsStand }: Pick<Seen, 'at' | 'readsStand'>,
): void => {
  const { commitSha, headSha } = change
  if (commitSha === null || headSha !== commitSha || pushedByNobody(change)) return
  // A review on the forge is no presentation: where the tenant's rules ask for those, it says nothing here.
  if (isByCredential(tx, change)) return
  for (const review of opinionsOn(commitSha, reviews)) {
    const { state } = review
    const member = approverOf(tx, review, change)
    const latest = readChangeRow(tx, change.id)
    if (member === null || !latest) continue
    const standing = standingApprovals(tx, latest).find(({ subject }) => subject === member)
    if (state === 'approved' && !standing && !readsStand) continue
    if (state === 'approved' && !standing) {
      addApproval(tx, latest, { subject: member, source: 'forge', at })
    } else if (state !== 'approved' && standing?.source === 'forge') {
      voidApproval(tx, standing, at, 'taken back on the forge')
    } else continue
    const next = isApproved(tx, latest) ? 'approved' : 'proposed'
    step(tx, latest, next, { actor: member, at, reason: null, work: ['gate'] })
  }
}
