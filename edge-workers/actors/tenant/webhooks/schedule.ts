// When a delivery is tried again: the schedule that Standard Webhooks suggests ("Deliverability and reliability"), with jitter,
// up to a day and a third. Pure.
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Before the second attempt, the third, and so on. After the last it is dead. */
const WAITS_MILLISECONDS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR],
]
export const ATTEMPTS_AT_MOST = WAITS_MILLISECONDS.length + 1
/** A receiver may ask for more time, but not for ever. */
const LONGEST_ASKED_MILLISECONDS = 6 * HOUR
const JITTER = 0.2

/**
 * Milliseconds to wait after this many attempts, or null when there is none left. `asked`: what Retry-After said, in
 * milliseconds. `random`: from 0 to 1.
 */
export const waitAfter = (
  attempts: number,
  { asked = 0, random }: { asked?: number; random: number },
): number | null => {
  const wait = WAITS_MILLISECONDS[attempts - 1]
  if (wait === undefined) return null
  const patient = Math.max(wait, Math.min(asked, LONGEST_ASKED_MILLISECONDS))
  return Math.ceil(patient * (1 + JITTER * random))
}

/** Retry-After in milliseconds: seconds or a date (RFC 9110 section 10.2.3). 0 for anything else. */
export const readRetryAfter = (header: string | null, now: number): number => {
  if (header === null || header.length > 40) return 0
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND
  const at = Date.parse(header)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
