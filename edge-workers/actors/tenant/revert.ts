// The inverse of what a change did, as a change of its own: of one that was applied, or of a merge that never will be.
import { and, eq, inArray } from 'drizzle-orm'
import { findTemplate } from '../../../gitops/catalog.ts'
import { type ChangeRequest, isOpen } from '../../../schemas/change.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { acceptChange, askerOf, openChangeOf, planRequest } from './accept.ts'
import { inState } from './approve.ts'
import type { ChangeRow, PlanRow, TenantContext } from './context.ts'
import { readChangeRow, readPlanRow, step } from './context.ts'
import { find } from './decisions.ts'
import { turnStray } from './promotion.ts'
import { proveInverse } from './prove-inverse.ts'
import { obstacleTo } from './records.ts'
import { revertFingerprint } from './revert-of.ts'
import { lostAtPromotion } from './room.ts'
import { strayOf } from './strays.ts'

const NOT_BY_REVERT =
  'The deletion of a tenant is taken back by restoring it. What was removed is asked for again: the plan has the parameters of each resource. A merge past the gate is reverted on the forge.'

/** The inverse of an applied change, as a change of its own. */
export const revert = async (
  context: TenantContext,
  who: Principal,
  id: string,
  key: string,
  reason: string | null = null,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  if (found.value.name === DELETION_NAME) return refuse('wrong-state', { detail: NOT_BY_REVERT })
  if (context.tenant().state !== 'active') return refuse('tenant-suspended')
  const change = await giveUpLostMerge(context, found.value)
  // Phoenix itself, or somebody else, has asked for the same already: there is one revert, and this is it.
  const follower = openRevertOf(context, change)
  if (follower) return ok(follower)
  const state = inState(change, 'promoted', 'applying', 'applied', 'failed', 'merged_unauthorised')
  if (!state.ok) return state
  const undoable = isUndoable(context, change)
  if (!undoable.ok) return undoable
  const accepted = await acceptInverse(context, change, { ...askerOf(who), key, reason })
  if (!accepted.ok) return accepted
  // The key may be that of an earlier request, which is then what was found.
  if (accepted.value.fingerprint !== revertFingerprint(id)) return refuse('idempotency-key-reused')
  context.changed()
  await context.arm()
  return accepted
}

/** Only what stands can be taken back: what was never merged left nothing, and what others built on goes after them. */
const isUndoable = (
  { db }: TenantContext,
  { id, name, request, state, mergeSha, undoneSha }: ChangeRow,
): Result<null> => {
  if (mergeSha === null)
    return refuse('wrong-state', { detail: 'It was never merged: there is nothing to revert.' })
  if (undoneSha !== null)
    return refuse('wrong-state', { detail: 'It was undone on main: there is nothing to revert.' })
  const { resources } = tables
  const stands = db.select().from(resources).where(eq(resources.name, name)).get()
  // What takes the whole away, or brings it back, shows the whole; parameters of before would drop the later ones silently.
  const inPart = request.action === 'update' || request.action === 'failover'
  if (inPart && state !== 'merged_unauthorised' && stands && stands.changeId !== id) {
    return refuse('wrong-state', {
      detail: 'A later change of this resource stands on it: revert that one first.',
    })
  }
  return ok(null)
}

/** Plans the inverse and accepts it, with what goes by it confirmed: whoever approves it sees the list. */
const acceptInverse = async (
  context: TenantContext,
  change: ChangeRow,
  {
    key,
    reason = null,
    ...asker
  }: { key: string; reason?: string | null; requester: string; behind: string[] },
): Promise<Result<ChangeRow>> => {
  const inverse = inverseOf(change, readPlanRow(context.db, change))
  if (!inverse.ok) return inverse
  const preview = await planRequest(context, inverse.value, {
    ...{ previewOnly: true, asker, reverts: change.id },
  })
  if (!preview.ok) return preview
  const proved = await proveInverse(context, change, preview.value)
  if (!proved.ok) return proved
  const digest = preview.value.planned.plan.destroys?.digest
  const request = digest === undefined ? inverse.value : { ...inverse.value, confirm: digest }
  return acceptChange(
    context,
    { ...preview.value, request },
    { key, fingerprint: revertFingerprint(change.id), ...asker, follows: change.id, reason },
  )
}

const followersOf = ({ db }: TenantContext, { id, name }: ChangeRow): ChangeRow[] =>
  db
    .select()
    .from(tables.changes)
    // The second half of a removal has a fingerprint of its own.
    .where(
      and(eq(tables.changes.follows, id), eq(tables.changes.fingerprint, revertFingerprint(id))),
    )
    .all()
    .filter((follower) => follower.name === name)

const openRevertOf = (context: TenantContext, change: ChangeRow): ChangeRow | undefined =>
  followersOf(context, change).find(({ state }) => isOpen(state))

/** Another change of the resource is open, or the tenant is suspended: until that has ended nothing can be planned. */
const AGAIN_MILLISECONDS = 300_000

/**
 * The system's own revert of a merge that went around the gate: proposed once. It is a change like any other, except that
 * nobody asked for it: whoever pushed or merged stands behind it and does not approve it; where the forge's account is
 * nobody's that we know, neither does whoever asked for what was merged.
 */
export const undoStray = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const change = readChangeRow(context.db, id)
  if (change?.state !== 'merged_unauthorised' || change.undoneSha !== null) return
  if (followersOf(context, change).length > 0) return
  if (context.tenant().state !== 'active') return AGAIN_MILLISECONDS
  if (change.name === DELETION_NAME) return noteUndoing(context, change, NOT_BY_REVERT)
  // A later merge has gone over it.
  if (strayOf(context.db, change.name)?.changeId !== id) return
  if (openChangeOf(context.db, change.name)) return AGAIN_MILLISECONDS
  const behind = involvedIn(context, change)
  // With blanks, so that no caller's key can be the same.
  const accepted = await acceptInverse(context, change, {
    ...{ key: `revert of ${id}`, requester: 'phoenix', behind },
  })
  throwIfOutage(accepted)
  if (accepted.ok) {
    context.changed()
    return undefined
  }
  if (accepted.refusal.problem === 'open-change') return AGAIN_MILLISECONDS
  const { detail, findings = [] } = accepted.refusal
  const rules = findings.filter(({ severity }) => severity === 'block').map(({ rule }) => rule)
  const why = detail ?? (rules.length > 0 ? rules.join(', ') : accepted.refusal.problem)
  noteUndoing(context, change, why)
}

/** Who had a hand in it: by pushing, or by merging. */
const involvedIn = ({ db }: TenantContext, change: ChangeRow): string[] => {
  const { transitions } = tables
  const mergers = db
    .select({ actor: transitions.actor })
    .from(transitions)
    .where(
      and(
        eq(transitions.changeId, change.id),
        inArray(transitions.to, ['merged', 'merged_unauthorised']),
      ),
    )
    .all()
    .map(({ actor }) => actor)
  const unknown = mergers.includes('forge')
  const people = [...change.behind, ...mergers, ...(unknown ? [change.requester] : [])]
  return [...new Set(people)].filter((actor) => actor !== 'forge' && actor !== 'phoenix')
}

const NOT_PLANNED = 'Its revert could not be planned'

const noteUndoing = (context: TenantContext, { id }: ChangeRow, why: string): undefined => {
  const change = readChangeRow(context.db, id)
  if (change?.state !== 'merged_unauthorised' || change.reason?.includes(NOT_PLANNED)) return
  const reason = `${change.reason ?? 'merged past the gate'}. ${NOT_PLANNED} (${why}): revert the merge on the forge`
  transaction(context.db, (tx) =>
    step(tx, change, change.state, { actor: 'phoenix', at: context.now().toISOString(), reason }),
  )
  context.changed()
}

/** A merge whose room another took, or whose record nobody can keep, is not waited for any longer: it stays unapplied, like a merge past the gate. */
const giveUpLostMerge = async (context: TenantContext, change: ChangeRow): Promise<ChangeRow> => {
  if (change.state !== 'merged') return change
  const lost = (await lostAtPromotion(context, change, [])) ?? (await obstacleTo(context, change))
  const now = readChangeRow(context.db, change.id)
  if (lost === null || now?.version !== change.version) return now ?? change
  turnStray(context, now, lost)
  return readChangeRow(context.db, change.id) ?? now
}

const inverseOf = (
  change: ChangeRow,
  { plan, snapshot: { existing: before } }: PlanRow,
): Result<ChangeRequest> => {
  const { request } = change
  const parameters = (before?.parameters ?? {}) as Record<string, unknown>
  const back: ChangeRequest = {
    action: 'update',
    template: request.template,
    name: request.name,
    parameters,
    ...versionOf(before),
  }
  // A deletion that was never applied, or lifted guards: undone by writing the resource as it was.
  const unapplied = change.state === 'merged_unauthorised' && before
  if (unapplied || plan.phase === 'lift-guards') return ok(back)
  switch (request.action) {
    case 'create':
      return ok({
        ...{ action: 'delete', parameters: {} },
        template: request.template,
        name: request.name,
      })
    case 'update':
    // Back is a move too: reviewers.ts asks for the same people.
    case 'failover':
      return ok(back)
    case 'delete':
      return ok({ ...back, action: 'create' })
  }
}

/** What a version made comes back by it, while it is published. */
const versionOf = (before: PlanRow['snapshot']['existing']): { version?: string } =>
  before && findTemplate(before.template, before.templateVersion)
    ? { version: before.templateVersion }
    : {}
