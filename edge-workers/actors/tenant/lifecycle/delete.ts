// The beginning of a tenant's end: everything that stands is listed, confirmed by the digest of that list, and asked for as a
// change that somebody else approves. Where nothing stands there is nothing to approve: the confirmation begins the grace.
import { eq, inArray } from 'drizzle-orm'
import { OPEN_STATES } from '../../../../schemas/change.ts'
import { PLATFORM_SLUG } from '../../../../schemas/ids.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { DELETION_NAME, type DeletionView } from '../../../../schemas/tenant-deletion.ts'
import { GRACE_DAYS } from '../../../../schemas/tenant-settings.ts'
import { sha256Hex } from '../../../digest.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { acceptChange, askerOf, inTurn } from '../accept.ts'
import type { ChangeRow, Db, ResourceRow, TenantContext } from '../context.ts'
import { readPlanRow } from '../context.ts'
import { strayOf } from '../strays.ts'
import { changeView } from '../views.ts'
import type { AskDeletion } from './contracts.ts'
import { asPlanned, type Doom, readDoom, stepRequest } from './doomed.ts'
import { enterState, latestStep } from './states.ts'
import { beginGrace } from './steps.ts'

export const deleteTenant = (
  context: TenantContext,
  who: Principal,
  { ifVersion, confirm, validateOnly }: AskDeletion,
): Promise<Result<Versioned<DeletionView>>> =>
  // Nothing is accepted between what is read here and what is written.
  inTurn(context, async () => {
    const hindrance = hindranceTo(context, ifVersion)
    if (hindrance) return hindrance
    if (confirm === null && !validateOnly) return NOT_CONFIRMED
    if (context.tenant().state === 'deleting') return underWay(context)
    const busy = unfinished(context.db)
    if (busy) return busy
    const doom = await readDoom(context, 1, { asker: askerOf(who) })
    if (!doom.ok) return doom
    const { all, next } = doom.value
    if (confirm !== all.digest && !(validateOnly && confirm === null)) return NOT_CONFIRMED
    if (validateOnly) return viewOf(context, doom.value, 'preview', null)
    const changed = hindranceTo(context, ifVersion) ?? unfinished(context.db)
    if (changed) return changed
    if (next === null) {
      const at = context.now().toISOString()
      transaction(context.db, (tx) => beginGrace(tx, context, { actor: who.subject, at }))
      context.tenantChanged()
      await context.arm()
      return viewOf(context, doom.value, 'deleted', null)
    }
    return begin(context, who, doom.value)
  })

const begin = async (
  context: TenantContext,
  who: Principal,
  doom: Doom,
): Promise<Result<Versioned<DeletionView>>> => {
  const { version } = context.tenant()
  const planned = asPlanned(stepRequest(1, doom.all.digest), doom)
  if (!planned.ok) return planned
  const at = context.now().toISOString()
  const accepted = acceptChange(context, planned.value, {
    // With blanks, so that no caller's key can be the same.
    key: `deletion of the tenant at version ${version}`,
    fingerprint: sha256Hex(`tenant-deletion\u0000${version}\u0000${doom.all.digest}`),
    ...{ requester: who.subject, behind: who.behind, follows: null },
    also: (tx) => {
      enterState(tx, 'deleting', { actor: who.subject, at })
    },
  })
  if (!accepted.ok) return accepted
  context.tenantChanged()
  context.changed()
  await context.arm()
  return viewOf(context, doom, 'deleting', accepted.value)
}

const NOT_CONFIRMED = refuse('confirm-required', {
  errors: [
    {
      pointer: '/confirm',
      detail: 'Must be the digest of the present destroy list, as the preview returns it.',
    },
  ],
})

/** Why this tenant is not deleted now; null where a deletion can begin, or is under way. */
const hindranceTo = (context: TenantContext, ifVersion: number | '*'): Result<never> | null => {
  const { state, slug, version } = context.tenant()
  if (ifVersion !== '*' && ifVersion !== version) return refuse('precondition-failed')
  if (slug === PLATFORM_SLUG)
    return refuse('conflict', { detail: 'The operators’ own tenant keeps the platform: it stays.' })
  if (state === 'suspended') {
    return refuse('tenant-suspended', {
      detail: 'An operator resumes the tenant before it is deleted.',
    })
  }
  if (state === 'deleted')
    return refuse('conflict', { detail: 'The tenant is deleted already, and can be restored.' })
  return null
}

/** What is under way would go on after everything went. */
const unfinished = (db: Db): Result<never> | null => {
  const { changes, rollouts } = tables
  const open = db
    .select({ id: changes.id })
    .from(changes)
    .where(inArray(changes.state, [...OPEN_STATES]))
    .all().length
  if (open > 0) {
    return refuse('open-change', {
      detail: `${open} ${open === 1 ? 'change is' : 'changes are'} open: finish or cancel them first.`,
    })
  }
  const stray = db
    .selectDistinct({ name: changes.name })
    .from(changes)
    .where(eq(changes.state, 'merged_unauthorised'))
    .all()
    .some(({ name }) => name !== DELETION_NAME && strayOf(db, name) !== null)
  if (stray) {
    return refuse('conflict', {
      detail: 'A merge that went around the gate stands on main: revert it first.',
    })
  }
  const running = db
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(inArray(rollouts.state, ['running', 'paused', 'failed']))
    .all().length
  return running === 0
    ? null
    : refuse('conflict', {
        detail: `${running} ${running === 1 ? 'rollout has' : 'rollouts have'} not ended: abort them first.`,
      })
}

/** Of a deletion that has begun: what its present step shows. */
const underWay = (context: TenantContext): Result<Versioned<DeletionView>> => {
  const change = latestStep(context.db)
  const row = change && readPlanRow(context.db, change)
  if (!row) throw new Error('a deletion without its change')
  const { plan, snapshot } = row
  const what = plan.phase === 'lift-guards' ? ('lift-guards' as const) : ('remove' as const)
  const resources = (snapshot.deletion ?? []).map(({ request }) => request.name)
  const destroys = plan.destroys ?? { objects: [], digest: change.request.confirm ?? '' }
  return viewOf(context, { all: destroys, steps: [{ what, resources }] }, 'deleting', change)
}

const viewOf = (
  context: TenantContext,
  { all, steps }: Pick<Doom, 'all' | 'steps'>,
  state: DeletionView['state'],
  change: ChangeRow | null,
): Result<Versioned<DeletionView>> => {
  const { settings, eraseAt, version } = context.tenant()
  const standing = context.db.select().from(tables.resources).all()
  return ok({
    value: {
      ...{ state, destroys: all, steps, eraseAt },
      machines: standing
        .filter(({ state: one }) => one !== 'removed')
        .flatMap(({ name: resource, placement }) =>
          placement.map(({ name, site, host, vmId, diskGiB }) => ({
            ...{ resource, name, site, host, vmId, diskGiB },
          })),
        ),
      stays: staysOf(context, standing),
      graceDays: settings.retention?.graceDays ?? GRACE_DAYS,
      change: change && changeView(context, change),
    },
    version,
  })
}

const staysOf = (context: TenantContext, resources: ResourceRow[]): string[] => {
  const made = new Set(
    resources.filter(({ template }) => template === 'tenant-base').map(({ cluster }) => cluster),
  )
  return [
    'The repository stays as it is, with its history: its owner on the forge removes it.',
    ...context
      .tenant()
      .basesOn.filter((cluster) => !made.has(cluster))
      .map(
        (cluster) =>
          `The base on ${cluster} was in the repository’s first commit: the operators of the cluster remove it.`,
      ),
  ]
}
