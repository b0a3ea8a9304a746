// What people decide about a change: approve, merge, reject, cancel, revise. (revert.ts undoes what was applied.)
// Every decision re-reads the row after each await and takes its step in one transaction.
import { eq, sql } from 'drizzle-orm'
import { pullTitle } from '../../../gitops/message.ts'
import { planBody } from '../../../gitops/plan-body/body.ts'
import type { ChangeRequest } from '../../../schemas/change.ts'
import { obstacleOf } from '../../../schemas/gate.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { sha256Hex } from '../../digest.ts'
import { statement, transaction } from '../database.ts'
import { insertPlan, planRequest } from './accept.ts'
import { voidApprovals, votesOn } from './approvals.ts'
import {
  approvable,
  byCredentialOnly,
  inState,
  notRequester,
  takeApproval,
  untouched,
} from './approve.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, readPlanRow, StaleChange, step } from './context.ts'
import { type Ending, endUnmerged } from './ending.ts'
import { postGate } from './gate.ts'
import { stillTrue } from './reads.ts'
import {
  claimRoom,
  forgetClaim,
  giveRoomBack,
  judgeOthersAgain,
  noRoom,
  stillFits,
} from './room.ts'

/** The outbox posts the gate only when the decision itself could not. */
const GATE_LATER_MILLISECONDS = 5_000

export const find = (context: TenantContext, id: string): Result<ChangeRow> => {
  const row = readChangeRow(context.db, id)
  return row ? ok(row) : refuse('not-found')
}

const commandOf = statement((db: TenantContext['db']) =>
  db
    .select()
    .from(tables.commands)
    .where(eq(tables.commands.key, sql.placeholder('key')))
    .prepare(),
)

/** Runs a command once per key: a repeat answers with the change as it is now, another command is refused. */
export const once = async (
  context: TenantContext,
  {
    key: sent,
    command,
    id,
    subject,
  }: { key: string; command: string; id: string; subject: string },
  run: () => Promise<Result<ChangeRow>>,
): Promise<Result<ChangeRow>> => {
  const fingerprint = sha256Hex(`${command}\u0000${id}`)
  // With a blank between them: no key and no member's name has one.
  const key = `${subject} ${sent}`
  const earlier = commandOf(context.db).get({ key })
  if (earlier) {
    return earlier.fingerprint === fingerprint
      ? find(context, earlier.changeId)
      : refuse('idempotency-key-reused')
  }
  const result = await run()
  if (result.ok) {
    context.db
      .insert(tables.commands)
      .values({ key, fingerprint, changeId: result.value.id, at: context.now().toISOString() })
      .onConflictDoNothing()
      .run()
  }
  return result
}

/** A step that answers 409 when somebody else moved the row meanwhile. */
const take = async (
  context: TenantContext,
  run: (tx: Tx) => ChangeRow,
): Promise<Result<ChangeRow>> => {
  try {
    const row = transaction(context.db, run)
    context.changed()
    await context.arm()
    return ok(row)
  } catch (error) {
    if (error instanceof StaleChange)
      return refuse('wrong-state', { detail: 'The change moved while this was decided.' })
    throw error
  }
}

export const approve = async (
  context: TenantContext,
  who: Principal,
  id: string,
  headSha: string | undefined,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  for (const check of [
    ...approvable(context.db, who, found.value),
    byCredentialOnly(context, found.value),
  ])
    if (!check.ok) return check
  if (headSha !== undefined && headSha !== found.value.commitSha) {
    return refuse('wrong-state', { detail: 'That is not the head of the pull request now.' })
  }
  const current = await stillTrue(context, found.value)
  if (!current.ok) return noLongerTrue(context, id, current)
  const fits = await stillFits(context, found.value)
  if (!fits.ok) return noRoom(context, id, fits)
  const taken = await take(context, (tx) => {
    const at = context.now().toISOString()
    enqueue(tx, 'gate', id, Date.parse(at) + GATE_LATER_MILLISECONDS)
    return takeApproval(tx, found.value, { subject: who.subject, source: 'api', at })
  })
  if (!taken.ok) return taken
  // The answer should show the gate as it is. What the forge does not take now the outbox brings later.
  const gated = await postGate(context, id, { planHolds: true })
  return gated.ok ? gated : taken
}

/** Whoever is refused for it is shown it too: the gate says at once why, and what helps. */
const noLongerTrue = async (
  context: TenantContext,
  id: string,
  refused: Extract<Result<null>, { ok: false }>,
): Promise<Result<never>> => {
  const due = context.now().getTime() + GATE_LATER_MILLISECONDS
  transaction(context.db, (tx) => enqueue(tx, 'gate', id, due))
  await context.arm()
  // What the forge does not take now the outbox brings later.
  await postGate(context, id)
  return refused
}

/** How far it is from being approved, where that is what it lacks. */
const mergeable = (context: TenantContext, change: ChangeRow): Result<null> => {
  if (change.state !== 'proposed') return inState(change, 'approved')
  const { given, needed } = votesOn(context.db, change)
  const votes = `It has ${given} of ${needed} ${needed === 1 ? 'approval' : 'approvals'}`
  const lost = obstacleOf({ state: change.gate, reason: change.gateReason })
  return refuse('wrong-state', {
    detail: lost === null ? `${votes}.` : `${votes}, and it is red: ${change.gateReason}.`,
  })
}

export const merge = async (
  context: TenantContext,
  who: Principal,
  id: string,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  for (const check of [
    notRequester(who, found.value),
    mergeable(context, found.value),
    untouched(found.value),
  ])
    if (!check.ok) return check
  const current = await stillTrue(context, found.value)
  if (!current.ok) return noLongerTrue(context, id, current)
  const gated = await postGate(context, id, { planHolds: true })
  if (!gated.ok) return gated
  const change = gated.value
  if (
    change.state !== 'approved' ||
    change.gate !== 'green' ||
    change.pullNumber === null ||
    change.commitSha === null
  ) {
    return refuse('wrong-state', { detail: change.gateReason })
  }
  const claimed = await claimRoom(context, change)
  if (!claimed.ok) return noRoom(context, id, claimed)
  const { plan } = readPlanRow(context.db, change)
  const merged = await context.repository().merge(context.tenant().repository, {
    number: change.pullNumber,
    expectedHead: change.commitSha,
    expectedBody: planBody(plan, change, context.env.PUBLIC_URL),
    title: `${pullTitle(plan)} (#${change.pullNumber})`,
    message: `Phoenix-Change-Id: ${change.id}`,
  })
  if (!merged.ok) {
    // An outage says nothing about the merge: the claim stays until the forge has been read again.
    if (merged.refusal.problem !== 'outage') await giveRoomBack(context, id)
    return merged
  }
  const latest = find(context, id)
  if (!latest.ok) return latest
  // The forge's own event may have told us already.
  if (latest.value.mergeSha === merged.value.mergeSha) return latest
  if (latest.value.state !== 'approved') {
    // It was withdrawn, or its approval taken back, while the forge merged: the forge is read again, and that decides.
    transaction(context.db, (tx) => enqueue(tx, 'observe', id, context.now().getTime()))
    await context.arm()
    return refuse('wrong-state', { detail: 'The change moved while it was merged.' })
  }
  return take(context, (tx) =>
    recordMerge(tx, latest.value, {
      mergeSha: merged.value.mergeSha,
      actor: who.subject,
      at: context.now().toISOString(),
    }),
  )
}

/** The work a legitimate merge causes. */
export const recordMerge = (
  tx: Tx,
  change: ChangeRow,
  { mergeSha, actor, at }: { mergeSha: string; actor: string; at: string },
): ChangeRow => {
  forgetClaim(tx, change.id)
  const row = step(tx, change, 'merged', {
    actor,
    at,
    reason: null,
    patch: { mergeSha, mergedAt: at },
    work: ['promote', 'delete-branch'],
  })
  judgeOthersAgain(tx, change.id, at)
  return row
}

const end = (
  context: TenantContext,
  who: Principal,
  change: ChangeRow,
  how: Pick<Ending, 'to' | 'voidReason' | 'reason'>,
): Promise<Result<ChangeRow>> =>
  take(context, (tx) =>
    endUnmerged(tx, change, { ...how, actor: who.subject, at: context.now().toISOString() }),
  )

export const reject = async (
  context: TenantContext,
  who: Principal,
  id: string,
  reason: string | null,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  if (!who.person) return refuse('forbidden', { detail: 'Only people decide.' })
  const state = inState(found.value, 'proposed', 'approved')
  if (!state.ok) return state
  return end(context, who, found.value, {
    to: 'rejected',
    voidReason: 'the change was rejected',
    reason: reason ?? 'an approver rejected it',
  })
}

export const cancel = async (
  context: TenantContext,
  who: Principal,
  id: string,
  reason: string | null,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  if (who.subject !== found.value.requester)
    return refuse('forbidden', { detail: 'Only the requester withdraws a change.' })
  const state = inState(found.value, 'accepted', 'proposed', 'approved')
  if (!state.ok) return state
  return end(context, who, found.value, {
    to: 'closed',
    voidReason: 'the change was withdrawn',
    reason: reason ?? 'the requester withdrew it',
  })
}

/** For whoever ends what the change is a part of; the caller has checked that he may. */
export const withdraw = (
  context: TenantContext,
  who: Principal,
  change: ChangeRow,
  reason: string,
): Promise<Result<ChangeRow>> =>
  end(context, who, change, { to: 'closed', voidReason: 'the change was withdrawn', reason })

export const revise = async (
  context: TenantContext,
  who: Principal,
  id: string,
  parameters: Record<string, unknown> | null,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  const change = found.value
  if (who.subject !== change.requester)
    return refuse('forbidden', { detail: 'Only the requester revises a change.' })
  const state = inState(change, 'proposed', 'approved')
  if (!state.ok) return state
  if (change.commitSha === null)
    return refuse('wrong-state', { detail: 'The previous revision is still being written.' })
  if (parameters !== null && change.follows !== null) {
    return refuse('wrong-state', {
      detail: 'A revert, or the second half of a removal, has no parameters of its own.',
    })
  }
  if (parameters !== null && change.name === DELETION_NAME) {
    return refuse('wrong-state', {
      detail:
        'The change is a step of the tenant’s deletion, which goes over all that stands: finish the step, or restore the tenant.',
    })
  }
  if (parameters !== null && change.rollout !== null) {
    return refuse('wrong-state', {
      detail:
        'The change is a phase of a rollout, whose parameters hold for all of it: finish the phase, or abort the rollout.',
    })
  }
  const request: ChangeRequest =
    parameters === null ? change.request : { ...change.request, parameters }
  const { requester, behind } = change
  const { plan: earlier, snapshot } = readPlanRow(context.db, change)
  const planned = await planRequest(context, request, {
    ...{ previewOnly: false, asker: { requester, behind }, reverts: earlier.reverts },
    earlierRules: snapshot.tenant.approvals ?? [],
  })
  if (!planned.ok) return planned
  return take(context, (tx) => {
    const at = context.now().toISOString()
    const revision = change.revision + 1
    const wasGreen = change.gate === 'green'
    // Of two at once the second has no plan to write: the first has taken its place.
    if (readChangeRow(tx, id)?.version !== change.version) throw new StaleChange()
    voidApprovals(tx, change, at, `revision ${revision} was asked for`)
    insertPlan(tx, change.id, revision, planned.value)
    return step(tx, change, 'proposed', {
      actor: who.subject,
      at,
      reason: `revision ${revision} is being written`,
      patch: {
        ...{ revision, request, commitSha: null, treeSha: null },
        behind: [...new Set([...change.behind, ...who.behind])],
        // What is shown is what the forge has: a green check stays green until the red one is posted.
        ...(wasGreen ? {} : { gate: 'red', gateReason: `revision ${revision} is being written` }),
      },
      // Nobody shall merge the old head, approved and green, while the next one is written.
      work: wasGreen ? ['gate', 'reserve'] : ['reserve'],
    })
  })
}
