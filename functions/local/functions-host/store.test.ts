// Queues that the host keeps in a file: what a message goes through, and that it survives the process.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore, type Store } from './store.ts'

const QUEUE = 'account/orders'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-store-'))
})
afterAll(() => rm(folder, { recursive: true }))

const put = (store: Store, ...bodies: string[]): void =>
  store.put(bodies.map((body) => ({ queue: QUEUE, body })))

it('gives messages in their order, each to one taker until its time is over', () => {
  let now = 1000
  const store = openStore(':memory:', () => now)
  put(store, 'a', 'b', 'c')
  expect(store.take(QUEUE, 2).map(({ body }) => body)).toEqual(['a', 'b'])
  expect(store.take(QUEUE, 5).map(({ body }) => body)).toEqual(['c'])
  expect(store.take(QUEUE, 5)).toEqual([])
  expect(store.nextVisible(QUEUE)).toBe(1000 + 10 * 60_000)
  now += 10 * 60_000
  const [again] = store.take(QUEUE, 1)
  expect(again).toMatchObject({ body: 'a', dequeueCount: 2 })
})

it('lets only the last taker delete or give back', () => {
  let now = 1000
  const store = openStore(':memory:', () => now)
  put(store, 'a')
  const [first] = store.take(QUEUE, 1)
  now += 10 * 60_000
  const [second] = store.take(QUEUE, 1)
  if (!first || !second) throw new Error('was not taken')
  expect(store.remove(first)).toBe(false)
  store.giveBack(first, 0)
  store.poison(QUEUE, first)
  expect(store.take(QUEUE, 1)).toEqual([])
  expect(store.bodies(`${QUEUE}-poison`)).toEqual([])
  expect(store.remove(second)).toBe(true)
  expect(store.nextVisible(QUEUE)).toBeNull()
})

it('puts all messages of one call or none', () => {
  const store = openStore(':memory:')
  expect(() => put(store, 'a', 'x'.repeat(64 * 1024 + 1))).toThrow('over 64 KiB')
  expect(store.bodies(QUEUE)).toEqual([])
})

it('forgets a message after a week', () => {
  let now = 1000
  const store = openStore(':memory:', () => now)
  put(store, 'a')
  now += 7 * 86_400_000
  expect(store.take(QUEUE, 1)).toEqual([])
  expect(store.bodies(QUEUE)).toEqual([])
})

it('has everything again after the process, what was being worked on at once', () => {
  const path = join(folder, 'state.sqlite')
  const before = openStore(path)
  put(before, 'a', 'b')
  before.take(QUEUE, 1)
  before.noteTimer('tick', '* * * * * *', { last: 1, next: 2 })
  before.close()
  const after = openStore(path)
  expect(after.take(QUEUE, 5)).toMatchObject([
    { body: 'a', dequeueCount: 2 },
    { body: 'b', dequeueCount: 1 },
  ])
  expect(after.timer('tick', '* * * * * *')).toEqual({ last: 1, next: 2 })
  expect(after.timer('tick', '0 * * * * *')).toBeNull()
  after.close()
})
