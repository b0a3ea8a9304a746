// How anything is done to a rollout: found or not, and one step in one transaction.
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { transaction } from '../../database.ts'
import { StaleChange, type TenantContext, type Tx } from '../context.ts'
import { type RolloutRow, readRollout } from './rows.ts'

export const findRollout = (context: TenantContext, id: string): Result<RolloutRow> => {
  const row = readRollout(context.db, id)
  return row ? ok(row) : refuse('not-found')
}

/** One step in one transaction; 409 when somebody else moved it meanwhile. */
export const take = async (
  context: TenantContext,
  run: (tx: Tx) => RolloutRow,
): Promise<Result<RolloutRow>> => {
  try {
    const row = transaction(context.db, run)
    context.changed()
    await context.arm()
    return ok(row)
  } catch (error) {
    if (!(error instanceof StaleChange)) throw error
    return refuse('wrong-state', { detail: 'The rollout moved while this was decided.' })
  }
}
