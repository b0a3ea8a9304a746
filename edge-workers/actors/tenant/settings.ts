// The tenant's own row: made once, shown, renamed.
import { eq } from 'drizzle-orm'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { TenantView, UpdateTenant } from '../../../schemas/tenant.ts'
import type { Versioned } from '../contracts.ts'
import type { TenantContext } from './context.ts'

export const tenantView = (context: TenantContext): Versioned<TenantView> => {
  const { basesOn: _bases, version, ...row } = context.tenant()
  return { value: { ...row, jurisdiction: row.jurisdiction as Jurisdiction }, version }
}

/** The first call makes it; a repeat changes nothing. */
export const settle = (
  context: TenantContext,
  input: TenantView & { basesOn: string[] },
): Versioned<TenantView> => {
  context.db
    .insert(tables.tenant)
    .values({ ...input, version: 1 })
    .onConflictDoNothing()
    .run()
  return tenantView(context)
}

export const rename = (
  context: TenantContext,
  ifVersion: number | '*',
  { name }: UpdateTenant,
): Result<Versioned<TenantView>> => {
  const { id, version } = context.tenant()
  if (ifVersion !== '*' && ifVersion !== version) return refuse('precondition-failed')
  context.db
    .update(tables.tenant)
    .set({ name, version: version + 1 })
    .where(eq(tables.tenant.id, id))
    .run()
  context.tenantChanged()
  return ok(tenantView(context))
}
