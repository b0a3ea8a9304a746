// What the phases of a rollout cost: of a preview as they were just planned, else by what stands and by their changes.
import { and, eq, ne } from 'drizzle-orm'
import { type PhaseCost, phaseCost } from '../../../../gitops/cost/system.ts'
import { readStoredPlan } from '../../../../gitops/stored-plan.ts'
import type { Plan } from '../../../../schemas/plan.ts'
import type { Price } from '../../../../schemas/quantity.ts'
import type { PhaseView } from '../../../../schemas/rollout.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type Db, readChangeRow } from '../context.ts'
import type { PlannedCosts } from './planned-costs.ts'

const { plans, resources } = tables

const standing = (db: Db, name: string): Price | null =>
  db
    .select({ cost: resources.cost })
    .from(resources)
    .where(and(eq(resources.name, name), ne(resources.state, 'removed')))
    .get()?.cost ?? null

const planned = (db: Db, changeId: string): Price | null => {
  const change = readChangeRow(db, changeId)
  if (!change) return null
  const row = db
    .select({ plan: plans.plan })
    .from(plans)
    .where(and(eq(plans.changeId, change.id), eq(plans.revision, change.revision)))
    .get()
  return row ? readStoredPlan(row.plan).cost.after : null
}

export const costsOf = (
  {
    db,
    plans: previewed,
    planned: ahead,
  }: { db: Db; plans: ReadonlyMap<string, Plan>; planned: PlannedCosts },
  phases: readonly PhaseView[],
): PhaseCost[] =>
  phases.flatMap(({ id, title, resource, change }) => {
    if (resource === null) return []
    const plan = previewed.get(id)
    const outlook = plan?.cost ?? (change ? undefined : ahead.get(id))
    const cost =
      outlook ?? phaseCost(standing(db, resource), change ? planned(db, change.id) : null)
    return [{ title, cost }]
  })
