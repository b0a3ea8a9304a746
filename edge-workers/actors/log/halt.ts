// What stops the log: something is wrong that no repetition heals.
import { type Refused, refuse } from '../../../schemas/result.ts'
import { alarmLine, type LogContext } from './context.ts'
import { sizeOf } from './tree.ts'

/** The reason is ours and public. */
export class LogFault extends Error {
  override name = 'LogFault'
}

const HALTED: Refused = refuse('outage', {
  detail:
    'The platform’s log is not the one whose checkpoint was published: it does nothing until an operator has looked. Operators restore a newer export of it. If somebody else wrote to the branch `log` of the platform’s repository, or removed it: put it back to a checkpoint of this log. What the anchor and the second party have of a newer log nobody takes back: without an export of that, the installation begins a log of another name (PUBLIC_URL), a new anchor and a new second party with it.',
  retryAfterSeconds: 60,
})

/** From now on every call is refused, until a comparison finds nothing any more. Answers what to throw. */
export const halt = ({ db, standing }: LogContext): LogFault => {
  alarmLine('log-behind-published', { size: sizeOf(db), help: HALTED.refusal.detail ?? '' })
  standing.halted = HALTED
  standing.compared = null
  return new LogFault('the published checkpoint is not one of this log')
}
