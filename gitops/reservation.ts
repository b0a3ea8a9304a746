// Whether machines may be held on their hosts: the Inventory's rule, decided over rows of all tenants. Pure.
// The words of its findings are read by one tenant, so they never carry a neighbour's numbers or names.
import type { Site } from '../schemas/place.ts'
import type { Finding, VmPlacement } from '../schemas/plan.ts'
import type { HostUse, Use } from '../schemas/snapshot.ts'
import { addUse, lessUse, supplyOf } from './capacity.ts'
import { finding } from './finding.ts'

/** A machine as a change asked for it. Several changes may name the same machine: an update does. */
export interface MachineRow
  extends Pick<
    VmPlacement,
    'name' | 'site' | 'host' | 'cores' | 'memoryMiB' | 'diskGiB' | 'vmId' | 'address'
  > {
  changeId: string
  tenantId: string
  resource: string
}

/** Rows by what they weigh: what stands or was merged, oldest first, and what open changes only hold. */
export interface Ledger {
  firm: readonly MachineRow[]
  held: readonly MachineRow[]
}

/** Of the request: which of its fields made the machine is its template's to say. */
const WHERE = { pointer: '/parameters' }
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

/** What a tenant's planner reads of the hosts: what stands there, and what open changes would add to it. */
export const usesFor = ({ firm, held }: Ledger, tenantId: string): HostUse[] => {
  const stands = hostUses(firm, tenantId)
  const all = hostUses([...firm, ...held], tenantId)
  const added = (uses: Map<string, HostUse>, host: string, side: 'yours' | 'others'): Use =>
    lessUse(uses.get(host)?.[side] ?? NO_USE, stands.get(host)?.[side] ?? NO_USE)
  const mine = Map.groupBy(
    held.filter((row) => row.tenantId === tenantId),
    ({ changeId }) => changeId,
  )
  const byChange = [...mine].map(([changeId, rows]) => ({
    changeId,
    hosts: new Set(rows.map(({ host }) => host)),
    uses: hostUses([...firm.filter((row) => row.tenantId === tenantId), ...rows], tenantId),
  }))
  const heldHosts = new Set(held.map(({ host }) => host))
  return [...all.keys()].map((host) => {
    const { yours = NO_USE, others = NO_USE } = stands.get(host) ?? {}
    if (!heldHosts.has(host)) return { host, yours, others }
    const changes = byChange
      .filter(({ hosts }) => hosts.has(host))
      .map(({ changeId, uses }) => ({ changeId, use: added(uses, host, 'yours') }))
    return { host, yours, others, held: { yours: changes, others: added(all, host, 'others') } }
  })
}

const ANOTHER_TENANT = 'another tenant’s change took it first'
const YOUR_OWN = 'another resource of yours has it'

const KINDS = [
  ['cores', 'cores'],
  ['memoryMiB', 'memory'],
  ['diskGiB', 'disk'],
] as const

type Kind = (typeof KINDS)[number][0]

/** The first thing that a host or datastore cannot give. */
export interface Shortage {
  /** The host, or the datastore and its site. */
  place: string
  hosts: readonly string[]
  kind: Kind
  /** The tenant's own demand alone would be too much. */
  ownAlone: boolean
  /** Of this tenant, with what it asks for; and what the place has. */
  yours: number
  supply: number
}

const shortageOf = (
  { place, hosts }: Pick<Shortage, 'place' | 'hosts'>,
  { yours, others }: Pick<HostUse, 'yours' | 'others'>,
  supply: Omit<Use, 'vms'>,
): Shortage[] => {
  const short = KINDS.map(([kind]) => kind).find(
    (kind) => yours[kind] + others[kind] > supply[kind],
  )
  if (short === undefined) return []
  const ownAlone = yours[short] > supply[short]
  return [{ place, hosts, kind: short, ownAlone, yours: yours[short], supply: supply[short] }]
}

const inWords = ({ place, kind, ownAlone }: Shortage): string => {
  const words = KINDS.find(([name]) => name === kind)?.[1]
  return ownAlone
    ? `${place} has not enough ${words} for this with what you already have there.`
    : `${place} has no longer enough ${words}: ${ANOTHER_TENANT}.`
}

const UNUSED: HostUse = { host: '', yours: NO_USE, others: NO_USE }

/** Datastores that hosts of a site share: their disk is one supply. */
const sharedStores = (
  site: Site,
  uses: Map<string, HostUse>,
  asked: ReadonlySet<string>,
): Shortage[] => {
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
    const place = `The datastore ${datastore} of ${site.name}`
    return shortageOf({ place, hosts: hosts.map(({ name }) => name) }, together, supply)
  })
}

/** What the hosts asked cannot give, one shortage for each host and shared datastore. */
export const shortages = (
  sites: readonly Site[],
  uses: Map<string, HostUse>,
  asked: ReadonlySet<string>,
): Shortage[] =>
  sites.flatMap((site) => [
    ...site.hosts
      .filter(({ name }) => asked.has(name))
      .flatMap((host) =>
        shortageOf(
          { place: host.name, hosts: [host.name] },
          uses.get(host.name) ?? UNUSED,
          supplyOf(host),
        ),
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
      findings.push(
        finding('VMID-UNIQUE', `The VM id of ${item.name} is taken: ${whose(sameId)}.`, WHERE),
      )
    }
    const sameAddress = byAddress.get(addressOf(item))
    if (sameAddress && keyOf(sameAddress) !== keyOf(item)) {
      findings.push(
        finding('IP-UNIQUE', `The address of ${item.name} is taken: ${whose(sameAddress)}.`, WHERE),
      )
    }
    byVmId.set(item.vmId, item)
    byAddress.set(addressOf(item), item)
  }
  return findings
}

/** Machines of a size that is none: a negative one would make room for others. */
const absurd = (items: readonly MachineRow[]): Finding[] =>
  items
    .filter(
      ({ cores, memoryMiB, diskGiB }) =>
        ![cores, memoryMiB, diskGiB].every((size) => Number.isSafeInteger(size) && size >= 0) ||
        cores === 0 ||
        memoryMiB === 0,
    )
    .map(({ name }) =>
      finding('CAPACITY', `The size of ${name} is no whole number of cores, MiB and GiB.`, WHERE),
    )

/** Machines whose host is not at their site any more. */
export const placesLost = (sites: readonly Site[], items: readonly MachineRow[]): Finding[] => {
  const hosts = new Map(
    sites.flatMap((site) => site.hosts.map((host) => [host.name, site.name] as const)),
  )
  return items
    .filter((item) => hosts.get(item.host) !== item.site)
    .map(({ name }) => finding('SITE-UNKNOWN', `The place of ${name} no longer exists.`, WHERE))
}

/**
 * Findings that refuse the items, all of them or none; empty when they may be held. `ledger`: everybody's other machines.
 * Room is judged by what stands; ids and addresses are nobody else's from the moment they are held.
 */
export const judgeReservation = (
  sites: readonly Site[],
  { firm, held }: Ledger,
  items: readonly MachineRow[],
  tenantId: string,
): Finding[] => {
  const wrong = [...placesLost(sites, items), ...absurd(items)]
  if (wrong.length > 0) return wrong
  const asked = new Set(items.map(({ host }) => host))
  return [
    ...shortages(sites, hostUses([...firm, ...items], tenantId), asked).map((shortage) =>
      finding('CAPACITY', inWords(shortage), WHERE),
    ),
    ...judgeIds(sites, [...firm, ...held], items),
  ]
}

/** Whether everything here has a host and room enough at the site. */
const isHeldBy = (site: Site, rows: readonly MachineRow[]): boolean => {
  const uses = hostUses(
    rows.filter((row) => row.site === site.name),
    '',
  )
  const asked = new Set(uses.keys())
  return shortages([site], uses, asked).length === 0
}

/** Whether the site as proposed still holds what stands there, and each open change that it holds as it is now. */
export const stillHolds = (
  proposed: Site,
  { firm, held }: Ledger,
  present: Site | null = null,
): boolean => {
  const hosts = new Set(proposed.hosts.map(({ name }) => name))
  const here = [...firm, ...held].filter(({ site }) => site === proposed.name)
  if (!here.every(({ host }) => hosts.has(host)) || !isHeldBy(proposed, firm)) return false
  const open = Map.groupBy(
    held.filter(({ site }) => site === proposed.name),
    ({ changeId }) => changeId,
  )
  return [...open.values()].every((rows) => {
    const together = [...firm, ...rows]
    return isHeldBy(proposed, together) || (present !== null && !isHeldBy(present, together))
  })
}
