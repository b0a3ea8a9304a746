// What did not answer, as a refusal that says when to come back.
import { Denied, Outage, type Result, refuse } from '../../../schemas/result.ts'

/** The operator has to put a new credential in place: no sooner than this. */
const DENIED_SECONDS = 60

/** Null for anything but an outage: that is a fault of ours and is thrown on. */
export const refuseOutage = (error: unknown): Result<never> | null => {
  if (error instanceof Outage) {
    return refuse('outage', {
      detail: `The ${error.port} does not answer.`,
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
