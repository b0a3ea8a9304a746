// Weeks: of a system in two places, of its parts and of the whole, one after the other, and in the phases given to it.
import type { Range } from '../../../schemas/system.ts'
import { type End, endOf, type Sources, systemOf } from '../sources.ts'
import { AGAINST, ALL, one, range, type SourceClaim } from './parts.ts'

const PATH = ['loc_az_hci', 'sankofa', 'smom-dbis-138']
const SUMMARY = 'Deployment Requirements Scope, timeline summary'
const SMOM = 'smom-dbis-138'

const add = (ranges: readonly Range[], end: End): number =>
  ranges.reduce((weeks, range) => weeks + endOf(range, end), 0)
const weeksOf = (all: Sources, name: string, end: End): number =>
  endOf(systemOf(all, name).durationWeeks, end)

/** What smom-dbis-138 takes by itself: its parts without the first, which is the platform's. */
const tenantWeeks = (all: Sources, end: End): number =>
  add(all.tables.timeline.parts[SMOM].slice(1), end)

const needed = (all: Sources, name: string, end: End): number =>
  name === SMOM ? tenantWeeks(all, end) : weeksOf(all, name, end)

const sequential =
  (comparison: boolean) =>
  (all: Sources, end: End): number =>
    ALL.reduce(
      (weeks, name) =>
        weeks +
        (comparison && name === SMOM
          ? endOf(all.tables.timeline.comparison[SMOM], end)
          : weeksOf(all, name, end)),
      0,
    )

type Parts = keyof Sources['tables']['timeline']['parts']
const parts = (name: Parts, section: string): SourceClaim => ({
  id: `${name}/parts`,
  rule: 'TIMELINE-SUM',
  systems: [name],
  what: `${name}: weeks of the parts and of the whole`,
  holds: [
    range(`/systems/${name}/durationWeeks`, (all, end) =>
      add(all.tables.timeline.parts[name], end),
    ),
  ],
  says: `${name} is said to take ${AGAINST('weeks')} of its parts.`,
  fix: 'Plan with the sum of the parts.',
  source: `Deployment Requirements Scope, ${section}, estimated timeline`,
})

const phase = (
  number: number,
  name: keyof Sources['tables']['timeline']['phases'],
): SourceClaim => ({
  id: `programme/phase-${number}`,
  rule: 'TIMELINE-PHASE',
  systems: [name],
  what: `Phase ${number}: weeks given to ${name}`,
  // Weeks 1-6 are six: last less first, and one. The last week is what is declared.
  holds: [
    one(
      `/tables/timeline/phases/${name}/most`,
      (all) => all.tables.timeline.phases[name].least - 1 + needed(all, name, 'least'),
      '>=',
    ),
  ],
  more: (all, { declared = 0 }) => ({
    weeksGiven: declared - all.tables.timeline.phases[name].least + 1,
    weeksNeededLeast: needed(all, name, 'least'),
    weeksNeededMost: needed(all, name, 'most'),
  }),
  says: `Phase ${number} gives ${name} {weeksGiven} weeks; it needs {weeksNeededRange}. It ends in week {declared} and cannot before week {computed} ({difference}).`,
  fix: 'Give the phase the weeks that its system needs.',
  source: `${SUMMARY}, recommended approach`,
})

export const timelineClaims: SourceClaim[] = [
  {
    id: `${SMOM}/weeks`,
    rule: 'TIMELINE-TABLES',
    systems: [SMOM],
    what: '12-15 weeks in its section, 6-8 in the comparison',
    holds: [range(`/tables/timeline/comparison/${SMOM}`, (all, end) => weeksOf(all, SMOM, end))],
    says: `smom-dbis-138 in the comparison: ${AGAINST('weeks')} in its own section.`,
    cause: () => 'Its section includes the weeks of its platform.',
    fix: 'Say which weeks include the platform’s.',
    source: 'Deployment Requirements Scope, section 2 and complexity ranking',
  },
  {
    id: 'programme/critical-path',
    rule: 'TIMELINE-PATH',
    systems: PATH,
    what: 'loc_az_hci, Sankofa and smom-dbis-138 one after the other against the optimistic estimate',
    holds: [
      range(
        '/tables/timeline/optimistic',
        (all, end) => PATH.reduce((weeks, name) => weeks + needed(all, name, end), 0),
        '>=',
      ),
    ],
    says: `The optimistic estimate is ${AGAINST('weeks')} that loc_az_hci, Sankofa and smom-dbis-138 take one after the other.`,
    fix: 'Plan with the critical path; nothing in it can be done at the same time.',
    source: `${SUMMARY}; sequential dependencies`,
  },
  phase(1, 'loc_az_hci'),
  phase(2, 'sankofa'),
  phase(3, SMOM),
  {
    id: 'programme/sequential',
    rule: 'TIMELINE-SUM',
    systems: ALL,
    what: 'All five one after the other against the conservative estimate',
    holds: [
      range('/tables/timeline/sequential', sequential(false)),
      range('/tables/timeline/sequential', sequential(true)),
    ],
    more: (all) => ({
      comparisonLeast: sequential(true)(all, 'least'),
      comparisonMost: sequential(true)(all, 'most'),
    }),
    says: `The conservative estimate is ${AGAINST('weeks')} of the five systems one after the other; with the comparison’s weeks for smom-dbis-138 it would be {comparisonRange}. It is neither.`,
    fix: 'Add up the weeks again.',
    source: SUMMARY,
  },
  {
    id: `${SMOM}/platform-weeks`,
    rule: 'TIMELINE-SUM',
    systems: [SMOM],
    what: 'Weeks of the platform in smom-dbis-138’s own estimate',
    holds: [
      range(
        `/tables/timeline/parts/${SMOM}/0`,
        (all, end) => weeksOf(all, 'loc_az_hci', end) + weeksOf(all, 'sankofa', end),
      ),
    ],
    says: `smom-dbis-138 counts ${AGAINST('weeks')} for its platform, which loc_az_hci and Sankofa take one after the other.`,
    fix: 'Count both: Sankofa begins when loc_az_hci is there.',
    source: 'Deployment Requirements Scope, section 2, estimated timeline',
  },
  parts('the_order', 'section 5'),
  parts('loc_az_hci', 'section 3'),
  parts('sankofa', 'section 4'),
  parts(SMOM, 'section 2'),
]
