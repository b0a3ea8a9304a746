// Turns are one after the other for all tenants of a vault, never closer than its limit allows, and outlive the actor's memory.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWorld } from '../../../functions/simulator/edge-world.ts'
import { TURN_MILLISECONDS } from './vault-turns.ts'

const START = Date.parse('2026-11-22T12:00:00.000Z')
beforeEach(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

it('gives each its own time, the first at once, and other vaults their own', async () => {
  const directory = createWorld().env.DIRECTORY.getByName('directory')
  const turns: number[] = []
  for (let n = 0; n < 50; n += 1) turns.push((await directory.takeVaultTurn('a'.repeat(16))).at)
  expect(turns).toEqual(turns.map((_, n) => START + n * TURN_MILLISECONDS))
  for (const from of turns)
    expect(turns.filter((at) => at >= from && at < from + 10_000).length).toBeLessThanOrEqual(15)
  expect((await directory.takeVaultTurn('b'.repeat(16))).at).toBe(START)
})

it('saves nothing up while nobody asks', async () => {
  const directory = createWorld().env.DIRECTORY.getByName('directory')
  const turn = async () => (await directory.takeVaultTurn('a'.repeat(16))).at
  await turn()
  vi.setSystemTime(START + 3_600_000)
  expect([await turn(), await turn()]).toEqual([
    START + 3_600_000,
    START + 3_600_000 + TURN_MILLISECONDS,
  ])
})
