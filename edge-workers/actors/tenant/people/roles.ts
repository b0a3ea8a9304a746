// What a person may be now. A file of its own, for approvals ask it and members judge approvals.
import { eq } from 'drizzle-orm'
import type { Principal, Role } from '../../../../schemas/principal.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Db, Tx } from '../context.ts'

/** None for machines and for those who left. */
export const rolesOf = (db: Db | Tx, id: string): readonly Role[] => {
  const row = db.select().from(tables.members).where(eq(tables.members.id, id)).get()
  return row?.state === 'active' && row.kind === 'person' ? (row.roles as Role[]) : []
}

/** What belongs to other members of the tenant: their tokens, their sessions, their names. */
export const seesAll = (who: Principal): boolean =>
  who.roles.some((role) => role === 'owner' || role === 'admin' || role === 'operator')
