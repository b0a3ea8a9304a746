// The bar: 1,000 tenants ask for a key in the same moment. The suite runs the same with fewer (functions/simulator).
import { afterEach, expect, it, vi } from 'vitest'
import { createWorld } from '../../simulator/edge-world.ts'
import { throttleVault } from '../../simulator/vault-throttle.ts'

afterEach(() => void vi.useRealTimers())

it('1,000 tenants at once: the vault is never asked too much, and nobody is forgotten', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const done = await throttleVault({
    tenants: 1_000,
    directory: createWorld().env.DIRECTORY.getByName('directory'),
    setNow: (now) => void vi.setSystemTime(now),
    lateMs: (tenant) => (tenant * 7_919) % 2_600,
  })
  const { virtualMs, leastMs } = done
  console.info(
    `vault throttle: 1,000 keys in ${virtualMs / 1_000} s of virtual time, physical minimum ${leastMs / 1_000} s (${(virtualMs / leastMs).toFixed(2)} times), ${done.breaches} breaches, ${done.lost} lost`,
  )
  expect(done).toMatchObject({ breaches: 0, lost: 0, retries: 0 })
  expect(virtualMs).toBeGreaterThanOrEqual(leastMs)
  expect(virtualMs / leastMs).toBeLessThan(1.5)
})
