// A tenant cannot tell whether another one is there: 1,000 random worlds.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runTwoWorlds } from '../../simulator/two-worlds.ts'

const WORLDS = 1_000
const STEPS = 12

beforeAll(
  () => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') }),
)
afterAll(() => void vi.useRealTimers())

it(`${WORLDS} random worlds: every byte is the same with another tenant and without`, async () => {
  const figures = { worlds: WORLDS, answers: 0, bytes: 0, stepsOfTheOther: 0, different: 0 }
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { alone, beside, others } = await runTwoWorlds(seed, STEPS)
    figures.answers += alone.length
    figures.bytes += alone.join('').length
    figures.stepsOfTheOther += others
    if (alone.join('\n') !== beside.join('\n')) {
      figures.different += 1
      expect(beside, `seed ${seed}`).toEqual(alone)
    }
  }
  console.log(JSON.stringify(figures))
  expect(figures.stepsOfTheOther).toBeGreaterThan(figures.answers / 2)
}, 3_600_000)
