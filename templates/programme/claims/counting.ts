// What is counted that should not be, or twice: supply beside demand, pods beside nodes, guests, raw disks, units.
import type { SystemComponent } from '../../../schemas/system.ts'
import {
  ENDS,
  type End,
  exactGB,
  round,
  rowNeeds,
  rowOf,
  rowsOf,
  type Sources,
  sum,
} from '../sources.ts'
import { AGAINST, ALL, one, range, type SourceClaim } from './parts.ts'
import { isPod, onNodes } from './sums.ts'

const ends = (name: string, at: (end: End) => number): Record<string, number> =>
  Object.fromEntries(ENDS.map((end) => [`${name}${end === 'least' ? 'Least' : 'Most'}`, at(end)]))

const hosts = ({ basis }: SystemComponent): boolean => basis === 'supply'
const PROXY = ['nginx-proxy', 'cloudflare-tunnel']

/** Usable TB of the chain's nodes: a mirror of two disks holds one. Replicas: mirrored too, or not. */
const usable = (all: Sources, end: End, mirroredReplicas: boolean): number => {
  const raw = (id: string) => {
    const row = rowOf(all, 'sankofa', id)
    return row ? rowNeeds(row, 'disk', end) / 1000 : 0
  }
  return round(raw('besu-validator') / 2 + raw('read-replica') / (mirroredReplicas ? 2 : 1))
}

/** Sums of loc_az_hci whose rows come in decimal and in binary units. */
const mixedSums = (all: Sources): number =>
  (['memory', 'disk'] as const).filter((field) => {
    const rows = rowsOf(all, 'loc_az_hci').filter(({ basis }) => basis !== 'optional')
    const binary = rows.flatMap(({ each, declared }) => {
      const size = declared?.[field] ?? each?.[field]
      return size ? [size.unit.endsWith('iB')] : []
    })
    return new Set(binary).size > 1
  }).length

export const countingClaims: SourceClaim[] = [
  {
    id: 'loc_az_hci/hosts-with-machines',
    rule: 'DOUBLE-COUNT',
    systems: ['loc_az_hci'],
    what: 'Host supply is added to the demand of the machines on it',
    holds: [one('/said/counted/hostsWithTheirMachines', () => 0)],
    more: (all) => ({
      ...ends('hostCores', (end) => sum(rowsOf(all, 'loc_az_hci').filter(hosts), 'cores', end)),
      ...ends('hostMemoryGB', (end) => sum(rowsOf(all, 'loc_az_hci').filter(hosts), 'memory', end)),
    }),
    says: 'The total of loc_az_hci adds hosts ({declared} row, where {computed} belong) to the machines that run on them: {hostCoresRange} cores and {hostMemoryGBRange} GB are supply, not demand (difference {difference}).',
    fix: 'Keep supply and demand in two sums, and compare them.',
    source: 'Deployment Requirements Scope, resource summary 3, total',
  },
  {
    id: 'the_order/pods-with-nodes',
    rule: 'DOUBLE-COUNT',
    systems: ['the_order'],
    what: 'Pods and infrastructure are added beside the nodes that contain them',
    holds: [one('/said/counted/podsBesideTheirNodes', () => 0)],
    more: (all) => {
      const rows = rowsOf(all, 'the_order')
      const beside = (row: SystemComponent) => onNodes(row) && !isPod(row)
      return {
        ...ends('podCores', (end) => sum(rows.filter(isPod), 'cores', end)),
        ...ends('infrastructureCores', (end) => sum(rows.filter(beside), 'cores', end)),
      }
    },
    says: 'the_order lists {declared} rows of pods beside the nodes that hold them, where {computed} belong (difference {difference}): {podCoresRange} cores of pods and {infrastructureCoresRange} of infrastructure are inside the nodes.',
    fix: 'Size the nodes for the pods, and count the nodes only.',
    source: 'Deployment Requirements Scope, resource summary 5',
  },
  {
    id: 'sankofa/guests',
    rule: 'DOUBLE-COUNT',
    systems: ['sankofa'],
    what: 'Sankofa lists 18 VMs and 278 GiB that are counted under loc_az_hci',
    holds: [
      one('/said/counted/guestsUnderSankofa', (all) =>
        rowOf(all, 'loc_az_hci', 'smom-dbis-138') === undefined
          ? (rowOf(all, 'sankofa', 'smom-vms')?.count.least ?? 0)
          : 0,
      ),
    ],
    more: (all) => ({
      diskGiB: rowOf(all, 'sankofa', 'smom-vms')?.declared?.disk?.least ?? 0,
    }),
    says: 'The summary lists {declared} machines with {diskGiB} GiB under Sankofa, where {computed} belong: they are counted under loc_az_hci (difference {difference}).',
    fix: 'Leave the machines of smom-dbis-138 out of Sankofa’s row.',
    source: 'Deployment Requirements Scope, resource requirements summary',
  },
  {
    id: 'smom-dbis-138/proxy-and-tunnel',
    rule: 'DOUBLE-COUNT',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'Nginx and Cloudflare VMs may be counted twice',
    holds: [one('/said/counted/listsOfProxyAndTunnel', () => 1)],
    more: (all) => {
      const guests = rowOf(all, 'loc_az_hci', 'smom-dbis-138')
      const total = guests?.declared?.disk?.least ?? 0
      const machines = guests?.count.least ?? 0
      const room = (end: End) =>
        PROXY.reduce((gb, id) => {
          const row = rowOf(all, 'loc_az_hci', id)
          return gb + (row ? rowNeeds(row, 'disk', end) : 0)
        }, 0)
      const each = (end: End) => room(end) / PROXY.length
      return {
        leftLeast: total - room('most'),
        leftMost: total - room('least'),
        machinesLeft: machines - PROXY.length,
        eachLeast: each('least'),
        eachMost: each('most'),
      }
    },
    says: '{declared} lists have an Nginx proxy and a Cloudflare tunnel, where {computed} is needed (difference {difference}). With the {eachRange} GB that loc_az_hci gives each, {leftRange} GiB remain for the {machinesLeft} machines of the chain.',
    fix: 'Say whether the two infrastructure machines of smom-dbis-138 are those of loc_az_hci.',
    source: 'Deployment Requirements Scope, sections 2 and 3',
  },
  {
    id: 'sankofa/raid',
    rule: 'STORAGE-RAW',
    systems: ['sankofa'],
    what: 'Future disk counts RAID 1 raw although the notes leave redundancy out',
    holds: [
      range('/tables/futureChain/disk', (all, end) => usable(all, end, true)),
      range('/tables/futureChain/disk', (all, end) => usable(all, end, false)),
    ],
    more: (all) => ({
      unmirroredLeast: usable(all, 'least', false),
      unmirroredMost: usable(all, 'most', false),
    }),
    says: `The future chain’s disk is raw: ${AGAINST('TB')} usable when every pair of disks is a mirror, or {unmirroredRange} TB when only the validators’ are, as the source says of them alone.`,
    fix: 'Count what a mirror holds.',
    source: 'Deployment Requirements Scope, resource summary 4, and notes on storage',
  },
  {
    id: 'loc_az_hci/units',
    rule: 'UNIT-MIXED',
    systems: ['loc_az_hci', 'smom-dbis-138'],
    what: 'GiB and GB mixed in the sums of loc_az_hci',
    holds: [one('/said/stated/unitConversions', mixedSums, '>=')],
    more: (all) => {
      const rows = rowsOf(all, 'loc_az_hci').filter(({ basis }) => basis === 'guest')
      return {
        memoryFaceGB: sum(rows, 'memory', 'least'),
        memoryExactGB: sum(rows, 'memory', 'least', exactGB),
        diskFaceGB: sum(rows, 'disk', 'least'),
        diskExactGB: sum(rows, 'disk', 'least', exactGB),
      }
    },
    says: '{computed} sums of loc_az_hci mix GB and GiB, and the source converts {declared} of them (difference {difference}): the guests’ {memoryFaceGB} GiB of memory are {memoryExactGB} GB, their {diskFaceGB} GiB of disk {diskExactGB} GB.',
    fix: 'Convert the guests’ GiB before adding.',
    source: 'Deployment Requirements Scope, resource summary 3, total',
  },
  {
    id: 'programme/backups',
    rule: 'BACKUP-EXCLUDED',
    systems: ALL,
    what: '7-year retention, but backups of two to three times the storage are in no total',
    holds: [
      range(
        '/said/availability/backupInTotals',
        (all, end) =>
          round(
            (end === 'least'
              ? all.tables.byProject.now.disk.least
              : (all.tables.byProject.now.disk.most ?? 0)) *
              (end === 'least'
                ? all.said.availability.backupTimes.least
                : (all.said.availability.backupTimes.most ?? 0)),
          ),
        '>=',
      ),
    ],
    more: (all) => ({ retentionYears: all.said.availability.retentionYears }),
    says: `Backups are to be kept {retentionYears} years, and the totals have ${AGAINST('TB')} that two to three times the storage would be.`,
    fix: 'Add the backup store: two to three times the primary storage.',
    source: 'Deployment Requirements Scope, notes on storage; System Architecture, backup strategy',
  },
]
