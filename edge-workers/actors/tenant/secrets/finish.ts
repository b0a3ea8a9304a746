// What was asked of the vault and has no answer here: the answer was lost, or whoever asked was gone. The alarm asks again under the
// same operation, or, where the value is nobody's any more, looks whether the vault has it.
import type { Result } from '../../../../schemas/result.ts'
import type { UnfinishedRequest } from '../../../../schemas/vault-request.ts'
import { WIRE_LIFETIME_SECONDS } from '../../../../schemas/wire.ts'
import type { TenantContext } from '../context.ts'
import { doDeleteKey, doOfDeletedKey, doRotateKey, doUpdateKey } from './keys.ts'
import {
  type Asked,
  askedOf,
  dropRequest,
  findRequest,
  isOvertaken,
  loseRequest,
} from './requests.ts'
import { doDelete, doOfDeleted, doUpdate } from './states.ts'
import { waitForTurn } from './turns.ts'
import { doPut, doRotate } from './values.ts'
import { inTurn } from './vault.ts'

/** What was sent is taken for as long as its token lives, and done for as long again: clocks differ, and a verb takes its time. */
const SETTLED_MILLISECONDS = 2 * WIRE_LIFETIME_SECONDS * 1_000

const doAgain = (
  context: TenantContext,
  name: string,
  of: UnfinishedRequest,
  asked: Asked,
): Promise<Result<unknown>> => {
  switch (of.what) {
    case 'put':
      return doPut(context, name, of, asked)
    case 'rotate':
      return doRotate(context, name, of, asked)
    case 'update':
      return doUpdate(context, name, of, asked)
    case 'delete':
      return doDelete(context, name, of.by, asked)
    case 'recover':
    case 'purge':
      return doOfDeleted(context, name, of, asked)
    case 'update-key':
      return doUpdateKey(context, name, of, asked)
    case 'rotate-key':
      return doRotateKey(context, name, of.by, asked)
    case 'delete-key':
      return doDeleteKey(context, name, of.by, asked)
    case 'recover-key':
    case 'purge-key':
      return doOfDeletedKey(context, name, of, asked)
  }
}

/** Work of the outbox: after how many milliseconds it wants to run again. */
export const finishRequest = (context: TenantContext, id: string): Promise<number | undefined> => {
  const subject = findRequest(context.db, id)?.subject ?? ''
  return inTurn(context, subject, async () => {
    const row = findRequest(context.db, id)
    const of = row?.unfinished
    if (!row || !of || of.lost) return undefined
    if (isOvertaken(context.db, row)) {
      dropRequest(context, id)
      return undefined
    }
    const brought = 'brought' in of && of.brought
    const wait = of.sentAt + SETTLED_MILLISECONDS - context.now().getTime()
    if (brought && wait > 0) return wait
    if (of.what === 'rotate-key') {
      const turn = await waitForTurn(context, id)
      if (turn > 0) return turn
    }
    const name = subject.replace(/^key /, '')
    const done = await doAgain(context, name, of, askedOf(row, of.what))
    if (done.ok) return undefined
    if (brought && done.refusal.problem === 'not-found') loseRequest(context, id, of)
    else dropRequest(context, id)
    return undefined
  })
}
