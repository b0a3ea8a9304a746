// A token bucket that learns: Microsoft publishes no limit, so it starts at ours, halves when it is told to slow down, waits as
// long as it was told, and comes back step by step while nothing is refused.

export interface Pace {
  /** Monotonic, in milliseconds. */
  clock: () => number
  sleep: (milliseconds: number) => Promise<void>
}

export interface Bucket {
  /** Waits for its turn. False, and nothing is taken, where that is later than `atMostMs` from now. `cost`: in turns; 1. */
  take: (atMostMs: number, cost?: number) => Promise<boolean>
  /** The remote said no: nothing for so many seconds, and half as fast from then on. */
  slowDown: (seconds: number) => void
  /** It was taken: a little faster, up to where it began. */
  speedUp: () => void
  /** How long until something may be sent, in milliseconds. */
  waitMs: () => number
  perSecond: () => number
}

/** No slower than one in ten seconds. */
const SLOWEST = 0.1
/** Of the full rate, with each success. */
const STEP = 0.05

/** `perSecond`: the rate, and how many may go at once. */
export const createBucket = (perSecond: number, { clock, sleep }: Pace): Bucket => {
  let rate = perSecond
  /** When the next one may go. Ahead of now by less than a burst. */
  let next = Number.NEGATIVE_INFINITY
  const burstMs = 1_000
  const nextFrom = (now: number) => Math.max(next, now - Math.max(0, burstMs - 1_000 / rate))
  const waitMs = () => Math.max(0, nextFrom(clock()) - clock())
  return {
    ...{ waitMs, perSecond: () => rate },
    async take(atMostMs, cost = 1) {
      const wait = waitMs()
      if (wait > atMostMs) return false
      // Reserved before it is waited for: others queue behind.
      next = nextFrom(clock()) + (cost * 1_000) / rate
      if (wait > 0) await sleep(wait)
      return true
    },
    slowDown(seconds) {
      rate = Math.max(SLOWEST, rate / 2)
      next = Math.max(next, clock() + seconds * 1_000)
    },
    speedUp() {
      rate = Math.min(perSecond, rate + perSecond * STEP)
    },
  }
}
