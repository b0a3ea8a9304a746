// What a failover makes of a resource's parameters: the place left becomes the place that takes over, wherever a field
// names a place. Nothing else changes. Pure.
import { FailoverParameters } from '../../schemas/failover.ts'
import { toErrors } from '../../schemas/issues.ts'
import type { Site } from '../../schemas/place.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { RuleId } from '../../schemas/rules.ts'
import { finding } from '../finding.ts'

export interface Move extends FailoverParameters {
  /** The resource's parameters, moved. */
  parameters: unknown
}

/** Fields that name a place, by the ends of their names: `site`, `sites`, `location`, `workloadRegion`. */
const NAMES_PLACE = /(?:^s|S)ites?$|(?:^l|L)ocation$|(?:^r|R)egion$/
const NAMES_SITE = /[sS]ites?$/

interface Named {
  field: string
  place: string
}

const namedIn = (value: unknown, field = ''): Named[] => {
  if (typeof value === 'string') return NAMES_PLACE.test(field) ? [{ field, place: value }] : []
  if (Array.isArray(value)) return value.flatMap((item) => namedIn(item, field))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => namedIn(inner, name))
}

/** Two sites that become one are one. */
const rewritten = (value: unknown, moves: ReadonlyMap<string, string>, field = ''): unknown => {
  if (typeof value === 'string')
    return NAMES_PLACE.test(field) ? (moves.get(value) ?? value) : value
  if (Array.isArray(value)) {
    const items = value.map((item) => rewritten(item, moves, field))
    return NAMES_PLACE.test(field) ? [...new Set(items)] : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, rewritten(inner, moves, name)]),
  )
}

/** Places left with those that are taken instead; empty where none took over. */
export const exchanged = (before: readonly string[], after: readonly string[]): string[] => {
  const [was, is] = [new Set(before), new Set(after)]
  const left = [...was].filter((place) => !is.has(place))
  const taken = [...is].filter((place) => !was.has(place))
  return left.length > 0 && taken.length > 0 ? [...left, ...taken] : []
}

/** Places that parameters named before and do not name now, with those that they name instead. */
export const movedPlaces = (before: unknown, after: unknown): string[] => {
  const places = (parameters: unknown) => namedIn(parameters).map(({ place }) => place)
  return exchanged(places(before), places(after))
}

/**
 * Refuses with FAILOVER-SAME, -FROM or -TO. `sites`: at least those of the resource and those of the place that takes
 * over; of a region its sites are paired with the other region's in name order.
 */
export const moveParameters = (
  asked: unknown,
  parameters: unknown,
  sites: readonly Site[],
): Result<Move> => {
  const read = FailoverParameters.safeParse(asked)
  if (!read.success) {
    return refuse('invalid-parameters', {
      errors: toErrors(read.error.issues, '/parameters', FailoverParameters),
    })
  }
  const { from, to } = read.data
  if (from === to) {
    return blocked('FAILOVER-SAME', 'Both places are the same.', { pointer: '/parameters/to' })
  }
  const named = namedIn(parameters)
  const moves = movesOf(read.data, named, sites)
  return moves.ok ? ok({ from, to, parameters: rewritten(parameters, moves.value) }) : moves
}

const movesOf = (
  { from, to }: FailoverParameters,
  named: readonly Named[],
  sites: readonly Site[],
): Result<Map<string, string>> => {
  const direct = named.filter(({ place }) => place === from)
  const known = sites.some(({ name }) => name === to)
  if (direct.some(({ field }) => NAMES_SITE.test(field)) && !known) {
    return notThere('The place that should take over is no site that is yours to use.', 0, 1)
  }
  const names = (region: string) =>
    sites.filter((site) => site.region === region).map(({ name }) => name)
  const used = new Set(named.map(({ place }) => place))
  const left = names(from)
    .filter((name) => used.has(name))
    .sort()
  const taking = names(to).sort()
  if (direct.length === 0 && left.length === 0) {
    return blocked('FAILOVER-FROM', 'The resource has nothing in the place to be left.', {
      pointer: '/parameters/from',
    })
  }
  if (taking.length < left.length) {
    return notThere('The region has too few sites to take over.', taking.length, left.length)
  }
  return ok(
    new Map([
      [from, to],
      ...left.map((name, index): [string, string] => [name, taking[index] ?? to]),
    ]),
  )
}

const notThere = (message: string, found: number, needed: number): Result<never> =>
  blocked('FAILOVER-TO', message, { pointer: '/parameters/to', numbers: { found, needed } })

const blocked = (
  rule: RuleId,
  detail: string,
  more: { pointer: string; numbers?: Record<string, number> },
): Result<never> =>
  refuse('plan-blocked', {
    findings: [finding(rule, detail, more)],
    errors: [{ pointer: more.pointer, detail, rule }],
  })
