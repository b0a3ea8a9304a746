// The outbox by itself, over a database with nothing else in it: what is due runs in order, what fails waits, nothing is lost.
import { asc } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fakeActorState } from '../../../functions/simulator/actor-state.ts'
import { Denied, Outage } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { openDatabase, transaction } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'
import { type Db, enqueue, OUTBOX_KINDS, type OutboxKind, type TenantContext } from './context.ts'
import { noteRestoring } from './log/standing.ts'
import { type Handler, type Handlers, nextDue, runDue } from './outbox.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
let now: number
let db: Db
let context: TenantContext
let ran: string[]
let logged: string[]
beforeEach(() => {
  now = START
  ran = []
  logged = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void logged.push(line))
  vi.spyOn(Math, 'random').mockReturnValue(1)
  db = openDatabase(fakeActorState().state.storage, tables, migrations)
  context = { db, env: {}, now: () => new Date(now) } as unknown as TenantContext
})
afterEach(() => void vi.restoreAllMocks())
const ask = (kind: OutboxKind, inMilliseconds: number, of = 'chg_a') =>
  transaction(db, (tx) => enqueue(tx, kind, of, START + inMilliseconds))
const doing = (what: Partial<Record<OutboxKind, Handler>> = {}): Handlers => {
  const done = (kind: OutboxKind): [OutboxKind, Handler] => [
    kind,
    async (id) => {
      ran.push(`${kind} ${id}`)
      return what[kind]?.(id)
    },
  ]
  return Object.fromEntries(OUTBOX_KINDS.map(done)) as Handlers
}
const run = (what?: Parameters<typeof doing>[0]) => runDue(context, doing(what))
const rows = () =>
  db
    .select()
    .from(tables.outbox)
    .orderBy(asc(tables.outbox.id))
    .all()
    .map(({ kind, dueAt, attempts, lastError }) => [kind, dueAt - START, attempts, lastError])
const failing = (error: unknown): Handler => {
  return () => Promise.reject(error)
}

it('runs what is due, oldest first, then in the order in which it was asked for, and no more', async () => {
  ask('gate', -1)
  ask('promote', 0)
  ask('observe', -2)
  ask('settle', -1)
  ask('keep', 1)
  expect(await run()).toBe(4)
  expect(ran).toEqual(['observe chg_a', 'gate chg_a', 'settle chg_a', 'promote chg_a'])
  expect(rows()).toEqual([['keep', 1, 0, null]])
  expect(await run()).toBe(0)
  now += 1
  expect(await run()).toBe(1)
  expect(nextDue(context)).toBeNull()
})

it('asks again after as long as a piece says, from now, as if it had never failed', async () => {
  ask('observe', -10)
  db.update(tables.outbox).set({ attempts: 4 }).run()
  await run({ observe: async () => 700 })
  expect(rows()).toEqual([['observe', 700, 0, null]])
  expect(nextDue(context)).toBe(START + 700)
  now += 700
  await run({ observe: async () => true })
  expect(rows()).toEqual([])
})

it('keeps what was asked for again while it ran, whether it ended, waits or failed', async () => {
  const meanwhile = (rest: Handler): Handler => {
    return async (id) => {
      if (ran.length === 1) ask('gate', 5_000)
      return ran.length === 1 ? rest(id) : undefined
    }
  }
  for (const rest of [async () => undefined, async () => 9, failing(new Error('x'))]) {
    ran = []
    ask('gate', 0)
    await run({ gate: meanwhile(rest) })
    // Due still, because the earlier of two times counts: it ran once more, and only then was it gone.
    expect(ran).toEqual(['gate chg_a', 'gate chg_a'])
    expect(rows()).toEqual([])
  }
})

it('postpones what fails, longer each time up to five minutes, and lets the others go on', async () => {
  ask('gate', -1)
  ask('settle', 0)
  await run({ gate: failing(new Error('secret')) })
  expect(ran).toEqual(['gate chg_a', 'settle chg_a'])
  expect(rows()).toEqual([['gate', 1_000, 1, 'Error']])
  expect(JSON.parse(logged[0] ?? '')).toEqual({
    ...{
      level: 'warn',
      event: 'outbox-retry',
      kind: 'gate',
      change: 'chg_a',
      attempts: 1,
      error: 'Error',
    },
  })
  const waits: number[] = []
  for (let tries = 0; tries < 14; tries += 1) {
    now = nextDue(context) ?? 0
    await run({ gate: failing(new Error('secret')) })
    waits.push((nextDue(context) ?? 0) - now)
  }
  expect(waits.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000])
  expect(waits.slice(7)).toEqual([256_000, ...Array.from({ length: 6 }, () => 300_000)])
  expect(JSON.stringify([logged, rows()])).not.toContain('secret')
})

it('spreads its tries by chance, from half of the wait to all of it', async () => {
  for (const [chance, wait] of [
    [0, 500],
    [0.5, 750],
    [1, 1_000],
  ] as const) {
    vi.mocked(Math.random).mockReturnValue(chance)
    db.delete(tables.outbox).run()
    ask('gate', 0)
    await run({ gate: failing(new Error('x')) })
    expect(rows()).toEqual([['gate', wait, 1, 'Error']])
  }
})

it('says what failed by its kind alone, and waits at least as long as it is asked to', async () => {
  for (const [error, said, wait] of [
    [new Outage('forge', 'limits the rate of requests', 120), 'forge: limits the rate', 120_000],
    [new Denied('forge', 'answers 401'), 'forge: answers 401', 1_000],
    [new TypeError('secret'), 'TypeError', 1_000],
    ['secret', 'unknown', 1_000],
  ] as const) {
    db.delete(tables.outbox).run()
    ask('gate', 0)
    await run({ gate: failing(error) })
    expect(rows()).toEqual([['gate', wait, 1, expect.stringContaining(said)]])
  }
})

it('ends after two hundred pieces, so that others get their turn', async () => {
  for (let piece = 0; piece < 205; piece += 1) ask('gate', 0, `chg_${piece}`)
  expect(await run()).toBe(200)
  expect(rows()).toHaveLength(5)
  expect(nextDue(context)).toBe(START)
})

it('brings forward what a clock that was ahead put off, but not the end of a tenant', async () => {
  ask('gate', HOUR)
  ask('observe', HOUR + 1)
  ask('lifecycle', 9 * HOUR)
  expect(nextDue(context)).toBe(START + HOUR)
  await run()
  expect(rows().map(([kind, due]) => [kind, due])).toEqual([
    ['gate', HOUR],
    ['observe', HOUR],
    ['lifecycle', 9 * HOUR],
  ])
  db.delete(tables.outbox).run()
  ask('promote', 3 * HOUR)
  expect(nextDue(context)).toBe(START + HOUR)
  expect(rows()).toEqual([['promote', HOUR, 0, null]])
  db.delete(tables.outbox).run()
  ask('lifecycle', 3 * HOUR)
  expect(nextDue(context)).toBe(START + 3 * HOUR)
})

it('stops where another database is about to take the place of this one', async () => {
  ask('gate', 0)
  ask('observe', 0)
  await run({ gate: async () => noteRestoring(context) })
  expect(ran).toEqual(['gate chg_a'])
  expect(await run()).toBe(0)
  expect(rows()).toEqual([['observe', 0, 0, null]])
})
