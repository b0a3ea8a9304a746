// Whether machines may be held on their hosts: the Inventory's rule, decided over rows of all tenants. Pure.
// The words of its findings are read by one tenant, so they never carry a neighbour's numbers or names.
import type { Site } from '../schemas/place.ts'
import type { Finding, VmPlacement } from '../schemas/plan.ts'
import type { HostUse, Use } from '../schemas/snapshot.ts'
import { addUse, supplyOf } from './capacity.ts'
import { finding } from './finding.ts'

/** A machine as a change asked for it. Several changes may name the same machine: an update does. */
export interface MachineRow
  extends Pick<
    VmPlacement,
    'name' | 'site' | 'host' | 'cores' | 'memoryMiB' | 'diskGiB' | 'vmId' | 'address'
  > {
  tenantId: string
  resource: string
}

const NO_USE: Use = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }
const keyOf = ({ tenantId, resource, name }: MachineRow): string =>
  `${tenantId} ${resource} ${name}`

/**
 * What each host carries. A machine counts once per host, at the largest size any change gives it there:
 * before an update is applied the old size stands, afterwards the new one.
 */
export const hostUses = (rows: readonly MachineRow[], tenantId: string): Map<string, HostUse> => {
  const largest = new Map<string, { row: MachineRow; use: Use }>()
  for (const row of rows) {
    const key = `${row.host} ${keyOf(row)}`
    const known = largest.get(key)?.use ?? NO_USE
    const use = {
      vms: 1,
      cores: Math.max(known.cores, row.cores),
      memoryMiB: Math.max(known.memoryMiB, row.memoryMiB),
      diskGiB: Math.max(known.diskGiB, row.diskGiB),
    }
    largest.set(key, { row, use })
  }
  const uses = new Map<string, HostUse>()
  for (const { row, use } of largest.values()) {
    const before = uses.get(row.host) ?? { host: row.host, yours: NO_USE, others: NO_USE }
    const side = row.tenantId === tenantId ? 'yours' : 'others'
    uses.set(row.host, { ...before, [side]: addUse(before[side], use) })
  }
  return uses
}

const ANOTHER_TENANT = 'another tenant’s change took it first'
const YOUR_OWN = 'another resource of yours has it'

const KINDS = [
  ['cores', 'cores'],
  ['memoryMiB', 'memory'],
  ['diskGiB', 'disk'],
] as const

/** The first thing a host or datastore cannot give, in words for this tenant; null when it can give all. */
const shortageOf = (
  place: string,
  { yours, others }: Pick<HostUse, 'yours' | 'others'>,
  supply: Omit<Use, 'vms'>,
): string | null => {
  for (const [kind, words] of KINDS) {
    if (yours[kind] + others[kind] <= supply[kind]) continue
    return yours[kind] > supply[kind]
      ? `${place} has not enough ${words} for this with what you already have there.`
      : `${place} has no longer enough ${words}: ${ANOTHER_TENANT}.`
  }
  return null
}

const UNUSED: HostUse = { host: '', yours: NO_USE, others: NO_USE }

/** Datastores that hosts of a site share: their disk is one supply. */
const sharedStores = (
  site: Site,
  uses: Map<string, HostUse>,
  asked: ReadonlySet<string>,
): string[] => {
  const names = new Set(
    site.hosts
      .filter(({ name, storage }) => storage.kind === 'shared' && asked.has(name))
      .map(({ storage }) => storage.datastore),
  )
  return [...names].flatMap((datastore) => {
    const hosts = site.hosts.filter(
      ({ storage }) => storage.kind === 'shared' && storage.datastore === datastore,
    )
    const together = hosts
      .map(({ name }) => uses.get(name) ?? UNUSED)
      .reduce(
        (sum, { yours, others }) => ({
          host: '',
          yours: addUse(sum.yours, yours),
          others: addUse(sum.others, others),
        }),
        UNUSED,
      )
    const diskGiB = Math.min(...hosts.map((host) => supplyOf(host).diskGiB))
    const supply = { cores: Infinity, memoryMiB: Infinity, diskGiB }
    return shortageOf(`The datastore ${datastore} of ${site.name}`, together, supply) ?? []
  })
}

const shortages = (
  sites: readonly Site[],
  uses: Map<string, HostUse>,
  asked: ReadonlySet<string>,
): string[] =>
  sites.flatMap((site) => [
    ...site.hosts
      .filter(({ name }) => asked.has(name))
      .flatMap(
        (host) => shortageOf(host.name, uses.get(host.name) ?? UNUSED, supplyOf(host)) ?? [],
      ),
    ...sharedStores(site, uses, asked),
  ])

const judgeIds = (
  sites: readonly Site[],
  rows: readonly MachineRow[],
  items: readonly MachineRow[],
): Finding[] => {
  const networkOf = new Map(sites.map((site) => [site.name, site.network.name]))
  const addressOf = (row: MachineRow): string => `${networkOf.get(row.site)} ${row.address}`
  const byVmId = new Map(rows.map((row) => [row.vmId, row]))
  const byAddress = new Map(rows.map((row) => [addressOf(row), row]))
  const findings: Finding[] = []
  for (const item of items) {
    const whose = (other: MachineRow): string =>
      other.tenantId === item.tenantId ? YOUR_OWN : ANOTHER_TENANT
    const sameId = byVmId.get(item.vmId)
    if (sameId && keyOf(sameId) !== keyOf(item)) {
      findings.push(finding('VMID-UNIQUE', `The VM id of ${item.name} is taken: ${whose(sameId)}.`))
    }
    const sameAddress = byAddress.get(addressOf(item))
    if (sameAddress && keyOf(sameAddress) !== keyOf(item)) {
      findings.push(
        finding('IP-UNIQUE', `The address of ${item.name} is taken: ${whose(sameAddress)}.`),
      )
    }
    byVmId.set(item.vmId, item)
    byAddress.set(addressOf(item), item)
  }
  return findings
}

/** Findings that refuse the items, all of them or none; empty when they may be held. `rows`: everybody's other machines. */
export const judgeReservation = (
  sites: readonly Site[],
  rows: readonly MachineRow[],
  items: readonly MachineRow[],
  tenantId: string,
): Finding[] => {
  const hosts = new Map(
    sites.flatMap((site) => site.hosts.map((host) => [host.name, site.name] as const)),
  )
  const lost = items.filter((item) => hosts.get(item.host) !== item.site)
  if (lost.length > 0) {
    return lost.map(({ name }) => finding('SITE-UNKNOWN', `The place of ${name} no longer exists.`))
  }
  const asked = new Set(items.map(({ host }) => host))
  return [
    ...shortages(sites, hostUses([...rows, ...items], tenantId), asked).map((message) =>
      finding('CAPACITY', message),
    ),
    ...judgeIds(sites, rows, items),
  ]
}

/** Whether the site as proposed still holds every machine that stands or is held there. */
export const stillHolds = (proposed: Site, rows: readonly MachineRow[]): boolean => {
  const uses = hostUses(
    rows.filter(({ site }) => site === proposed.name),
    '',
  )
  const asked = new Set(uses.keys())
  const present = new Set(proposed.hosts.map(({ name }) => name))
  return (
    [...asked].every((name) => present.has(name)) && shortages([proposed], uses, asked).length === 0
  )
}
