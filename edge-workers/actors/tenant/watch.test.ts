// How often the forge is asked about an open change of which nobody tells, and how rarely where it tells of itself.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { passTime } from '../../../functions/simulator/pass-time.fixture.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Outage } from '../../../schemas/result.ts'
import { isLookDue, wakeAfter } from './watch-times.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Minutes after the last step at which it is looked at, for as many hours. */
const looksOf = (told: boolean, chance: number, hours: number): number[] => {
  vi.spyOn(Math, 'random').mockReturnValue(chance)
  const looks: number[] = []
  let lookedAt = 0
  for (let now = START + 1; now <= START + hours * HOUR; ) {
    const watched = () => ({ touchedAt: START, lookedAt, told })
    if (isLookDue(watched(), now)) {
      lookedAt = now
      looks.push(Math.round((now - START) / MINUTE))
    }
    const wait = wakeAfter(watched(), now)
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(HOUR)
    now += wait
  }
  return looks
}

describe('the looks', () => {
  it('without webhooks begin after five minutes, double, and are never rarer than every four hours', () => {
    expect(looksOf(false, 0, 24)).toEqual([5, 15, 35, 75, 155, 315, 555, 795, 1035, 1275])
    for (const chance of [0, 0.5, 1]) {
      const looks = looksOf(false, chance, 200)
      const waits = looks.map((look, index) => look - (looks[index - 1] ?? 0))
      expect(Math.max(...waits)).toBeLessThanOrEqual(240)
      expect(waits[0]).toBeLessThanOrEqual(5)
    }
  })

  it('are spread by chance, over the last fifth of each wait', () => {
    expect(looksOf(false, 1, 1)).toEqual([4, 11, 24, 47])
  })

  it('with webhooks there is none for a day, and one in 32 hours', () => {
    for (const chance of [0, 0.5, 1]) {
      expect(looksOf(true, chance, 25)).toEqual([])
      expect(looksOf(true, chance, 32)).toHaveLength(1)
    }
  })

  it('are not put off by a clock that was ahead when something was written down', () => {
    const ahead = START + 90 * HOUR
    for (const told of [false, true]) {
      expect(isLookDue({ touchedAt: ahead, lookedAt: ahead, told }, START)).toBe(true)
      expect(isLookDue({ touchedAt: ahead, lookedAt: START, told }, START + 1)).toBe(false)
      expect(isLookDue({ touchedAt: ahead, lookedAt: START, told }, START + 33 * HOUR)).toBe(true)
    }
  })
})

describe('a forge that tells of itself', () => {
  let world: TenantWorld
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    world = await createTenantWorld()
  })
  const reads = () => world.memory.calls.filter((verb) => verb === 'readPull').length
  const pass = (milliseconds: number) => passTime(world, milliseconds)
  const opened = { senderIsApp: true }

  it('is not asked for a day; a review whose webhook was lost is seen after that', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.hint('opened', opened)
    world.memory.person.review(1, 'anton', 'approved')
    await pass(25 * HOUR)
    expect(reads()).toBe(0)
    await pass(7 * HOUR + MINUTE)
    expect(reads()).toBe(1)
    expect((await world.read(id)).state).toBe('approved')
  })

  it('is asked again, of all that is open, once it was silent about a pull request', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.hint('opened', opened)
    await pass(2 * HOUR)
    expect(reads()).toBe(0)
    world.memory.person.review(1, 'anton', 'approved')
    await world.propose(world.vmRequest('db'))
    await pass(5 * MINUTE)
    expect(reads()).toBeGreaterThan(0)
    await pass(HOUR)
    expect((await world.read(id)).state).toBe('approved')
    // It speaks again.
    await world.hint('edited', { ...opened, pullNumber: 2 })
    const before = reads()
    await pass(20 * HOUR)
    expect(reads()).toBe(before)
  })

  it('is not believed for what it says of branches: those may be all it was asked to tell', async () => {
    await world.propose(world.vmRequest('web'))
    await world.hint('push', { pullNumber: null, pushedRef: 'refs/heads/phoenix/acme/x' })
    await pass(5 * MINUTE)
    expect(reads()).toBe(1)
  })
})

describe('a change that nobody touched for thirty days', () => {
  const DAY = 24 * HOUR
  let world: TenantWorld
  let id: string
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    vi.spyOn(Math, 'random').mockReturnValue(0)
    world = await createTenantWorld()
    id = (await world.propose(world.vmRequest('web'))).id
    await world.hint('opened', { senderIsApp: true })
    await world.approve(id)
    vi.setSystemTime(START + 30 * DAY - 2 * HOUR)
    await passTime(world, HOUR)
  })
  const reads = () => world.memory.calls.filter((verb) => verb === 'readPull').length
  const after = async (milliseconds: number) => {
    await passTime(world, milliseconds)
    return (await world.read(id)).state
  }

  it('expires once the forge has shown that it was not merged', async () => {
    const before = reads()
    expect(await after(3 * HOUR)).toBe('expired')
    expect(reads()).toBe(before + 1)
  })

  it('does not where it was merged right before and no webhook told of it', async () => {
    world.memory.person.merge(1, 'anton')
    expect(await after(3 * HOUR)).toBe('promoted')
  })

  it('waits for a forge that does not answer', async () => {
    world.memory.setIntercept((verb, run) =>
      verb === 'readPull' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    expect(await after(DAY)).toBe('approved')
    world.memory.setIntercept(null)
    expect(await after(3 * HOUR)).toBe('expired')
  })

  it('waits until the forge names a merge, and asks for that no more often than it looks anyway', async () => {
    world.memory.person.merge(1, 'anton')
    const [pull] = world.memory.pulls
    const mergeSha = pull?.mergeSha
    Object.assign(pull ?? {}, { mergeSha: null })
    const before = reads()
    expect(await after(DAY)).toBe('approved')
    expect(reads()).toBe(before + 1)
    Object.assign(pull ?? {}, { mergeSha })
    expect(await after(2 * DAY)).toBe('promoted')
  })
})
