// What was fetched from outside, kept in memory for minutes by name: fetched once for all who ask at the same time, again when
// somebody misses something in it, and never more often than a growing pause allows.
import type { Clock } from '../../../schemas/ports.ts'
import { Outage } from '../../../schemas/result.ts'
import { PROVIDER } from './bounded-json.ts'

/** Milliseconds. From `STALE_MS` on a newer one is looked for; after `LIFE_MS` the old one is nothing any more. */
export const STALE_MS = 300_000
export const LIFE_MS = 900_000
export const PAUSE_MS = { first: 30_000, most: 300_000 }
const FIRST_FAILURE_MS = 5_000
/** Whoever waits for another request's fetch does not wait for ever: that request may have ended. */
const PATIENCE_MS = 6_000

interface Entry<T> {
  value: T | undefined
  fetchedAt: number
  /** Before this nothing is fetched for somebody who misses something. */
  quietUntil: number
  pauseMs: number
  /** The last fetch failed: nothing is fetched before this. 0: it did not. */
  failedUntil: number
  failureMs: number
  pending: Promise<T> | undefined
}

export interface Kept<T> {
  /** Throws what `load` throws, or Outage where that was lately in vain. */
  get: (name: string, now: Clock, load: () => Promise<T>) => Promise<T>
  /** A newer one for somebody who missed something in it; null where it is too soon to ask again. */
  renew: (name: string, now: Clock, load: () => Promise<T>) => Promise<T | null>
  /** The newer one had what was missed: the pause is short again. */
  helped: (name: string, now: Clock) => void
}

const inTime = async <T>(pending: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Outage(PROVIDER, 'does not answer', 30)), PATIENCE_MS)
  })
  try {
    return await Promise.race([pending, late])
  } finally {
    clearTimeout(timer)
  }
}

export const createKept = <T>(maxNames: number): Kept<T> => {
  const entries = new Map<string, Entry<T>>()

  /** The names used last stay. */
  const entryOf = (name: string): Entry<T> => {
    const entry = entries.get(name) ?? {
      ...{ value: undefined, fetchedAt: 0, quietUntil: 0, pauseMs: PAUSE_MS.first },
      ...{ failedUntil: 0, failureMs: FIRST_FAILURE_MS, pending: undefined },
    }
    entries.delete(name)
    const [oldest] = entries.keys()
    if (entries.size >= maxNames && oldest !== undefined) entries.delete(oldest)
    entries.set(name, entry)
    return entry
  }

  const fetchInto = async (entry: Entry<T>, now: Clock, load: () => Promise<T>): Promise<T> => {
    try {
      const value = await load()
      const at = now().getTime()
      Object.assign(entry, { value, fetchedAt: at, failedUntil: 0, failureMs: FIRST_FAILURE_MS })
      entry.quietUntil = Math.max(entry.quietUntil, at + entry.pauseMs)
      return value
    } catch (error) {
      entry.failedUntil = now().getTime() + entry.failureMs
      entry.quietUntil = entry.failedUntil
      entry.failureMs = Math.min(entry.failureMs * 2, PAUSE_MS.most)
      throw error
    }
  }

  const fetchOnce = (entry: Entry<T>, now: Clock, load: () => Promise<T>): Promise<T> => {
    const wait = entry.failedUntil - now().getTime()
    if (!entry.pending && wait > 0) {
      return Promise.reject(new Outage(PROVIDER, 'does not answer', Math.ceil(wait / 1000)))
    }
    entry.pending ??= fetchInto(entry, now, load)
    const { pending } = entry
    return inTime(pending).finally(() => {
      if (entry.pending === pending) entry.pending = undefined
    })
  }

  return {
    get: async (name, now, load) => {
      const entry = entryOf(name)
      const age = now().getTime() - entry.fetchedAt
      if (entry.value === undefined || age >= LIFE_MS || age < 0) {
        entry.value = undefined
        return fetchOnce(entry, now, load)
      }
      const { value } = entry
      return age < STALE_MS ? value : fetchOnce(entry, now, load).catch(() => value)
    },

    renew: async (name, now, load) => {
      const entry = entryOf(name)
      const at = now().getTime()
      if (entry.pending) return fetchOnce(entry, now, load)
      if (at < entry.quietUntil && at >= entry.failedUntil) return null
      entry.quietUntil = at + entry.pauseMs
      entry.pauseMs = Math.min(entry.pauseMs * 2, PAUSE_MS.most)
      return fetchOnce(entry, now, load)
    },

    helped: (name, now) => {
      const entry = entryOf(name)
      entry.pauseMs = PAUSE_MS.first
      entry.quietUntil = now().getTime() + PAUSE_MS.first
    },
  }
}
