// The documented limits of one vault (learn.microsoft.com/azure/key-vault/general/service-limits): in any ten seconds so many
// creations of software keys, so many of versions of secrets and so many other transactions, the larger RSA keys counting more. What
// is refused does not count.
import { VaultRefusal } from './refusal.ts'

const WINDOW_MS = 10_000
const MOST = { creations: 20, secrets: 300, others: 4_000 }

export interface Cost {
  of: keyof typeof MOST
  units: number
}

/** Of one vault. `now` in milliseconds since 1970. */
export const createLimits = () => {
  const taken: Record<Cost['of'], [number, number][]> = { creations: [], secrets: [], others: [] }
  let refused = 0
  return {
    refused: () => refused,
    /** Throws 429 with Retry-After. */
    take({ of, units }: Cost, now: number): void {
      const list = taken[of]
      while (list[0] && list[0][0] <= now - WINDOW_MS) list.shift()
      const used = list.reduce((sum, [, one]) => sum + one, 0)
      if (used + units <= MOST[of]) {
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
