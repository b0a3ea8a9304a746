// Every contradiction that a careful reader found in the sources, in that reader's own words and with that reader's
// numbers: planning each system it belongs to reports it under its rule.
import { describe, expect, it } from 'vitest'
import { type RuleId, rules } from '../../schemas/rules.ts'
import { claims, sources } from '../../templates/index.ts'
import { judgeContradictions } from './contradictions.ts'
import { judgeClaim } from './judge.ts'

const LOC = ['loc_az_hci']
const SANKOFA = ['sankofa']
const SMOM = ['smom-dbis-138']
const DBIS = ['dbis_core']
const ORDER = ['the_order']
const HOSTED = ['loc_az_hci', 'smom-dbis-138']
const ALL = [...LOC, ...SANKOFA, ...SMOM, ...DBIS, ...ORDER]

type Row = [words: string, rule: RuleId, belongsTo: string[], numbers: Record<string, number>]

/** Both ends of what is declared and of what is computed, and declared less computed. */
const range = (
  [declaredLeast, declaredMost]: [number, number],
  [computedLeast, computedMost]: [number, number],
  [differenceLeast, differenceMost]: [number, number],
) => ({
  ...{ declaredLeast, declaredMost, computedLeast, computedMost },
  ...{ differenceLeast, differenceMost },
})
const one = (declared: number, computed: number, difference: number) => ({
  ...{ declared, computed, difference },
})

const sums: Row[] = [
  [
    'dbis CPU min: 40-68, seed says 32-68, -8 = primary DB forgotten in min',
    'SUM-DECLARED',
    DBIS,
    range([32, 68], [40, 68], [-8, 0]),
  ],
  [
    'dbis RAM: 136-248, seed says 104-224, -32 (primary) / -24 (app)',
    'SUM-DECLARED',
    DBIS,
    range([104, 224], [136, 248], [-32, -24]),
  ],
  [
    'loc CPU (hosts+VMs+72): 142-212, seed says 132-192, -10/-20',
    'SUM-DECLARED',
    LOC,
    range([132, 192], [142, 212], [-10, -20]),
  ],
  [
    'loc RAM: 400-660, seed says 360-500, -40/-160',
    'SUM-DECLARED',
    LOC,
    range([360, 500], [400, 660], [-40, -160]),
  ],
  // The reader wrote "min -0.22": 5.3 less 5.08 is +0.22, in the direction of all other rows.
  [
    'loc disk TB: 5.08-10.38, seed says 5.3-10.3',
    'SUM-DECLARED',
    LOC,
    range([5.3, 10.3], [5.078, 10.378], [0.222, -0.078]),
  ],
  ['loc disk: GiB and GB mixed', 'UNIT-MIXED', HOSTED, one(0, 2, -2)],
  [
    'Sankofa CPU: 100-200, seed says 84-496, -16 (primary) / +296',
    'SUM-DECLARED',
    SANKOFA,
    range([84, 496], [100, 200], [-16, 296]),
  ],
  [
    'Sankofa RAM: 400-800, seed says 216-396, -184/-404 (half)',
    'SUM-DECLARED',
    SANKOFA,
    range([216, 396], [400, 800], [-184, -404]),
  ],
  [
    'the_order CPU: 48-128 (nodes+DB) or 77-226 (all), seed says 60-156, matches neither',
    'SUM-DECLARED',
    ORDER,
    { ...range([60, 156], [48, 128], [12, 28]), withPodsLeast: 77, withPodsMost: 226 },
  ],
  [
    'the_order RAM: 192-512 or 258-724, seed says 240-480, matches neither',
    'SUM-DECLARED',
    ORDER,
    { ...range([240, 480], [192, 512], [48, -32]), withPodsLeast: 258, withPodsMost: 724 },
  ],
  [
    'the_order disk: 2.4-9.5, seed says 2.1-8.5, node disks dropped',
    'SUM-DECLARED',
    ORDER,
    range([2.1, 8.5], [2.4, 9.5], [-0.3, -1]),
  ],
  [
    'Grand CPU now: 354-1,004 (table 1) vs 308-912 (table 2), two tables disagree by 46/92',
    'SUM-TABLES',
    ALL,
    range([354, 1004], [308, 912], [46, 92]),
  ],
  [
    'Grand RAM now: rows 920-1,600, seed says 1,104-1,968, +184/+368',
    'SUM-GRAND',
    ALL,
    range([1104, 1968], [920, 1600], [184, 368]),
  ],
  [
    'Grand disk now: rows 15.0-37.0, seed says 21.7-49.0, +6.7/+12',
    'SUM-GRAND',
    ALL,
    range([21.7, 49], [15, 37], [6.7, 12]),
  ],
  [
    'Grand CPU future: 492-1,328 vs 538-1,420, two tables disagree',
    'SUM-TABLES',
    ALL,
    range([538, 1420], [492, 1328], [46, 92]),
  ],
  [
    'Grand disk future max: 49.0+52 = 101, seed says 81.0, used +32 not +52',
    'SUM-GRAND',
    ALL,
    { ...range([53.7, 81], [53.7, 101], [0, -20]), addedLeast: 32, addedMost: 52 },
  ],
]

const counting: Row[] = [
  [
    'host supply is added to VM demand',
    'DOUBLE-COUNT',
    LOC,
    {
      ...one(1, 0, 1),
      hostCoresLeast: 32,
      hostCoresMost: 64,
      hostMemoryGBLeast: 128,
      hostMemoryGBMost: 256,
    },
  ],
  [
    'the_order pods (24-88 cores) + infra (5-10) added beside nodes that contain them',
    'DOUBLE-COUNT',
    ORDER,
    {
      podCoresLeast: 24,
      podCoresMost: 88,
      infrastructureCoresLeast: 5,
      infrastructureCoresMost: 10,
    },
  ],
  [
    'they need 29-98 cores on 24-80 node cores: the AKS pool is too small at both ends',
    'POOL-SHORT',
    ORDER,
    range([24, 80], [29, 98], [-5, -18]),
  ],
  [
    'Sankofa row lists "18 VMs, 278 GiB" that are "counted under loc_az_hci"',
    'DOUBLE-COUNT',
    SANKOFA,
    { ...one(18, 0, 18), diskGiB: 278 },
  ],
  [
    'Nginx+Cloudflare VMs may be counted twice: only 78-178 GiB remain for 16 Besu VMs',
    'DOUBLE-COUNT',
    HOSTED,
    { ...one(2, 1, 1), leftLeast: 78, leftMost: 178, machinesLeft: 16 },
  ],
  [
    '"Future" disk counts RAID-1 raw although notes say RAID not included (usable 16-26 TB)',
    'STORAGE-RAW',
    SANKOFA,
    range([32, 52], [16, 26], [16, 26]),
  ],
  [
    'Sankofa’s 100-200 cores have no host supply anywhere',
    'SUPPLY-SHORT',
    SANKOFA,
    range([0, 0], [100, 200], [-100, -200]),
  ],
  [
    'Sankofa’s 400-800 GB have no host supply anywhere',
    'SUPPLY-SHORT',
    SANKOFA,
    range([0, 0], [400, 800], [-400, -800]),
  ],
]

const room: Row[] = [
  [
    'VMs+smom need 272-404 GB RAM on 128-256 GB: RAM impossible even at max hosts',
    'SUPPLY-SHORT',
    HOSTED,
    range([128, 256], [272, 404], [-144, -148]),
  ],
  [
    '110-148 vCPU on 32-64 cores: CPU 1.7-4.6:1, one host down 3.4-9.3:1',
    'CPU-OVERCOMMIT',
    HOSTED,
    {
      askedLeast: 110,
      askedMost: 148,
      coresLeast: 32,
      coresMost: 64,
      ratioLeast: 1.7,
      ratioMost: 4.6,
      oneDownLeast: 3.4,
      oneDownMost: 9.3,
    },
  ],
  ['smom alone: 140 GiB > 128 GB (2x64)', 'HOST-SHORT', HOSTED, { declared: 128, guestsGiB: 140 }],
  [
    'Needed: 4-5 hosts of 128 GB for N+1, 6-8 (9 with 10 % reserve) of 64 GB',
    'SUPPLY-SHORT',
    HOSTED,
    { ...range([2, 2], [4, 5], [-2, -3]), smallLeast: 6, smallMost: 8, smallWithReserve: 9 },
  ],
  [
    '"4+ Proxmox hosts" in the summary vs "2+" elsewhere',
    'SPEC-CONFLICT',
    ['loc_az_hci', 'sankofa'],
    one(4, 2, 2),
  ],
  [
    '"min 8 GB RAM per node" vs 64-128',
    'SPEC-CONFLICT',
    LOC,
    { ...one(8, 64, -56), summaryMost: 128 },
  ],
  [
    '278/18 = 15.4 GiB per VM vs 200-500 GB for a Besu node in the same document',
    'DISK-PER-NODE',
    HOSTED,
    { declared: 278, machines: 18, perMachineGiB: 15.4, besuLeastGB: 200, besuMostGB: 500 },
  ],
]

const platform: Row[] = [
  [
    'smom is on "Azure Kubernetes Service" (three places) and on 18 Proxmox VMs',
    'PLATFORM-CONFLICT',
    SMOM,
    { ...one(3, 0, 3), machines: 18 },
  ],
  [
    'Azure Disk CSI / Application Gateway / NSG / Private Endpoint demanded for on-prem VMs',
    'PLATFORM-CONFLICT',
    SMOM,
    { ...one(4, 0, 4), machines: 18 },
  ],
  ['"3 AKS clusters" names two', 'COUNT-NAMED', [...SMOM, ...ORDER], one(3, 2, 1)],
  [
    'PostgreSQL "4/5 projects" but three named',
    'COUNT-NAMED',
    [...DBIS, ...SANKOFA, ...ORDER],
    one(4, 3, 1),
  ],
  ['Container registry "5/5" but only the_order specifies one', 'COUNT-NAMED', ALL, one(5, 1, 4)],
  ['LINK token in the list but not in the order', 'ORDER-MISSING', SMOM, one(6, 7, -1)],
]

const availability: Row[] = [
  [
    '2-node Proxmox has no quorum on one loss without QDevice',
    'AVAILABILITY-QUORUM',
    [...LOC, ...SANKOFA, ...SMOM],
    { ...one(0, 1, -1), hosts: 2, votesLeft: 1, majority: 2 },
  ],
  [
    'both "sites" in 192.168.11.0/24',
    'FAILURE-DOMAIN',
    [...LOC, ...SANKOFA, ...SMOM],
    one(2, 1, 1),
  ],
  [
    'with local-lvm (no live migration)',
    'FAILURE-DOMAIN',
    [...LOC, ...SANKOFA, ...SMOM],
    one(0, 1, -1),
  ],
  [
    '"3+ validators" gives f=0 (Besu minimum 4)',
    'QUORUM-VALIDATORS',
    SMOM,
    { ...one(3, 4, -1), faulty: 0 },
  ],
  ['with 2 sites no n survives loss of one site', 'AVAILABILITY-QUORUM', SMOM, one(2, 3, -1)],
  [
    'hourly incremental backup vs RPO <15 min',
    'RPO-BACKUP',
    [...DBIS, ...SANKOFA],
    one(60, 15, 45),
  ],
  [
    'RTO <4 h core with manual governance approval',
    'RTO-APPROVAL',
    SANKOFA,
    { ...one(0, 1, -1), rtoHours: 4 },
  ],
  [
    '7-year retention but backups (2x-3x) excluded from storage',
    'BACKUP-EXCLUDED',
    ALL,
    { ...range([0, 0], [43.4, 147], [-43.4, -147]), retentionYears: 7 },
  ],
  ['seed 2 consensus "PoA or PoS" vs QBFT', 'SPEC-CONFLICT', [...SANKOFA, ...SMOM], one(2, 1, 1)],
  ['validators RAM 64-128 vs 128', 'SPEC-CONFLICT', SANKOFA, one(64, 128, -64)],
  [
    'state 50-100 TB per DC vs 24-40 TB raw for all',
    'SUPPLY-SHORT',
    SANKOFA,
    range([24, 40], [50, 100], [-26, -60]),
  ],
]

const regions: Row[] = [
  [
    'T1 10-15 + T2 50-75 + T3 250+ gives 325 only if T2 <= 65 and T3 250-265',
    'REGION-TIERS',
    SANKOFA,
    { total: 325, sumLeast: 310, declared: 75, computed: 65, edgeLeast: 250, edgeMost: 265 },
  ],
  [
    '30-75 validators vs the single-DC "3-5 validators" in the totals',
    'REGION-NODES',
    SANKOFA,
    range([3, 5], [30, 75], [-27, -70]),
  ],
  [
    '100-195 read replicas vs the single-DC totals',
    'REGION-NODES',
    SANKOFA,
    range([2, 3], [100, 195], [-98, -192]),
  ],
  [
    '380-480 K8s nodes vs the single-DC totals',
    'REGION-NODES',
    SANKOFA,
    { nodesLeast: 380, nodesMost: 480 },
  ],
]

const time: Row[] = [
  ['smom 12-15 vs 6-8 weeks', 'TIMELINE-TABLES', SMOM, range([6, 8], [12, 15], [-6, -7])],
  [
    'loc, Sankofa, smom critical path 8-10 + 7-10 + 4-5 = 19-25 weeks vs "12-16 optimistic"',
    'TIMELINE-PATH',
    [...LOC, ...SANKOFA, ...SMOM],
    range([12, 16], [19, 25], [-7, -9]),
  ],
  [
    'Phase 1 gives loc 6 weeks (needs 8-10)',
    'TIMELINE-PHASE',
    LOC,
    { weeksGiven: 6, weeksNeededLeast: 8, weeksNeededMost: 10, difference: -2 },
  ],
  [
    'Phase 2 gives Sankofa 4 (needs 7-10)',
    'TIMELINE-PHASE',
    SANKOFA,
    { weeksGiven: 4, weeksNeededLeast: 7, weeksNeededMost: 10, difference: -3 },
  ],
  [
    'Phase 3 gives smom 2',
    'TIMELINE-PHASE',
    SMOM,
    { weeksGiven: 2, weeksNeededLeast: 4, weeksNeededMost: 5, difference: -2 },
  ],
  [
    'sequential sum 40-54 (or 34-47) vs 35-47',
    'TIMELINE-SUM',
    ALL,
    { ...range([35, 47], [40, 54], [-5, -7]), comparisonLeast: 34, comparisonMost: 47 },
  ],
  ['the_order parts 9-14 vs 8-12', 'TIMELINE-SUM', ORDER, range([8, 12], [9, 14], [-1, -2])],
]

const money: Row[] = [
  [
    'monthly parts x12 + hardware = $104K-352K vs "$100K-300K+"',
    'MONEY-SUM',
    ALL,
    range([10_000_000, 30_000_000], [10_400_000, 35_200_000], [-400_000, -5_200_000]),
  ],
  ['no HSM, no Sankofa hosts, backup 2-3x absent', 'MONEY-MISSING', ALL, one(0, 3, -3)],
  [
    'the_order "no US" vs optional ACR geo-replication, Log Analytics/App Insights region, Logic Apps region, forge location',
    'RESIDENCY-COLLISION',
    ORDER,
    one(0, 5, -5),
  ],
  [
    'control plane’s own tenant rows need a jurisdiction',
    'RESIDENCY-COLLISION',
    [...DBIS, ...ORDER],
    one(0, 2, -2),
  ],
]

/** Against a table of ends whose date is the judgement's. */
const floors: [words: string, belongsTo: string[], says: string][] = [
  ['K8s 1.24', SANKOFA, 'Kubernetes 1.24'],
  ['PVE 7.0', LOC, 'Proxmox VE 7.0'],
  ['Node 18', ORDER, 'Node.js 18'],
  ['Keycloak 20', SANKOFA, 'Keycloak 20'],
  ['PG 14', SANKOFA, 'PostgreSQL 14'],
]

describe.each<[string, Row[]]>([
  ['sums that are wrong', sums],
  ['double counting and category errors', counting],
  ['does not fit', room],
  ['platform contradictions', platform],
  ['availability', availability],
  ['325 regions', regions],
  ['time', time],
  ['money and residency', money],
])('%s', (_kind, rows) => {
  describe.each(rows)('%s', (_words, rule, belongsTo, numbers) => {
    it.each(belongsTo)(`is ${rule} of %s`, (system) => {
      expect(judgeContradictions(system)).toContainEqual(
        expect.objectContaining({ rule, numbers: expect.objectContaining(numbers) }),
      )
    })

    it('is of no other system', () => {
      for (const system of ALL.filter((name) => !belongsTo.includes(name)))
        expect(judgeContradictions(system), system).not.toContainEqual(
          expect.objectContaining({ rule, numbers: expect.objectContaining(numbers) }),
        )
    })
  })
})

describe('one host lost', () => {
  // Two findings of the same numbers: both are asked for by name of what is left.
  it.each(HOSTED)('smom alone: 140 GiB > one 128 GB host (N-1), told of %s', (system) => {
    const messages = judgeContradictions(system)
      .filter(({ rule }) => rule === 'HOST-SHORT')
      .map(({ message }) => message)
    expect(messages).toContainEqual(expect.stringContaining('with one of two hosts lost'))
    expect(messages).toContainEqual(expect.stringContaining('the least hosts have 128 GB together'))
  })
})

describe.each(floors)('version floor %s, past its end of life', (_words, belongsTo, says) => {
  it.each(belongsTo)('is VERSION-EOL of %s', (system) => {
    expect(judgeContradictions(system)).toContainEqual(
      expect.objectContaining({
        rule: 'VERSION-EOL',
        message: expect.stringMatching(new RegExp(`^${says.replaceAll('.', '\\.')}`)),
      }),
    )
  })
})

it.each([
  ['dbis disk', 'dbis_core', 'SUM-DECLARED', 'disk'],
  ['Sankofa disk', 'sankofa', 'SUM-DECLARED', 'TB of disk'],
  ['future rows', 'sankofa', 'SUM-DECLARED', 'future chain'],
])('%s is OK as stated', (_words, system, rule, word) => {
  const said = judgeContradictions(system).filter((found) => found.rule === rule)
  expect(said.length).toBeGreaterThan(0)
  expect(said.filter(({ message }) => message.includes(word))).toEqual([])
})

it('finds 10 of the 15 totals of a system wrong, and what the reader did not', () => {
  const totals = claims.filter(({ id }) => /^[^/]+\/total\/(cores|memory|disk)$/.test(id))
  expect(totals).toHaveLength(15)
  expect(totals.filter((claim) => judgeClaim(claim, sources) !== null)).toHaveLength(10)
  const told = (system: string) =>
    judgeContradictions(system).filter(({ rule }) => rule === 'TIMELINE-SUM')
  // The parts of loc_az_hci are 8 weeks, and its platform takes smom-dbis-138 twice the weeks that it counts.
  expect(told('loc_az_hci')).toContainEqual(
    expect.objectContaining({ numbers: range([8, 10], [8, 8], [0, 2]) }),
  )
  expect(told('smom-dbis-138')).toContainEqual(
    expect.objectContaining({ numbers: range([8, 10], [15, 20], [-7, -10]) }),
  )
})

it('has every number that the arithmetic of its rule names', () => {
  for (const found of ALL.flatMap(judgeContradictions)) {
    const { arithmetic } = rules[found.rule as RuleId]
    const named = [...(arithmetic ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
    expect(named.length, found.rule).toBeGreaterThan(0)
    for (const name of named)
      expect(found.numbers?.[name], `${found.rule} ${name}`).toBeTypeOf('number')
  }
})

it('warns and informs, and stops nothing: a source is what it is', () => {
  for (const system of ALL)
    expect(judgeContradictions(system).filter(({ severity }) => severity === 'block')).toEqual([])
})

it('says nothing of a system that it does not know', () => {
  expect(judgeContradictions('nothing')).toEqual([])
  expect(judgeContradictions('constructor')).toEqual([])
})
