// What a person may be now. A file of its own, for approvals ask it and members judge approvals.
import { eq, sql } from 'drizzle-orm'
import type { Principal, Role } from '../../../../schemas/principal.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { statement } from '../../database.ts'
import type { Db, Tx } from '../context.ts'

export const memberById = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.members)
    .where(eq(tables.members.id, sql.placeholder('id')))
    .prepare(),
)

/** None for machines and for those who left. */
export const rolesOf = (db: Db | Tx, id: string): readonly Role[] => {
  const row = memberById(db).get({ id })
  return row?.state === 'active' && row.kind === 'person' ? (row.roles as Role[]) : []
}

/** What belongs to other members of the tenant: their tokens, their sessions, their names. */
export const seesAll = (who: Principal): boolean =>
  who.roles.some((role) => role === 'owner' || role === 'admin' || role === 'operator')
