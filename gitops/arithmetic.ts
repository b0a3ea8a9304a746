// The sum behind a finding: a rule's sentence with the finding's numbers in it. The numbers may come from the address of a
// page, so only what looks like a name and a number is taken, and nothing else is ever shown.
import { type RuleId, rules } from '../schemas/rules.ts'

const NUMBERS_AT_MOST = 24
const NAME = /^[a-zA-Z0-9]{1,40}$/
const NUMBER = /^-?\d{1,21}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?$/
const PLACE = /\{([a-zA-Z0-9]{1,40})\}/g

export interface NamedNumber {
  name: string
  value: number
}

/** The first value of each name; what is no name, no finite number, or too much is left out. */
export const readNumbers = (query: Iterable<readonly [string, string]>): NamedNumber[] => {
  const numbers = new Map<string, number>()
  for (const [name, text] of query) {
    if (numbers.size === NUMBERS_AT_MOST) break
    const value = NUMBER.test(text) ? Number(text) : Number.NaN
    if (NAME.test(name) && Number.isFinite(value) && !numbers.has(name)) numbers.set(name, value)
  }
  return [...numbers].map(([name, value]) => ({ name, value }))
}

/** Words of the rule, or a place for a number: with it, or without where the finding gave none. */
export type Part = { text: string } | { name: string; value: number | null }

/** A rule's arithmetic in parts; null for a rule without any. */
export const arithmeticOf = (rule: RuleId, numbers: readonly NamedNumber[]): Part[] | null => {
  const { arithmetic } = rules[rule]
  if (arithmetic === undefined) return null
  const parts: Part[] = []
  let from = 0
  for (const match of arithmetic.matchAll(PLACE)) {
    const [whole, name = ''] = match
    if (match.index > from) parts.push({ text: arithmetic.slice(from, match.index) })
    parts.push({ name, value: numbers.find((number) => number.name === name)?.value ?? null })
    from = match.index + whole.length
  }
  if (from < arithmetic.length) parts.push({ text: arithmetic.slice(from) })
  return parts
}

/** `7 > {limit}`: what has no number keeps its name. */
export const arithmeticText = (parts: readonly Part[]): string =>
  parts
    .map((part) =>
      'text' in part ? part.text : part.value === null ? `{${part.name}}` : `${part.value}`,
    )
    .join('')

/** The names in a rule's sentence. */
export const namesIn = (arithmetic: string): string[] =>
  [...arithmetic.matchAll(PLACE)].map(([, name = '']) => name)
