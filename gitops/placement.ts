// Gives every machine a site, a host, a VM id and an address. Pure; the same demand and snapshot place the same way.
// What already stands keeps its place. It does not judge capacity: capacity.ts does.
import type { Site } from '../schemas/place.ts'
import type { Finding, VmPlacement } from '../schemas/plan.ts'
import type { Snapshot, Use } from '../schemas/snapshot.ts'
import type { Demand, Spread, VmDemand } from '../schemas/template.ts'
import { addressGiver } from './addresses.ts'
import { addUse, holds, NO_USE, supplyOf, useOf } from './capacity.ts'
import { finding } from './finding.ts'

/** Where VM ids start when nobody names one. */
const FIRST_FREE_VM_ID = 20_000

/** How many validators may be lost before less than two thirds remain (QBFT: quorum is ceil(2n/3)). */
export const faultTolerance = (validators: number): number =>
  validators - Math.ceil((2 * validators) / 3)

/** Machines per site, first site first. The sum is `count`. */
export const spreadOver = (sites: number, count: number, spread: Spread): number[] => {
  const counts = new Array<number>(sites).fill(0)
  if (spread === 'primary' || spread === 'secondary') {
    counts[spread === 'secondary' && sites > 1 ? 1 : 0] = count
    return counts
  }
  const even = counts.map((_, index) => Math.floor(count / sites) + (index < count % sites ? 1 : 0))
  if (spread === 'even') return even
  // The first site takes what would break the quorum elsewhere, so that at most one place can stop the chain.
  const tolerance = faultTolerance(count)
  if (even.every((share) => share <= tolerance)) return even
  const others = even.slice(1).map((share) => Math.min(share, tolerance))
  return [count - others.reduce((sum, share) => sum + share, 0), ...others]
}

export interface Placed {
  placement: VmPlacement[]
  sites: Site[]
  findings: Finding[]
}

/** Places a demand. Findings: SITE-UNKNOWN, VMID-UNIQUE, IP-UNIQUE. */
export const place = (demand: Demand, snapshot: Snapshot): Placed => {
  const findings: Finding[] = []
  const sites: Site[] = []
  for (const [index, name] of demand.sites.entries()) {
    const site = snapshot.sites.find((candidate) => candidate.name === name)
    if (!site) {
      findings.push(
        finding('SITE-UNKNOWN', 'One of the sites named does not exist here.', {
          pointer: sitePointer(demand, index),
        }),
      )
    } else if (!sites.includes(site)) sites.push(site)
  }
  if (findings.length > 0 || sites.length === 0) return { placement: [], sites, findings }

  if (demand.vms.some(({ name }) => snapshot.takenNames.includes(name))) {
    findings.push(
      finding('NAME-UNIQUE', 'Another resource has a machine of this name.', { pointer: '/name' }),
    )
  }
  const staying = stayingMachines(sites, snapshot)
  const siteOf = assignSites(demand.vms, sites, staying)
  const hosts = hostChooser(snapshot)
  const ids = vmIds(demand, snapshot, staying)
  const addresses = addressGiver(demand, snapshot)
  findings.push(...ids.findings)
  for (const vm of demand.vms) {
    const before = staying.get(vm.name)
    if (before) hosts.took(before.host, vm)
  }

  const placement = demand.vms.map((vm, index): VmPlacement => {
    const { name, role, group, cores, memoryMiB, diskGiB } = vm
    const wanted = { name, role, group, cores, memoryMiB, diskGiB }
    const before = staying.get(name)
    if (before) {
      const { site, host, vmId, address } = before
      return { ...wanted, site, host, vmId, address }
    }
    const site = siteOf.get(vm) ?? (sites[0] as Site)
    const host = hosts.choose(site, vm)
    hosts.took(host, vm)
    const vmId = ids.ids[index] as number
    return { ...wanted, site: site.name, host, vmId, address: addresses.next(site) }
  })
  return { placement, sites, findings: [...findings, ...addresses.findings()] }
}

/** Machines of the resource that keep their place, by name: those whose host is still among the sites asked for. */
const stayingMachines = (sites: Site[], { existing }: Snapshot): Map<string, VmPlacement> =>
  new Map(
    (existing?.placement ?? [])
      .filter((vm) =>
        sites.some(
          (site) => site.name === vm.site && site.hosts.some(({ name }) => name === vm.host),
        ),
      )
      .map((vm) => [vm.name, vm]),
  )

const sitePointer = (demand: Demand, index: number): string =>
  demand.sites.length === 1 ? '/parameters' : `/parameters/sites/${index}`

/** Sites for the machines that are new. Those that stay count towards their site's share. */
const assignSites = (
  vms: VmDemand[],
  sites: Site[],
  staying: Map<string, VmPlacement>,
): Map<VmDemand, Site> => {
  const perGroup = new Map<string, VmDemand[]>()
  for (const vm of vms) perGroup.set(vm.group, [...(perGroup.get(vm.group) ?? []), vm])
  const chosen = new Map<VmDemand, Site>()
  for (const group of perGroup.values()) {
    const { spread = 'even', sites: named } = group[0] ?? {}
    const own = sitesNamed(named, sites)
    const shares = spreadOver(own.length, group.length, spread)
    const open = own.flatMap((site, index) => {
      const standing = group.filter(({ name }) => staying.get(name)?.site === site.name).length
      return new Array<Site>(Math.max(0, (shares[index] ?? 0) - standing)).fill(site)
    })
    const fresh = group.filter(({ name }) => !staying.has(name))
    for (const [index, vm] of fresh.entries()) chosen.set(vm, open[index] ?? (own[0] as Site))
  }
  return chosen
}

const sitesNamed = (names: string[] | undefined, sites: Site[]): Site[] =>
  names ? names.flatMap((name) => sites.filter((site) => site.name === name)) : sites

/** Chooses hosts inside a site: one that can hold it, fewest of the same group, most free memory, then name. */
const hostChooser = (snapshot: Snapshot) => {
  const groupCount = new Map<string, number>()
  const used = new Map(
    snapshot.uses.map(({ host, yours, others }) => [host, addUse(yours, others)]),
  )
  const useOn = (host: string): Use => used.get(host) ?? NO_USE
  return {
    choose: (site: Site, vm: VmDemand): string => {
      const ranked = site.hosts
        .map((host) => ({
          name: host.name,
          tooSmall: holds(host, addUse(useOn(host.name), useOf([vm]))) ? 0 : 1,
          sameGroup: groupCount.get(`${host.name} ${vm.group}`) ?? 0,
          free: supplyOf(host).memoryMiB - useOn(host.name).memoryMiB,
        }))
        .sort(
          (a, b) =>
            a.tooSmall - b.tooSmall ||
            a.sameGroup - b.sameGroup ||
            b.free - a.free ||
            (a.name < b.name ? -1 : 1),
        )
      return ranked[0]?.name ?? ''
    },
    took: (host: string, vm: VmDemand): void => {
      const key = `${host} ${vm.group}`
      groupCount.set(key, (groupCount.get(key) ?? 0) + 1)
      used.set(host, addUse(useOn(host), useOf([vm])))
    },
  }
}

/** Ids from the first one on. What stands keeps its own, and what an update drops stands until an engine has pruned it. */
const vmIds = (
  { vms, firstVmId }: Demand,
  { takenVmIds, existing }: Snapshot,
  staying: Map<string, VmPlacement>,
): { ids: number[]; findings: Finding[] } => {
  const foreign = new Set(takenVmIds)
  const own = new Set(existing?.placement.map(({ vmId }) => vmId))
  let next = firstVmId ?? FIRST_FREE_VM_ID
  let clash = false
  const ids = vms.map(({ name }) => {
    const before = staying.get(name)
    if (before) return before.vmId
    while (own.has(next) || (firstVmId === undefined && foreign.has(next))) next += 1
    clash ||= foreign.has(next)
    next += 1
    return next - 1
  })
  return {
    ids,
    findings: clash
      ? [finding('VMID-UNIQUE', 'At least one of the VM ids from the first one on is taken.')]
      : [],
  }
}
