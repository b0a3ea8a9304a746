// Who packs against whom: ours as the planner uses it, first fit, and best fit decreasing. All keep the machines of a group
// apart in the same way: of the hosts with room, one with the fewest of the group.
import { supplyOf } from '../../../gitops/capacity.ts'
import { place } from '../../../gitops/placement.ts'
import type { VmDemand } from '../../../schemas/template.ts'
import type { Fleet } from './fleets.ts'

/** The host of each machine, in the order of the demand; null where none has room. */
export type Packer = (fleet: Fleet) => (string | null)[]

interface Bin {
  name: string
  cores: number
  memoryMiB: number
  diskGiB: number
  groups: Map<string, number>
}

const binsOf = ({ site }: Fleet): Bin[] =>
  site.hosts.map((host) => ({ name: host.name, ...supplyOf(host), groups: new Map() }))

const hasRoom = (bin: Bin, vm: VmDemand): boolean =>
  vm.cores <= bin.cores && vm.memoryMiB <= bin.memoryMiB && vm.diskGiB <= bin.diskGiB

const put = (bin: Bin, vm: VmDemand): string => {
  bin.cores -= vm.cores
  bin.memoryMiB -= vm.memoryMiB
  bin.diskGiB -= vm.diskGiB
  bin.groups.set(vm.group, (bin.groups.get(vm.group) ?? 0) + 1)
  return bin.name
}

/** One machine after the other; among the hosts allowed the one with the least `rank`, the first of equals. */
const greedy = (fleet: Fleet, order: number[], rank: (bin: Bin) => number): (string | null)[] => {
  const bins = binsOf(fleet)
  const hosts = new Array<string | null>(fleet.demand.vms.length).fill(null)
  for (const index of order) {
    const vm = fleet.demand.vms[index] as VmDemand
    const open = bins.filter((bin) => hasRoom(bin, vm))
    const fewest = Math.min(...open.map(({ groups }) => groups.get(vm.group) ?? 0))
    const allowed = open.filter(({ groups }) => (groups.get(vm.group) ?? 0) === fewest)
    const [best] = allowed.toSorted((a, b) => rank(a) - rank(b))
    hosts[index] = best ? put(best, vm) : null
  }
  return hosts
}

const asAsked = ({ demand }: Fleet): number[] => demand.vms.map((_, index) => index)

/** By the largest share of anything that the site has: the usual order where there is more than one resource. */
const largestFirst = (fleet: Fleet): number[] => {
  const bins = binsOf(fleet)
  const kinds = ['cores', 'memoryMiB', 'diskGiB'] as const
  const totals = kinds.map((kind) => bins.reduce((sum, bin) => sum + bin[kind], 0))
  const shares = fleet.demand.vms.map((vm) =>
    Math.max(...kinds.map((kind, at) => vm[kind] / (totals[at] ?? 1))),
  )
  return asAsked(fleet).sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b)
}

/** The planner names a host for every machine, and a finding where it does not fit: here it is one without room. */
const ours: Packer = (fleet) => {
  const bins = new Map(binsOf(fleet).map((bin) => [bin.name, bin]))
  return place(fleet.demand, fleet.snapshot).placement.map((vm) => {
    const bin = bins.get(vm.host)
    return bin && hasRoom(bin, { ...vm, spread: 'even' })
      ? put(bin, { ...vm, spread: 'even' })
      : null
  })
}

/** A host in use before one that is not, of those the fullest; else the largest. */
const fullestInUse = ({ groups, memoryMiB }: Bin): number =>
  groups.size > 0 ? memoryMiB - 1e12 : -memoryMiB

export const OURS = 'phoenix'
export const FIRST_FIT = 'first fit'
export const BEST_FIT = 'best fit decreasing'

export const packers: Record<string, Packer> = {
  [OURS]: ours,
  [FIRST_FIT]: (fleet) => greedy(fleet, asAsked(fleet), () => 0),
  // Memory is what is never overcommitted: it is what runs out.
  [BEST_FIT]: (fleet) => greedy(fleet, largestFirst(fleet), fullestInUse),
}
