// 200 changes of four tenants at once, through the real Octokit client, at a forge that enforces GitHub's limits to the letter.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { burst } from '../simulator/forge-burst.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Mulberry32: the same figures for the same seed. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
const setTime = (at: number) => void vi.setSystemTime(at)

it('drives 200 changes through: 0 breaches, 0 doubled, 0 lost', async () => {
  const seed = 7
  const strikes = [
    { after: 20, seconds: 45, wording: 'secondary' as const },
    { after: 900, seconds: 300, wording: 'retry-after' as const },
    { after: 4_000, seconds: 1_200, wording: 'primary' as const },
  ]
  const result = await burst({ tenants: 4, changes: 50, setTime, random: seeded(seed), strikes })
  console.info('forge limits, 200 changes of 4 tenants:', { seed, ...result })
  expect(result).toMatchObject({ changes: 200, lost: 0, doubled: 0, breaches: [], struck: 3 })
})

/** Of the forge's hour, the slack of requests on their way included. */
const WINDOW_SECONDS = 3_620

it('of two who ask for 200 changes each leaves a third his pull request, soon', async () => {
  const asking = { tenants: 2, changes: 200, setTime, random: seeded(7) }
  // In the middle of their hour, when they have spent it.
  const result = await burst({ ...asking, latecomerAfter: 1_800 })
  console.info('forge limits, two with 200 changes each and a latecomer:', result)
  expect(result).toMatchObject({ doubled: 0, breaches: [] })
  expect(result.writes).toBeGreaterThan(350)
  expect(result.latecomer).not.toBeNull()
  expect(result.latecomer).toBeLessThan(WINDOW_SECONDS / 10)
})

it('breaks the limits where nobody keeps them: the forge does enforce', async () => {
  const result = await burst({
    ...{ tenants: 2, changes: 8, setTime, random: seeded(7), budget: false },
  })
  expect(result.breaches.length).toBeGreaterThan(0)
  expect(result).toMatchObject({ lost: 0, doubled: 0 })
})
