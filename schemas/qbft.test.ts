// The arithmetic of QBFT: quorum, faults, and which numbers of validators survive the loss of a site.
import { expect, it } from 'vitest'
import {
  byzantineTolerance,
  faultTolerance,
  leastSites,
  quorum,
  survivesSite,
  surviving,
} from './qbft.ts'

it.each([
  [1, 1, 0, 0],
  [3, 2, 0, 1],
  [4, 3, 1, 1],
  [6, 4, 1, 2],
  [7, 5, 2, 2],
  [9, 6, 2, 3],
  [10, 7, 3, 3],
])('of %i validators %i are a quorum, %i may lie and %i may stop', (n, needed, lie, stop) => {
  expect([quorum(n), byzantineTolerance(n), faultTolerance(n)]).toEqual([needed, lie, stop])
})

it('with two sites no number survives the loss of one', () => {
  expect(surviving(2, 200)).toEqual([])
  expect(surviving(1, 200)).toEqual([])
})

it('with three equal sites it must be 6, 9, 12 and so on', () => {
  expect(surviving(3, 20)).toEqual([6, 9, 12, 15, 18])
})

it('with four sites 4 works, and 5 does not', () => {
  expect(survivesSite(4, 4)).toBe(true)
  expect(survivesSite(5, 4)).toBe(false)
  expect(surviving(4, 8)).toEqual([4, 6, 7, 8])
})

it('three sites are the fewest', () => {
  expect(leastSites()).toBe(3)
  expect(survivesSite(4, 0)).toBe(false)
})
