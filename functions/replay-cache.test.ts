// What the replay cache remembers, and for how long.
import { expect, it } from 'vitest'
import { createReplayCache } from './replay-cache.ts'

it('remembers an id until its time is over', () => {
  const cache = createReplayCache()
  expect(cache.seen('a', 100, 0)).toBe(false)
  expect(cache.seen('a', 100, 99)).toBe(true)
  expect(cache.seen('a', 200, 100)).toBe(false)
})

it('drops the oldest when it is full', () => {
  const cache = createReplayCache(2)
  cache.seen('a', 100, 0)
  cache.seen('b', 100, 0)
  cache.seen('c', 100, 0)
  expect(cache.seen('c', 100, 1)).toBe(true)
  expect(cache.seen('a', 100, 1)).toBe(false)
})
