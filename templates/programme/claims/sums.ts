// Sums inside one system: what a row prints of all its units, and what the system prints of all its rows.
import type { Numbers } from '../../../schemas/claim.ts'
import type { SystemComponent } from '../../../schemas/system.ts'
import {
  type End,
  type Field,
  inTotals,
  round,
  rowNeeds,
  rowOf,
  rowsOf,
  type Sources,
  sources,
  sum,
} from '../sources.ts'
import { AGAINST, range, type SourceClaim } from './parts.ts'

const FIELDS = ['cores', 'memory', 'disk'] as const
const WORD: Record<Field, string> = { cores: 'cores', memory: 'memory', disk: 'disk' }

/** Count times size, in the unit in which the row's total is printed. */
const units = (row: SystemComponent | undefined, field: Field, end: End): number => {
  if (row?.each?.[field] === undefined) return 0
  const { declared: _printed, ...rest } = row
  const total = row.declared?.[field]
  const perUnit = total && 'unit' in total && total.unit === 'TB' ? 1000 : 1
  return round(rowNeeds(rest, field, end) / perUnit)
}

const rowClaims: SourceClaim[] = Object.entries(sources.systems).flatMap(
  ([system, { components }]) =>
    Object.values(components).flatMap((row) =>
      FIELDS.filter((field) => row.declared?.[field] && row.each?.[field]).map(
        (field): SourceClaim => ({
          id: `${system}/row/${row.id}/${field}`,
          rule: 'SUM-ROW',
          systems: [system],
          what: `${row.title}: ${WORD[field]} of all units`,
          holds: [
            range(`/systems/${system}/components/${row.id}/declared/${field}`, (all, end) =>
              units(rowOf(all, system, row.id), field, end),
            ),
          ],
          says: `${row.title}: the source prints ${AGAINST(WORD[field])} of count times size.`,
          fix: 'Correct the row: count, size of one or total of all.',
          source: row.source,
        }),
      ),
    ),
)

const total = (
  system: string,
  field: Field,
  unit: string,
  rows: (row: SystemComponent) => boolean,
  more: Pick<SourceClaim, 'source'> & Partial<SourceClaim>,
): SourceClaim => {
  const perUnit = unit === 'TB' ? 1000 : 1
  return {
    id: `${system}/total/${field}`,
    rule: 'SUM-DECLARED',
    systems: [system],
    what: `${system}: ${field} of the whole`,
    holds: [
      range(`/systems/${system}/declaredTotals/${field}`, (all, end) =>
        round(sum(rowsOf(all, system).filter(rows), field, end) / perUnit),
      ),
    ],
    says: `${system}: the source prints a total of ${AGAINST(`${unit === 'cores' ? '' : `${unit} of `}${WORD[field]}`)} that its rows add up to.`,
    fix: 'Plan with the sum of the rows; correct the total in the source.',
    ...more,
  }
}

const rendered = ({ basis }: SystemComponent): boolean => basis === 'rendered'
const needs = (all: Sources, system: string, id: string, field: Field, end: End): number => {
  const row = rowOf(all, system, id)
  return row ? rowNeeds(row, field, end) : 0
}
/** "the difference is just this row". */
const forgets = (all: Sources, system: string, id: string, field: Field, n: Numbers): boolean =>
  n.differenceLeast === -needs(all, system, id, field, 'least')

const DBIS = 'Deployment Requirements Scope, resource summary 1, total'
const LOC = 'Deployment Requirements Scope, resource summary 3, total'
const SANKOFA = 'Deployment Requirements Scope, resource summary 4, total'
const ORDER = 'Deployment Requirements Scope, resource summary 5, total'
const SMOM = 'Deployment Requirements Scope, resource summary 2, total'

const systemClaims: SourceClaim[] = [
  total('dbis_core', 'cores', 'cores', inTotals, {
    source: DBIS,
    cause: (all, n) =>
      forgets(all, 'dbis_core', 'database-primary', 'cores', n)
        ? 'The least leaves out the primary database.'
        : null,
  }),
  total('dbis_core', 'memory', 'GB', inTotals, {
    source: DBIS,
    cause: (all, n) =>
      forgets(all, 'dbis_core', 'database-primary', 'memory', n) &&
      n.differenceMost === -needs(all, 'dbis_core', 'application', 'memory', 'most')
        ? 'The least leaves out the primary database, the most the application.'
        : null,
  }),
  total('dbis_core', 'disk', 'TB', inTotals, { source: DBIS }),
  total('loc_az_hci', 'cores', 'cores', inTotals, { source: LOC }),
  total('loc_az_hci', 'memory', 'GB', inTotals, {
    source: LOC,
    cause: () => 'Guests are given in GiB and counted here at face value.',
  }),
  total('loc_az_hci', 'disk', 'TB', inTotals, {
    source: LOC,
    cause: () => 'Guests are given in GiB and counted here at face value.',
  }),
  ...FIELDS.map((field) =>
    total('smom-dbis-138', field, field === 'cores' ? 'cores' : 'GiB', rendered, { source: SMOM }),
  ),
  total('sankofa', 'cores', 'cores', rendered, {
    source: SANKOFA,
    cause: (all, n) =>
      forgets(all, 'sankofa', 'postgres-primary', 'cores', n)
        ? 'The least leaves out the primary database; the most belongs to nothing in the rows.'
        : null,
  }),
  total('sankofa', 'memory', 'GB', rendered, {
    source: SANKOFA,
    cause: (_all, n) =>
      (n.declaredMost ?? 0) * 2 <= (n.computedMost ?? 0) + 8
        ? 'About half of the rows is missing.'
        : null,
  }),
  total('sankofa', 'disk', 'TB', rendered, { source: SANKOFA }),
  total('the_order', 'disk', 'TB', rendered, {
    source: ORDER,
    cause: (all, n) =>
      n.differenceLeast === -round(needs(all, 'the_order', 'aks-node', 'disk', 'least') / 1000)
        ? 'The disks of the nodes are left out.'
        : null,
  }),
]

const NODES = ['aks-node', 'postgres']
const BESIDE = ['external-secrets', 'monitoring']
export const isPod = ({ kind, basis, each }: SystemComponent): boolean =>
  kind === 'workload' && basis === 'rendered' && each !== undefined
const isNode = ({ id }: SystemComponent): boolean => NODES.includes(id)
/** Pods and their infrastructure: what the nodes carry. */
export const onNodes = (row: SystemComponent): boolean => isPod(row) || BESIDE.includes(row.id)

/** Two ways to count, and the total is neither. */
const orderTotal = (field: 'cores' | 'memory', unit: string): SourceClaim => {
  const pointer = `/systems/the_order/declaredTotals/${field}`
  const of = (which: (row: SystemComponent) => boolean) => (all: Sources, end: End) =>
    sum(rowsOf(all, 'the_order').filter(which), field, end)
  const everything = (row: SystemComponent) => isNode(row) || onNodes(row)
  return {
    id: `the_order/total/${field}`,
    rule: 'SUM-DECLARED',
    systems: ['the_order'],
    what: `the_order: ${field} of the whole`,
    holds: [range(pointer, of(isNode)), range(pointer, of(everything))],
    more: (all) => ({
      withPodsLeast: of(everything)(all, 'least'),
      withPodsMost: of(everything)(all, 'most'),
    }),
    says: `the_order: the source prints a total of ${AGAINST(unit)} of nodes and databases; with pods and their infrastructure it would be {withPodsRange}. It is neither.`,
    fix: 'Count nodes and databases; pods run on the nodes.',
    source: ORDER,
  }
}

/** Ends of what a system asks for at present, for other claims. */
export const demandOf = (all: Sources, system: string, field: Field, end: End): number =>
  sum(rowsOf(all, system).filter(rendered), field, end)

export const sumClaims: SourceClaim[] = [
  ...rowClaims,
  ...systemClaims,
  orderTotal('cores', 'cores'),
  orderTotal('memory', 'GB of memory'),
]
