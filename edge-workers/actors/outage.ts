// What did not answer, as a refusal that says when to come back, and the way back: an error loses its class between actors.
import type { Action } from '../../schemas/principal.ts'
import { Denied, Outage, type Refused, type Result, refuse } from '../../schemas/result.ts'
import { framesOf } from '../frames.ts'

/** The operator has to put a new credential in place: no sooner than this. */
const DENIED_SECONDS = 60

/** Null for anything but an outage: that is a fault of ours and is thrown on. */
export const refuseOutage = (error: unknown): Refused | null => {
  if (error instanceof Outage) {
    return refuse('outage', {
      detail: `The ${error.port} ${error.reason}.`,
      retryAfterSeconds: error.retryAfterSeconds,
    })
  }
  if (error instanceof Denied) {
    return refuse('outage', {
      detail: `The ${error.port} refuses this installation’s credential.`,
      retryAfterSeconds: DENIED_SECONDS,
    })
  }
  return null
}

/** The refusal of an outage. Any other error is told in the log and thrown on: whoever called the tenant learns nothing of it. */
export const refuseOrThrow = (error: unknown, action: Action): Refused => {
  const later = refuseOutage(error)
  if (later) return later
  // Without its message, because that may carry what somebody sent.
  console.error(
    JSON.stringify({
      ...{ level: 'error', event: 'operation-failed', actor: 'tenant', action },
      frames: framesOf(error),
    }),
  )
  throw error
}

/** A refusal that says "later" is an outage to the outbox: the piece stays and is tried again. Other refusals are answers. */
export const throwIfOutage = (result: Result<unknown>): void => {
  if (result.ok || result.refusal.problem !== 'outage') return
  const { detail = '', retryAfterSeconds } = result.refusal
  const [, reason = 'does not answer'] = /^The forge (.+)\.$/.exec(detail) ?? []
  throw new Outage('forge', reason, retryAfterSeconds)
}
