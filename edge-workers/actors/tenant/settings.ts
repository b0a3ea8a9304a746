// The tenant's own row: made once, shown, changed.
import { eq } from 'drizzle-orm'
import { findSystem } from '../../../gitops/catalog.ts'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Foundation, TenantView, UpdateTenant } from '../../../schemas/tenant.ts'
import type { NewTenant, Versioned } from '../contracts.ts'
import { findTenant } from '../stubs.ts'
import type { TenantContext } from './context.ts'

export const tenantView = (context: TenantContext): Versioned<TenantView> => {
  const { basesOn: _bases, foundations, version, ...row } = context.tenant()
  const systems = foundations.map(({ system }) => system)
  const jurisdiction = row.jurisdiction as Jurisdiction
  return { value: { ...row, jurisdiction, foundations: systems }, version }
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
  if ((input.quota ?? input.foundations) && who.role !== 'operator') {
    return refuse('forbidden', { detail: 'Only operators set quota and foundations.' })
  }
  const faults = await foundationFaults(context, input.foundations ?? [])
  if (faults.length > 0) return refuse('invalid-parameters', { errors: faults })
  const { id, version, ...kept } = context.tenant()
  if (ifVersion !== '*' && ifVersion !== version) return refuse('precondition-failed')
  context.db
    .update(tables.tenant)
    .set({
      name: input.name ?? kept.name,
      quota: input.quota ?? kept.quota,
      foundations: input.foundations ?? kept.foundations,
      version: version + 1,
    })
    .where(eq(tables.tenant.id, id))
    .run()
  context.tenantChanged()
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
