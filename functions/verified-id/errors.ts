// What Microsoft's request service and admin interface answer when they do not do it: five kinds that our callers tell apart, by
// status first and by the documented envelope { error: { code, innererror: { code, target } } } where it has more to say.
import * as z from 'zod'
import type { EntraFault } from '../../schemas/verified-id.ts'

export class VerifiedIdError extends Error {
  override name = 'VerifiedIdError'
  readonly fault: EntraFault
  /** Of the answer; null: there was none. */
  readonly status: number | null
  constructor(fault: EntraFault, status: number | null, cause?: unknown) {
    // Messages of theirs may repeat what was sent: they are neither kept nor told.
    super(`verified id: ${fault.fault}${status === null ? '' : ` (${status})`}`, { cause })
    this.fault = fault
    this.status = status
  }
}

const Envelope = z.looseObject({
  error: z.looseObject({
    innererror: z
      .looseObject({ code: z.string().optional(), target: z.string().optional() })
      .optional(),
  }),
})
const TARGET = /^[A-Za-z0-9_.[\]-]{1,100}$/
/** A service that is over its limit, or away, and says no time. */
const LATER_SECONDS = 5
const LATEST_SECONDS = 3_600

/** RFC 9110 §10.2.3: seconds, or a date; null where neither is there. */
export const retryAfterOf = (header: string | null, now: number): number | null => {
  const text = header?.trim() ?? ''
  const at = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1_000)
  return Number.isFinite(at) ? Math.min(LATEST_SECONDS, Math.max(0, at)) : null
}

const kinds: Record<number, EntraFault['fault']> = {
  ...{ 401: 'denied', 403: 'denied', 404: 'absent', 408: 'unreachable', 409: 'conflict' },
  429: 'throttled',
}
const kindOf = (status: number, inner: string | undefined): EntraFault['fault'] => {
  if (inner === 'transientError' && status !== 429) return 'unreachable'
  const known = kinds[status]
  if (known) return known
  return status >= 400 && status < 500 ? 'refused' : 'unreachable'
}

/** `text`: the body, of whatever kind. */
export const errorOf = (
  { status, text, retryAfter }: { status: number; text: string; retryAfter: string | null },
  now: number,
): VerifiedIdError => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {}
  const { error } = Envelope.safeParse(parsed).data ?? {}
  const fault = kindOf(status, error?.innererror?.code)
  const target = error?.innererror?.target ?? ''
  const later = fault === 'throttled' || fault === 'unreachable'
  return new VerifiedIdError(
    {
      fault,
      target: TARGET.test(target) ? target : null,
      retryAfterSeconds: later ? (retryAfterOf(retryAfter, now) ?? LATER_SECONDS) : null,
    },
    status,
  )
}

/** Nobody answered, or not to the end, or not what was agreed. */
export const unreachable = (status: number | null, cause?: unknown): VerifiedIdError =>
  new VerifiedIdError(
    { fault: 'unreachable', target: null, retryAfterSeconds: LATER_SECONDS },
    status,
    cause,
  )
