// Requests that have ended are forgotten after a while, as everything of people that has ended: approvals alone stay, with their
// evidence, as long as the change.
import { and, inArray, lt, ne } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { spendKey } from '../../people/spent-keys.ts'

const { presentationRequests: requests } = tables

/** `end`: what ended before it goes; the keys that asked for it stay used. */
export const forgetRequests = (context: TenantContext, tx: Tx, end: string): void => {
  const gone = tx
    .delete(requests)
    .where(
      and(
        ne(requests.kind, 'approval'),
        inArray(requests.state, ['verified', 'rejected', 'expired']),
        lt(requests.updatedAt, end),
      ),
    )
    .returning({ key: requests.idempotencyKey })
    .all()
  for (const { key } of gone) if (key !== null) spendKey(context, tx, { kind: 'presentation', key })
}
