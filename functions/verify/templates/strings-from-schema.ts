// Random strings for a JSON Schema's `pattern`, `format` and lengths. Lookarounds, which the generator cannot make, are
// left out of what it makes and held against what it made.
import fc, { type Arbitrary } from 'fast-check'
import type { JsonSchema } from './arbitrary-from-schema.ts'

/** Of a text whose schema names no length. */
const USUAL_LENGTH = 60
/** Looks at so many before it believes that a filter lets something through. */
const TRIES = 300

const known = new Map<string, Arbitrary<string>>()

export const stringFrom = (schema: JsonSchema): Arbitrary<string> => {
  const { pattern, format, minLength, maxLength, allOf } = schema
  const key = JSON.stringify({ pattern, format, minLength, maxLength, allOf })
  const arbitrary = known.get(key) ?? newStringFrom(schema)
  known.set(key, arbitrary)
  return arbitrary
}

const newStringFrom = (schema: JsonSchema): Arbitrary<string> => {
  const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => pattern ?? [])
  const regexes = patterns.map(regexOf)
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    regexes.every((regex) => regex.test(text))
  const made =
    FORMATS[schema.format ?? ''] ??
    (patterns.length > 0
      ? fc.oneof(...patterns.map((pattern) => matching(pattern, schema.maxLength)))
      : text(schema))
  return sifted(made, fits)
}

/** Unicode mode knows \p{L}, but refuses some escapes that the other mode takes. */
const regexOf = (pattern: string): RegExp => {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return new RegExp(pattern)
  }
}

/** Only what fits; unfiltered when nothing seems to, so that whoever parses it says no instead of a loop without end. */
const sifted = (arbitrary: Arbitrary<string>, fits: (text: string) => boolean) =>
  fc.sample(arbitrary, { numRuns: TRIES, seed: 1 }).some(fits) ? arbitrary.filter(fits) : arbitrary

/** Lengths up to the longest are as likely as short ones: limits are where names break. */
const matching = (pattern: string, maxLength: number | undefined): Arbitrary<string> =>
  fc.stringMatching(regexOf(bounded(withoutLookarounds(pattern))), {
    size: 'max',
    ...(maxLength === undefined ? {} : { maxLength }),
  })

/** Of a repetition without end, and of one of repetitions: more would seldom fit into the length that is allowed. */
const MORE = { ofCharacters: 30, ofRepetitions: 4 }
const TOKEN =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\[(?:\\.|[^\]\\])*\]|\(\?(?::|<\w+>)|[()]|[*+]|\{\d+(?:,\d*)?\}|./gsu

/** The same pattern with an end to every repetition. */
const bounded = (pattern: string): string => {
  const groups: { repeats: boolean }[] = [{ repeats: false }]
  let last = { repeats: false }
  return [...pattern.matchAll(TOKEN)]
    .map(([token]) => {
      if (token.startsWith('(')) {
        groups.push({ repeats: false })
        return token
      }
      if (token === ')') {
        last = groups.pop() ?? last
        if (last.repeats) (groups.at(-1) ?? last).repeats = true
        return token
      }
      if (!/^(?:[*+]|\{\d.*\})$/.test(token)) {
        last = { repeats: false }
        return token
      }
      const [min, max] = limitsOf(token)
      if (max - min > 1) (groups.at(-1) ?? last).repeats = true
      const more = last.repeats ? MORE.ofRepetitions : MORE.ofCharacters
      return `{${min},${last.repeats || max === Infinity ? Math.min(max, min + more) : max}}`
    })
    .join('')
}

const limitsOf = (quantifier: string): [number, number] => {
  if (quantifier === '*') return [0, Infinity]
  if (quantifier === '+') return [1, Infinity]
  const [min = '', max] = quantifier.slice(1, -1).split(',')
  return [Number(min), max === undefined ? Number(min) : max === '' ? Infinity : Number(max)]
}

const withoutLookarounds = (pattern: string): string => {
  const start = /(?<!\\)\(\?<?[=!]/.exec(pattern)?.index
  if (start === undefined) return pattern
  let depth = 0
  let inClass = false
  for (let end = start; end < pattern.length; end++) {
    const character = pattern[end]
    if (character === '\\') end++
    else if (inClass) inClass = character !== ']'
    else if (character === '[') inClass = true
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) {
      return withoutLookarounds(pattern.slice(0, start) + pattern.slice(end + 1))
    }
  }
  return pattern
}

/** Any text at all: a schema without pattern promises to take it. */
const text = ({ minLength = 0, maxLength = USUAL_LENGTH }: JsonSchema): Arbitrary<string> => {
  const short = Math.max(minLength, Math.min(maxLength, 12))
  return fc.oneof(
    { arbitrary: fc.string({ minLength, maxLength: short }), weight: 4 },
    { arbitrary: fc.string({ minLength, maxLength, size: 'max' }), weight: 1 },
    { arbitrary: fc.string({ minLength, maxLength: short, unit: 'grapheme' }), weight: 2 },
    { arbitrary: fc.string({ minLength, maxLength: short, unit: 'binary' }), weight: 1 },
  )
}

const octets = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')

/** Mostly the first address of its range, as people write ranges. */
const cidrv4 = fc
  .tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 }), fc.nat(7))
  .map(([address, prefix, dice]) => {
    const first = dice === 0 ? address : address - (address % 2 ** (32 - prefix))
    return `${octets(first)}/${prefix}`
  })

const url = fc.oneof(
  {
    arbitrary: fc.webUrl({
      validSchemes: ['https'],
      withQueryParameters: true,
      withFragments: true,
    }),
    weight: 7,
  },
  { arbitrary: fc.webUrl({ validSchemes: ['http', 'ftp'] }), weight: 1 },
)

const moment = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })

const FORMATS: Record<string, Arbitrary<string> | undefined> = {
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  cidrv4,
  uri: url,
  email: fc.emailAddress(),
  uuid: fc.uuid(),
  'date-time': moment.map((date) => date.toISOString()),
  date: moment.map((date) => date.toISOString().slice(0, 10)),
  time: moment.map((date) => date.toISOString().slice(11, 19)),
}
