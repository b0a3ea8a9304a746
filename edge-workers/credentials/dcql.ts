// DCQL (OpenID4VP 1.0 §6, §7): whether a query can be asked at all, and what of a credential answers it. Pure.
import type { DcqlClaim, DcqlCredential, DcqlQuery } from '../../schemas/presentation.ts'
import type { Refusal } from '../../schemas/result.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'

/** What an issuer may not let the holder leave out (draft-ietf-oauth-sd-jwt-vc §2.2.2.2), so nobody discloses it. */
export const NEVER_DISCLOSED: ReadonlySet<unknown> = new Set([
  ...['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', '_sd', '_sd_alg'],
  '...',
])
const UNSAFE: ReadonlySet<unknown> = new Set(['__proto__', 'constructor', 'prototype'])

export type QueryFault = NonNullable<Refusal['errors']>[number]

const fault = (pointer: string, detail: string): QueryFault => ({ pointer, detail })

const twice = (names: readonly string[]): string | undefined =>
  names.find((name, at) => names.indexOf(name) !== at)

const claimFaults = ({ path }: DcqlClaim, at: string): QueryFault[] => {
  const [first] = path
  if (typeof first !== 'string') return [fault(`${at}/path/0`, 'A path begins with a name.')]
  if (NEVER_DISCLOSED.has(first))
    return [fault(`${at}/path/0`, 'This claim is never selectively disclosable.')]
  return path.some((step) => UNSAFE.has(step))
    ? [fault(`${at}/path`, 'This name is not allowed anywhere.')]
    : []
}

const credentialFaults = (credential: DcqlCredential, at: string): QueryFault[] => {
  const { format, meta, claims = [], claim_sets: sets } = credential
  const ids = claims.flatMap(({ id }) => id ?? [])
  const needed = format === 'dc+sd-jwt' ? 'vct_values' : 'type_values'
  const other = format === 'dc+sd-jwt' ? 'type_values' : 'vct_values'
  return [
    ...(meta[needed] ? [] : [fault(`${at}/meta/${needed}`, 'This format needs it.')]),
    ...(meta[other] ? [fault(`${at}/meta/${other}`, 'This format has no such member.')] : []),
    ...(twice(ids) === undefined ? [] : [fault(`${at}/claims`, 'Two claims have the same id.')]),
    ...claims.flatMap((claim, index) => claimFaults(claim, `${at}/claims/${index}`)),
    ...(sets && ids.length < claims.length
      ? [fault(`${at}/claims`, 'With claim_sets every claim needs an id.')]
      : []),
    ...(sets ?? []).flatMap((set, index) =>
      set.every((id) => ids.includes(id))
        ? []
        : [fault(`${at}/claim_sets/${index}`, 'It names a claim that the query does not have.')],
    ),
  ]
}

/** What is wrong with a query that fits its schema; empty: it can be asked. Pointers are into the query, below `at`. */
export const queryFaults = (query: DcqlQuery, at = '/dcql_query'): QueryFault[] => {
  const ids = query.credentials.map(({ id }) => id)
  return [
    ...(twice(ids) === undefined
      ? []
      : [fault(`${at}/credentials`, 'Two credentials have the same id.')]),
    ...query.credentials.flatMap((credential, index) =>
      credentialFaults(credential, `${at}/credentials/${index}`),
    ),
    ...(query.credential_sets ?? []).flatMap(({ options }, index) =>
      options.every((option) => option.every((id) => ids.includes(id)))
        ? []
        : [
            fault(
              `${at}/credential_sets/${index}/options`,
              'It names a credential that the query does not have.',
            ),
          ],
    ),
  ]
}

/** Whether what was presented is enough: every credential, or of every required set one of its options. */
export const isEnough = (
  { credentials, credential_sets: sets }: DcqlQuery,
  presented: ReadonlySet<string>,
): boolean =>
  sets
    ? sets.every(
        ({ options, required = true }) =>
          !required || options.some((option) => option.every((id) => presented.has(id))),
      )
    : credentials.every(({ id }) => presented.has(id))

type Place = (string | number)[]
interface Found {
  place: Place
  value: JsonValue
}

const below = ({ place, value }: Found, step: DcqlClaim['path'][number]): Found[] => {
  if (typeof step === 'string')
    return isObject(value) && Object.hasOwn(value, step)
      ? [{ place: [...place, step], value: value[step] as JsonValue }]
      : []
  if (!Array.isArray(value)) return []
  return value.flatMap((item, index) =>
    step === null || step === index ? [{ place: [...place, index], value: item }] : [],
  )
}

/** §7.1: the elements that a path leads to; of those with `values` the ones that have one of them, by type and value. */
const findClaim = (claims: JsonObject, { path, values }: DcqlClaim): Found[] => {
  let found: Found[] = [{ place: [], value: claims }]
  for (const step of path) found = found.flatMap((one) => below(one, step))
  return values ? found.filter(({ value }) => values.some((wanted) => wanted === value)) : found
}

interface Kept {
  whole?: JsonValue
  inside: Map<string | number, Kept>
}

const keep = (tree: Kept, { place, value }: Found): void => {
  let at = tree
  for (const step of place) {
    const next = at.inside.get(step) ?? { inside: new Map() }
    at.inside.set(step, next)
    at = next
  }
  at.whole = value
}

/** Of an array what was asked for, in its order and without gaps. */
const written = ({ whole, inside }: Kept): JsonValue => {
  if (whole !== undefined) return whole
  const entries = [...inside]
  return typeof entries[0]?.[0] === 'number'
    ? entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => written(child))
    : Object.fromEntries(entries.map(([name, child]) => [name, written(child)]))
}

/** The same where every path is one name, as most are; undefined: it is to be walked. */
const selectNamed = (asked: readonly DcqlClaim[], claims: JsonObject) => {
  const kept: JsonObject = {}
  for (const { path, values } of asked) {
    const [name] = path
    if (path.length !== 1 || typeof name !== 'string' || values || name === '__proto__')
      return undefined
    if (!Object.hasOwn(claims, name)) return null
    kept[name] = claims[name] as JsonValue
  }
  return kept
}

/**
 * What a credential says of what was asked for (§6.4.1), and nothing else of it: all claims, or the first of the claim sets
 * that it has whole. Null: it does not have what was asked for.
 */
export const selectClaims = (
  { claims: asked = [], claim_sets: sets }: Pick<DcqlCredential, 'claims' | 'claim_sets'>,
  claims: JsonObject,
): JsonObject | null => {
  const named = sets ? undefined : selectNamed(asked, claims)
  if (named !== undefined) return named
  const results = asked.map((claim) => ({ id: claim.id, found: findClaim(claims, claim) }))
  const has = (id: string) => results.some((one) => one.id === id && one.found.length > 0)
  const set = sets?.find((ids) => ids.every(has))
  const wanted = set ? results.filter(({ id }) => id !== undefined && set.includes(id)) : results
  if ((sets && !set) || wanted.some(({ found }) => found.length === 0)) return null
  const tree: Kept = { inside: new Map() }
  for (const { found } of wanted) for (const one of found) keep(tree, one)
  return Object.fromEntries([...tree.inside].map(([name, child]) => [String(name), written(child)]))
}
