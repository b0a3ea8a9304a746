// A crash before and after everything that leaves the Log actor, and between the writes of one commit: it goes on from where it
// was, signs no size twice, commits and anchors nothing twice, and an instance that wakes up late changes nothing.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  type Around,
  createLog,
  createLogWorld,
  type LogWorld,
} from '../../../functions/simulator/log-world.fixture.ts'
import { CHECKPOINT_PATH, LOG_BRANCH } from '../../../gitops/log/branch.ts'
import type { LogHead } from '../../../schemas/log.ts'
import { gitBlobId } from '../../digest.ts'

const A = 'ten_eu_aaaaaaaaaaaaaaaa'
const B = 'ten_eu_bbbbbbbbbbbbbbbb'

let world: LogWorld
beforeEach(async () => {
  world = await createLogWorld()
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The commits of the branch `log`, newest first, down to main. */
const commits = (): string[] => {
  const line: string[] = []
  const main = world.memory.branches.get('main')
  for (let at = world.memory.branches.get(LOG_BRANCH); at && at !== main; ) {
    line.push(at)
    at = world.memory.commit(at).parents[0]
  }
  return line
}

/** Everything is where it belongs, once. */
const check = async (): Promise<void> => {
  const checkpoint = await world.stub.checkpoint()
  expect(checkpoint).toMatchObject({ cosigned: true, commit: commits()[0] })
  const blob = await world.memory.forge.readBlob(CHECKPOINT_PATH, LOG_BRANCH)
  expect(blob).toBe(gitBlobId(checkpoint?.note ?? ''))
  const sizes = commits().map((sha) =>
    Number(/Log-Size: (\d+)/.exec(world.memory.commit(sha).message)?.[1]),
  )
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => b - a))
  const anchored = world.anchored.map(({ size }) => size)
  expect(anchored).toEqual([...new Set(anchored)].sort((a, b) => a - b))
  expect(anchored.at(-1)).toBe(checkpoint?.size)
  const leaves = world.rows<{ leaf: string }>('select leaf from leaves')
  const heads = leaves.map(({ leaf }) => JSON.parse(leaf)).filter(({ tenant }) => tenant)
  const named = heads.map(({ tenant, size }) => `${tenant} ${size}`)
  expect(new Set(named).size).toBe(named.length)
}

/** As a tenant does: it tells its head again until it was taken. */
const note = async (tenant: string, head: LogHead): Promise<void> => {
  for (let tries = 0; tries < 5; tries += 1) {
    const noted = await world.stub.noteHead(tenant, head).catch(() => null)
    if (noted?.ok) return
    vi.setSystemTime(Date.now() + 1_000)
    await world.settle(1)
  }
  throw new Error('the head was not taken')
}

const CALLS = ['publishedLog', 'cosign', 'publishLog', 'anchor'] as const
const cases = CALLS.flatMap((call) =>
  (['before', 'after'] as const).flatMap((when) =>
    ([1, 2] as const).map((nth) => ({ call, when, nth })),
  ),
)

it.each(cases)('an error $when $call, time $nth', async ({ call, when, nth }) => {
  let seen = 0
  let thrown = 0
  world.setAround(async (what, run) => {
    const hit = what === call && ++seen === nth
    if (!hit) return run()
    thrown += 1
    if (when === 'after') await run()
    world.log.evict('log')
    throw new TypeError('the connection is lost')
  })
  const log = createLog('a')
  await note(A, log.grow(2))
  expect(await world.settle(40)).toBe(true)
  await note(A, log.grow(2))
  await note(B, createLog('b').grow(1))
  expect(await world.settle(40)).toBe(true)
  // A new instance compares once: the second time is in the third instance.
  world.log.evict('log')
  await note(A, log.grow(1))
  expect(await world.settle(40)).toBe(true)
  expect(thrown).toBe(1)
  await check()
})

const stops = CALLS.flatMap((call) =>
  (['before', 'after'] as const).flatMap((when) => [0, 1].map((heads) => ({ call, when, heads }))),
)

it.each(stops)(
  'a process that stops $when $call and wakes up when another has done its work and taken $heads more heads',
  async ({ call, when, heads }) => {
    const [gate, stop] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let stopped = false
    const hang: Around = async (what, run) => {
      if (what !== call || stopped) return run()
      stopped = true
      const done = when === 'after' ? await run() : undefined
      stop.resolve()
      await gate.promise
      return when === 'after' ? done : run()
    }
    const log = createLog('a')
    await world.stub.noteHead(A, log.grow(2))
    expect(await world.settle(40)).toBe(true)
    await world.stub.noteHead(A, log.grow(2))
    world.log.evict('log')
    world.setAround(hang)
    let late: Promise<void> = Promise.resolve()
    while (!stopped) {
      vi.setSystemTime(Math.max(world.log.alarmOf('log') ?? 0, Date.now()))
      late = world.log.alarm('log')
      await Promise.race([late, stop.promise])
    }
    world.log.evict('log')
    if (heads > 0) await world.stub.noteHead(A, log.grow(heads))
    expect(await world.settle(40)).toBe(true)
    gate.resolve()
    await late
    world.log.evict('log')
    expect(await world.settle(40)).toBe(true)
    await check()
  },
)

it('a process that stops with a signature in its hand signs no less than was signed since', async () => {
  const [gate, stop] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { subtle } = crypto
  const sign = subtle.sign.bind(subtle)
  let held = false
  // Of the edge: the second party signs with P-256, and requests are signed by another function.
  vi.spyOn(subtle, 'sign').mockImplementation(async (algorithm, key, data) => {
    const isNote = algorithm === 'Ed25519' && new TextDecoder().decode(data).includes('/log\n')
    if (isNote && !held) {
      held = true
      stop.resolve()
      await gate.promise
    }
    return sign(algorithm, key, data)
  })
  const log = createLog('a')
  await world.stub.noteHead(A, log.grow(2))
  let late: Promise<void> = Promise.resolve()
  while (!held) {
    vi.setSystemTime(Math.max(world.log.alarmOf('log') ?? 0, Date.now()))
    late = world.log.alarm('log')
    await Promise.race([late, stop.promise])
  }
  // The next process takes another head before it signs.
  world.log.evict('log')
  world.rows("update work set dueAt = 9000000000000 where kind = 'sign'")
  await world.stub.noteHead(A, log.grow(2))
  await world.settle(2)
  world.rows("delete from work where kind = 'sign'")
  vi.setSystemTime(Date.now() + 1_000)
  await world.log.alarm('log')
  expect(await world.settle(40)).toBe(true)
  const signed = 'select size, note from checkpoints order by size'
  const before = world.rows<{ size: number }>(signed)
  gate.resolve()
  await late
  expect(world.rows(signed)).toEqual(before)
  expect(await world.settle(40)).toBe(true)
  await check()
})

it.each(
  (['writeCommit', 'createBranch', 'moveBranch'] as const).flatMap((verb) => [
    { verb, when: 'before' },
    { verb, when: 'after' },
  ]),
)('the forge loses its answer $when $verb', async ({ verb, when }) => {
  let thrown = 0
  world.memory.setIntercept(async (name, run) => {
    if (name !== verb || thrown > 0) return run()
    thrown += 1
    if (when === 'after') await run()
    throw new TypeError('the connection is lost')
  })
  const log = createLog('a')
  for (let round = 0; round < 2; round += 1) {
    await world.stub.noteHead(A, log.grow(2))
    expect(await world.settle(40)).toBe(true)
  }
  expect(thrown).toBe(1)
  await check()
})
