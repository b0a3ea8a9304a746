// Old holds: when their tenants are asked, what becomes of the answer, and that nothing goes without one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../../functions/simulator/edge-world.ts'
import { sweep } from '../../sweep.ts'
import type { HoldsJudged } from './holds-contracts.ts'

const NAME = 'inventory-eu'
const HOUR = 3_600_000
const START = Date.parse('2026-11-21T12:00:00Z')
const ACME = 'ten_eu_acme'
const DBIS = 'ten_eu_dbis'
let world: World
/** What each tenant says when it is asked. */
let says: Record<string, (asked: string[]) => HoldsJudged | Promise<HoldsJudged>>
let asked: { tenant: string; ids: string[]; at: number }[]
const nothing = (): HoldsJudged => ({ unknown: [], over: [] })

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = createWorld()
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('ml110-01'))
  says = {}
  asked = []
  for (const tenant of [ACME, DBIS])
    Object.assign(world.tenants.wake(tenant), {
      judgeHolds: async (ids: string[]) => {
        asked.push({ tenant, ids, at: (Date.now() - START) / HOUR })
        return (says[tenant] ?? nothing)(ids)
      },
    })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const inventory = () => world.inventory.namespace.getByName(NAME)
let number = 100
const reserve = (changeId: string, tenantId = ACME) => {
  number += 1
  return inventory().reserve({
    ...{ changeId, tenantId, resource: changeId },
    items: [
      {
        ...{ name: 'vm', role: 'vm', group: 'vm', site: 'ml110-01', host: 'ml110-01', cores: 1 },
        ...{ memoryMiB: 60_000, diskGiB: 10, vmId: number, address: `192.168.11.${number}` },
      },
    ],
  })
}
const stateOf = (changeId: string) =>
  world.inventory
    .storageOf(NAME)
    ?.sql.exec('SELECT state FROM reservations WHERE change_id = ?', changeId)
    .toArray()[0]?.state
const held = async (changeId: string) => (await inventory().holds(changeId)).held
const alarm = () => world.inventory.alarmOf(NAME)
/** Whatever is due in these hours. */
const pass = async (hours: number) => {
  const end = Date.now() + hours * HOUR
  for (let due = alarm(); due !== null && due <= end; due = alarm()) {
    vi.setSystemTime(Math.max(due, Date.now()))
    await world.inventory.alarm(NAME)
  }
  vi.setSystemTime(end)
}

describe('a tenant is asked', () => {
  it('about what is held for six hours, then about once a day', async () => {
    await reserve('chg_1')
    await pass(54)
    expect(asked.map(({ at }) => at)).toEqual([6, 24, 42])
    expect(asked[0]).toMatchObject({ tenant: ACME, ids: ['chg_1'] })
    expect(await held('chg_1')).toBe(1)
  })

  it('about what is claimed as well, and not about what is settled or given back', async () => {
    for (const id of ['chg_1', 'chg_2', 'chg_3']) await reserve(id)
    await inventory().release('chg_3')
    for (const id of ['chg_1', 'chg_2']) await inventory().claim(id)
    await inventory().settle('chg_2')
    await pass(7)
    expect(asked.map(({ ids }) => ids)).toEqual([['chg_1']])
    await inventory().settle('chg_1')
    await pass(100)
    expect(asked).toHaveLength(1)
    expect(alarm()).toBeNull()
  })

  it('six hours after it wanted it last', async () => {
    await reserve('chg_1')
    await pass(4)
    await inventory().claim('chg_1')
    await pass(5.9)
    expect(asked).toEqual([])
    await pass(0.2)
    expect(asked).toHaveLength(1)
  })

  it('about a hundred at most in a round, and the next is a minute later', async () => {
    const sql = world.inventory.storageOf(NAME)?.sql
    for (let at = 0; at < 130; at += 1)
      sql?.exec(
        `INSERT INTO reservations (change_id, tenant_id, resource, state) VALUES (?, ?, 'web', 'held')`,
        ...[`chg_${at}`, ACME],
      )
    // They are from before there was a time to ask at.
    world.inventory.evict(NAME)
    await inventory().listRegions({ limit: 1, after: null })
    await pass(1)
    expect(asked.map(({ ids, at }) => [ids.length, at])).toEqual([
      [100, 0],
      [30, 1 / 60],
    ])
  })

  it('also where the alarm was lost', async () => {
    await reserve('chg_1')
    await world.inventory.storageOf(NAME)?.deleteAlarm()
    world.inventory.evict(NAME)
    await inventory().listRegions({ limit: 1, after: null })
    await pass(7)
    expect(asked).toHaveLength(1)
  })

  it('also where the alarm was lost and nothing else wakes the inventory: the sweep does', async () => {
    await world.createTenant('acme')
    await reserve('chg_1')
    await world.inventory.storageOf(NAME)?.deleteAlarm()
    await sweep(world.env)
    await pass(7)
    expect(asked).toHaveLength(1)
  })

  it('within a day where the clock was ahead', async () => {
    vi.setSystemTime(START + 9_000 * HOUR)
    await reserve('chg_1')
    vi.setSystemTime(START)
    world.inventory.evict(NAME)
    await inventory().listRegions({ limit: 1, after: null })
    await pass(24)
    expect(asked).toHaveLength(1)
  })
})

describe('a hold', () => {
  it('of a change that is unknown leaves no row, so that its request can come again', async () => {
    await reserve('chg_1')
    says[ACME] = (unknown) => ({ unknown, over: [] })
    await pass(7)
    expect([await held('chg_1'), stateOf('chg_1')]).toEqual([0, undefined])
    expect((await reserve('chg_1')).ok).toBe(true)
    expect(await held('chg_1')).toBe(1)
  })

  it('of a change that came to nothing is given back for good', async () => {
    await reserve('chg_1')
    says[ACME] = (over) => ({ unknown: [], over })
    await pass(7)
    expect([await held('chg_1'), stateOf('chg_1')]).toEqual([0, 'released'])
    expect((await reserve('chg_1')).ok).toBe(false)
  })

  it.each(['unknown', 'over'] as const)(
    '%s frees its claimed room, and whoever waits is told',
    async (why) => {
      const told = vi.fn(async () => undefined)
      Object.assign(world.tenants.wake(DBIS), { roomChanged: told })
      await reserve('chg_1')
      await reserve('chg_2', DBIS)
      await inventory().claim('chg_1')
      // It was told that it lost its room.
      await vi.waitUntil(() => told.mock.calls.length > 0, { timeout: 60_000 })
      told.mockClear()
      says[ACME] = (ids) => ({ ...nothing(), [why]: ids })
      await pass(7)
      expect(await held('chg_1')).toBe(0)
      expect(told).toHaveBeenCalledWith(['chg_2'])
    },
  )

  it('that was wanted anew while the question was on its way stays', async () => {
    await reserve('chg_1')
    says[ACME] = async (unknown) => {
      await reserve('chg_1')
      return { unknown, over: unknown }
    }
    await pass(6.1)
    expect([await held('chg_1'), stateOf('chg_1')]).toEqual([1, 'held'])
  })

  it('that was settled meanwhile stays', async () => {
    await reserve('chg_1')
    says[ACME] = async (unknown) => {
      await inventory().settle('chg_1')
      return { unknown, over: [] }
    }
    await pass(6.1)
    expect([await held('chg_1'), stateOf('chg_1')]).toEqual([1, 'settled'])
  })
})

describe('a tenant that does not answer', () => {
  it('keeps everything, and is asked later and later, once a day in the end', async () => {
    await reserve('chg_1')
    says[ACME] = () => Promise.reject(new Error('no'))
    await pass(24 * 30)
    expect(await held('chg_1')).toBe(1)
    const waits = asked.map(({ at }, of) => at - (asked[of - 1]?.at ?? 0)).slice(1)
    expect(waits.slice(0, 4)).toEqual([0.125, 0.25, 0.5, 1].map((one) => expect.closeTo(one)))
    expect(waits.slice(9)).toEqual(waits.slice(9).map(() => 18))
    says[ACME] = (unknown) => ({ unknown, over: [] })
    await pass(25)
    expect(await held('chg_1')).toBe(0)
  })

  it('is asked again soon where it had answered since', async () => {
    await reserve('chg_1')
    const fails = () => Promise.reject(new Error('no'))
    says[ACME] = fails
    await pass(24 * 9)
    says[ACME] = nothing
    await pass(24)
    says[ACME] = fails
    asked = []
    await pass(24)
    const [first, second] = asked.map(({ at }) => at)
    expect(Number(second) - Number(first)).toBeCloseTo(0.125)
  })

  it('keeps no other waiting', async () => {
    await reserve('chg_1')
    await reserve('chg_2', DBIS)
    says[ACME] = () => Promise.reject(new Error('no'))
    says[DBIS] = (unknown) => ({ unknown, over: [] })
    await pass(6.1)
    expect([await held('chg_1'), await held('chg_2')]).toEqual([1, 0])
  })

  it('because it was erased, and its database is lost, wants nothing', async () => {
    const { id } = await world.createTenant('acme')
    await reserve('chg_1', id)
    world.tenants.lose(id)
    await pass(24)
    expect(await held('chg_1')).toBe(1)
    await world.directory.namespace.getByName('directory').eraseTenant(id)
    await pass(24)
    expect([await held('chg_1'), stateOf('chg_1')]).toEqual([0, 'released'])
  })

  it('nor does an answer that is none free anything', async () => {
    await reserve('chg_1')
    says[ACME] = () => null as unknown as HoldsJudged
    await pass(7)
    expect(await held('chg_1')).toBe(1)
  })
})
