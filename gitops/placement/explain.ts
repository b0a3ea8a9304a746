// Why each machine is where it is, in one sentence: of the host and the tenant's own machines, never of a neighbour's.
import type { Site } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import { addUse, holds, NO_USE, useOf } from '../capacity.ts'
import { hasImage } from './bins.ts'

/** Of all machines that are placed together. */
interface Around {
  /** Per site, in order, and per host. */
  hosts: ReadonlyMap<string, Site>
  uses: ReadonlyMap<string, Snapshot['uses'][number]>
  onHost: ReadonlyMap<string, VmPlacement[]>
  /** Machines of a group at a site. */
  ofGroup: ReadonlyMap<string, VmPlacement[]>
}

const groupAt = ({ site, group }: Pick<VmPlacement, 'site' | 'group'>): string => `${site} ${group}`

/** The placement with its sentences. */
export const whyOf = (
  placement: VmPlacement[],
  sites: Site[],
  { snapshot, staying }: { snapshot: Snapshot; staying: ReadonlyMap<string, VmPlacement> },
): VmPlacement[] => {
  const around: Around = {
    hosts: new Map(sites.map((site) => [site.name, site])),
    uses: new Map(snapshot.uses.map((use) => [use.host, use])),
    onHost: Map.groupBy(placement, ({ host }) => host),
    ofGroup: Map.groupBy(placement, groupAt),
  }
  const groups = countGroups(placement)
  return placement.map((vm) => ({
    ...vm,
    why: staying.has(vm.name)
      ? `stays on ${vm.host}, where it stands`
      : `on ${vm.host}: ${reasonOf(vm, around)}${companyOf(vm, around, groups)}`,
  }))
}

const reasonOf = (vm: VmPlacement, { hosts, uses, onHost }: Around): string => {
  const site = hosts.get(vm.site)
  const all = site?.hosts ?? []
  if (all.length === 1) return 'the only host of its site'
  const able = site ? all.filter((host) => hasImage(host, site)) : []
  if (able.length === 0) return 'no host of its site has the image'
  if (able.length === 1) return 'the only host of its site with the image'
  const host = all.find(({ name }) => name === vm.host)
  const { yours = NO_USE, others = NO_USE } = uses.get(vm.host) ?? {}
  const machines = onHost.get(vm.host) ?? []
  if (!host || !holds(host, addUse(addUse(yours, others), useOf(machines))))
    return 'no host of its site has room for all of this'
  if (yours.vms > 0) return 'you have machines there already, and it has room'
  return machines.length > 1
    ? `it has room for this and ${machines.length - 1} more of the plan, so fewer hosts are needed`
    : 'it has room, and none that is in use is better'
}

/** Machines of each group on each host, and at each site. */
const countGroups = (placement: VmPlacement[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { host, group } of placement) {
    const key = `${host} ${group}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

const companyOf = (vm: VmPlacement, { ofGroup }: Around, groups: Map<string, number>): string => {
  const here = (groups.get(`${vm.host} ${vm.group}`) ?? 1) - 1
  const elsewhere = (ofGroup.get(groupAt(vm))?.length ?? 1) - 1 - here
  if (here + elsewhere === 0) return ''
  const many = (count: number) => (count === 0 ? 'none' : `${count}`)
  const are = (count: number) => (count === 1 ? 'is' : 'are')
  return here === 0
    ? `; ${many(elsewhere)} of its group ${are(elsewhere)} elsewhere`
    : `; ${many(here)} of its group ${are(here)} beside it, ${many(elsewhere)} ${are(elsewhere)} elsewhere`
}
