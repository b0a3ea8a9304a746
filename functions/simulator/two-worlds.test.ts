// A tenant cannot tell whether another one is there: 8 random worlds here, 1,000 in `npm run verify`.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runTwoWorlds } from './two-worlds.ts'

const WORLDS = 8
const STEPS = 20

beforeAll(
  () => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') }),
)
afterAll(() => void vi.useRealTimers())

it(`${WORLDS} random worlds: every byte is the same with another tenant and without`, async () => {
  let answers = 0
  let others = 0
  let bytes = 0
  const statuses: Record<string, number> = {}
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { alone, beside, others: theirs } = await runTwoWorlds(seed, STEPS)
    expect(beside, `seed ${seed}`).toEqual(alone)
    answers += alone.length
    others += theirs
    for (const answer of alone) {
      bytes += answer.length
      const status = answer.slice(0, 3)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  console.log(JSON.stringify({ worlds: WORLDS, answers, bytes, stepsOfTheOther: others, statuses }))
  // Worlds in which nothing happens would prove nothing.
  expect(others).toBeGreaterThan(answers / 2)
  expect(statuses['202'] ?? 0).toBeGreaterThan(WORLDS)
})
