// What a packing is worth: hosts used, machines without room, losses that the rest could not take up. And the least number of
// hosts that any packing could use, by volume.
import { addUse, judgeLoss, NO_USE, supplyOf, useOf } from '../../../gitops/capacity.ts'
import type { VmPlacement } from '../../../schemas/plan.ts'
import type { Fleet } from './fleets.ts'

export interface Score {
  hosts: number
  /** Machines that found no room. */
  unplaced: number
  /** Hosts on shared storage with whose loss their machines would have nowhere to go. */
  lossesNotMet: number
  /** Pairs of one group on one host, of which there must be none more than needed. */
  together: number
}

/** Throws where a host holds more than it can: then nothing about the packing counts. */
export const scoreOf = (fleet: Fleet, hosts: readonly (string | null)[]): Score => {
  const placed = fleet.demand.vms.flatMap((vm, index): VmPlacement[] => {
    const host = hosts[index] ?? null
    const fixed = { site: fleet.site.name, vmId: index, address: '10.1.0.0' }
    return host === null ? [] : [{ ...vm, ...fixed, host }]
  })
  const onHost = Map.groupBy(placed, ({ host }) => host)
  let overfull = 0
  for (const host of fleet.site.hosts) {
    const use = (onHost.get(host.name) ?? []).reduce((sum, vm) => addUse(sum, useOf([vm])), NO_USE)
    const supply = supplyOf(host)
    if (
      use.cores > supply.cores ||
      use.memoryMiB > supply.memoryMiB ||
      use.diskGiB > supply.diskGiB
    )
      overfull += 1
  }
  const { hostLoss } = judgeLoss([fleet.site], placed, fleet.snapshot, {
    judge: () => undefined,
    rules: undefined,
  })
  const isShared = fleet.site.hosts.some(({ storage }) => storage.kind === 'shared')
  const groups = Map.groupBy(placed, ({ host, group }) => `${host} ${group}`)
  if (overfull > 0)
    throw new Error(`fleet ${fleet.seed}: ${overfull} hosts hold more than they can`)
  return {
    hosts: onHost.size,
    unplaced: fleet.demand.vms.length - placed.length,
    lossesNotMet: isShared ? hostLoss.filter((loss) => !loss.canRestartElsewhere).length : 0,
    together: [...groups.values()].reduce(
      (sum, { length }) => sum + (length * (length - 1)) / 2,
      0,
    ),
  }
}

/** No packing can use fewer: the largest hosts must together hold all, by each resource for itself, and each group apart. */
export const leastHosts = ({ site, demand }: Fleet): number => {
  const asked = useOf(demand.vms)
  const byKind = (['cores', 'memoryMiB', 'diskGiB'] as const).map((kind) => {
    const supplies = site.hosts.map((host) => supplyOf(host)[kind]).sort((a, b) => b - a)
    let held = 0
    const count = supplies.findIndex((supply) => {
      held += supply
      return held >= asked[kind]
    })
    return count === -1 ? supplies.length : count + 1
  })
  return Math.max(...byKind)
}
