// Which log a tenant keeps now. A restore that lost leaves which were published cannot go on with the log that had them: what is
// written next would contradict it. It goes on as another one, and the platform's log has heads of both.
import { and, desc, eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Db, Tx } from '../context.ts'

/** State in the tenant's own steps: leaves were lost, and what Git had was taken over. */
export const ADOPTED = 'adopted'
/** The same without a loss. */
export const RESTORED = 'restored'

/** The tenant's id; after a restore that lost leaves, with the time of that restore behind it. */
export const logName = (db: Db | Tx, tenantId: string): string => {
  const { transitions } = tables
  const row = db
    .select({ at: transitions.at })
    .from(transitions)
    .where(and(eq(transitions.changeId, tenantId), eq(transitions.to, ADOPTED)))
    .orderBy(desc(transitions.version))
    .limit(1)
    .get()
  return row ? `${tenantId}/${row.at.replaceAll(/\D/g, '')}` : tenantId
}
