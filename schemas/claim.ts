// A claim: something a source says that can be held against something else it says. It is data: where the declared
// numbers stand, how the other side is computed from the rows, and what to say when the two disagree. The judging is
// in gitops/contradictions; nothing here decides.
import type { RuleId } from './rules.ts'

/** RFC 6901 pointer into the sources: `/systems/dbis_core/declaredTotals/cores/least`. */
export type SourcePointer = string

/** How the declared number must stand to the computed one. */
export type Relation = '=' | '>=' | '<='

export interface NumberPart<S> {
  /** Prefixes become `declaredLeast`, `computedLeast`, `differenceLeast`; empty: `declared`, `computed`, `difference`. */
  name: '' | 'least' | 'most'
  /** A number; null in a range is its open end, which counts as its least. */
  declared: SourcePointer
  relation: Relation
  computed: (sources: S) => number
}

export interface NamesPart<S> {
  name: ''
  /** A list of names. */
  declared: SourcePointer
  /** `same`: exactly these names; `covers`: at least these. */
  relation: 'same' | 'covers'
  names: (sources: S) => string[]
}

export type Part<S> = NumberPart<S> | NamesPart<S>

/** Numbers of a finding, by name. */
export type Numbers = Record<string, number>

export interface Claim<S> {
  /** `<system or programme>/<what>`: unique and stable. */
  id: string
  rule: RuleId
  /** Systems that it belongs to: planning any of them reports it. */
  systems: string[]
  /** What is compared, in a few words. */
  what: string
  /** It holds when every part of one alternative holds. The first one gives a finding its numbers. */
  holds: Part<S>[][]
  /** Further numbers for the sentence and the rule's page. */
  more?: (sources: S, numbers: Numbers) => Numbers
  /** The sentence, with the numbers' names in braces. */
  says: string
  /** Where the difference comes from, as long as the numbers bear it out. */
  cause?: (sources: S, numbers: Numbers) => string | null
  /** Way out, with numbers like the sentence. */
  fix: string
  /** Section of the source. */
  source: string
}
