// Parts that most claims are made of: a range held against two computed ends, or one number.
import type { Claim, NumberPart, Part, Relation } from '../../../schemas/claim.ts'
import { DESCRIBED, ENDS, type End, type Sources } from '../sources.ts'

export type SourceClaim = Claim<Sources>
export type SourcePart = Part<Sources>

/** Both ends of the range at this pointer. */
export const range = (
  declared: string,
  computed: (sources: Sources, end: End) => number,
  relation: Relation = '=',
): NumberPart<Sources>[] =>
  ENDS.map((end) => ({
    name: end,
    declared: `${declared}/${end}`,
    relation,
    computed: (sources) => computed(sources, end),
  }))

export const one = (
  declared: string,
  computed: (sources: Sources) => number,
  relation: Relation = '=',
): NumberPart<Sources>[] => [{ name: '', declared, relation, computed }]

export const names = (
  declared: string,
  needed: (sources: Sources) => string[],
  relation: 'same' | 'covers' = 'same',
): SourcePart[] => [{ name: '', declared, relation, names: needed }]

/** What is declared and what is computed, both as ranges, and by how much they differ. */
export const AGAINST = (unit: string): string =>
  `{declaredRange} ${unit} against {computedRange} ${unit} (difference {differenceLeast} and {differenceMost})`

/** What the source sums over belongs to each system in the sum. */
export const ALL: string[] = [...DESCRIBED]
