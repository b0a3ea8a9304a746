// What does not fit: machines on hosts, pods on nodes, a chain's state on its disks, and what has no hosts at all.
import type { SystemComponent } from '../../../schemas/system.ts'
import {
  type End,
  endOf,
  exactGB,
  faceGB,
  GB_PER_GIB,
  round,
  rowNeeds,
  rowOf,
  rowsOf,
  type Sources,
  sum,
} from '../sources.ts'
import { AGAINST, one, range, type SourceClaim } from './parts.ts'
import { demandOf, onNodes } from './sums.ts'

/** Virtual cores to a real one that a host lends by default. */
const OVERCOMMIT = 4
const LOC = 'Deployment Requirements Scope, resource summary 3'

const carried = ({ basis }: SystemComponent): boolean => basis === 'rendered' || basis === 'guest'
const onHosts = (all: Sources, field: 'cores' | 'memory', end: End, gb = faceGB): number =>
  sum(rowsOf(all, 'loc_az_hci').filter(carried), field, end, gb)
const host = (all: Sources) => rowOf(all, 'loc_az_hci', 'proxmox-host')
const guests = (all: Sources) => rowOf(all, 'loc_az_hci', 'smom-dbis-138')
/** Bytes in GB: what must be there is compared without rounding units. */
const guestsGB = (all: Sources): number => {
  const row = guests(all)
  return row ? round(rowNeeds(row, 'memory', 'least', exactGB)) : 0
}
const guestsGiB = (all: Sources): number => guests(all)?.declared?.memory?.least ?? 0

/** Hosts of so many GB, of which a share stays free, that carry so much with one of them lost. */
const withOneLost = (gb: number, of: number): number => Math.ceil(gb / of) + 1

const HOSTS = '/systems/loc_az_hci/components/proxmox-host'

const hostsNeeded = (size: End, reserve: number) => (all: Sources, end: End) => {
  const memory = host(all)?.each?.memory
  const of = memory ? endOf(memory, size) * (1 - reserve) : 0
  return of === 0 ? 0 : withOneLost(onHosts(all, 'memory', end), of)
}

export const roomClaims: SourceClaim[] = [
  {
    id: 'loc_az_hci/memory',
    rule: 'SUPPLY-SHORT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'VMs and smom-dbis-138 need more memory than the hosts have',
    holds: [range(`${HOSTS}/declared/memory`, (all, end) => onHosts(all, 'memory', end), '>=')],
    says: `The hosts have ${AGAINST('GB')} that the machines of loc_az_hci and smom-dbis-138 need together, or {exactRange} GB with the guests’ GiB converted.`,
    more: (all) => ({
      exactLeast: onHosts(all, 'memory', 'least', exactGB),
      exactMost: onHosts(all, 'memory', 'most', exactGB),
    }),
    cause: (_all, { declaredMost = 0, computedLeast = 0 }) =>
      declaredMost < computedLeast ? 'It is impossible even with the largest hosts.' : null,
    fix: 'Order the hosts that are missing, or ask for less.',
    source: LOC,
  },
  {
    id: 'loc_az_hci/cores',
    rule: 'CPU-OVERCOMMIT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'Virtual cores to a real one, with all hosts and with one down',
    holds: [
      one(
        `${HOSTS}/declared/cores/least`,
        (all) => onHosts(all, 'cores', 'most') / OVERCOMMIT,
        '>=',
      ),
    ],
    more: (all) => {
      const row = host(all)
      const cores = (end: End) => (row ? rowNeeds(row, 'cores', end) : 0)
      const oneHost = (end: End) => (row?.each?.cores ? endOf(row.each.cores, end) : 0)
      const tenth = (value: number) => Math.round(value * 10) / 10
      return {
        overcommit: OVERCOMMIT,
        askedLeast: onHosts(all, 'cores', 'least'),
        askedMost: onHosts(all, 'cores', 'most'),
        coresLeast: cores('least'),
        coresMost: cores('most'),
        ratioLeast: tenth(onHosts(all, 'cores', 'least') / cores('most')),
        ratioMost: tenth(onHosts(all, 'cores', 'most') / cores('least')),
        oneDownLeast: tenth(onHosts(all, 'cores', 'least') / (cores('most') - oneHost('most'))),
        oneDownMost: tenth(onHosts(all, 'cores', 'most') / (cores('least') - oneHost('least'))),
      }
    },
    says: '{askedRange} virtual cores on {coresRange} real ones are {ratioRange} to one, and {oneDownRange} to one with one of the hosts down; {overcommit} to one would need {computed} cores at the most, {declared} are there at the least ({difference}).',
    fix: 'Add hosts: with one lost, no more than four to one.',
    source: LOC,
  },
  {
    id: 'smom-dbis-138/two-hosts',
    rule: 'HOST-SHORT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'smom-dbis-138 alone does not fit two hosts of 64 GB',
    holds: [
      [
        {
          name: '',
          declared: `${HOSTS}/declared/memory/least`,
          relation: '>=',
          computed: guestsGB,
        },
      ],
    ],
    more: (all) => ({ guestsGiB: guestsGiB(all) }),
    says: 'smom-dbis-138 alone asks for {guestsGiB} GiB ({computed} GB); the least hosts have {declared} GB together ({difference}).',
    fix: 'Take the larger hosts: they must hold {computed} GB together.',
    source: LOC,
  },
  {
    id: 'smom-dbis-138/one-lost',
    rule: 'HOST-SHORT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'smom-dbis-138 alone does not fit what one lost host leaves',
    holds: [
      [{ name: '', declared: `${HOSTS}/each/memory/most`, relation: '>=', computed: guestsGB }],
    ],
    more: (all) => ({ guestsGiB: guestsGiB(all) }),
    says: 'smom-dbis-138 alone asks for {guestsGiB} GiB ({computed} GB); with one of two hosts lost the largest other has {declared} GB ({difference}).',
    fix: 'Add a third host.',
    source: LOC,
  },
  {
    id: 'loc_az_hci/hosts-needed',
    rule: 'SUPPLY-SHORT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'Hosts needed so that one may be lost',
    holds: [range(`${HOSTS}/count`, hostsNeeded('most', 0), '>=')],
    more: (all) => ({
      smallLeast: hostsNeeded('least', 0)(all, 'least'),
      smallMost: hostsNeeded('least', 0)(all, 'most'),
      smallWithReserve: hostsNeeded('least', 0.1)(all, 'most'),
    }),
    says: `With one host lost the machines still need a home: ${AGAINST('hosts')} of the larger size, or {smallRange} of the smaller ({smallWithReserve} with a tenth kept free).`,
    fix: 'Order {computedRange} hosts of the larger size, or {smallRange} of the smaller.',
    source: LOC,
  },
  {
    id: 'sankofa/no-hosts',
    rule: 'SUPPLY-SHORT',
    systems: ['sankofa'],
    what: 'The cores of Sankofa’s cluster and database have no host supply anywhere',
    holds: [
      range(
        '/said/stated/sankofaHosts/cores',
        (all, end) => demandOf(all, 'sankofa', 'cores', end),
        '>=',
      ),
    ],
    says: `Sankofa’s own hosts: ${AGAINST('cores')} that its cluster and database need. The source names no host for them.`,
    fix: 'Order hosts for Sankofa’s cluster and database, or put them where there are some.',
    source: 'Deployment Requirements Scope, resource summary 4',
  },
  {
    id: 'sankofa/no-host-memory',
    rule: 'SUPPLY-SHORT',
    systems: ['sankofa'],
    what: 'The memory of Sankofa’s cluster and database has no host supply anywhere',
    holds: [
      range(
        '/said/stated/sankofaHosts/memory',
        (all, end) => demandOf(all, 'sankofa', 'memory', end),
        '>=',
      ),
    ],
    says: `Sankofa’s own hosts: ${AGAINST('GB of memory')} that its cluster and database need. The source names no host for them.`,
    fix: 'Order hosts for Sankofa’s cluster and database, or put them where there are some.',
    source: 'Deployment Requirements Scope, resource summary 4',
  },
  {
    id: 'the_order/pool',
    rule: 'POOL-SHORT',
    systems: ['the_order'],
    what: 'The AKS pool is too small at both ends',
    holds: [
      range(
        '/systems/the_order/components/aks-node/declared/cores',
        (all, end) => sum(rowsOf(all, 'the_order').filter(onNodes), 'cores', end),
        '>=',
      ),
    ],
    says: `The nodes have ${AGAINST('cores')} that pods and their infrastructure need, reserved in full.`,
    fix: 'Add nodes, or let pods reserve less (cpuReservedPercent).',
    source: 'Deployment Requirements Scope, resource summary 5',
  },
  {
    id: 'smom-dbis-138/disk-per-node',
    rule: 'DISK-PER-NODE',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: '278 GiB for 18 VMs against 200-500 GB for a Besu node',
    holds: [
      one(
        '/systems/smom-dbis-138/declaredTotals/disk/least',
        (all) => {
          const besu = rowOf(all, 'loc_az_hci', 'besu-node')?.each?.disk?.least ?? 0
          return round((besu * (guests(all)?.count.least ?? 0)) / GB_PER_GIB)
        },
        '>=',
      ),
    ],
    more: (all, { declared = 0 }) => {
      const disk = rowOf(all, 'loc_az_hci', 'besu-node')?.each?.disk
      const machines = guests(all)?.count.least ?? 0
      return {
        machines,
        perMachineGiB: Math.round((declared / Math.max(1, machines)) * 10) / 10,
        besuLeastGB: disk?.least ?? 0,
        besuMostGB: disk?.most ?? 0,
      }
    },
    says: '{declared} GiB for {machines} machines are {perMachineGiB} GiB each, against {besuLeastGB}-{besuMostGB} GB for a Besu node elsewhere: {computed} GiB in all at the least ({difference}).',
    fix: 'Raise the disks of the Besu groups.',
    source: 'Deployment Requirements Scope, resource summaries 2 and 3',
  },
  {
    id: 'sankofa/state',
    rule: 'SUPPLY-SHORT',
    systems: ['sankofa'],
    what: 'State of 50-100 TB per datacentre against 24-40 TB raw for all validators',
    holds: [
      range(
        '/systems/sankofa/components/besu-validator/declared/disk',
        (all, end) => endOf(all.said.chain.stateOfOne, end),
        '>=',
      ),
    ],
    says: `All validators have ${AGAINST('TB')} of chain state that one core datacentre is said to hold.`,
    fix: 'Size the validators’ disks for the state, or correct the state.',
    source: 'System Architecture, storage; Deployment Requirements Scope, resource summary 4',
  },
]

/** Machines whose disk the source leaves out. */
const unsized = (system: string, ids: string[]): SourceClaim[] =>
  ids.map((id) => ({
    id: `${system}/unsized/${id}`,
    rule: 'SPEC-MISSING' as const,
    systems: [system],
    what: `No disk for ${id}`,
    holds: [
      [
        {
          name: '' as const,
          declared: `/systems/${system}/components/${id}/each/disk/least`,
          relation: '>=' as const,
          computed: (all: Sources) => (rowOf(all, system, id) ? 1 : 0),
        },
      ],
    ],
    says: `The source gives {declared} GB of disk for ${id} of ${system}, at least {computed} is needed ({difference}).`,
    fix: 'Give the disk as a parameter; the template’s default is taken meanwhile.',
    source: 'Deployment Requirements Scope, resource summary',
  }))

export const sizeClaims: SourceClaim[] = [
  ...unsized('loc_az_hci', ['k3s-control-plane', 'k3s-worker']),
  ...unsized('sankofa', ['control-plane', 'worker']),
  {
    id: 'smom-dbis-138/unsized',
    rule: 'SPEC-MISSING',
    systems: ['smom-dbis-138'],
    what: 'No sizes of single machines',
    holds: [
      one(
        '/said/stated/machinesSized',
        (all) =>
          rowsOf(all, 'smom-dbis-138').reduce(
            (machines, { kind, derived = [], count }) =>
              machines + (kind === 'virtual-machine' && derived.includes('each') ? count.least : 0),
            0,
          ),
        '>=',
      ),
    ],
    says: 'The source sizes {declared} of {computed} machines one by one and gives totals only ({difference}); the split is derived.',
    fix: 'Give your own sizes in groups.',
    source: 'Deployment Requirements Scope, resource summary 2',
  },
]
