// The drill of the platform's own actors, small: each is destroyed once, over a forge in memory.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryStore } from '../simulator/backup-store.ts'
import { createTenantWorld } from '../simulator/tenant-world.ts'
import { CORE, drillCore, faultsOfCore, lineOfCore } from './drill-core.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it.each(CORE)('brings back %s, and the tenant goes on', async (actor) => {
  const world = await createTenantWorld()
  const result = await drillCore(actor, {
    ...{ seed: 2, steps: 24, world, store: createMemoryStore() },
    pass: (milliseconds) => vi.setSystemTime(Date.now() + milliseconds),
    pullsOf: async (branch) => world.memory.pulls.filter(({ headBranch }) => headBranch === branch),
  })
  console.info(lineOfCore(result))
  expect(faultsOfCore(result), lineOfCore(result)).toEqual([])
  expect(result.acknowledged).toBeGreaterThan(3)
  expect(faultsOfCore({ ...result, waitedSeconds: 4 * 3_600 })).toEqual([
    'the restore took over four hours',
  ])
})
