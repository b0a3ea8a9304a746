// Whose resource group in Azure each is. First come; a tenant that moves gives the one before back when it has arrived.
import { and, eq, ne } from 'drizzle-orm'
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

export const releaseOtherAzurePlaces = (
  db: Pick<Db, 'delete'>,
  tenantId: string,
  kept: string,
): void => {
  const others = and(eq(azureScopes.tenantId, tenantId), ne(azureScopes.place, kept))
  db.delete(azureScopes).where(others).run()
}
