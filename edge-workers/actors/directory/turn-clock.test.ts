import { afterEach, expect, it, vi } from 'vitest'
import { createWorld } from '../../../functions/simulator/edge-world.ts'

const START = Date.parse('2026-11-22T12:00:00.000Z')
afterEach(() => void vi.useRealTimers())

it('a clock that was ahead for a moment and was put back keeps nobody from the vault for as long', async () => {
  vi.useFakeTimers({ now: START + 86_400_000, toFake: ['Date'] })
  const directory = createWorld().env.DIRECTORY.getByName('directory')
  await directory.takeVaultTurn('a'.repeat(16))
  vi.setSystemTime(START)
  const { at } = await directory.takeVaultTurn('a'.repeat(16))
  expect(at - START).toBeLessThanOrEqual(3_600_000)
})
