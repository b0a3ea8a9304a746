// How long work that failed waits before it is tried again, and what of the failure is kept: the same for every actor's alarm.
import { Denied, Outage } from '../../schemas/result.ts'

const FIRST_WAIT_MILLISECONDS = 500
export const LONGEST_WAIT_MILLISECONDS = 300_000

/** Doubles with each of the `attempts` before, with jitter; never sooner than whoever refused asked for, `atMost` at the latest. */
export const waitAfter = (attempts: number, error: unknown, atMost = Number.POSITIVE_INFINITY) => {
  const wait = Math.min(
    LONGEST_WAIT_MILLISECONDS,
    FIRST_WAIT_MILLISECONDS * 2 ** Math.min(attempts, 12),
  )
  const asked = error instanceof Outage ? Math.min(error.retryAfterSeconds * 1000, atMost) : 0
  return Math.ceil(Math.max(wait * (0.5 + Math.random() / 2), asked))
}

/** Only the kind of failure is kept and logged: its text may carry what somebody sent, but where it is `ours`. */
export const wordsOfFailure = (error: unknown, ours = false): string => {
  if (ours || error instanceof Outage || error instanceof Denied) return (error as Error).message
  return error instanceof Error ? error.name : 'unknown'
}
