// The inverse of what a change did, as a change of its own: of one that was applied, or of a merge that never will be.
import { findTemplate } from '../../../gitops/catalog.ts'
import type { ChangeRequest } from '../../../schemas/change.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { sha256Hex } from '../../digest.ts'
import { acceptChange, askerOf, planRequest } from './accept.ts'
import type { ChangeRow, PlanRow, TenantContext } from './context.ts'
import { readChangeRow, readPlanRow } from './context.ts'
import { find, inState } from './decisions.ts'
import { turnStray } from './promotion.ts'
import { lostAtPromotion } from './room.ts'

const NOT_BY_REVERT =
  'The deletion of a tenant is taken back by restoring it. What was removed is asked for again: the plan has the parameters of each resource. A merge past the gate is reverted on the forge.'

/** The inverse of an applied change, as a change of its own. */
export const revert = async (
  context: TenantContext,
  who: Principal,
  id: string,
  key: string,
): Promise<Result<ChangeRow>> => {
  const found = find(context, id)
  if (!found.ok) return found
  if (found.value.name === DELETION_NAME) return refuse('wrong-state', { detail: NOT_BY_REVERT })
  if (context.tenant().state !== 'active') return refuse('tenant-suspended')
  const change = await giveUpLostMerge(context, found.value)
  const state = inState(change, 'promoted', 'applying', 'applied', 'failed', 'merged_unauthorised')
  if (!state.ok) return state
  const inverse = inverseOf(change, readPlanRow(context.db, change))
  if (!inverse.ok) return inverse
  const preview = await planRequest(context, inverse.value, {
    previewOnly: true,
    asker: askerOf(who),
  })
  if (!preview.ok) return preview
  const digest = preview.value.planned.plan.destroys?.digest
  const request = digest === undefined ? inverse.value : { ...inverse.value, confirm: digest }
  const fingerprint = sha256Hex(`revert\u0000${id}`)
  const accepted = acceptChange(
    context,
    { ...preview.value, request },
    { key, fingerprint, requester: who.subject, behind: who.behind, follows: id },
  )
  if (!accepted.ok) return accepted
  // The key may be that of an earlier request, which is then what was found.
  if (accepted.value.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
  context.changed()
  await context.arm()
  return accepted
}

/** A merge whose room another took is not waited for any longer: it stays unapplied, like a merge past the gate. */
const giveUpLostMerge = async (context: TenantContext, change: ChangeRow): Promise<ChangeRow> => {
  if (change.state !== 'merged') return change
  const lost = await lostAtPromotion(context, change, [])
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
