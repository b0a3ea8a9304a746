// Many tenants ask for a key in the same moment, all of one vault, in virtual time: turns of the Directory's own actor, the SDK and
// the Functions' own work, and the simulated vault with the documented limit of 20 new keys in any ten seconds.
import type { AzureFault } from '../../schemas/azure.ts'
import { createVaultWorld } from '../vault/in-process.fixture.ts'

export interface Throttled {
  tenants: number
  /** Requests that the vault refused as too many. */
  breaches: number
  /** Keys that were asked for and are not there. */
  lost: number
  /** From the first request to the last key. */
  virtualMs: number
  /** No sooner can anybody have so many: 20 at once, and 20 more with every ten seconds. */
  leastMs: number
  retries: number
}

const START = Date.parse('2026-11-22T12:00:00.000Z')
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
export const tenantOf = (number: number): string => {
  let [rest, text] = [number, '']
  while (text.length < 16) {
    text += BASE32[rest % 32]
    rest = Math.floor(rest / 32)
  }
  return `ten_eu_${text}`
}

interface Turns {
  takeVaultTurn(vault: string): Promise<{ at: number }>
}

/**
 * `directory`: of the actor, whose clock `setNow` sets. `lateMs`: how much later than its turn each request arrives. Without a
 * directory everybody asks at once and comes back when he was told to.
 */
export const throttleVault = async ({
  tenants,
  directory,
  setNow,
  lateMs,
}: {
  tenants: number
  directory: Turns | null
  setNow: (now: number) => void
  lateMs: (tenant: number) => number
}): Promise<Throttled> => {
  let now = START
  let ticks = 0
  const world = await createVaultWorld({
    now: () => new Date(now),
    // The process's own second line never waits: what is looked at is the first one.
    clients: { pace: { clock: () => (ticks += 1e6), sleep: async () => undefined } },
  })
  const process = world.start()
  const vault = 'a'.repeat(16)
  const due: { at: number; tenant: number }[] = []
  const ask = async (tenant: number, earliest: number): Promise<void> => {
    setNow(now)
    const turn = directory ? (await directory.takeVaultTurn(vault)).at : earliest
    due.push({ at: Math.max(turn, earliest) + lateMs(tenant), tenant })
  }
  for (let tenant = 0; tenant < tenants; tenant += 1) await ask(tenant, now)
  let [end, retries, faults] = [START, 0, [] as AzureFault[]]
  while (due.length > 0) {
    due.sort((a, b) => b.at - a.at)
    const next = due.pop() as { at: number; tenant: number }
    now = Math.max(now, next.at)
    const asked = { name: 'signing', kind: 'EC-P256', expiresAt: null, notBefore: null } as const
    const made = await world.of(tenantOf(next.tenant), process).keys('createKey', 'op', asked)
    if (made.ok) end = now
    else {
      retries += 1
      faults = [...faults, made.fault].slice(-1)
      const wait = (made.fault.retryAfterSeconds ?? 1) * 1_000
      await ask(next.tenant, now + wait)
    }
    if (retries > tenants * 100) throw new Error(`does not end: ${faults[0]?.fault}`)
  }
  const there = new Set(
    [...world.vault.store.items.values()].filter(({ versions }) => versions.length === 1),
  )
  return {
    ...{ tenants, breaches: world.vault.refused(), lost: tenants - there.size, retries },
    ...{ virtualMs: end - START, leastMs: (Math.ceil(tenants / 20) - 1) * 10_000 },
  }
}
