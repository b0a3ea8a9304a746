// A claim held against made-up sources: what counts as agreement, what numbers are told, and how they read.
import { describe, expect, it } from 'vitest'
import type { Claim, Part } from '../../schemas/claim.ts'
import { fill, judgeClaim, numberAt, valueAt } from './judge.ts'

interface World {
  total: { least: number; most: number | null }
  rows: number[]
  named: string[]
}
const world = (more: Partial<World> = {}): World => ({
  ...{ total: { least: 3, most: null }, rows: [1, 2], named: ['a'] },
  ...more,
})
const sum = ({ rows }: World) => rows.reduce((all, row) => all + row, 0)
const claim = (holds: Part<World>[][], more: Partial<Claim<World>> = {}): Claim<World> => ({
  ...{ id: 'test/claim', rule: 'SUM-DECLARED', systems: [], what: 'a sum', holds },
  ...{ says: 'Declared {declared}, computed {computed} ({difference}).', fix: 'Say {computed}.' },
  ...{ source: 'Section 1' },
  ...more,
})
const number = (relation: '=' | '>=' | '<=', computed = sum): Part<World> => ({
  ...{ name: '', declared: '/total/least', relation, computed },
})

describe('a number', () => {
  it.each([
    ['=', 3, true],
    ['=', 2, false],
    ['=', 4, false],
    ['>=', 4, true],
    ['>=', 3, true],
    ['>=', 2, false],
    ['<=', 2, true],
    ['<=', 3, true],
    ['<=', 4, false],
  ] as const)('%s: %d against 3 agrees: %s', (relation, least, agrees) => {
    const found = judgeClaim(claim([[number(relation)]]), world({ total: { least, most: null } }))
    expect(found === null).toBe(agrees)
  })

  it('of decimals agrees without the tail of binary fractions', () => {
    const tenths = world({ rows: [0.1, 0.2], total: { least: 0.3, most: null } })
    expect(judgeClaim(claim([[number('=')]]), tenths)).toBeNull()
  })

  it('tells both sides, the signed difference, the way out and the section', () => {
    const found = judgeClaim(claim([[number('=')]]), world({ rows: [1] }))
    expect(found).toEqual({
      numbers: { declared: 3, computed: 1, difference: 2 },
      message: 'Declared 3, computed 1 (+2). (Section 1.)',
      fix: 'Say 1.',
    })
  })
})

describe('names', () => {
  const names = (relation: 'same' | 'covers', needed: string[]): Part<World> => ({
    ...{ name: '', declared: '/named', relation, names: () => needed },
  })
  it.each([
    ['same', ['a'], true],
    ['same', ['b'], false],
    ['same', [], false],
    ['same', ['a', 'b'], false],
    ['covers', ['a'], true],
    ['covers', [], true],
    ['covers', ['b'], false],
  ] as const)('%s: [a] against %j agrees: %s', (relation, needed, agrees) => {
    expect(judgeClaim(claim([[names(relation, [...needed])]]), world()) === null).toBe(agrees)
  })
})

describe('alternatives', () => {
  const either = claim([[number('=')], [number('=', () => 7)]])
  it('hold when one of them does, all of it', () => {
    expect(judgeClaim(either, world())).toBeNull()
    expect(judgeClaim(either, world({ total: { least: 7, most: null } }))).toBeNull()
    expect(judgeClaim(claim([[number('='), number('=', () => 7)]]), world())).not.toBeNull()
  })
  it('give the numbers of the first when none does', () => {
    expect(judgeClaim(either, world({ rows: [5] }))?.numbers).toMatchObject({ computed: 5 })
  })
})

it('says the cause while it is borne out', () => {
  const caused = claim([[number('=')]], {
    cause: (_world, { difference }) =>
      difference === 2 ? 'A row of {difference} is missing.' : null,
  })
  expect(judgeClaim(caused, world({ rows: [1] }))?.message).toContain('A row of +2 is missing.')
  expect(judgeClaim(caused, world({ rows: [2] }))?.message).not.toContain('missing')
})

it('reads numbers, lengths and open ends', () => {
  const read = (pointer: string) => numberAt(world({ total: { least: 3, most: null } }), pointer)
  expect(['/total/least', '/total/most', '/rows', '/rows/1', '/nothing/there'].map(read)).toEqual([
    3, 3, 2, 2, 0,
  ])
  expect(valueAt(world(), '/constructor')).toBeUndefined()
})

it('writes two decimals, ranges, and one number where both ends are the same', () => {
  expect(fill('{a} {differenceB}', { a: 1.23456, differenceB: 0.5 })).toBe('1.23 +0.5')
  expect(fill('{xRange} {yRange}', { xLeast: 1, xMost: 2, yLeast: 3, yMost: 3 })).toBe('1-2 3')
  expect(() => fill('{nothing}', {})).toThrow('no number nothing')
})
