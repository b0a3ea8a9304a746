// Members whose personal data was erased: a tenant that is restored from before is told again. And tenants that were erased.
import { and, asc, eq, lt } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import { type Database, transaction } from '../database.ts'
import { unlinkDid } from './issuers.ts'

const { erasures, identities, sessionTenants, tenants } = tables
type Db = Database<typeof tables>

/** The last one counts: he may have been a member again in between. */
export const noteErasure = (
  db: Pick<Db, 'insert'>,
  tenantId: string,
  memberId: string,
  at: string,
): void => {
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

/** Nobody is in it any more; its slug and its repository stay taken. In the caller's transaction. */
export const eraseTenantRows = (tx: Pick<Db, 'select' | 'update' | 'delete'>, id: string): void => {
  tx.update(tenants).set({ state: 'erased' }).where(eq(tenants.id, id)).run()
  tx.delete(identities).where(eq(identities.tenantId, id)).run()
  tx.delete(sessionTenants).where(eq(sessionTenants.tenantId, id)).run()
  unlinkDid(tx, id, Date.now())
}

export const eraseTenant = (db: Db, tenantId: string): null =>
  transaction(db, (tx) => {
    eraseTenantRows(tx, tenantId)
    return null
  })

export const isErased = (db: Db, tenantId: string): boolean => {
  const erased = and(eq(tenants.id, tenantId), eq(tenants.state, 'erased'))
  return db.select({ id: tenants.id }).from(tenants).where(erased).all().length > 0
}
