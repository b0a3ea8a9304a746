// Gives every machine a site, a host, a VM id and an address. Pure; the same demand and snapshot place the same way.
// What already stands keeps its place. It does not judge capacity: capacity.ts does.
import type { Site } from '../schemas/place.ts'
import type { Finding, VmPlacement } from '../schemas/plan.ts'
import { faultTolerance } from '../schemas/qbft.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, Spread, VmDemand } from '../schemas/template.ts'
import { addressGiver } from './addresses.ts'
import { finding } from './finding.ts'
import { binsOf, hasImage, type Item, put } from './placement/bins.ts'
import { whyOf } from './placement/explain.ts'
import { pack } from './placement/pack.ts'

/** Where VM ids start when nobody names one. */
const FIRST_FREE_VM_ID = 20_000

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

/** Places a demand. Findings: SITE-UNKNOWN, NAME-UNIQUE, IMAGE-HOST, VMID-UNIQUE, IP-UNIQUE. */
export const place = (demand: Demand, snapshot: Snapshot): Placed => {
  const findings: Finding[] = []
  const sites: Site[] = []
  for (const [index, name] of demand.sites.entries()) {
    const site = snapshot.sites.find((candidate) => candidate.name === name)
    if (!site) {
      findings.push(
        finding('SITE-UNKNOWN', siteUnknown(demand, index), {
          pointer: sitePointer(demand, index),
          numbers: { place: index + 1, named: demand.sites.length },
        }),
      )
    } else if (!sites.includes(site)) sites.push(site)
  }
  if (findings.length > 0 || sites.length === 0) return { placement: [], sites, findings }

  const taken = new Set(snapshot.takenNames)
  if (demand.vms.some(({ name }) => taken.has(name))) {
    findings.push(
      finding('NAME-UNIQUE', 'Another resource has a machine of this name.', { pointer: '/name' }),
    )
  }
  const staying = stayingMachines(sites, snapshot)
  const siteOf = assignSites(demand.vms, sites, staying)
  const hostOf = chooseHosts(demand.vms, sites, snapshot, { siteOf, staying })
  findings.push(...withoutImage(sites, siteOf))
  const ids = vmIds(demand, snapshot, staying)
  const addresses = addressGiver(demand, snapshot)
  findings.push(...ids.findings)
  const placement = demand.vms.map((vm, index): VmPlacement => {
    const { name, role, group, cores, memoryMiB, diskGiB } = vm
    const wanted = { name, role, group, cores, memoryMiB, diskGiB }
    const before = staying.get(name)
    if (before) {
      const { site, host, vmId, address } = before
      return { ...wanted, site, host, vmId, address }
    }
    const site = siteOf.get(vm) ?? (sites[0] as Site)
    const host = hostOf.get(vm) ?? ''
    const vmId = ids.ids[index] as number
    return { ...wanted, site: site.name, host, vmId, address: addresses.next(site) }
  })
  return {
    placement: whyOf(placement, sites, { snapshot, staying }),
    sites,
    findings: [...findings, ...addresses.findings()],
  }
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

const siteUnknown = ({ sites }: Demand, index: number): string =>
  sites.length === 1
    ? 'The site named does not exist here.'
    : `Of the ${sites.length} sites named number ${index + 1} does not exist here.`

const sitePointer = (demand: Demand, index: number): string =>
  demand.sites.length === 1 ? '/parameters' : `/parameters/sites/${index}`

/** Sites for the machines that are new. Those that stay count towards their site's share. */
const assignSites = (
  vms: VmDemand[],
  sites: Site[],
  staying: Map<string, VmPlacement>,
): Map<VmDemand, Site> => {
  const perGroup = Map.groupBy(vms, ({ group }) => group)
  const chosen = new Map<VmDemand, Site>()
  for (const group of perGroup.values()) {
    const { spread = 'even', sites: named } = group[0] ?? {}
    const own = sitesNamed(named, sites)
    const shares = spreadOver(own.length, group.length, spread)
    const standingAt = Map.groupBy(group, ({ name }) => staying.get(name)?.site)
    const open = own.flatMap((site, index) => {
      const standing = standingAt.get(site.name)?.length ?? 0
      return new Array<Site>(Math.max(0, (shares[index] ?? 0) - standing)).fill(site)
    })
    const fresh = group.filter(({ name }) => !staying.has(name))
    for (const [index, vm] of fresh.entries()) chosen.set(vm, open[index] ?? (own[0] as Site))
  }
  return chosen
}

const sitesNamed = (names: string[] | undefined, sites: Site[]): Site[] =>
  names ? names.flatMap((name) => sites.filter((site) => site.name === name)) : sites

/** Hosts for the machines that are new, site by site. Those that stay are in their hosts already. */
const chooseHosts = (
  vms: VmDemand[],
  sites: Site[],
  snapshot: Snapshot,
  { siteOf, staying }: { siteOf: Map<VmDemand, Site>; staying: ReadonlyMap<string, VmPlacement> },
): Map<VmDemand, string> => {
  const uses = new Map(snapshot.uses.map((use) => [use.host, use]))
  const stands = Map.groupBy(
    vms.filter(({ name }) => staying.has(name)),
    ({ name }) => staying.get(name)?.host ?? '',
  )
  const fresh = Map.groupBy(siteOf.keys(), (vm) => siteOf.get(vm))
  const chosen = new Map<VmDemand, string>()
  for (const site of sites) {
    const own = fresh.get(site) ?? []
    if (own.length === 0) continue
    const bins = binsOf(site, uses)
    for (const bin of bins) for (const vm of stands.get(bin.name) ?? []) put(bins, bin, itemOf(vm))
    // Where no host has the image each is as good as the other: a finding says so.
    const hosts =
      bins.length > 0 ? pack(bins, own.map(itemOf)) : own.map(() => site.hosts[0]?.name ?? '')
    for (const [index, vm] of own.entries()) chosen.set(vm, hosts[index] ?? '')
  }
  return chosen
}

/** Sites that get new machines and have their image on no host. */
const withoutImage = (sites: Site[], siteOf: Map<VmDemand, Site>): Finding[] =>
  sites.flatMap((site) => {
    const machines = [...siteOf.values()].filter((found) => found === site).length
    if (machines === 0 || site.hosts.some((host) => hasImage(host, site))) return []
    const numbers = { machines, hosts: site.hosts.length }
    return [
      finding('IMAGE-HOST', `${site.name} has its image on none of its hosts.`, {
        pointer: '/parameters',
        numbers,
      }),
    ]
  })

const itemOf = ({ group, cores, memoryMiB, diskGiB }: VmDemand): Item => ({
  ...{ group, cores, memoryMiB, diskGiB },
})

/** Ids from the first one on. What stands keeps its own, and what an update drops stands until an engine has pruned it. */
const vmIds = (
  { vms, firstVmId }: Demand,
  { tenant, takenVmIds, existing }: Snapshot,
  staying: Map<string, VmPlacement>,
): { ids: number[]; findings: Finding[] } => {
  const foreign = new Set(takenVmIds)
  const own = new Set(existing?.placement.map(({ vmId }) => vmId))
  let next = firstVmId ?? tenant.firstVmId ?? FIRST_FREE_VM_ID
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
    // Without a first one only free ids are taken.
    findings:
      clash && firstVmId !== undefined
        ? [
            finding('VMID-UNIQUE', 'At least one of the VM ids from firstVmId on is taken.', {
              ...{ pointer: '/parameters/firstVmId', numbers: { firstVmId, machines: vms.length } },
            }),
          ]
        : [],
  }
}
