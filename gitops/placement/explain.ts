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
  const before = new Map(snapshot.existing?.placement.map((vm) => [vm.name, vm]))
  return placement.map((vm) => ({
    ...vm,
    why: staying.has(vm.name)
      ? `stays on ${vm.host}, where it stands`
      : `${movedFrom(vm, before.get(vm.name), snapshot)}on ${vm.host}: ${reasonOf(vm, around)}${companyOf(vm, around, groups)}`,
  }))
}

/** Where a machine of this name stood, and what is another now. */
const movedFrom = (
  vm: VmPlacement,
  before: VmPlacement | undefined,
  { sites }: Pick<Snapshot, 'sites'>,
): string => {
  if (!before) return ''
  const hosts = sites.find(({ name }) => name === before.site)?.hosts ?? []
  const storage = hosts.find(({ name }) => name === before.host)?.storage
  return [
    `moved from ${before.host}${storage ? ` (${storage.datastore})` : ''}`,
    ...(before.address === vm.address ? [] : [`address ${before.address} → ${vm.address}`]),
    ...(before.vmId === vm.vmId ? [] : [`VM id ${before.vmId} → ${vm.vmId}`]),
  ]
    .join(', ')
    .concat('; ')
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
    ? `it has room for this beside ${machines.length - 1} more of the plan`
    : 'it has room, and none that is in use is better'
}

/** Machines of each group: in all, and on each host. */
const countGroups = (placement: VmPlacement[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { host, group } of placement) {
    for (const key of [group, `${host} ${group}`]) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

const companyOf = (vm: VmPlacement, { ofGroup }: Around, groups: Map<string, number>): string => {
  const here = (groups.get(`${vm.host} ${vm.group}`) ?? 1) - 1
  const atSite = ofGroup.get(groupAt(vm))?.length ?? 1
  const elsewhere = atSite - 1 - here
  const away = (groups.get(vm.group) ?? 1) - atSite
  const are = (count: number) => `${count} of its group ${count === 1 ? 'is' : 'are'}`
  return [
    ...(here === 0 ? [] : [`; ${are(here)} beside it`]),
    ...(elsewhere === 0 ? [] : [`; ${are(elsewhere)} on other hosts of the site`]),
    ...(away === 0 ? [] : [`; ${are(away)} at other sites`]),
  ].join('')
}
