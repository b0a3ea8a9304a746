// Sign-ins, by pseudonym: which stand, which tenants each was let into, and which have ended.
import { and, asc, eq, gt, inArray, isNull, lt } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import type { SessionEntry, TenantEntry } from '../contracts.ts'
import { among, type Database, transaction } from '../database.ts'

const { sessions, sessionTenants, tenants } = tables
type Db = Database<typeof tables>
/** Sessions that have expired, of one sweep: it stays short, and the next one goes on. */
const PURGED_AT_MOST = 1_000
const SESSION = {
  id: sessions.id,
  identity: sessions.identity,
  issuer: sessions.issuer,
  createdAt: sessions.createdAt,
  expiresAt: sessions.expiresAt,
}

export const startSession = (db: Db, session: SessionEntry): void => {
  transaction(db, (tx) => {
    const over = and(
      eq(sessions.identity, session.identity),
      lt(sessions.expiresAt, session.createdAt),
    )
    const past = tx.select({ id: sessions.id }).from(sessions).where(over)
    tx.delete(sessionTenants).where(inArray(sessionTenants.sessionId, past)).run()
    tx.delete(sessions).where(over).run()
    tx.insert(sessions).values(session).onConflictDoNothing().run()
    return null
  })
}

/** Of whoever never signs in again nobody else asks. Rows that went, at most PURGED_AT_MOST. */
export const purgeSessions = (db: Db, now: string): number =>
  transaction(db, (tx) => {
    const past = tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(lt(sessions.expiresAt, now))
      .orderBy(asc(sessions.expiresAt))
      .limit(PURGED_AT_MOST)
      .all()
      .map(({ id }) => id)
    tx.delete(sessionTenants).where(among(sessionTenants.sessionId, past)).run()
    tx.delete(sessions).where(among(sessions.id, past)).run()
    return past.length
  })

const stands = (now: string) => and(isNull(sessions.endedAt), gt(sessions.expiresAt, now))

export const standingSession = (db: Db, sessionId: string, now: string): SessionEntry | null =>
  db
    .select(SESSION)
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), stands(now)))
    .get() ?? null

/** It was let in: the tenant is told when it ends. */
export const noteEntered = (db: Db, sessionId: string, tenantId: string): void => {
  db.insert(sessionTenants).values({ sessionId, tenantId }).onConflictDoNothing().run()
}

export const listSessions = (db: Db, identity: string, now: string): SessionEntry[] =>
  db
    .select(SESSION)
    .from(sessions)
    .where(and(eq(sessions.identity, identity), stands(now)))
    .orderBy(asc(sessions.createdAt), asc(sessions.id))
    .all()

export const endSession = (
  db: Db,
  { identity, sessionId, now }: { identity: string; sessionId: string; now: string },
): TenantEntry[] | null =>
  transaction(db, (tx): TenantEntry[] | null => {
    const own = and(eq(sessions.id, sessionId), eq(sessions.identity, identity))
    const [row] = tx.select().from(sessions).where(own).all()
    if (!row) return null
    if (row.endedAt === null) tx.update(sessions).set({ endedAt: now }).where(own).run()
    return tx
      .select({
        id: tenants.id,
        slug: tenants.slug,
        jurisdiction: tenants.jurisdiction,
        repository: tenants.repository,
        createdAt: tenants.createdAt,
      })
      .from(tenants)
      .innerJoin(sessionTenants, eq(sessionTenants.tenantId, tenants.id))
      .where(eq(sessionTenants.sessionId, sessionId))
      .all()
  })
