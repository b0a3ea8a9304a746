// Holds a claim against the sources: a finding exactly when what is declared and what is computed disagree. Pure; it
// knows no system and no rule, only parts and relations.
import type { Claim, NamesPart, NumberPart, Numbers, Part } from '../../schemas/claim.ts'

/** Below this two sums of decimals are the same. */
const NOTHING = 1e-6

/** The value at a pointer; undefined where nothing is. */
export const valueAt = (sources: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      sources,
    )

/** A number, the length of a list, the least of an open range; 0 where the source says nothing. */
export const numberAt = (sources: unknown, pointer: string): number => {
  const value = valueAt(sources, pointer)
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return value.length
  return value === null && pointer.endsWith('/most')
    ? numberAt(sources, `${pointer.slice(0, -'most'.length)}least`)
    : 0
}

const namesAt = (sources: unknown, pointer: string): string[] => {
  const value = valueAt(sources, pointer)
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

const isNames = <S>(part: Part<S>): part is NamesPart<S> => 'names' in part

const tidy = (value: number): number => Math.round(value * 1e6) / 1e6

/** Both sides of a part, and whether they agree. */
interface Sides {
  declared: number
  computed: number
  agree: boolean
}

const namesSides = <S>(part: NamesPart<S>, sources: S): Sides => {
  const declared = namesAt(sources, part.declared)
  const needed = part.names(sources)
  const there = needed.filter((name) => declared.includes(name))
  const complete = there.length === needed.length
  return part.relation === 'covers'
    ? { declared: there.length, computed: needed.length, agree: complete }
    : {
        declared: declared.length,
        computed: needed.length,
        agree: complete && declared.every((name) => needed.includes(name)),
      }
}

const numberSides = <S>({ declared, relation, computed }: NumberPart<S>, sources: S): Sides => {
  const sides = { declared: tidy(numberAt(sources, declared)), computed: tidy(computed(sources)) }
  const difference = sides.declared - sides.computed
  const agree = {
    '=': Math.abs(difference) < NOTHING,
    '>=': difference > -NOTHING,
    '<=': difference < NOTHING,
  }[relation]
  return { ...sides, agree }
}

const sidesOf = <S>(part: Part<S>, sources: S): Sides =>
  isNames(part) ? namesSides(part, sources) : numberSides(part, sources)

const numbersOf = (name: Part<never>['name'], { declared, computed }: Sides): Numbers => {
  const suffix = name === '' ? '' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return {
    [`declared${suffix}`]: declared,
    [`computed${suffix}`]: computed,
    [`difference${suffix}`]: tidy(declared - computed),
  }
}

/** For people: two decimals, and a sign before a difference. The finding's numbers keep all of them. */
const shown = (name: string, value: number): string => {
  const short = Math.round(value * 100) / 100
  return name.startsWith('difference') && short > 0 ? `+${short}` : `${short}`
}

/** A sentence with its numbers filled in; `{xRange}` is `{xLeast}-{xMost}`, or one number where they are the same. */
export const fill = (text: string, numbers: Numbers): string =>
  text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const text = (of: string): string => {
      const value = numbers[of]
      if (value === undefined) throw new Error(`no number ${of}`)
      return shown(of, value)
    }
    if (!name.endsWith('Range')) return text(name)
    const stem = name.slice(0, -'Range'.length)
    const [least, most] = [text(`${stem}Least`), text(`${stem}Most`)]
    return least === most ? least : `${least}-${most}`
  })

export interface Contradiction {
  numbers: Numbers
  message: string
  fix: string
}

/** Null: what is declared and what is computed agree. */
export const judgeClaim = <S>(claim: Claim<S>, sources: S): Contradiction | null => {
  const { holds, more, says, cause, fix, source } = claim
  const judged = holds.map((parts) =>
    parts.map((part) => ({ name: part.name, sides: sidesOf(part, sources) })),
  )
  if (judged.some((parts) => parts.every(({ sides }) => sides.agree))) return null
  const own = Object.assign(
    {},
    ...(judged[0] ?? []).map(({ name, sides }) => numbersOf(name, sides)),
  ) as Numbers
  const numbers = { ...own, ...more?.(sources, own) }
  const because = cause?.(sources, numbers)
  const sentence = fill(because ? `${says} ${because}` : says, numbers)
  return { numbers, message: `${sentence} (${source}.)`, fix: fill(fix, numbers) }
}
