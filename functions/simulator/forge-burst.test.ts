// A small burst at a forge that enforces GitHub's limits; 200 changes of four tenants are in functions/verify.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { burst } from './forge-burst.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('of 3 tenants breaks no limit, doubles nothing and loses nothing, though the forge strikes three ways', async () => {
  const result = await burst({
    ...{ tenants: 3, changes: 4, setTime: (at) => vi.setSystemTime(at), random: () => 0.5 },
    strikes: [
      { after: 0, seconds: 40, wording: 'secondary' },
      { after: 65, seconds: 30, wording: 'retry-after' },
      { after: 105, seconds: 90, wording: 'primary' },
    ],
  })
  expect(result).toMatchObject({ changes: 12, lost: 0, doubled: 0, breaches: [], struck: 3 })
})
