// What a service of Azure answers when it does not do it: six kinds that our callers tell apart, by status first. Messages of
// theirs may repeat what was sent: they are neither kept nor told.
import type { AzureFault } from '../../schemas/azure.ts'

export class AzureError extends Error {
  override name = 'AzureError'
  readonly fault: AzureFault
  /** Of the answer; null: there was none. */
  readonly status: number | null
  constructor(service: string, fault: AzureFault, status: number | null, cause?: unknown) {
    super(`${service}: ${fault.fault}${status === null ? '' : ` (${status})`}`, { cause })
    this.fault = fault
    this.status = status
  }
}

const TARGET = /^[A-Za-z0-9_.[\]-]{1,100}$/
/** A service that is over its limit, or away, and says no time. */
export const LATER_SECONDS = 5
const LATEST_SECONDS = 3_600

/** RFC 9110 §10.2.3: seconds, or a date; null where neither is there. `now` in milliseconds since 1970. */
export const retryAfterOf = (header: string | null, now: number): number | null => {
  const text = header?.trim() ?? ''
  const at = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1_000)
  return Number.isFinite(at) ? Math.min(LATEST_SECONDS, Math.max(0, at)) : null
}

const kinds: Record<number, AzureFault['fault']> = {
  ...{ 401: 'denied', 403: 'denied', 404: 'absent', 408: 'unreachable', 409: 'conflict' },
  429: 'throttled',
}
export const kindOf = (status: number): AzureFault['fault'] =>
  kinds[status] ?? (status >= 400 && status < 500 ? 'refused' : 'unreachable')

/** `target`: a field or a code of theirs; kept only where it looks like one. */
export const faultOf = (
  fault: AzureFault['fault'],
  { target = '', retryAfter = null }: { target?: string | undefined; retryAfter?: string | null },
  now: number,
): AzureFault => ({
  fault,
  target: TARGET.test(target) ? target : null,
  retryAfterSeconds:
    fault === 'throttled' || fault === 'unreachable'
      ? (retryAfterOf(retryAfter, now) ?? LATER_SECONDS)
      : null,
})

/** Nobody answered, or not to the end, or not what was agreed. */
export const unreachable = (service: string, status: number | null, cause?: unknown): AzureError =>
  new AzureError(
    service,
    { fault: 'unreachable', target: null, retryAfterSeconds: LATER_SECONDS },
    status,
    cause,
  )
