// After a restore that may have lost leaves: endpoints that were deleted since would be told of everything again, and accounts at the
// forge that were unlinked since would approve again. So endpoints are off until somebody switches them on, and accounts are
// proved once more. In the restore's transaction, with a leaf for each.
import { isNull } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Tx } from '../context.ts'
import { cut } from '../forge-accounts/link.ts'
import { switchOff } from '../webhooks/rows.ts'

const REASON = 'the database was restored from before it may have been deleted'

export const shutDoors = (tx: Tx, at: string): void => {
  const { webhookEndpoints: endpoints, forgeAccounts } = tables
  const standing = tx
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(isNull(endpoints.deletedAt))
  for (const { id } of standing.all()) switchOff(tx, id, { reason: REASON, at })
  for (const row of tx.select().from(forgeAccounts).all()) cut(tx, row, { by: 'phoenix', at })
}
