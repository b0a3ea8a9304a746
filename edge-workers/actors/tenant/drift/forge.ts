// The look at the repository that nobody asks for: every few hours, and at once when somebody pushed to main or `live`.
// Two calls where all is well, whatever the number of changes.
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { enqueue, FORGE, type TenantContext, type Tx } from '../context.ts'
import { passUndone } from '../promotion.ts'
import { tidyBranches } from './branches.ts'
import { lookAtMain } from './look.ts'

/** The sweep comes by every five minutes; a look is taken this often at most. */
const LOOK_MILLISECONDS = 6 * 3_600_000
const MORE_MILLISECONDS = 60_000

export const lookAtForge = async (context: TenantContext): Promise<number | undefined> => {
  await passUndone(context)
  const taken = await lookAtMain(context)
  const more = await tidyBranches(context)
  return more || !taken ? MORE_MILLISECONDS : undefined
}

export const lookSoon = (tx: Tx, at: number): void => enqueue(tx, 'look', FORGE, at)

/** What the sweep does here: a tenant without changes has nothing that could differ. */
export const lookInTurn = ({ db, now, tenant }: TenantContext): void => {
  if (tenant().state !== 'active') return
  const last = db.select({ at: tables.mainLooks.at }).from(tables.mainLooks).get()
  const at = now().getTime()
  // A clock that was ahead and was put back left a time that has not come yet: it does not put the next look off.
  if (last && last.at <= at && at - last.at < LOOK_MILLISECONDS) return
  if (!db.select({ id: tables.changes.id }).from(tables.changes).limit(1).get()) return
  transaction(db, (tx) => lookSoon(tx, at))
}
