// The grand totals: two tables, what they are made of, and Sankofa's own total with the chain that comes later.
import {
  type End,
  endOf,
  type Field,
  round,
  rowsOf,
  type Sources,
  sum,
  systemOf,
} from '../sources.ts'
import { AGAINST, ALL, range, type SourceClaim } from './parts.ts'

/** Those that the tables list; smom-dbis-138 is counted in loc_az_hci. */
const LISTED = ['dbis_core', 'loc_az_hci', 'sankofa', 'the_order']
const UNIT: Record<Field, string> = { cores: 'cores', memory: 'GB of memory', disk: 'TB of disk' }
// Of the two tables the one whose rows are the systems is held against their sum, and the other against it.
const BY_PROJECT = '/tables/byProject'
const SOURCE =
  'Deployment Requirements Scope, grand total resource requirements and breakdown by project'

const listed = (all: Sources, field: Field, end: End): number =>
  round(
    LISTED.reduce((total, name) => {
      const size = systemOf(all, name).declaredTotals[field]
      return total + (size ? endOf(size, end) : 0)
    }, 0),
  )

const now = (field: Field): SourceClaim => ({
  id: `programme/now/${field}`,
  rule: 'SUM-GRAND',
  systems: ALL,
  what: `Grand total of ${field} now, the breakdown by project`,
  holds: [range(`${BY_PROJECT}/now/${field}`, (all, end) => listed(all, field, end))],
  says: `Now, by the breakdown by project: ${AGAINST(UNIT[field])} that the systems’ own totals add up to.`,
  cause: (all, { differenceLeast = 0 }) => {
    const gap = round(
      sum(
        rowsOf(all, 'sankofa').filter(({ basis }) => basis === 'rendered'),
        field,
        'least',
      ) - endOf(systemOf(all, 'sankofa').declaredTotals[field] ?? { least: 0, most: 0 }, 'least'),
    )
    return gap > 0 && differenceLeast === gap
      ? `{differenceLeast} is what Sankofa’s total leaves out at the least.`
      : null
  },
  fix: 'Add up the systems again, from their rows.',
  source: SOURCE,
})

const tables = (time: 'now' | 'future', field: Field): SourceClaim => ({
  id: `programme/tables/${time}/${field}`,
  rule: 'SUM-TABLES',
  systems: ALL,
  what: `Grand total of ${field}, ${time === 'now' ? 'now' : 'with the future chain'}: two tables`,
  holds: [
    range(`/tables/detailed/${time}/${field}`, (all, end) =>
      endOf(all.tables.byProject[time][field], end),
    ),
  ],
  says: `${time === 'now' ? 'Now' : 'With the future chain'}: the table of grand totals has ${AGAINST(UNIT[field])} in the breakdown by project.`,
  fix: 'Make one of the two tables from the other.',
  source: SOURCE,
})

const future = (field: Field): SourceClaim => ({
  id: `programme/future/${field}`,
  rule: 'SUM-GRAND',
  systems: ALL,
  what: `Grand total of ${field} with the future chain, the breakdown by project`,
  holds: [
    range(`${BY_PROJECT}/future/${field}`, (all, end) =>
      round(
        endOf(all.tables.byProject.now[field], end) + endOf(all.tables.futureChain[field], end),
      ),
    ),
  ],
  more: (all) => ({
    addedLeast: endOf(all.tables.futureChain[field], 'least'),
    addedMost: endOf(all.tables.futureChain[field], 'most'),
  }),
  says: `With the future chain, by the breakdown by project: ${AGAINST(UNIT[field])} of the total now and {addedRange} of the chain.`,
  cause: (all, { declaredMost = 0 }) =>
    declaredMost ===
    round(
      endOf(all.tables.byProject.now[field], 'most') +
        endOf(all.tables.futureChain[field], 'least'),
    )
      ? 'At the most, the least of the chain was added.'
      : null,
  fix: 'Add the chain’s most to the most.',
  source: SOURCE,
})

const chain = (field: Field): SourceClaim[] => [
  {
    id: `sankofa/future/${field}`,
    rule: 'SUM-DECLARED',
    systems: ['sankofa'],
    what: `sankofa: ${field} of the future chain`,
    holds: [
      range(`/tables/futureChain/${field}`, (all, end) =>
        round(
          sum(
            rowsOf(all, 'sankofa').filter(({ basis }) => basis === 'future'),
            field,
            end,
          ) / (field === 'disk' ? 1000 : 1),
        ),
      ),
    ],
    says: `sankofa: the future chain is ${AGAINST(UNIT[field])} of its rows.`,
    fix: 'Correct the total of the future chain.',
    source: 'Deployment Requirements Scope, resource summary 4, total',
  },
  {
    id: `sankofa/with-future/${field}`,
    rule: 'SUM-DECLARED',
    systems: ['sankofa'],
    what: `sankofa: ${field} with the future chain`,
    holds: [
      range(`/tables/futureChain/withSankofa/${field}`, (all, end) =>
        round(
          endOf(systemOf(all, 'sankofa').declaredTotals[field] ?? { least: 0, most: 0 }, end) +
            endOf(all.tables.futureChain[field], end),
        ),
      ),
    ],
    says: `sankofa with the future chain: ${AGAINST(UNIT[field])} of its two totals.`,
    fix: 'Add the two totals again.',
    source: 'Deployment Requirements Scope, resource summary 4, total',
  },
]

const FIELDS = ['cores', 'memory', 'disk'] as const

export const totalClaims: SourceClaim[] = FIELDS.flatMap((field) => [
  now(field),
  future(field),
  tables('now', field),
  tables('future', field),
  ...chain(field),
])
