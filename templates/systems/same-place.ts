// Where in one value the same is said as at a pointer into another: a phase makes its blocks' parameters of the caller's, and
// a finding about a block must lead to what the caller wrote. Pure.
import { canonicalJson } from '../../schemas/canonical-json.ts'

interface Place {
  pointer: string
  key: string
  text: string
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

const placesIn = (value: unknown, pointer = '', key = ''): Place[] =>
  value === undefined
    ? []
    : [
        { pointer, key, text: canonicalJson(value) },
        ...(typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([name, inner]) =>
              placesIn(inner, `${pointer}/${escaped(name)}`, Array.isArray(value) ? key : name),
            )
          : []),
      ]

/** The pointer into `there`; undefined where nothing there, or more than one thing, could be meant. */
export const samePlace = (
  pointer: string | undefined,
  here: unknown,
  there: unknown,
): string | undefined => {
  const from = placesIn(here).find((place) => place.pointer === pointer)
  if (!from) return undefined
  const alike = placesIn(there).filter(({ text }) => text === from.text)
  const named = alike.filter(({ key }) => key === from.key)
  const [only, ...more] = named.length > 0 ? named : /^[[{]./.test(from.text) ? alike : []
  return more.length === 0 ? only?.pointer : undefined
}
