// Gives every machine a site, a host, a VM id and an address. Pure; the same demand and snapshot place the same way.
// What already stands keeps its place. It does not judge capacity: capacity.ts does.
import type { Site } from '../schemas/place.ts'
import type { Finding, VmPlacement } from '../schemas/plan.ts'
import { toMiB } from '../schemas/quantity.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, Spread, VmDemand } from '../schemas/template.ts'
import { addressRange, nextAddress } from './addresses.ts'
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
  const siteOf = assignSites(demand.vms, sites)
  const kept = new Map((snapshot.existing?.placement ?? []).map((vm) => [vm.name, vm]))
  const hosts = hostChooser(snapshot)
  const ids = vmIds(demand, snapshot, kept)
  findings.push(...ids.findings)
  const addresses = addressGiver(demand, snapshot, kept)

  const placement = demand.vms.map((vm, index): VmPlacement => {
    const before = kept.get(vm.name)
    const stays =
      before &&
      sites.some(
        (site) => site.name === before.site && site.hosts.some((host) => host.name === before.host),
      )
    const site =
      (stays && sites.find((candidate) => candidate.name === before.site)) ||
      siteOf[index] ||
      (sites[0] as Site)
    const host = stays ? before.host : hosts.choose(site, vm)
    hosts.took(host, vm)
    return {
      name: vm.name,
      role: vm.role,
      group: vm.group,
      site: site.name,
      host,
      cores: vm.cores,
      memoryMiB: vm.memoryMiB,
      diskGiB: vm.diskGiB,
      vmId: stays ? before.vmId : (ids.ids[index] as number),
      address: stays ? before.address : addresses.next(site),
    }
  })
  return { placement, sites, findings: [...findings, ...addresses.findings()] }
}

const sitePointer = (demand: Demand, index: number): string =>
  demand.sites.length === 1 ? '/parameters' : `/parameters/sites/${index}`

const assignSites = (vms: VmDemand[], sites: Site[]): (Site | undefined)[] => {
  const perGroup = new Map<string, VmDemand[]>()
  for (const vm of vms) perGroup.set(vm.group, [...(perGroup.get(vm.group) ?? []), vm])
  const chosen = new Map<VmDemand, Site | undefined>()
  for (const group of perGroup.values()) {
    const counts = spreadOver(sites.length, group.length, group[0]?.spread ?? 'even')
    const order = counts.flatMap((count, index) =>
      new Array<Site | undefined>(count).fill(sites[index]),
    )
    group.forEach((vm, index) => {
      chosen.set(vm, order[index])
    })
  }
  return vms.map((vm) => chosen.get(vm))
}

/** Chooses hosts inside a site: fewest of the same group, then most free memory, then name. */
const hostChooser = (snapshot: Snapshot) => {
  const groupCount = new Map<string, number>()
  const memoryUsed = new Map(
    snapshot.uses.map(({ host, yours, others }) => [host, yours.memoryMiB + others.memoryMiB]),
  )
  return {
    choose: (site: Site, vm: VmDemand): string => {
      const ranked = site.hosts
        .map((host) => ({
          name: host.name,
          sameGroup: groupCount.get(`${host.name} ${vm.group}`) ?? 0,
          free: toMiB(host.memory) - toMiB(host.memoryReserve) - (memoryUsed.get(host.name) ?? 0),
        }))
        .sort((a, b) => a.sameGroup - b.sameGroup || b.free - a.free || (a.name < b.name ? -1 : 1))
      return ranked[0]?.name ?? ''
    },
    took: (host: string, vm: VmDemand): void => {
      const key = `${host} ${vm.group}`
      groupCount.set(key, (groupCount.get(key) ?? 0) + 1)
      memoryUsed.set(host, (memoryUsed.get(host) ?? 0) + vm.memoryMiB)
    },
  }
}

const vmIds = (
  demand: Demand,
  snapshot: Snapshot,
  kept: Map<string, VmPlacement>,
): { ids: number[]; findings: Finding[] } => {
  const taken = new Set(snapshot.takenVmIds)
  if (demand.firstVmId !== undefined) {
    const first = demand.firstVmId
    const ids = demand.vms.map((_, index) => first + index)
    const clash = demand.vms.some(
      (vm, index) => !kept.has(vm.name) && taken.has(ids[index] as number),
    )
    return {
      ids,
      findings: clash
        ? [finding('VMID-UNIQUE', 'At least one of the VM ids from the first one on is taken.')]
        : [],
    }
  }
  for (const vm of kept.values()) taken.add(vm.vmId)
  const ids: number[] = []
  for (let id = FIRST_FREE_VM_ID; ids.length < demand.vms.length; id += 1)
    if (!taken.has(id)) ids.push(id)
  return { ids, findings: [] }
}

/** Hands out free addresses of a site's network, lowest first; sites that share a network share its pool. */
const addressGiver = (demand: Demand, snapshot: Snapshot, kept: Map<string, VmPlacement>) => {
  const taken = new Set([...snapshot.takenAddresses, ...[...kept.values()].map((vm) => vm.address)])
  const cursor = new Map<string, string | null>()
  const findings: Finding[] = []
  const report = (message: string) => {
    if (findings.length === 0)
      findings.push(finding('IP-UNIQUE', message, { pointer: '/parameters' }))
  }
  return {
    findings: () => findings,
    next: (site: Site): string => {
      const { name, pool } = site.network
      const first = demand.firstAddress ?? pool.first
      let at = cursor.has(name) ? (cursor.get(name) ?? null) : first
      if (!addressRange(pool).has(first))
        report('The first address lies outside the pool of the site’s network.')
      if (demand.firstAddress !== undefined && at !== null && taken.has(at)) {
        report('One of the addresses from the first one on is taken.')
      }
      while (at !== null && taken.has(at)) at = nextAddress(at, pool)
      if (at === null) {
        report('The network of a site has no free address left.')
        return pool.last
      }
      taken.add(at)
      cursor.set(name, nextAddress(at, pool))
      return at
    },
  }
}
