// Whose issuer of credentials a public id is. The id is in every credential and must not say which tenant it is.
import { and, eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import type { TenantEntry } from '../contracts.ts'
import type { Database } from '../database.ts'

const { issuers, tenants } = tables
type Db = Database<typeof tables>

export const keepIssuer = (db: Db, issuer: string, tenantId: string): void => {
  db.insert(issuers).values({ issuer, tenantId }).onConflictDoNothing().run()
}

export const resolveIssuer = (db: Db, issuer: string): TenantEntry | null =>
  db
    .select({
      id: tenants.id,
      slug: tenants.slug,
      jurisdiction: tenants.jurisdiction,
      repository: tenants.repository,
      createdAt: tenants.createdAt,
    })
    .from(issuers)
    .innerJoin(tenants, eq(tenants.id, issuers.tenantId))
    .where(and(eq(issuers.issuer, issuer), eq(tenants.state, 'active')))
    .get() ?? null
