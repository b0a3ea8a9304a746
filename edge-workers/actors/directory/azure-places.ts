// Whose resource group in Azure each is. First come; a tenant that moves gives the one before back when it has arrived.
import { and, eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import type { Database } from '../database.ts'

const { azureScopes } = tables
type Db = Database<typeof tables>

/** Undefined: nobody has it. */
export const holderOf = (db: Pick<Db, 'select'>, place: string): string | undefined =>
  db.select().from(azureScopes).where(eq(azureScopes.place, place)).get()?.tenantId

/** Idempotent. False: another tenant has it. */
export const claimAzurePlace = (
  db: Pick<Db, 'select' | 'insert'>,
  place: string,
  tenantId: string,
): boolean => {
  db.insert(azureScopes).values({ place, tenantId }).onConflictDoNothing().run()
  return holderOf(db, place) === tenantId
}

export const releaseAzurePlace = (db: Db, place: string, tenantId: string): void => {
  const own = and(eq(azureScopes.tenantId, tenantId), eq(azureScopes.place, place))
  db.delete(azureScopes).where(own).run()
}
