// What is kept with a rollout of a fleet: how many regions are alike over all its waves. It was computed when the rollout
// was asked for; the pull requests of its waves say it, too.
import { and, desc, eq, inArray } from 'drizzle-orm'
import { FLEET } from '../../../../gitops/catalog.ts'
import { FleetGroupParameters, type FleetRollout } from '../../../../schemas/fleet.ts'
import type { FleetSummary } from '../../../../schemas/fleet-plan.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { LIVING } from './rows.ts'

/** Of a rollout's parameters, as they are kept; null where they are no fleet's. */
export const keptSummary = (system: string, parameters: Record<string, unknown>) =>
  system === FLEET ? ((parameters as unknown as FleetRollout).summary ?? null) : null

/** For a group of a fleet: what the rollout says that is under way. */
export const fleetSummaryFor = (
  { db }: TenantContext,
  parameters: unknown,
): FleetSummary | null => {
  const group = FleetGroupParameters.safeParse(parameters)
  if (!group.success) return null
  const { rollouts } = tables
  const row = db
    .select({ parameters: rollouts.parameters })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.system, FLEET),
        eq(rollouts.name, group.data.fleet),
        inArray(rollouts.state, LIVING),
      ),
    )
    .orderBy(desc(rollouts.createdAt))
    .get()
  return row ? keptSummary(FLEET, row.parameters) : null
}
