// Which log a tenant keeps now. A restore that lost leaves, or may have, cannot go on with the log that had them: what is
// written next would contradict what was signed and shown of it. It goes on as another one, and the platform's log has heads of both.
import { and, desc, eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Db, Tx } from '../context.ts'

/** State in the tenant's own steps: leaves were lost, or nobody can say that none were, and another log begins. */
export const ADOPTED = 'adopted'
/** The database in place was provably the same: its log goes on. */
export const RESTORED = 'restored'

/** The tenant's id; after a restore that may have lost leaves, with the time of that restore behind it. */
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
