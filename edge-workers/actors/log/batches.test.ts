// Heads go into the platform's log together, at fixed moments, in an order that tells nothing; no head is taken twice and none
// that is behind what is known.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createLog,
  createLogWorld,
  type LogWorld,
  START,
} from '../../../functions/simulator/log-world.fixture.ts'
import { HeadLeaf } from '../../../schemas/log.ts'

const A = 'ten_eu_aaaaaaaaaaaaaaaa'
const B = 'ten_eu_bbbbbbbbbbbbbbbb'
const C = 'ten_eu_cccccccccccccccc'

let world: LogWorld
beforeEach(async () => {
  world = await createLogWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const headLeaves = (): HeadLeaf[] =>
  world
    .rows<{ leaf: string }>('select leaf from leaves order by "index"')
    .map(({ leaf }) => JSON.parse(leaf))
    .filter(({ schema }) => schema === 'phoenix.head/v1')

describe('a batch', () => {
  it('is appended at the next multiple of the interval, whenever its first head came', async () => {
    vi.setSystemTime(START.getTime() + 3_217)
    await world.settle()
    vi.setSystemTime(START.getTime() + 13_217)
    await world.stub.noteHead(A, createLog('a').grow(3))
    expect(world.log.alarmOf('log')).toBe(START.getTime() + 20_000)
  })

  it('has one order and one time for all of it, whoever came first', async () => {
    const orders: string[][] = []
    for (const tenants of [
      [A, B, C],
      [C, A, B],
    ]) {
      const other = await createLogWorld()
      await other.settle()
      for (const tenant of tenants) {
        await other.stub.noteHead(tenant, createLog(tenant).grow(2))
        vi.setSystemTime(Date.now() + 700)
      }
      await other.settle()
      world = other
      const leaves = headLeaves()
      expect(new Set(leaves.map(({ at }) => at)).size).toBe(1)
      orders.push(leaves.map(({ tenant }) => tenant))
    }
    expect(orders[0]).toHaveLength(3)
    expect(orders[1]).toEqual(orders[0])
  })

  it('names nobody: a keyed digest, and nothing of the tenant id', async () => {
    await world.stub.noteHead(A, createLog('a').grow())
    await world.settle()
    const [leaf] = headLeaves()
    expect(HeadLeaf.safeParse(leaf).success).toBe(true)
    expect(JSON.stringify(leaf)).not.toContain(A.slice(7))
  })

  it('has only the newest head of a tenant that grew several times', async () => {
    const log = createLog('a')
    for (let grown = 0; grown < 4; grown += 1) await world.stub.noteHead(A, log.grow())
    await world.settle()
    expect(headLeaves().map(({ size }) => size)).toEqual([4])
  })
})

describe('a head', () => {
  it('that is known already changes nothing', async () => {
    const head = createLog('a').grow(5)
    for (let times = 0; times < 3; times += 1)
      expect((await world.stub.noteHead(A, head)).ok).toBe(true)
    await world.settle()
    expect((await world.stub.noteHead(A, head)).ok).toBe(true)
    await world.settle()
    expect(headLeaves()).toHaveLength(1)
    expect(await world.stub.headOf(A)).toEqual(head)
  })

  it.each([
    ['smaller than the known one', 3, 'tenant-log-shrank'],
    ['of the same size with another root', 5, 'tenant-log-forked'],
  ])('%s is a conflict, told without a name', async (_, size, event) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const head = createLog('a').grow(5)
    await world.stub.noteHead(A, head)
    const other = createLog('other')
    other.grow(5)
    const refused = await world.stub.noteHead(A, other.headAt(size))
    expect(refused).toMatchObject({ ok: false, refusal: { problem: 'conflict' } })
    expect(await world.stub.headOf(A)).toEqual(head)
    const line = String(said.mock.calls[0]?.[0])
    expect(JSON.parse(line)).toMatchObject({ level: 'error', event, known: 5, told: size })
    expect(line).not.toContain(A)
  })

  it('of nobody is null', async () => {
    expect(await world.stub.headOf(B)).toBeNull()
  })
})

it('a clock that was a day ahead and is put back puts nothing off by a day', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const { cosigner } = world.office
  world.office.cosigner = null
  const back = Date.now()
  vi.setSystemTime(back + 86_400_000)
  await world.stub.noteHead(A, createLog('a').grow())
  await world.settle(4)
  expect(world.log.alarmOf('log')).toBeGreaterThan(back + 86_400_000)
  vi.setSystemTime(back)
  world.office.cosigner = cosigner
  await world.stub.wake()
  expect(world.log.alarmOf('log')).toBeLessThanOrEqual(back + 300_000)
  await world.settle(1)
  expect(await world.stub.checkpoint()).toMatchObject({ cosigned: true })
})

it('whoever asks a log that has just woken waits for its comparison, and not for what it publishes', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const log = createLog('a')
  await world.stub.noteHead(A, log.grow())
  const called: string[] = []
  world.setAround(async (what, run) => {
    called.push(what)
    if (what === 'publishLog') throw new TypeError('the connection is lost')
    return run()
  })
  await world.settle(6)
  expect(called).toContain('publishLog')
  vi.setSystemTime(Date.now() + 7_200_000)
  world.log.evict('log')
  called.length = 0
  world.setAround((what, run) => {
    called.push(what)
    return run()
  })
  expect(await world.stub.headOf(A)).toEqual(log.headAt(1))
  expect(called).toContain('publishedLog')
  expect(called).not.toContain('publishLog')
  expect(await world.settle(6)).toBe(true)
  expect(called).toContain('publishLog')
})
