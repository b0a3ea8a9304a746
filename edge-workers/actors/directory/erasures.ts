// Members whose personal data was erased: a tenant that is restored from before is told again.
import { asc, eq, lt } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import type { Database } from '../database.ts'

const { erasures } = tables
type Db = Database<typeof tables>

/** The last one counts: he may have been a member again in between. */
export const noteErasure = (db: Db, tenantId: string, memberId: string, at: string): void => {
  db.insert(erasures)
    .values({ tenantId, memberId, at })
    .onConflictDoUpdate({
      ...{ target: [erasures.tenantId, erasures.memberId], set: { at } },
      setWhere: lt(erasures.at, at),
    })
    .run()
}

export const erasuresOf = (db: Db, tenantId: string): { memberId: string; at: string }[] =>
  db
    .select({ memberId: erasures.memberId, at: erasures.at })
    .from(erasures)
    .where(eq(erasures.tenantId, tenantId))
    .orderBy(asc(erasures.memberId))
    .all()
