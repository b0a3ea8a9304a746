// The edges that a schema draws: the least and the most it allows of each member, and one step beyond.
import type { JsonSchema } from '../../verify/templates/arbitrary-from-schema.ts'

export interface Edge {
  path: string[]
  value: unknown
}

const DEEPEST = 5
/** Longer ones are sent by the tests of limits, a body at a time. */
const LONGEST = 5_000

const ofNumber = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema) => [
  ...(minimum === undefined ? [] : [minimum, minimum - 1]),
  ...(maximum === undefined ? [] : [maximum, maximum + 1]),
  ...(exclusiveMinimum === undefined ? [] : [exclusiveMinimum, exclusiveMinimum + 1]),
  ...(exclusiveMaximum === undefined ? [] : [exclusiveMaximum, exclusiveMaximum - 1]),
]

const lengths = (least: number | undefined, most: number | undefined): number[] =>
  [
    least,
    least === undefined ? undefined : least - 1,
    most,
    most === undefined ? undefined : most + 1,
  ]
    .filter((length) => length !== undefined)
    .filter((length) => length >= 0 && length <= LONGEST)

const valuesOf = (schema: JsonSchema): unknown[] => {
  const types = [schema.type ?? []].flat()
  if (types.includes('integer') || types.includes('number')) return ofNumber(schema)
  if (types.includes('string'))
    return lengths(schema.minLength ?? 0, schema.maxLength ?? 64).map((length) =>
      'a'.repeat(length),
    )
  if (types.includes('array'))
    return lengths(schema.minItems ?? 0, schema.maxItems).map((length) =>
      Array.from({ length }, () => 'a'),
    )
  return []
}

/** Of every member of an object schema, also of those inside it. */
export const edgesOf = (schema: JsonSchema): Edge[] => {
  const below = (at: JsonSchema, path: string[]): Edge[] => {
    if (path.length > DEEPEST) return []
    const name = at.$ref?.replace('#/$defs/', '')
    if (name !== undefined) {
      const target = schema.$defs?.[name]
      return target ? below(target, path) : []
    }
    return [
      ...valuesOf(at).map((value) => ({ path, value })),
      ...[...(at.anyOf ?? []), ...(at.oneOf ?? []), ...(at.allOf ?? [])].flatMap((one) =>
        below(one, path),
      ),
      ...Object.entries(at.properties ?? {}).flatMap(([key, one]) => below(one, [...path, key])),
    ]
  }
  return below(schema, [])
}

/** A copy with the value at its place; what is not there on the way is made. */
export const atEdge = (body: unknown, { path, value }: Edge): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return value
  const before = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
  return {
    ...before,
    [key]: atEdge((before as Record<string, unknown>)[key], { path: rest, value }),
  }
}
