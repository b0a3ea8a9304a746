// How many people must approve a plan, and why. Pure.
import type { Action } from '../schemas/change.ts'
import { FAILOVER_APPROVALS } from '../schemas/failover.ts'
import type { Reviewers, VmPlacement } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { APPROVERS, stricter } from './approval-rules.ts'
import { exchanged, type Move, movedPlaces } from './failover/move.ts'
import { strictest, tierOf } from './failover/tiers.ts'
import { movedMachines } from './failover.ts'
import { partsOf } from './fleet/parts.ts'

const ROLES: string[] = [...APPROVERS]
const EVERY = 'every change is approved by somebody who did not ask for it'

/** Of a plan of which nothing more is known. */
export const USUAL_REVIEWERS: Reviewers = { needed: 1, roles: ROLES, why: [EVERY] }

interface Planned {
  action: Action
  template: Pick<Template, 'parts'>
  removing: boolean
  move: Move | undefined
  parameters: unknown
  placement: readonly VmPlacement[]
}

type World = Pick<Snapshot, 'tenant' | 'sites' | 'regions' | 'existing'>

/** An update that moves something is a move too: under fewer rules of its own, so under more eyes. */
export const reviewersOf = (planned: Planned, world: World): Reviewers =>
  stricter(usualOf(planned, world), world.tenant.approvals ?? [], planned.action)

/** Without any rule of the tenant's own. */
const usualOf = (planned: Planned, world: World): Reviewers => {
  const { move } = planned
  const { tenant } = world
  const many = tenant.failoverApprovals ?? FAILOVER_APPROVALS
  const asking = (why: string): Reviewers => ({ needed: many, roles: ROLES, why: [EVERY, why] })
  if (move) {
    const tier = strictest([tierOf(move.from, world), tierOf(move.to, world)])
    if (tier === 'core')
      return asking(`a failover from or to a core place is approved by ${many} people`)
    const why =
      tier === 'regional'
        ? 'a policy of failover was approved beforehand'
        : 'at the edge a failover goes to a neighbour only'
    return { ...USUAL_REVIEWERS, why: [EVERY, why] }
  }
  const places = placesMoved(planned, world)
  return strictest(places.map((place) => tierOf(place, world))) === 'edge'
    ? USUAL_REVIEWERS
    : asking(
        `it moves something from or to a core or regional place without being a failover: ${many} people approve it`,
      )
}

const placesMoved = (
  { template, removing, placement, parameters }: Planned,
  { existing }: Pick<World, 'existing'>,
): string[] => {
  if (removing || existing === null) return []
  const machines = movedMachines(existing.placement, placement).flatMap(({ name, site }) => [
    site,
    ...placement.filter((vm) => vm.name === name).map((vm) => vm.site),
  ])
  const regions = exchanged(
    (partsOf(existing) ?? []).map(({ region }) => region),
    (template.parts?.(parameters) ?? []).map(({ region }) => region),
  )
  return [...machines, ...movedPlaces(existing.parameters, parameters), ...regions]
}
