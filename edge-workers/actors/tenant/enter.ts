// The door of a tenant: who the caller is, whether that still holds, and whether the action is allowed to him. Synchronous, in
// the object, in the call that does the work. What it keeps in memory is forgotten with every write to the database: whoever is
// revoked, removed or ended is refused on the next request.
import { eq, sql } from 'drizzle-orm'
import { PLATFORM_SLUG } from '../../../schemas/ids.ts'
import {
  type Action,
  actions,
  isOperator,
  isReading,
  type Principal,
  type Role,
  refusedFor,
  type Scope,
  scopesOf,
} from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { equalInConstantTime } from '../../digest.ts'
import type { Caller } from '../contracts.ts'
import { statement } from '../database.ts'
import { isAside, isFromBefore, refuseAside } from './backup/aside.ts'
import type { Db, TenantContext } from './context.ts'
import { MEMBER_CONFIGURATION } from './credentials/issuer/configurations.ts'
import { offerersOf } from './credentials/powers/offerers.ts'
import { BY_CREDENTIAL, memberOfCredential } from './credentials/powers/sign-in-identity.ts'
import { behindOf } from './people/lineage.ts'
import { memberById } from './people/roles.ts'

type TokenRow = typeof tables.tokens.$inferSelect
type SessionRow = typeof tables.sessions.$inferSelect
export type MemberRow = typeof tables.members.$inferSelect

/** `lastUsedAt` and `lastSeenAt` are exact to this many milliseconds, so that a read costs no write. */
const LAST_USED_RESOLUTION_MILLISECONDS = 3_600_000

export interface Doorkeeper {
  enter: (caller: Caller, action: Action) => Result<Principal>
  /** The same for the edge: an operator goes on to other tenants, and they have to know whom of theirs he is. */
  introduce: (caller: Caller, action: Action) => Result<Principal>
  /** Call it with every write to the database. */
  forget: () => void
}

interface Known {
  tokens: Map<string, TokenRow>
  sessions: Map<string, SessionRow>
  members: Map<string, MemberRow>
  identities: Map<string, MemberRow>
  /** Tokens and sessions: whether a restore set them aside. */
  aside: Map<string, boolean>
}

const nothing = (): Known => ({
  tokens: new Map(),
  sessions: new Map(),
  members: new Map(),
  identities: new Map(),
  aside: new Map(),
})

const remembered = <Row>(
  map: Map<string, Row>,
  key: string,
  read: () => Row | undefined,
): Row | undefined => {
  const cached = map.get(key)
  if (cached) return cached
  const row = read()
  if (row) map.set(key, row)
  return row
}

const tokenById = statement((db: Db) =>
  db
    .select()
    .from(tables.tokens)
    .where(eq(tables.tokens.id, sql.placeholder('id')))
    .prepare(),
)

/** Of rows in memory: a read walks the authorisation table once, not with every call. */
const memberScopes = new WeakMap<MemberRow, Scope[]>()
const scopesOfMember = (row: MemberRow): Scope[] => {
  const known = memberScopes.get(row)
  if (known) return known
  const all = scopesOf(...(row.roles as Role[]))
  memberScopes.set(row, all)
  return all
}

const isOld = (at: string | null, now: Date): boolean =>
  at === null || now.getTime() - Date.parse(at) >= LAST_USED_RESOLUTION_MILLISECONDS

export const createDoorkeeper = (context: TenantContext): Doorkeeper => {
  let known = nothing()
  const member = (id: string): MemberRow | undefined =>
    remembered(known.members, id, () => memberById(context.db).get({ id }))
  const aside = (id: string, judge: () => boolean): boolean => {
    const cached = known.aside.get(id)
    if (cached !== undefined) return cached
    const now = judge()
    known.aside.set(id, now)
    return now
  }
  const memberOf = (identity: string): MemberRow | undefined =>
    remembered(known.identities, identity, () => {
      const own = memberOfCredential(context.tenant().id, identity)
      if (own !== null) return memberById(context.db).get({ id: own })
      return context.db
        .select()
        .from(tables.members)
        .where(eq(tables.members.identity, identity))
        .get()
    })
  const principal = (
    row: MemberRow | undefined,
    {
      credential,
      scopes,
      behind = [],
    }: { credential: string; scopes?: Scope[]; behind?: string[] },
  ): Result<Principal> =>
    row?.state === 'active'
      ? ok({
          tenantId: context.tenant().id,
          credential,
          subject: row.id,
          person: row.kind === 'person',
          roles: row.roles,
          scopes: scopes ?? scopesOfMember(row),
          behind,
        })
      : refuse('unauthenticated')

  const byToken = (caller: Extract<Caller, { kind: 'token' }>): Result<Principal> => {
    const { tokenId: id } = caller
    const row = remembered(known.tokens, id, () => tokenById(context.db).get({ id }))
    const now = context.now()
    const valid =
      row !== undefined &&
      equalInConstantTime(row.secretDigest, caller.secretDigest) &&
      row.revokedAt === null &&
      (row.expiresAt === null || Date.parse(row.expiresAt) > now.getTime())
    if (!valid) return refuse('unauthenticated')
    if (aside(row.id, () => isAside(context.db, row.id))) return refuseAside()
    const who = principal(member(row.member), {
      ...{ credential: row.id, scopes: row.scopes },
      behind: behindOf(row),
    })
    if (who.ok && isOld(row.lastUsedAt, now))
      context.db
        .update(tables.tokens)
        .set({ lastUsedAt: now.toISOString() })
        .where(eq(tables.tokens.id, row.id))
        .run()
    return who
  }

  const bySession = (caller: Extract<Caller, { kind: 'session' }>): Result<Principal> => {
    const row = remembered(known.sessions, caller.sessionId, () =>
      context.db
        .select()
        .from(tables.sessions)
        .where(eq(tables.sessions.id, caller.sessionId))
        .get(),
    )
    const now = context.now()
    const owner = memberOf(caller.identity)
    const valid =
      row !== undefined &&
      row.memberId === owner?.id &&
      row.endedAt === null &&
      !aside(row.id, () => isFromBefore(context.db, row)) &&
      Date.parse(row.expiresAt) > now.getTime()
    if (!valid) return refuse('unauthenticated')
    const byCredential = row.issuer === BY_CREDENTIAL
    const who = principal(owner, {
      credential: row.id,
      behind: byCredential ? offerersOf(context.db, row.memberId, MEMBER_CONFIGURATION) : [],
    })
    if (who.ok && isOld(row.lastSeenAt, now))
      context.db
        .update(tables.sessions)
        .set({ lastSeenAt: now.toISOString() })
        .where(eq(tables.sessions.id, row.id))
        .run()
    return who
  }

  /** Proved by another tenant's actor: only operators come to tenants that are not theirs, and as nothing else. */
  const byPrincipal = (who: Principal): Result<Principal> => {
    if (who.tenantId !== context.tenant().id && !isOnlyOperator(who)) return refuse('forbidden')
    const here = who.identity === undefined ? undefined : memberOf(who.identity)
    return ok(here === undefined ? who : { ...who, behind: [...who.behind, here.id] })
  }

  const identify = (caller: Caller): Result<Principal> => {
    switch (caller.kind) {
      case 'principal':
        return byPrincipal(caller.principal)
      case 'token':
        return byToken(caller)
      case 'session':
        return bySession(caller)
      case 'identity':
        return caller.expiresAt > context.now().getTime()
          ? principal(memberOf(caller.identity), { credential: 'oidc' })
          : refuse('unauthenticated')
    }
  }

  const enter: Doorkeeper['enter'] = (caller, action) => {
    const tenant = context.tenant()
    // Of an erased tenant there is nobody: as if it had never been.
    if (tenant.state === 'erased')
      return refuse(caller.kind === 'token' ? 'unauthenticated' : 'not-found')
    const who = identify(caller)
    if (!who.ok) return who
    const refused = refusedFor(who.value, action)
    if (refused) return refused
    return isClosed(tenant, who.value, action) ? refuse('tenant-suspended') : who
  }

  return {
    enter,
    introduce: (caller, action) => {
      const who = enter(caller, action)
      if (!who.ok || !isOperator(who.value) || context.tenant().slug !== PLATFORM_SLUG) return who
      const identity = member(who.value.subject)?.identity
      return identity == null ? who : ok({ ...who.value, identity })
    },
    forget: () => {
      known = nothing()
    },
  }
}

const isOnlyOperator = ({ roles }: Principal): boolean =>
  roles.length === 1 && roles[0] === 'operator'

/**
 * Of a tenant that is not active its people may read, and do the little that the table leaves them. One that is being deleted
 * goes on, for its deletion is a change like any other; only nothing new is begun.
 */
const isClosed = (
  { state }: Pick<typeof tables.tenant.$inferSelect, 'state'>,
  who: Principal,
  action: Action,
): boolean => {
  if (state === 'active' || isOperator(who)) return false
  return state === 'deleting'
    ? actions[action].deleting === 'refused'
    : !isReading(action) && actions[action].suspended !== 'allowed'
}
