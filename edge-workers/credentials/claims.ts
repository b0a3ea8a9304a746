// What somebody wants a credential to say, held against what its configuration has. Faults are pointers to places and never
// values. Pure.
import type { CredentialClaim } from '../../schemas/credential.ts'
import { pointerOf } from '../../schemas/issues.ts'
import type { Refusal } from '../../schemas/result.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'

export const CLAIMS_CHARACTERS = 65_536
const TEXT_CHARACTERS = 32_768
const ITEMS_AT_MOST = 200
const DEEPEST = 6
/** Names that the format has taken (RFC 9901 §4.1). */
const TAKEN = new Set(['_sd', '_sd_alg', '...'])

type Faults = NonNullable<Refusal['errors']>
type Path = readonly string[]

const isPrefix = (short: Path, long: Path): boolean =>
  short.length < long.length && short.every((name, at) => name === long[at])
const same = (one: Path, other: Path): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at])

const fault = (path: readonly PropertyKey[], detail: string) => ({
  pointer: pointerOf(path, '/claims'),
  detail,
})

/** Of a value as a whole, whatever it means. */
const faultsWithin = (value: JsonValue, path: readonly PropertyKey[]): Faults => {
  if (path.length > DEEPEST) return [fault(path, `Nesting is deeper than ${DEEPEST}.`)]
  if (typeof value === 'string' && value.length > TEXT_CHARACTERS)
    return [fault(path, `At most ${TEXT_CHARACTERS} characters.`)]
  if (Array.isArray(value))
    return value.length > ITEMS_AT_MOST
      ? [fault(path, `At most ${ITEMS_AT_MOST} items.`)]
      : value.flatMap((item, at) => faultsWithin(item, [...path, at]))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    TAKEN.has(name)
      ? [fault([...path, name], 'This name is taken by the format.')]
      : faultsWithin(inner, [...path, name]),
  )
}

const unknownWithin = (value: JsonObject, at: Path, paths: readonly Path[]): Faults =>
  Object.entries(value).flatMap(([name, inner]): Faults => {
    const path = [...at, name]
    const isDeclared = paths.some((one) => same(one, path))
    const isAround = paths.some((one) => isPrefix(path, one))
    if (isAround && isObject(inner)) return unknownWithin(inner, path, paths)
    if (isDeclared) return faultsWithin(inner, path)
    return [
      fault(path, isAround ? 'An object is expected here.' : 'No configuration has this claim.'),
    ]
  })

const valueAt = (value: JsonValue | undefined, [name, ...rest]: Path): JsonValue | undefined => {
  if (name === undefined) return value
  return isObject(value) && Object.hasOwn(value, name) ? valueAt(value[name], rest) : undefined
}

/** Every mandatory claim of every configuration is there, and nothing that none of them has. Empty: it can be offered. */
export const faultsOfClaims = (
  claims: JsonObject,
  configurations: readonly (readonly CredentialClaim[])[],
): Faults => {
  if (JSON.stringify(claims).length > CLAIMS_CHARACTERS)
    return [fault([], `All claims together have at most ${CLAIMS_CHARACTERS} characters.`)]
  const declared = configurations.flat()
  const missing = declared
    .filter(({ path, mandatory }) => mandatory && (valueAt(claims, path) ?? null) === null)
    .map(({ path }) => fault(path, 'This claim is mandatory.'))
  return [
    ...missing,
    ...unknownWithin(
      claims,
      [],
      declared.map(({ path }) => path),
    ),
  ]
}

/** Those that this configuration has. */
export const claimsOf = (
  claims: JsonObject,
  configuration: readonly CredentialClaim[],
): JsonObject => {
  const paths = configuration.map(({ path }) => path)
  const pick = (value: JsonObject, at: Path): JsonObject =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]): [string, JsonValue][] => {
        const path = [...at, name]
        if (paths.some((one) => isPrefix(path, one)) && isObject(inner)) {
          const picked = pick(inner, path)
          return Object.keys(picked).length > 0 ? [[name, picked]] : []
        }
        return paths.some((one) => same(one, path)) ? [[name, inner]] : []
      }),
    )
  return pick(claims, [])
}
