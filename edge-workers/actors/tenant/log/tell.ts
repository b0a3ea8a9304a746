// Tells the platform's log the head of this one, a few seconds after a step: many steps are one head. It is signed first, so
// that whatever the platform shows of us has a checkpoint of ours.
import { Outage } from '../../../../schemas/result.ts'
import { logStub } from '../../stubs.ts'
import { logName } from '../backup/log-name.ts'
import { HEAD_MILLISECONDS, type TenantContext } from '../context.ts'
import { sizeOf } from './append.ts'
import { signNewest } from './checkpoint.ts'
import { noteBehind } from './standing.ts'

/** Handler of the outbox. Milliseconds where there is more by now. Rejects with Outage. */
export const tellHead = async (context: TenantContext): Promise<number | undefined> => {
  if (sizeOf(context.db) === 0) return undefined
  const { size, root } = await signNewest(context)
  const told = await logStub(context.env)
    .noteHead(logName(context.db, context.tenant().id), { size, root })
    .catch((error: unknown) => {
      throw new Outage('log', 'does not answer', 5, error)
    })
  if (!told.ok) {
    // More was published than we have, or something else: an older copy of us, or a second one of us.
    if (told.refusal.problem === 'conflict') noteBehind(context)
    throw new Outage('log', 'refuses this head', told.refusal.retryAfterSeconds ?? 60)
  }
  return sizeOf(context.db) > size ? HEAD_MILLISECONDS : undefined
}
