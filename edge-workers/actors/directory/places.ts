// Which jurisdiction keeps a region, a site or a cluster. The first to name one decides.
import { and, eq } from 'drizzle-orm'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/directory.ts'
import { type Database, transaction } from '../database.ts'

const { places, tenants } = tables
type Db = Database<typeof tables>
type Kind = 'region' | 'site' | 'cluster'

export const findPlace = (db: Pick<Db, 'select'>, kind: Kind, name: string): Jurisdiction | null =>
  db
    .select({ jurisdiction: places.jurisdiction })
    .from(places)
    .where(and(eq(places.kind, kind), eq(places.name, name)))
    .get()?.jurisdiction ?? null

export const registerPlace = (
  db: Db,
  kind: Kind,
  name: string,
  jurisdiction: Jurisdiction,
): Result<Jurisdiction> =>
  transaction(db, (tx): Result<Jurisdiction> => {
    tx.insert(places).values({ kind, name, jurisdiction }).onConflictDoNothing().run()
    return findPlace(tx, kind, name) === jurisdiction
      ? ok(jurisdiction)
      : refuse('conflict', { detail: `A ${kind} of this name exists in another jurisdiction.` })
  })

/** Every jurisdiction that has a place or a tenant. */
export const jurisdictionsOf = (db: Db): Jurisdiction[] => {
  const ofPlaces = db.selectDistinct({ jurisdiction: places.jurisdiction }).from(places).all()
  const ofTenants = db.selectDistinct({ jurisdiction: tenants.jurisdiction }).from(tenants).all()
  return [...new Set([...ofPlaces, ...ofTenants].map(({ jurisdiction }) => jurisdiction))].sort()
}
