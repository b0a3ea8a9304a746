// Sign-ins that have come to this tenant: opened when the Directory lets one in, listed, ended. One that is ended before it was
// opened leaves its row behind, so that what comes late opens nothing.
import { and, asc, eq, gt, lt, ne } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { SessionView } from '../../../../schemas/session.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest, SessionEntry } from '../../contracts.ts'
import { byId, pageOf } from '../../page.ts'
import { directoryStub, tenantStub } from '../../stubs.ts'
import type { TenantContext } from '../context.ts'
import { stillSignsIn } from '../credentials/powers/sign-in.ts'
import {
  BY_CREDENTIAL,
  credentialIdentity,
  memberOfCredential,
} from '../credentials/powers/sign-in-identity.ts'
import { seesAll } from './roles.ts'

type SessionRow = typeof tables.sessions.$inferSelect
const { sessions, members } = tables

/** Of a session that ended before it came here, or whose member was erased. */
export const NOBODY = ''
/** No session lasts longer; after it what is left of one may go. */
const LONGEST_MILLISECONDS = 86_400_000

export const openSession = (context: TenantContext, session: SessionEntry): void => {
  const { db } = context
  const at = context.now().toISOString()
  const { id, identity, issuer, createdAt, expiresAt } = session
  const own = memberOfCredential(context.tenant().id, identity)
  const isHis = own === null ? eq(members.identity, identity) : eq(members.id, own)
  const member = db.select().from(members).where(isHis).get()
  if (member?.state !== 'active') return
  if (own !== null && !stillSignsIn(context, session, own)) return
  db.delete(sessions).where(lt(sessions.expiresAt, at)).run()
  db.insert(sessions)
    .values({ id, memberId: member.id, issuer, createdAt, lastSeenAt: at, expiresAt })
    .onConflictDoNothing()
    .run()
}

export const closeSession = (context: TenantContext, sessionId: string): void => {
  const now = context.now()
  const at = now.toISOString()
  const row = context.db.select().from(sessions).where(eq(sessions.id, sessionId)).get()
  if (row?.endedAt) return
  const expiresAt = new Date(now.getTime() + LONGEST_MILLISECONDS).toISOString()
  context.db
    .insert(sessions)
    .values({
      ...{ id: sessionId, memberId: NOBODY, issuer: NOBODY },
      ...{ createdAt: at, lastSeenAt: at, expiresAt, endedAt: at },
    })
    .onConflictDoUpdate({ target: sessions.id, set: { endedAt: at } })
    .run()
}

export const sessionView = (who: Principal, row: SessionRow): SessionView => ({
  ...{ id: row.id, member: row.memberId, issuer: row.issuer, createdAt: row.createdAt },
  ...{ lastSeenAt: row.lastSeenAt, expiresAt: row.expiresAt, endedAt: row.endedAt },
  current: who.credential === row.id,
})

export const listSessions = (
  { db }: TenantContext,
  who: Principal,
  { limit, after }: PageRequest,
): Page<SessionView> => {
  const rows = db
    .select()
    .from(sessions)
    .where(
      and(
        gt(sessions.id, after ?? ''),
        seesAll(who) ? ne(sessions.memberId, NOBODY) : eq(sessions.memberId, who.subject),
      ),
    )
    .orderBy(asc(sessions.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => sessionView(who, row))
}

/** Tells the other tenants that know it. Pseudonyms are all that crosses. */
const endElsewhere = async (context: TenantContext, identity: string, id: string) => {
  const at = context.now().toISOString()
  const known = await directoryStub(context.env).endSession(identity, id, at)
  const own = context.tenant().id
  await Promise.all(
    (known ?? [])
      .filter((entry) => entry.id !== own)
      .map(async (entry) => {
        const reached = tenantStub(context.env, entry.jurisdiction, entry.id)
        if (reached.ok) await reached.value.stub.closeSession(id)
      }),
  )
}

/** One's own ends everywhere. Somebody else's ends here: what he does elsewhere is not this tenant's to decide. */
export const endSession = async (
  context: TenantContext,
  who: Principal,
  id: string,
): Promise<Result<SessionView>> => {
  const { db } = context
  const find = () => db.select().from(sessions).where(eq(sessions.id, id)).get()
  const row = find()
  const own = row !== undefined && row.memberId === who.subject
  if (!row || row.memberId === NOBODY || !(own || seesAll(who))) return refuse('not-found')
  closeSession(context, id)
  const person = db.select().from(members).where(eq(members.id, row.memberId)).get()
  const identity =
    row.issuer === BY_CREDENTIAL
      ? credentialIdentity(context.tenant().id, row.memberId)
      : person?.identity
  if (own && identity) await endElsewhere(context, identity, id)
  return ok(sessionView(who, find() ?? row))
}
