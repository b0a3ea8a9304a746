// Whether a place may be as it is described: by itself, beside the other places of its jurisdiction, and under what stands
// on it. Pure; the Inventory asks for direct requests and for records in Git alike. Its findings are the operators' to read,
// so their numbers are those of all tenants together, and never one tenant's.

import type { Cluster, Region, Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import type { InventoryRecord } from '../schemas/platform-record.ts'
import { demandMiB, toMiB } from '../schemas/quantity.ts'
import type { RuleId } from '../schemas/rules.ts'
import { regionOf } from '../templates/index.ts'
import { counted } from './counted.ts'
import { finding } from './finding.ts'
import { hostUses, type Ledger, type MachineRow, shortages, stillHolds } from './reservation.ts'

/** What the jurisdiction has. */
export interface Here {
  regions: Region[]
  sites: Site[]
  clusters: Cluster[]
  /** What stands at the site in question, and what open changes hold there. */
  ledger: Ledger
}

/** Pointers are into the place itself. */
export const judgePlace = (record: InventoryRecord, removing: boolean, here: Here): Finding[] => {
  switch (record.kind) {
    case 'region':
      return removing ? regionInUse(record.value, here) : judgeRegion(record.value, here)
    case 'site':
      return removing ? siteInUse(record.value, here) : judgeSite(record.value, here)
    case 'price-book':
      return []
  }
}

const at = (
  rule: RuleId,
  message: string,
  pointer: string,
  numbers?: Record<string, number>,
): Finding => finding(rule, message, { pointer, ...(numbers ? { numbers } : {}) })

const judgeRegion = (region: Region, { regions }: Pick<Here, 'regions'>): Finding[] => [
  ...judgeByCatalogue(region),
  ...judgeAdjacent(region, new Set(regions.map(({ name }) => name))),
]

/** Whoever's law holds must be right; what is made up must not be claimed to be real. */
export const judgeByCatalogue = (region: Region): Finding[] => {
  const known = regionOf(region.name)
  const fields = (['jurisdiction', 'tier', 'country', 'latency'] as const).filter(
    (field) => known && region[field] !== undefined && region[field] !== known[field],
  )
  return [
    ...fields.map((field) =>
      at('REGION-CATALOGUE', `The catalogue has another ${field} for this region.`, `/${field}`),
    ),
    ...(known?.standIn && !region.standIn
      ? [at('REGION-CATALOGUE', 'The catalogue marks this region as stand-in data.', '/standIn')]
      : []),
  ]
}

const judgeAdjacent = (
  { name, adjacent = [] }: Pick<Site, 'name' | 'adjacent'>,
  known: ReadonlySet<string>,
): Finding[] => {
  const self = adjacent.indexOf(name)
  const unknown = adjacent.filter((other) => other !== name && !known.has(other))
  return [
    ...(self === -1
      ? []
      : [at('ADJACENT-SELF', 'The place names itself as its neighbour.', `/adjacent/${self}`)]),
    ...(unknown.length === 0
      ? []
      : [
          at(
            'ADJACENT-UNKNOWN',
            `${unknown.length} of the neighbours named do not exist here.`,
            `/adjacent/${adjacent.indexOf(unknown[0] ?? '')}`,
            { unknown: unknown.length, named: adjacent.length },
          ),
        ]),
  ]
}

const regionInUse = (
  { name }: Region,
  { sites, clusters }: Pick<Here, 'sites' | 'clusters'>,
): Finding[] => {
  const numbers = {
    machines: 0,
    sites: sites.filter(({ region }) => region === name).length,
    clusters: clusters.filter(({ region }) => region === name).length,
  }
  return numbers.sites + numbers.clusters === 0
    ? []
    : [
        at(
          'PLACE-IN-USE',
          `${counted(numbers.sites, 'site')} and ${counted(numbers.clusters, 'cluster')} are still in the region.`,
          '',
          numbers,
        ),
      ]
}

const inUse = (machines: number, where: string, pointer: string): Finding =>
  at('PLACE-IN-USE', `${counted(machines, 'machine')} ${where}, standing or reserved.`, pointer, {
    ...{ machines, sites: 0, clusters: 0 },
  })

const machinesOf = (rows: readonly MachineRow[]): number =>
  new Set(rows.map(({ tenantId, resource, name }) => `${tenantId} ${resource} ${name}`)).size

const siteInUse = ({ name }: Site, { ledger }: Here): Finding[] => {
  const rows = [...ledger.firm, ...ledger.held].filter(({ site }) => site === name)
  return rows.length === 0 ? [] : [inUse(machinesOf(rows), 'there', '')]
}

/** A site by itself, beside the others, and under what is on it. */
const judgeSite = (site: Site, here: Here): Finding[] => {
  const others = here.sites.filter(({ name }) => name !== site.name)
  return [
    ...(here.regions.some(({ name }) => name === site.region)
      ? []
      : [at('REGION-UNKNOWN', 'There is no such region.', '/region')]),
    ...judgeHosts(site, others),
    ...judgeReserves(site),
    ...judgeNetwork(site, others),
    ...judgeAdjacent(site, new Set(here.sites.map(({ name }) => name))),
    ...judgeImages(site),
    ...judgeRoom(site, here),
  ]
}

const judgeHosts = ({ hosts }: Site, others: Site[]): Finding[] => {
  const names = hosts.map(({ name }) => name)
  const elsewhere = new Set(others.flatMap((other) => other.hosts.map(({ name }) => name)))
  return names.flatMap((name, index) =>
    elsewhere.has(name) || names.indexOf(name) !== index
      ? [at('HOST-UNIQUE', 'Another host has this name.', `/hosts/${index}/name`)]
      : [],
  )
}

/** A host without memory to give would be placed on by nobody, and never say why. */
const judgeReserves = ({ hosts }: Site): Finding[] =>
  hosts.flatMap(({ memory, memoryReserve }, index) => {
    const [memoryMiB, reserveMiB] = [toMiB(memory), demandMiB(memoryReserve)]
    return memoryMiB > reserveMiB
      ? []
      : [
          at(
            'HOST-RESERVE',
            `Of ${memoryMiB} MiB of memory the host keeps ${reserveMiB} MiB for itself: nothing is left.`,
            `/hosts/${index}/memory`,
            { memoryMiB, reserveMiB },
          ),
        ]
  })

const numberOf = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0)

/** Gateway and pool lie in the network, the pool the right way round. */
const isNetwork = ({ cidr, gateway, pool }: Site['network']): boolean => {
  const [base = '', bits = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const block = (address: string): number => Math.floor(numberOf(address) / size)
  const inside = [gateway, pool.first, pool.last].every((address) => block(address) === block(base))
  return inside && numberOf(pool.first) <= numberOf(pool.last)
}

const judgeNetwork = ({ network }: Site, others: Site[]): Finding[] => {
  const twin = others.find((other) => other.network.name === network.name)?.network
  const differs = twin && (twin.cidr !== network.cidr || twin.gateway !== network.gateway)
  const fault = !isNetwork(network)
    ? 'Gateway and pool must lie in the network, the first address before the last.'
    : differs
      ? 'Another site describes this network differently.'
      : null
  return fault === null ? [] : [at('NETWORK-FIT', fault, '/network')]
}

const judgeImages = ({ hosts, image }: Site): Finding[] => {
  const without = hosts.flatMap(({ images, storage }, index) =>
    storage.kind === 'local' && images && !images.includes(image.name) ? [index] : [],
  )
  return without.length === 0
    ? []
    : [
        at(
          'IMAGE-MISSING',
          `${without.length} hosts with local storage have not the image of the site.`,
          `/hosts/${without[0]}/images`,
          { without: without.length, hosts: hosts.length },
        ),
      ]
}

const KINDS = {
  cores: { field: 'cores', words: 'cores to promise' },
  memoryMiB: { field: 'memory', words: 'MiB of memory' },
  diskGiB: { field: 'storage', words: 'GiB of disk' },
} as const

/** Everybody's machines as one tenant's: only the sum matters. */
const together = (rows: readonly MachineRow[]): MachineRow[] =>
  rows.map((row) => ({ ...row, tenantId: '', resource: `${row.tenantId} ${row.resource}` }))

/** What is on the site must still have a host, and room enough on it. */
const judgeRoom = (site: Site, { ledger, sites }: Pick<Here, 'ledger' | 'sites'>): Finding[] => {
  const present = sites.find(({ name }) => name === site.name) ?? null
  if (stillHolds(site, ledger, present)) return []
  const rows = [...ledger.firm, ...ledger.held].filter((row) => row.site === site.name)
  const names = new Set(site.hosts.map(({ name }) => name))
  const homeless = rows.filter(({ host }) => !names.has(host))
  const uses = hostUses(together(rows), '')
  const short = shortages([site], uses, new Set(uses.keys()))
  return [
    ...(homeless.length > 0
      ? [inUse(machinesOf(homeless), 'on hosts that would be gone', '/hosts')]
      : []),
    ...short.map(({ hosts, kind, yours: reserved, supply: offered }) => {
      const index = site.hosts.findIndex(({ name }) => name === hosts[0])
      const { field, words } = KINDS[kind]
      return at(
        'SITE-SHRINKS',
        `The site would offer ${offered} ${words} where ${reserved} are reserved.`,
        `/hosts/${index}/${field}`,
        { reserved, offered },
      )
    }),
  ]
}
