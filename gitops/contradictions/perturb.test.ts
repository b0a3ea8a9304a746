// Findings follow the numbers: every declared number of every claim, and every number of the rows, is changed at random.
// A finding is there exactly when declared and computed disagree, by a comparison of its own, and says both.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NamesPart, NumberPart, Part } from '../../schemas/claim.ts'
import { claims, type Sources, sources } from '../../templates/index.ts'
import { judgeClaim, numberAt, valueAt } from './judge.ts'

type Keys = Record<string, unknown>
const isNames = (part: Part<Sources>): part is NamesPart<Sources> => 'names' in part

/** The sources with another value at a pointer; a list becomes as long as the number says, of its first entry. */
const written = (world: Sources, pointer: string, value: number | string[]): Sources => {
  const put = (at: unknown, [key, ...rest]: string[]): unknown => {
    if (key === undefined)
      return Array.isArray(at) && typeof value === 'number'
        ? Array.from({ length: value }, (_, i) => at[i] ?? at[0] ?? 'another')
        : value
    if (Array.isArray(at)) return at.with(Number(key), put(at[Number(key)], rest))
    // A size that the source leaves out begins as an open one.
    const holder = (at ?? { unit: 'GB', most: null }) as Keys
    return { ...holder, [key]: put(holder[key], rest) }
  }
  return put(world, pointer.split('/').slice(1)) as Sources
}

const same = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6
/** The comparison, written a second time. */
const partHolds = (part: Part<Sources>, world: Sources): boolean => {
  if (isNames(part)) {
    const [has, needs] = [
      new Set(valueAt(world, part.declared) as string[]),
      new Set(part.names(world)),
    ]
    const all = [...needs].every((name) => has.has(name))
    return part.relation === 'covers' ? all : all && [...has].every((name) => needs.has(name))
  }
  const [left, right] = [numberAt(world, part.declared), part.computed(world)]
  if (same(left, right)) return true
  return part.relation === '=' ? false : part.relation === '>=' ? left > right : left < right
}
const agrees = ({ holds }: (typeof claims)[number], world: Sources): boolean =>
  holds.some((parts) => parts.every((part) => partHolds(part, world)))

/** Declares what is computed, for one alternative of a claim. */
const reconciled = (parts: Part<Sources>[], from: Sources): Sources =>
  parts.reduce((world, part) => {
    if (isNames(part)) return written(world, part.declared, part.names(world))
    return partHolds(part, world) ? world : written(world, part.declared, part.computed(world))
  }, from)

const value = fc.oneof(
  fc.nat({ max: 5000 }),
  fc.nat({ max: 20 }),
  fc.nat({ max: 500 }).map((tenths) => tenths / 10),
)
const names = (needed: string[]) =>
  fc.subarray([...needed, 'one more', 'another'], { minLength: 0 })

const isList = ({ declared }: Part<Sources>) => Array.isArray(valueAt(sources, declared))

/** Declares a little else than is computed, in the direction that the part does not allow. */
const brokenAt = (part: Part<Sources>, world: Sources): Sources => {
  if (isNames(part)) {
    const needed = part.names(world)
    return written(world, part.declared, needed.length > 0 ? needed.slice(1) : ['one more'])
  }
  // A list is lengthened by repeating, so that what is counted in it stays.
  const step = part.relation === '>=' ? -1 : isList(part) ? 1 : 0.5
  return written(world, part.declared, part.computed(world) + step)
}

describe.each(claims.map((claim) => [claim.id, claim] as const))('%s', (_id, claim) => {
  const parts = claim.holds.flat()
  const numbers = parts.filter((part): part is NumberPart<Sources> => !isNames(part))
  const lists = parts.filter(isNames)
  const suffix = ({ name }: NumberPart<Sources>) =>
    name === '' ? '' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`

  it('follows each of its declared numbers', () => {
    for (const part of numbers)
      fc.assert(
        fc.property(value, (drawn) => {
          const set = isList(part) ? Math.min(Math.floor(drawn), 50) : drawn
          const world = written(sources, part.declared, set)
          const found = judgeClaim(claim, world)
          expect(found === null).toBe(agrees(claim, world))
          if (found && claim.holds[0]?.includes(part)) {
            expect(found.numbers[`declared${suffix(part)}`]).toBeCloseTo(set, 5)
            expect(found.numbers[`computed${suffix(part)}`]).toBeCloseTo(part.computed(world), 5)
            expect(found.numbers[`difference${suffix(part)}`]).toBeCloseTo(
              set - part.computed(world),
              5,
            )
          }
        }),
        { numRuns: 12, seed: 20261122 },
      )
    for (const part of lists)
      fc.assert(
        fc.property(names(part.names(sources)), (drawn) => {
          const world = written(sources, part.declared, drawn)
          expect(judgeClaim(claim, world) === null).toBe(agrees(claim, world))
        }),
        { numRuns: 12, seed: 20261122 },
      )
  })

  it.each(claim.holds.map((alternative, at) => [at, alternative] as const))(
    'vanishes when declared and computed agree (alternative %i), and comes back',
    (_at, alternative) => {
      const world = reconciled(alternative, sources)
      expect(judgeClaim(claim, world)).toBeNull()
      for (const part of alternative) {
        const off = brokenAt(part, world)
        const found = judgeClaim(claim, off)
        expect(found === null, part.declared).toBe(agrees(claim, off))
        if (claim.holds.length === 1) expect(found, part.declared).not.toBeNull()
      }
    },
  )
})

/** Pointers of every number in there. */
const leaves = (at: unknown, pointer: string): string[] =>
  typeof at === 'number'
    ? [pointer]
    : typeof at === 'object' && at !== null
      ? Object.entries(at).flatMap(([key, inner]) => leaves(inner, `${pointer}/${key}`))
      : []
const rowNumbers = Object.entries(sources.systems).flatMap(([name, system]) =>
  leaves(system, `/systems/${name}`),
)
const otherNumbers = [...leaves(sources.tables, '/tables'), ...leaves(sources.said, '/said')]

describe('every number of the sources', () => {
  it('that is changed is followed by all claims, and all of them can be reconciled again', () => {
    expect(rowNumbers.length).toBeGreaterThan(300)
    fc.assert(
      fc.property(
        fc.constantFrom(...rowNumbers, ...otherNumbers),
        fc.nat({ max: 400 }),
        fc.constantFrom(...claims),
        (pointer, drawn, mended) => {
          const world = written(sources, pointer, drawn)
          for (const claim of claims)
            expect(judgeClaim(claim, world) === null, claim.id).toBe(agrees(claim, world))
          const agreed = reconciled(mended.holds[0] ?? [], world)
          expect(judgeClaim(mended, agreed), mended.id).toBeNull()
        },
      ),
      { numRuns: 200, seed: 20261122 },
    )
  })

  it('leads to a number or a list wherever a claim points', () => {
    const missing = claims.flatMap(({ holds }) =>
      holds
        .flat()
        .flatMap(({ declared }) => (valueAt(sources, declared) === undefined ? [declared] : [])),
    )
    // What the source does not size is a number that is not there.
    expect(missing.filter((pointer) => !pointer.endsWith('/each/disk/least'))).toEqual([])
    expect(missing).toHaveLength(4)
  })
})

it('has claims that agree and claims that do not', () => {
  const broken = claims.filter((claim) => judgeClaim(claim, sources) !== null)
  expect(broken.length).toBeGreaterThan(55)
  expect(claims.length - broken.length).toBeGreaterThan(30)
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length)
})
