// The tenant's own row: made once, shown, changed.
import { eq } from 'drizzle-orm'
import { findSystem } from '../../../gitops/catalog.ts'
import { knownRegion } from '../../../gitops/residency/regions.ts'
import { FAILOVER_APPROVALS } from '../../../schemas/failover.ts'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import type { Principal } from '../../../schemas/principal.ts'
import type { Residency } from '../../../schemas/residency.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type {
  Foundation,
  TenantLimits,
  TenantQuota,
  TenantView,
  UpdateTenant,
} from '../../../schemas/tenant.ts'
import type { NewTenant, Versioned } from '../contracts.ts'
import { transaction } from '../database.ts'
import { findTenant } from '../stubs.ts'
import type { TenantContext } from './context.ts'
import { judgeOthersAgain } from './room.ts'

export const tenantView = (context: TenantContext): Versioned<TenantView> => {
  const { basesOn: _bases, foundations, quota: limits, version, ...row } = context.tenant()
  const systems = foundations.map(({ system }) => system)
  const jurisdiction = row.jurisdiction as Jurisdiction
  const { quota, residency = ownJurisdiction(jurisdiction), failoverApprovals } = limitsOf(limits)
  return {
    value: {
      ...{ ...row, jurisdiction, quota, residency, foundations: systems },
      failoverApprovals: failoverApprovals ?? FAILOVER_APPROVALS,
    },
    version,
  }
}

/** What operators have set, taken apart. */
export const limitsOf = ({
  residency,
  failoverApprovals,
  ...quota
}: TenantLimits): { quota: TenantQuota } & Pick<
  TenantLimits,
  'residency' | 'failoverApprovals'
> => ({
  quota,
  ...(residency === undefined ? {} : { residency }),
  ...(failoverApprovals === undefined ? {} : { failoverApprovals }),
})

const ownJurisdiction = (jurisdiction: Jurisdiction): Residency => ({
  allow: [jurisdiction],
})

/** What is not named stays; a residency of null is none. */
const limitsAfter = (before: TenantLimits, input: UpdateTenant): TenantLimits => {
  const now = limitsOf(before)
  const residency = input.residency === undefined ? now.residency : input.residency
  const failoverApprovals = input.failoverApprovals ?? now.failoverApprovals
  return {
    ...(input.quota ?? now.quota),
    ...(residency ? { residency } : {}),
    ...(failoverApprovals === undefined ? {} : { failoverApprovals }),
  }
}

/** Phoenix' own rows are in the tenant's jurisdiction; a region that nobody knows would allow or deny nothing. */
const residencyFaults = async (
  context: TenantContext,
  residency: Residency | null,
): Promise<{ pointer: string; detail: string }[]> => {
  if (residency === null) return []
  const { id: tenantId, jurisdiction } = context.tenant()
  const { regions } = await context.inventory().snapshot({ tenantId, resource: '' })
  const unknown = (list: 'regions' | 'denyRegions') =>
    (residency[list] ?? []).flatMap((name, index) =>
      knownRegion(name, regions)
        ? []
        : [{ pointer: `/residency/${list}/${index}`, detail: 'No region of this name is known.' }],
    )
  const own = residency.allow.some((one) => one === jurisdiction)
  const detail = 'Must have the tenant’s own jurisdiction: Phoenix keeps the tenant’s rows there.'
  return [
    ...(own ? [] : [{ pointer: '/residency/allow', detail }]),
    ...unknown('denyRegions'),
    ...unknown('regions'),
  ]
}

/** The first call makes it; a repeat changes nothing. */
export const settle = (context: TenantContext, input: NewTenant): Versioned<TenantView> => {
  context.db
    .insert(tables.tenant)
    .values({ ...input, foundations: [], version: 1 })
    .onConflictDoNothing()
    .run()
  return tenantView(context)
}

export const update = async (
  context: TenantContext,
  who: Principal,
  ifVersion: number | '*',
  input: UpdateTenant,
): Promise<Result<Versioned<TenantView>>> => {
  const { name: _name, ...limits } = input
  if (Object.keys(limits).length > 0 && who.role !== 'operator') {
    return refuse('forbidden', {
      detail: 'Only operators set quota, residency, approvals of a failover, and foundations.',
    })
  }
  const faults = [
    ...(await foundationFaults(context, input.foundations ?? [])),
    ...(await residencyFaults(context, input.residency ?? null)),
  ]
  if (faults.length > 0) return refuse('invalid-parameters', { errors: faults })
  const { id, version, ...kept } = context.tenant()
  if (ifVersion !== '*' && ifVersion !== version) return refuse('precondition-failed')
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    tx.update(tables.tenant)
      .set({
        name: input.name ?? kept.name,
        quota: limitsAfter(kept.quota, input),
        foundations: input.foundations ?? kept.foundations,
        version: version + 1,
      })
      .where(eq(tables.tenant.id, id))
      .run()
    // Every plan reads what the tenant may have.
    if (Object.keys(limits).length > 0) judgeOthersAgain(tx, null, at)
    return null
  })
  context.tenantChanged()
  await context.arm()
  return ok(tenantView(context))
}

/** A foundation is a system of the catalogue, named once, of a tenant that exists and is another one. */
const foundationFaults = async (
  context: TenantContext,
  foundations: Foundation[],
): Promise<{ pointer: string; detail: string }[]> => {
  const faults: { pointer: string; detail: string }[] = []
  for (const [index, { system, tenant }] of foundations.entries()) {
    const at = `/foundations/${index}`
    if (!findSystem(system)) faults.push({ pointer: `${at}/system`, detail: 'No such system.' })
    if (foundations.findIndex((other) => other.system === system) < index)
      faults.push({ pointer: `${at}/system`, detail: 'Each system once.' })
    const entry = tenant === context.tenant().slug ? null : await findTenant(context.env, tenant)
    if (!entry)
      faults.push({ pointer: `${at}/tenant`, detail: 'Not a tenant, or the tenant itself.' })
  }
  return faults
}
