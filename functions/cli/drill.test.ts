// The recovery drill, small: over a forge in memory, with one seed. `npm run drill` and functions/verify do the same with more.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryStore } from '../simulator/backup-store.ts'
import { createTenantWorld } from '../simulator/tenant-world.ts'
import { faultsOf, lineOf, runDrill } from './drill-run.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it.each([2])('loses nothing and doubles nothing, seed %i', async (seed) => {
  const world = await createTenantWorld()
  const result = await runDrill({
    ...{ seed, steps: 24, world, store: createMemoryStore() },
    pass: (milliseconds) => vi.setSystemTime(Date.now() + milliseconds),
    pullsOf: async (branch) => world.memory.pulls.filter(({ headBranch }) => headBranch === branch),
  })
  expect(faultsOf(result), lineOf(result)).toEqual([])
  expect(result.acknowledged).toBeGreaterThan(3)
  console.info(lineOf(result))
  // Waiting is a part of the recovery.
  expect(faultsOf({ ...result, waitedSeconds: 3_600 })).toEqual(['the restore took over an hour'])
})
