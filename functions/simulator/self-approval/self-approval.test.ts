// Nobody approves his own change, whichever way he takes: 500 random traces here, 5,000 by `npm run verify`. To see a failure
// again: SELF_APPROVAL_SEED=<seed> npx vitest run functions/simulator/self-approval
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runTraces, said } from './traces.ts'

const TRACES = 500
const seed = Number(process.env.SELF_APPROVAL_SEED ?? 20261122)

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

it('nothing is promoted without an approval by somebody who neither asked for it nor pushed', async () => {
  const figures = await runTraces(TRACES, seed)
  console.log(said(figures, seed))
  expect(figures.traces).toBe(TRACES)
  // Traces in which nothing ever comes through would prove nothing: so many do here.
  expect(figures.promoted).toBeGreaterThan(TRACES / 10)
  expect(figures.mergedUnauthorised).toBeGreaterThan(TRACES / 10)
  expect(figures.byCredential).toBeGreaterThan(TRACES / 50)
  expect(figures.presented).toBeGreaterThan(TRACES / 100)
})
