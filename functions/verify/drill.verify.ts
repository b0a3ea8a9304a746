// The recovery drill at length: many seeds, more steps, destroyed at every moment of the protocol that the seeds come by.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { faultsOf, lineOf, runDrill } from '../cli/drill-run.ts'
import { createMemoryStore } from '../simulator/backup-store.ts'
import { createTenantWorld } from '../simulator/tenant-world.ts'

const SEEDS = Number(process.env.DRILL_SEEDS ?? 20)
const FIRST = Number(process.env.DRILL_FIRST ?? 1_000)
const STEPS = Number(process.env.DRILL_STEPS ?? 60)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index)
it.each(seeds)('seed %i', { timeout: 120_000 }, async (seed) => {
  const world = await createTenantWorld()
  const result = await runDrill({
    ...{ seed, steps: 1 + (seed % STEPS), world, store: createMemoryStore() },
    pass: (milliseconds) => vi.setSystemTime(Date.now() + milliseconds),
    pullsOf: async (branch) => world.memory.pulls.filter(({ headBranch }) => headBranch === branch),
  })
  console.info(lineOf(result))
  expect(faultsOf(result), lineOf(result)).toEqual([])
})
