// The budget against its parts and against what the plan needs, and regions against what has none. Money in cents.
import { type End, endOf, rowOf, rowsOf, type Sources } from '../sources.ts'
import { ALL, names, range, type SourceClaim } from './parts.ts'

const COSTS = 'Deployment Requirements Scope, cost estimates'
const MONTHS = 12

const monthly = ({ tables }: Sources, end: End): number =>
  Object.values(tables.money.monthly).reduce((cents, line) => cents + endOf(line, end), 0)
const once = ({ tables }: Sources, end: End): number =>
  Object.values(tables.money.once).reduce((cents, line) => cents + endOf(line, end), 0)

/** What the plan needs and somebody must pay for, of what the rows have and no line names. */
const unbudgeted = (all: Sources): string[] => [
  ...(rowOf(all, 'dbis_core', 'hsm') ? ['hsm'] : []),
  ...(rowsOf(all, 'sankofa').some(({ basis, each }) => basis === 'rendered' && each)
    ? ['sankofa-hosts']
    : []),
  ...(all.said.availability.retentionYears > 0 ? ['backup-storage'] : []),
]

/** Parts of the_order that keep or send data and whose region the source leaves open. */
const REGIONAL = ['registry-replica', 'log-analytics', 'application-insights', 'vc-issuance']
const regional = (all: Sources): string[] => [
  ...REGIONAL.filter((id) => rowOf(all, 'the_order', id) !== undefined),
  'forge',
]

/** Systems that restrict where data may be, and of which Phoenix keeps rows. */
const restricted = (all: Sources): string[] =>
  ['dbis_core', 'the_order'].filter((name) =>
    rowsOf(all, name).some(({ residency }) => residency !== undefined),
  )

export const moneyClaims: SourceClaim[] = [
  {
    id: 'programme/first-year',
    rule: 'MONEY-SUM',
    systems: ALL,
    what: 'Monthly parts times twelve and hardware against the first year’s total',
    holds: [
      range('/tables/money/firstYear', (all, end) => MONTHS * monthly(all, end) + once(all, end)),
    ],
    more: (all, n) => ({
      monthlyLeast: monthly(all, 'least'),
      monthlyMost: monthly(all, 'most'),
      onceLeast: once(all, 'least'),
      onceMost: once(all, 'most'),
      declaredKLeast: (n.declaredLeast ?? 0) / 100_000,
      declaredKMost: (n.declaredMost ?? 0) / 100_000,
      computedKLeast: (n.computedLeast ?? 0) / 100_000,
      computedKMost: (n.computedMost ?? 0) / 100_000,
      differenceKLeast: (n.differenceLeast ?? 0) / 100_000,
      differenceKMost: (n.differenceMost ?? 0) / 100_000,
    }),
    says: 'The first year is said to cost {declaredKLeast}-{declaredKMost} thousand US dollars; twelve months of the parts and the hardware are {computedKLeast}-{computedKMost} thousand (difference {differenceKLeast} and {differenceKMost}).',
    fix: 'Budget by the sum of the parts.',
    source: COSTS,
  },
  {
    id: 'programme/unbudgeted',
    rule: 'MONEY-MISSING',
    systems: ALL,
    what: 'No HSM, no hosts of Sankofa and no backup storage in the budget',
    holds: [names('/tables/money/covers', unbudgeted, 'covers')],
    says: 'Of {computed} things that the plan needs, hardware security modules, hosts of Sankofa and backup storage, the budget has {declared} ({difference}).',
    fix: 'Get a price for each; until then they are unpriced, not free.',
    source: COSTS,
  },
  {
    id: 'the_order/regions',
    rule: 'RESIDENCY-COLLISION',
    systems: ['the_order'],
    what: 'No US regions, against geo-replication, logs, workflows and forge without a region',
    holds: [names('/said/named/regionsOfTheOrder', regional, 'covers')],
    says: 'Regions of the United States are excluded, and of {computed} parts that keep or send data, registry copies, Log Analytics, Application Insights, Logic Apps and the forge, {declared} are given a region ({difference}).',
    fix: 'Name a region for each of them; Phoenix refuses one that is excluded.',
    source: 'Deployment Requirements Scope, section 5',
  },
  {
    id: 'programme/control-plane',
    rule: 'RESIDENCY-COLLISION',
    systems: ['dbis_core', 'the_order'],
    what: 'Phoenix’ own rows about a tenant need a jurisdiction',
    holds: [names('/said/named/controlPlaneJurisdiction', restricted, 'covers')],
    says: '{computed} systems say where their data may be, and for {declared} of them the source says where the control plane keeps its rows about them ({difference}).',
    fix: 'Give each tenant a jurisdiction: Phoenix keeps its rows there.',
    source: 'System Architecture, regulatory compliance',
  },
]
