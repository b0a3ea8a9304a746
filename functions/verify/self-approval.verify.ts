// Nobody approves his own change: 5,000 random traces. To see a failure again:
// SELF_APPROVAL_SEED=<seed> npm run verify -- functions/verify/self-approval
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runTraces, said } from '../simulator/self-approval/traces.ts'

const TRACES = 5_000
const seed = Number(process.env.SELF_APPROVAL_SEED ?? Date.now() % 2 ** 31)

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

it('nothing is promoted without an approval by somebody who neither asked for it nor pushed', async () => {
  const figures = await runTraces(TRACES, seed)
  console.log(said(figures, seed))
  expect(figures.traces).toBe(TRACES)
  expect(figures.promoted).toBeGreaterThan(TRACES / 10)
  expect(figures.mergedUnauthorised).toBeGreaterThan(TRACES / 10)
}, 1_800_000)
