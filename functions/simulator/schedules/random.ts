// Everything that differs from run to run, out of one seed: random numbers, the clock that a schedule runs on, and its timers.
import { createHash, webcrypto } from 'node:crypto'

export interface Random {
  /** From 0 up to, not including, 1. */
  next: () => number
  below: (end: number) => number
  chance: (probability: number) => boolean
  pick: <T>(from: readonly T[]) => T
}

/** One number out of two, spread over 32 bits (the finaliser of MurmurHash3). */
export const mix = (a: number, b: number): number => {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Mulberry32: small, fast, and good enough to choose by. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  }
}

/** One of them, each as often as its weight says. */
export const weighted = <T>(from: readonly (readonly [number, T])[], random: Random): T => {
  let left = random.next() * from.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, one] of from) {
    left -= weight
    if (left < 0) return one
  }
  throw new Error('nothing to choose from')
}

export interface Surroundings {
  now: () => number
  setNow: (milliseconds: number) => void
  setRandom: (random: Random) => void
  /** What is written to the console from now on is kept here; null: nowhere. */
  listen: (lines: string[] | null) => void
  /** Puts back what was there before. */
  restore: () => void
}

/**
 * One that was set in a schedule would end in another, ten real seconds and hundreds of schedules later, and what a dead process
 * does then is done to the world of that one. A timer of no time is the next turn; no other ever ends: who waits no longer hears
 * from the kernel that the connection is lost.
 */
const takeOverTimers = (): (() => void) => {
  const { setTimeout, clearTimeout } = globalThis
  const { timeout } = AbortSignal
  const endless = (): NodeJS.Timeout => {
    const timer = setTimeout(() => undefined, 0)
    clearTimeout(timer)
    return timer
  }
  const set = (work: (...input: unknown[]) => void, milliseconds = 0, ...input: unknown[]) =>
    milliseconds > 0 ? endless() : setTimeout(work, 0, ...input)
  globalThis.setTimeout = set as typeof setTimeout
  AbortSignal.timeout = () => new AbortController().signal
  return () => {
    globalThis.setTimeout = setTimeout
    AbortSignal.timeout = timeout
  }
}

/**
 * Takes the place of the process's clock, of Math.random, of where bytes at random come from and of signing and digests, which
 * node makes on another thread and ends when it likes. Signatures are digests meanwhile: nothing in a schedule verifies one.
 */
export const takeOver = (start: number): Surroundings => {
  const [RealDate, realRandom, { log, error }] = [Date, Math.random, { ...console }]
  const restoreTimers = takeOverTimers()
  // The same object as the global one.
  const { subtle } = webcrypto
  const own = (['sign', 'digest'] as const).map(
    (name) => [name, Object.getOwnPropertyDescriptor(subtle, name)] as const,
  )
  let now = start
  let random = randomOf(1)
  class VirtualDate extends RealDate {
    constructor(...input: unknown[]) {
      if (input.length === 0) super(now)
      else super(...(input as [number]))
    }
    static override now(): number {
      return now
    }
  }
  globalThis.Date = VirtualDate as DateConstructor
  Math.random = () => random.next()
  // What the actors say of retries and of connections that were lost, some thousand times.
  let lines: string[] | null = null
  const say = (...parts: unknown[]): void => void lines?.push(parts.join(' '))
  Object.assign(console, { log: say, error: say })
  Object.defineProperty(subtle, 'sign', {
    configurable: true,
    value: async (...[, , data]: Parameters<typeof subtle.sign>) =>
      createHash('sha512')
        .update(data as Uint8Array)
        .digest(),
  })
  Object.defineProperty(subtle, 'digest', {
    configurable: true,
    value: async (...[algorithm, data]: Parameters<typeof subtle.digest>) =>
      createHash(typeof algorithm === 'string' ? algorithm : algorithm.name)
        .update(data as Uint8Array)
        .digest(),
  })
  return {
    now: () => now,
    setNow: (milliseconds) => {
      now = milliseconds
    },
    setRandom: (next) => {
      random = next
    },
    listen: (into) => {
      lines = into
    },
    restore: () => {
      restoreTimers()
      globalThis.Date = RealDate
      Math.random = realRandom
      Object.assign(console, { log, error })
      for (const [name, before] of own)
        if (before) Object.defineProperty(subtle, name, before)
        else delete (subtle as { sign?: unknown; digest?: unknown })[name]
    },
  }
}
