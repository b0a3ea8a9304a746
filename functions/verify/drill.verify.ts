// The recovery drill at length: many seeds, more steps, destroyed at every moment of the protocol that the seeds come by, over a forge
// that holds everybody to GitHub's limits.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { faultsOf, lineOf, runDrill } from '../cli/drill-run.ts'
import { createMemoryStore } from '../simulator/backup-store.ts'
import { limitForge } from '../simulator/forge-limiter.ts'
import { memoryForgeOverHttp } from '../simulator/memory-forge-http.ts'
import { createTenantWorld, REPOSITORY } from '../simulator/tenant-world.ts'

const SEEDS = Number(process.env.DRILL_SEEDS ?? 20)
const FIRST = Number(process.env.DRILL_FIRST ?? 1_000)
const STEPS = Number(process.env.DRILL_STEPS ?? 60)
const STRUCK_MILLISECONDS = 90_000

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
it.each(seeds)('seed %i', async (seed) => {
  const http = memoryForgeOverHttp()
  const limiter = limitForge(http.fetch, Date.now)
  const { fetch, breaches } = limiter
  const forge = { apiUrl: http.apiUrl, token: 'app-token', fetch }
  const world = await createTenantWorld({ forge })
  const result = await runDrill({
    ...{ seed, steps: 1 + (seed % STEPS), world, store: createMemoryStore() },
    // The forge is silent as well: whoever restores is told how long to wait, and that counts.
    atLoss: () => seed % 2 === 0 && limiter.strike(STRUCK_MILLISECONDS, 'retry-after'),
    pass: (milliseconds) => vi.setSystemTime(Date.now() + milliseconds),
    pullsOf: async (branch) =>
      http.of(REPOSITORY).pulls.filter(({ headBranch }) => headBranch === branch),
  })
  console.info(lineOf(result))
  expect(faultsOf(result), lineOf(result)).toEqual([])
  expect(breaches).toEqual([])
  if (seed % 2 === 0) expect(result.waitedSeconds).toBeGreaterThanOrEqual(STRUCK_MILLISECONDS / 1e3)
})
