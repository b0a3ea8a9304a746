// What the phases that have no change yet would cost: as they were planned when the rollout was asked for, and planned
// again from time to time while somebody reads it. In memory only: it is an outlook, and every plan says what holds.
import type { Sides } from '../../../../gitops/cost/system.ts'
import type { Plan } from '../../../../schemas/plan.ts'
import type { TenantContext } from '../context.ts'
import { planPhases } from './plan-phases.ts'
import { type RolloutRow, readPhases, systemOf } from './rows.ts'

/** Prices and places change slowly, and planning a whole system takes a while. */
const KEPT_MILLISECONDS = 300_000
const ROLLOUTS_KEPT = 100

export type PlannedCosts = ReadonlyMap<string, Sides>
const NOTHING: PlannedCosts = new Map()

const kept = new WeakMap<TenantContext, Map<string, { at: number; costs: PlannedCosts }>>()

export const plannedCosts = (context: TenantContext, id: string): PlannedCosts =>
  kept.get(context)?.get(id)?.costs ?? NOTHING

export const keepCosts = (
  context: TenantContext,
  id: string,
  plans: ReadonlyMap<string, Plan>,
): void => {
  const mine = kept.get(context) ?? new Map()
  if (mine.size >= ROLLOUTS_KEPT) mine.clear()
  const costs = new Map([...plans].map(([phase, { cost }]) => [phase, cost]))
  mine.set(id, { at: context.now().getTime(), costs })
  kept.set(context, mine)
}

/** Before a rollout is shown: of one that has phases to come and was not planned lately. */
export const planCosts = async (context: TenantContext, rollout: RolloutRow): Promise<void> => {
  const { id, name, parameters, state } = rollout
  if (state === 'done' || state === 'aborted') return
  const known = kept.get(context)?.get(id)
  if (known && context.now().getTime() - known.at < KEPT_MILLISECONDS) return
  const system = systemOf(rollout)
  const asked = readPhases(context.db, id)
  const ahead = system.phases.some(
    (phase) => phase.blocks(parameters, name).length > 0 && !asked.get(phase.id)?.changeId,
  )
  if (!ahead) return
  const planned = await planPhases(context, system, { name, parameters })
  // What cannot be planned now has no sum; a later look tries again.
  keepCosts(context, id, planned.ok ? planned.value.plans : new Map())
}
