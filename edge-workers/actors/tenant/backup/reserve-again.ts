// Holds are asserted again: after a restore of this tenant, whose Inventory may have heard of nothing since, and after one of the
// Inventory, which knows nothing of what it was told after its export.
import { inArray, ne } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { readPlanRow } from '../context.ts'

const { changes, resources } = tables

/** Idempotent. A reservation that the Inventory refuses is shown by the change's own gate, and is refused again at its merge. */
export const reserveAgain = async (context: TenantContext): Promise<void> => {
  const { db } = context
  const tenantId = context.tenant().id
  const inventory = context.inventory()
  for (const row of db.select().from(resources).where(ne(resources.state, 'removed')).all()) {
    if (row.placement.length === 0) continue
    const { changeId, name: resource, placement: items } = row
    const held = await inventory.reserve({ changeId, tenantId, resource, items })
    if (held.ok) await inventory.settle(changeId)
  }
  const open = db
    .select()
    .from(changes)
    .where(inArray(changes.state, ['accepted', 'proposed', 'approved', 'merged']))
    .all()
  for (const change of open) {
    const { plan } = readPlanRow(db, change)
    if (plan.action === 'delete' || plan.placement.length === 0) continue
    const asked = { changeId: change.id, tenantId, resource: change.name, items: plan.placement }
    const held = await inventory.reserve(asked)
    if (held.ok && change.state === 'merged') await inventory.claim(change.id, { again: true })
  }
}
