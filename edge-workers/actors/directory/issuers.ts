// Whose issuer of credentials a public id is. The id is in every credential and must not say which tenant it is. And the proofs
// that this host is linked to the authorities of those who issue through Entra Verified ID: one file of the host has them all.
import { and, asc, count, eq, isNotNull, max } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/directory.ts'
import type { TenantEntry } from '../contracts.ts'
import { type Database, transaction } from '../database.ts'
import type { LinkedDids } from './issuers-contracts.ts'

const { issuers, tenants } = tables
type Db = Database<typeof tables>

export const keepIssuer = (db: Pick<Db, 'insert'>, issuer: string, tenantId: string): void => {
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

/** Of one host: about 0.9 MB of a file that wallets read whole. Microsoft documents no limit. */
export const LINKED_AT_MOST = 1_000
const FULL = {
  detail: `This host has ${LINKED_AT_MOST} linked authorities, which is as many as its file takes.`,
}

const versionOf = (db: Pick<Db, 'select'>): number =>
  db
    .select({ at: max(issuers.linkedAt) })
    .from(issuers)
    .get()?.at ?? 0

/** Also where the clock stands still, and after a return to an older copy: whoever has read a version never meets it again. */
const nextVersion = (db: Pick<Db, 'select'>, now: number): number =>
  Math.max(now, versionOf(db) + 1)

export const linkDid = (
  db: Db,
  { issuer, tenantId, jwt, now }: { issuer: string; tenantId: string; jwt: string; now: number },
): Result<null> =>
  transaction(db, (tx): Result<null> => {
    const own = eq(issuers.tenantId, tenantId)
    const before = tx.select().from(issuers).where(own).get()?.linkedDid ?? null
    if (before === jwt) return ok(null)
    const linked = tx.select({ all: count() }).from(issuers).where(isNotNull(issuers.linkedDid))
    if (before === null && (linked.get()?.all ?? 0) >= LINKED_AT_MOST)
      return refuse('conflict', FULL)
    const set = { linkedDid: jwt, linkedAt: nextVersion(tx, now) }
    tx.insert(issuers)
      .values({ issuer, tenantId, ...set })
      .onConflictDoUpdate({ target: issuers.tenantId, set })
      .run()
    return ok(null)
  })

/** The tenant is erased. Nothing where it was not linked. */
export const unlinkDid = (
  db: Pick<Db, 'select' | 'update'>,
  tenantId: string,
  now: number,
): void => {
  db.update(issuers)
    .set({ linkedDid: null, linkedAt: nextVersion(db, now) })
    .where(and(eq(issuers.tenantId, tenantId), isNotNull(issuers.linkedDid)))
    .run()
}

export const linkedDids = (db: Db, known: number): LinkedDids | null => {
  const version = versionOf(db)
  if (version === known) return null
  const rows = db
    .select({ jwt: issuers.linkedDid })
    .from(issuers)
    .where(isNotNull(issuers.linkedDid))
    // Ids are random to whoever has no key.
    .orderBy(asc(issuers.issuer))
    .all()
  return { version, jwts: rows.flatMap(({ jwt }) => (jwt === null ? [] : [jwt])) }
}
