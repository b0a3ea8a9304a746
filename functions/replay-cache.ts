// Remembers which request tokens were taken, until they expire. Defence in depth only: each instance has its own,
// a restart forgets, and a full cache drops its oldest entries. Operations are idempotent for the rest.

const CAPACITY = 10_000

export interface ReplayCache {
  /** True when `id` was taken before; otherwise takes it until `forgetAt`. Times in milliseconds since 1970. */
  seen(id: string, forgetAt: number, now: number): boolean
}

export const createReplayCache = (capacity = CAPACITY): ReplayCache => {
  /** In the order of arrival; lifetimes are equal, so the first entries expire first. */
  const taken = new Map<string, number>()
  return {
    seen(id, forgetAt, now) {
      for (const [old, until] of taken) {
        if (until > now && taken.size < capacity) break
        taken.delete(old)
      }
      if (taken.has(id)) return true
      taken.set(id, forgetAt)
      return false
    },
  }
}
