// The documented limits of one vault (learn.microsoft.com/azure/key-vault/general/service-limits): in any ten seconds so many
// creations of software keys and so many other transactions, the larger RSA keys counting more. What is refused does not count.
import { VaultRefusal } from './refusal.ts'

const WINDOW_MS = 10_000
const CREATIONS = 20
const OTHERS = 4_000

export type Cost = { of: 'creations' } | { of: 'others'; units: number }

/** Of one vault. `now` in milliseconds since 1970. */
export const createLimits = () => {
  const taken = { creations: [] as [number, number][], others: [] as [number, number][] }
  let refused = 0
  return {
    refused: () => refused,
    /** Throws 429 with Retry-After. */
    take(cost: Cost, now: number): void {
      const list = taken[cost.of]
      const most = cost.of === 'creations' ? CREATIONS : OTHERS
      const units = cost.of === 'creations' ? 1 : cost.units
      while (list[0] && list[0][0] <= now - WINDOW_MS) list.shift()
      const used = list.reduce((sum, [, one]) => sum + one, 0)
      if (used + units <= most) {
        const last = list.at(-1)
        if (last?.[0] === now) last[1] += units
        else list.push([now, units])
        return
      }
      refused += 1
      const seconds = Math.max(1, Math.ceil(((list[0]?.[0] ?? now) + WINDOW_MS - now) / 1_000))
      throw new VaultRefusal(429, 'Throttled', 'Request was not processed: too many requests.', {
        headers: { 'retry-after': String(seconds) },
      })
    },
  }
}
export type Limits = ReturnType<typeof createLimits>
