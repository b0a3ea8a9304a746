// Random requests for one documented operation: right ones, ones at the edge, and wrong ones.
import fc from 'fast-check'
import { type Action, actions, type Role } from '../../../schemas/principal.ts'
import { arbitraryFromSchema } from '../../verify/templates/arbitrary-from-schema.ts'
import type { DocumentedOperation } from './document.ts'
import { atEdge, type Edge, edgesOf } from './edges.ts'
import { brokenJson, createDice, type Dice, mutate, NASTY_TEXTS, pick } from './mutate.ts'

/** What a request may name, grown from what the answers show. */
export interface Pools {
  /** By role, and those of nobody who belongs here. */
  tokens: Record<Role | 'foreign', string>
  /** By the name of a path parameter. */
  names: Record<string, string[]>
  /** Ids and names that answers have shown, by the address of their list. */
  shown: Map<string, string[]>
  /** Of anything, for places where they do not belong. */
  ids: string[]
}

export interface FuzzRequest {
  method: string
  address: string
  headers: Record<string, string>
  body: string | undefined
  /** Whether a credential went with it that somebody was given. */
  authenticated: boolean
  kind: 'valid' | 'edge' | 'mutated' | 'broken' | 'none'
}

const SAMPLES = 40

/** A stock of right bodies for each operation, made in portions: drawing one at a time is slow. */
export const createBodies = (seed: number, known: (property: string) => string[] | undefined) => {
  const stocks = new Map<DocumentedOperation, unknown[]>()
  let portions = 0
  return (operation: DocumentedOperation): unknown => {
    const stock = stocks.get(operation) ?? []
    stocks.set(operation, stock)
    if (stock.length === 0 && operation.body) {
      portions += 1
      const arbitrary = arbitraryFromSchema(operation.body, { known })
      stock.push(...fc.sample(arbitrary, { numRuns: SAMPLES, seed: seed + portions }))
    }
    return stock.pop()
  }
}

const segment = (name: string, list: string, pools: Pools, dice: Dice): string => {
  if (dice(name === 'tenant' ? 40 : 12) === 0) {
    const text = pick(dice, NASTY_TEXTS).slice(0, 400)
    // A lone surrogate has no encoding.
    return encodeURIComponent(text.isWellFormed() ? text : 'x') || '%20'
  }
  const fitting = [...(pools.shown.get(list) ?? []), ...(pools.names[name] ?? [])]
  const from = fitting.length === 0 || dice(name === 'tenant' ? 40 : 8) === 0 ? pools.ids : fitting
  return encodeURIComponent(from.length === 0 ? 'none' : pick(dice, from))
}

/** Sizes and places in a small log: most numbers are beyond every log that a world has. */
const proofQuery = ({ query }: DocumentedOperation, dice: Dice): string =>
  query.map(({ name }) => `${name}=${dice(name === 'index' || name === 'from' ? 3 : 6)}`).join('&')

const queryOf = (operation: DocumentedOperation, pools: Pools, dice: Dice): string => {
  const { query, path } = operation
  if (path.includes('/proofs/') && dice(3) > 0) return `?${proofQuery(operation, dice)}`
  if (dice(query.length > 0 ? 3 : 12) > 0) return ''
  const wanted = query.filter(() => dice(2) === 0).map(({ name }) => name)
  if (dice(4) === 0) wanted.push(pick(dice, ['x', '__proto__', 'limit', 'cursor', 'validateOnly']))
  const values = ['1', '200', '201', '0', '-1', 'true', 'false', '2026-11-01', '2026-11', 'x.y']
  const parts = wanted.map((name) => {
    const text = dice(4) === 0 ? pick(dice, NASTY_TEXTS) : pick(dice, [...values, ...pools.ids])
    return `${encodeURIComponent(name)}=${encodeURIComponent(text.isWellFormed() ? text.slice(0, 500) : '')}`
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Mostly of somebody who may, so that more is reached than the door. */
const tokenFor = ({ action }: DocumentedOperation, { tokens }: Pools, dice: Dice): string => {
  const roles = isAction(action) && dice(4) > 0 ? actions[action].roles : []
  return roles.length > 0 ? tokens[pick(dice, roles)] : pick(dice, Object.values(tokens))
}
const isAction = (word: string): word is Action => Object.hasOwn(actions, word)

const headersOf = (
  operation: DocumentedOperation,
  pools: Pools,
  dice: Dice,
): { headers: Record<string, string>; authenticated: boolean } => {
  const headers: Record<string, string> = {}
  // What wallets ask takes no credential of ours, and the token endpoint takes none at all.
  const credential = operation.path.startsWith('/i/') && dice(3) > 0 ? 0 : dice(20)
  const authenticated = credential > 2
  if (authenticated) headers.authorization = `Bearer ${tokenFor(operation, pools, dice)}`
  else if (credential === 1) headers.authorization = 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.AA'
  else if (credential === 2) headers.authorization = `Bearer phx_${'a'.repeat(80)}`
  if (operation.headers.includes('Idempotency-Key') && dice(25) > 0)
    headers['idempotency-key'] =
      dice(20) === 0 ? 'k'.repeat(300) : dice(30) === 0 ? 'same' : `k-${dice(1e9)}`
  if (operation.headers.includes('If-Match') && dice(20) > 0)
    headers['if-match'] = pick(dice, [
      '*',
      '*',
      '*',
      '"v1"',
      '"v2"',
      'W/"v1"',
      '"x", "y"',
      'v1',
      '',
    ])
  if (dice(30) === 0) headers['if-none-match'] = pick(dice, ['*', '"v1"'])
  if (dice(60) === 0) headers['x-http-method-override'] = 'DELETE'
  return { headers, authenticated }
}

const write = ({ bodyType }: DocumentedOperation, value: unknown): string => {
  if (!bodyType.includes('urlencoded') || typeof value !== 'object' || value === null)
    return JSON.stringify(value) ?? ''
  const fields = Object.entries(value).map(([name, field]): [string, string] => [
    name,
    String(typeof field === 'object' ? JSON.stringify(field) : field).toWellFormed(),
  ])
  return new URLSearchParams(fields).toString()
}

export const createRequests = ({
  seed,
  bodies,
  examples,
}: {
  seed: number
  bodies: (operation: DocumentedOperation) => unknown
  /** Bodies that are right in this world, so that what lies behind a schema is reached. */
  examples: Record<string, (dice: Dice) => unknown>
}) => {
  const dice = createDice(seed)
  const known = new Map<DocumentedOperation, Edge[]>()
  const edgesAt = (operation: DocumentedOperation): Edge[] => {
    const edges = known.get(operation) ?? (operation.body ? edgesOf(operation.body) : [])
    known.set(operation, edges)
    return edges
  }
  return (operation: DocumentedOperation, pools: Pools): FuzzRequest => {
    const { headers, authenticated } = headersOf(operation, pools, dice)
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string, at: number) =>
      segment(name, operation.path.slice(0, at - 1), pools, dice),
    )
    const address = `${path}${queryOf(operation, pools, dice)}`
    const common = { method: operation.method, address, headers, authenticated }
    if (!operation.body) return { ...common, body: undefined, kind: 'none' }
    headers['content-type'] = dice(40) === 0 ? pick(dice, ['text/plain', 'x']) : operation.bodyType
    const written = (value: unknown) => write(operation, value)
    if (dice(12) === 0) return { ...common, body: brokenJson(dice), kind: 'broken' }
    const example = examples[`${operation.method} ${operation.path}`]
    const right = example && dice(5) > 0 ? example(dice) : bodies(operation)
    const edges = edgesAt(operation)
    if (edges.length > 0 && dice(5) === 0)
      return { ...common, body: written(atEdge(right, pick(dice, edges))), kind: 'edge' }
    return dice(3) > 0
      ? { ...common, body: written(right), kind: 'valid' }
      : { ...common, body: written(mutate(right, dice)), kind: 'mutated' }
  }
}
