// GitHub's limits in front of a forge, enforced to the letter over sliding windows: what breaks one is refused as GitHub does
// and counted. (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api)
const MINUTE = 60_000
const HOUR = 3_600_000
const AT_ONCE = 100

const WINDOWS = [
  { name: 'writes a minute', length: MINUTE, most: 80, weigh: (write: boolean) => Number(write) },
  { name: 'writes an hour', length: HOUR, most: 500, weigh: (write: boolean) => Number(write) },
  {
    ...{ name: 'points a minute', length: MINUTE, most: 900 },
    weigh: (write: boolean) => (write ? 5 : 1),
  },
  { name: 'requests an hour', length: HOUR, most: 5_000, weigh: () => 1 },
] as const

/** How a refusal is worded: GitHub does all three. */
export type Wording = 'retry-after' | 'secondary' | 'primary'

export interface Limiter {
  fetch: typeof fetch
  /** Names of the limits that were broken, one for each request. */
  breaches: string[]
  counts: { requests: number; writes: number; mostAtOnce: number; mostWritesAMinute: number }
  /** Refuses everything for so long from the next request on, however little was asked: GitHub reserves that to itself. */
  strike: (milliseconds: number, wording: Wording) => void
  /** Strikes that refused at least one request. */
  struck: () => number
}

export const limitForge = (
  beyond: typeof fetch,
  now: () => number,
  /** Milliseconds that a request is on its way, in the time of `now`: it is counted when it arrives. */
  late: () => number = () => 0,
): Limiter => {
  let seen: { at: number; write: boolean }[] = []
  let under = 0
  let strike: { length: number; until: number | null; wording: Wording } | null = null
  const felt = new Set<object>()
  const breaches: string[] = []
  const counts = { requests: 0, writes: 0, mostAtOnce: 0, mostWritesAMinute: 0 }

  const refuse = (wording: Wording, until: number): Response => {
    const seconds = Math.ceil((until - now()) / 1000)
    const headers: Record<Wording, Record<string, string>> = {
      'retry-after': { 'retry-after': String(seconds) },
      secondary: {},
      primary: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(until / 1000)),
      },
    }
    const message =
      wording === 'primary'
        ? 'API rate limit exceeded'
        : 'You have exceeded a secondary rate limit. Please wait a few minutes.'
    return Response.json({ message }, { status: 403, headers: headers[wording] })
  }

  const breachOf = (write: boolean): string | null => {
    const at = now() + late()
    seen = seen.filter((one) => one.at > at - 2 * HOUR)
    seen.push({ at, write })
    for (const { name, length, most, weigh } of WINDOWS) {
      const sum = seen
        .filter((one) => one.at > at - length && one.at <= at)
        .reduce((total, one) => total + weigh(one.write), 0)
      if (name === 'writes a minute')
        counts.mostWritesAMinute = Math.max(counts.mostWritesAMinute, sum)
      if (sum > most) return name
    }
    return under > AT_ONCE ? 'requests at once' : null
  }

  return {
    breaches,
    counts,
    struck: () => felt.size,
    strike: (milliseconds, wording) => {
      strike = { length: milliseconds, until: null, wording }
    },
    fetch: async (input, init) => {
      under += 1
      try {
        const write = !['GET', 'HEAD'].includes(init?.method ?? 'GET')
        counts.requests += 1
        counts.writes += Number(write)
        counts.mostAtOnce = Math.max(counts.mostAtOnce, under)
        if (strike) {
          strike.until ??= now() + strike.length
          if (strike.until > now()) {
            felt.add(strike)
            return refuse(strike.wording, strike.until)
          }
        }
        const breach = breachOf(write)
        if (breach !== null) {
          breaches.push(breach)
          return refuse('retry-after', now() + MINUTE)
        }
        return await beyond(input, init)
      } finally {
        under -= 1
      }
    },
  }
}
