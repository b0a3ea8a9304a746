// Which log a tenant keeps now. A restore that lost leaves, or may have, cannot go on with the log that had them: what is
// written next would contradict what was signed and shown of it. It goes on as another one, and the platform's log has heads of both.
import { and, desc, eq, inArray, max, type SQL, sql } from 'drizzle-orm'
import { transitions } from '../../../../schemas/tables/tenant.ts'
import { statement } from '../../database.ts'
import type { Db, Tx } from '../context.ts'

/** State in the tenant's own steps: leaves were lost, or nobody can say that none were, and another log begins. */
export const ADOPTED = 'adopted'
/** The database in place was provably the same: its log goes on. */
export const RESTORED = 'restored'

const lastAdoption = statement((db: Db | Tx) =>
  db
    .select({ at: transitions.at })
    .from(transitions)
    .where(and(eq(transitions.changeId, sql.placeholder('tenantId')), eq(transitions.to, ADOPTED)))
    .orderBy(desc(transitions.version))
    .limit(1)
    .prepare(),
)

/** `at`: of the last restore that may have lost leaves. */
export const nameAfter = (tenantId: string, at: string | undefined): string =>
  at === undefined ? tenantId : `${tenantId}/${at.replaceAll(/\D/g, '')}`

/** The tenant's id; after a restore that may have lost leaves, with the time of that restore behind it. */
export const logName = (db: Db | Tx, tenantId: string): string => {
  const row = lastAdoption(db).get({ tenantId })
  return nameAfter(tenantId, row?.at)
}

/** The tenant's database was put back, whether leaves were lost or not, and nothing was promoted since. */
export const isFreshlyRestored = (db: Db, tenantId: string): boolean => {
  const last = (which: SQL | undefined) =>
    db
      .select({ seq: max(transitions.seq) })
      .from(transitions)
      .where(which)
      .get()?.seq ?? 0
  const { changeId, to } = transitions
  const restored = last(and(eq(changeId, tenantId), inArray(to, [ADOPTED, RESTORED])))
  return restored > 0 && last(eq(to, 'promoted')) < restored
}
