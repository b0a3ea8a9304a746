// Many tenants ask for a key in the same moment: the vault is never asked too much, nobody is forgotten, and it takes little more
// time than the vault's own limit does. 1,000 of them: functions/verify/systems/vault-throttle.verify.ts.
import { afterEach, expect, it, vi } from 'vitest'
import { createWorld } from './edge-world.ts'
import { throttleVault } from './vault-throttle.ts'

afterEach(() => void vi.useRealTimers())

const setNow = (now: number): void => void vi.setSystemTime(now)
const begin = () => vi.useFakeTimers({ toFake: ['Date'] })
/** As far behind as an outbox that runs its work within half a second, and Azure's own time; another for each. */
const lateMs = (tenant: number): number => (tenant * 7_919) % 2_600

it('breaches nothing and loses nobody', async () => {
  begin()
  const directory = createWorld().env.DIRECTORY.getByName('directory')
  const done = await throttleVault({ tenants: 100, directory, setNow, lateMs })
  const { virtualMs, leastMs } = done
  console.info(
    `vault throttle: 100 keys in ${virtualMs / 1_000} s of virtual time, physical minimum ${leastMs / 1_000} s (${(virtualMs / leastMs).toFixed(2)} times), ${done.breaches} breaches, ${done.lost} lost`,
  )
  expect(done).toMatchObject({ breaches: 0, lost: 0, retries: 0 })
  expect(virtualMs).toBeGreaterThanOrEqual(leastMs)
  expect(virtualMs / leastMs).toBeLessThan(1.75)
})

it('would breach it without turns, which shows that the limit is looked at', async () => {
  begin()
  const late = { setNow, lateMs: () => 0 }
  const done = await throttleVault({ tenants: 30, directory: null, ...late })
  expect(done.breaches).toBeGreaterThan(9)
  expect(done.lost).toBe(0)
})
