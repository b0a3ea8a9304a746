// Who looks at the console: somebody signed in with an identity provider, whose session leads to all his tenants, or an API token
// kept in a cookie, which leads to its own. Cookies that scripts cannot read; the tenant's actor judges them with every call.
import { setCookie } from 'hono/cookie'
import { Slug } from '../../schemas/ids.ts'
import { type Result, refuse } from '../../schemas/result.ts'
import { directoryStub } from '../actors/stubs.ts'
import { type Entered, enter, identityDoor, tenantOfToken } from '../auth/door.ts'
import {
  cookieOf,
  drop,
  dropSession,
  nameOf,
  readSession,
  type Session,
} from '../auth/session-cookie.ts'
import { endEverywhere, isStanding, type SessionCaller } from '../auth/sessions.ts'
import { parseToken } from '../auth/token.ts'
import type { AppContext } from '../http/context.ts'

const COOKIE = 'phoenix_token'
const CHOSEN = 'phoenix_tenant'
const LONGEST_SECONDS = 8 * 3600
const CHOSEN_SECONDS = 365 * 86_400
/** Tenants of one person that an address without a tenant is looked for in. */
const TENANTS_TRIED = 20

export const callerOf = ({ sessionId, identity }: Session): SessionCaller => ({
  ...{ kind: 'session', sessionId, identity },
})

const tenantsOf = async (c: AppContext, identity: string) =>
  (await directoryStub(c.env).tenantsOf(identity, { limit: TENANTS_TRIED, after: null })).items

/** The tenant that pages without one in their address are about, from now on. */
const choose = (c: AppContext, { entry, caller }: Entered): void => {
  if (caller.kind !== 'session' || cookieOf(c, nameOf(c, CHOSEN)) === entry.slug) return
  setCookie(c, nameOf(c, CHOSEN), entry.slug, {
    ...{ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: CHOSEN_SECONDS },
    secure: c.env.PUBLIC_URL.startsWith('https:'),
  })
}

const NO_TENANT = refuse('not-found', {
  detail: 'You are not a member of any tenant. An owner of one can invite you.',
})

/** The tenant in the address; else the one last chosen, else the first of his. */
const bySession = async (c: AppContext, session: Session): Promise<Result<Entered>> => {
  const caller = callerOf(session)
  const named = c.req.param('tenant')
  const chosen = named ?? Slug.safeParse(cookieOf(c, nameOf(c, CHOSEN))).data
  const door = chosen === undefined ? NO_TENANT : await identityDoor(c, caller, chosen)
  if (door.ok && named !== undefined) choose(c, door.value)
  if (door.ok || door.refusal.problem !== 'not-found') return door
  // Nothing is said to a session that has ended, not even that something is not there.
  if (!(await isStanding(c, caller))) return refuse('unauthenticated')
  if (named !== undefined) return door
  const [first] = await tenantsOf(c, session.identity)
  return first ? enter(c, first, caller) : NO_TENANT
}

const byToken = async (c: AppContext): Promise<Result<Entered>> => {
  const token = parseToken(cookieOf(c, nameOf(c, COOKIE)) ?? '')
  return token ? tenantOfToken(c, { kind: 'token', ...token }) : refuse('unauthenticated')
}

/** Into a tenant of the reader's; that tenant's actor still checks him with every call. */
export const sessionDoor = (c: AppContext): Promise<Result<Entered>> => {
  const session = readSession(c)
  return session ? bySession(c, session) : byToken(c)
}

/** The same for an address that names a tenant: another one is not there. */
export const ownDoor = async (c: AppContext): Promise<Result<Entered>> => {
  const door = await sessionDoor(c)
  return !door.ok || c.req.param('tenant') === door.value.entry.slug ? door : refuse('not-found')
}

/** The same for an address that names a change and no tenant: whichever of his tenants has it. */
export const doorOfChange = async (c: AppContext, id: string): Promise<Result<Entered>> => {
  const door = await sessionDoor(c)
  const session = readSession(c)
  if (!door.ok || !session) return door
  const has = async ({ tenant, caller }: Entered): Promise<boolean> => {
    const read = await tenant.readChange(caller, id)
    return typeof read === 'string' || read.refusal.problem !== 'not-found'
  }
  if (await has(door.value)) return door
  for (const entry of await tenantsOf(c, session.identity)) {
    const other = entry.id === door.value.entry.id ? null : enter(c, entry, callerOf(session))
    if (other?.ok && (await has(other.value))) return other
  }
  return door
}

/** Signed in by either way, as far as the cookies say. */
export const hasCookie = (c: AppContext): boolean =>
  readSession(c) !== null || parseToken(cookieOf(c, nameOf(c, COOKIE)) ?? '') !== null

export const startSession = (c: AppContext, token: string): void => {
  dropSession(c)
  setCookie(c, nameOf(c, COOKIE), token, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.env.PUBLIC_URL.startsWith('https:'),
    path: '/',
    maxAge: LONGEST_SECONDS,
  })
}

/** The session ends everywhere before this browser forgets it. */
export const endSession = async (c: AppContext): Promise<void> => {
  const session = readSession(c)
  if (session) await endEverywhere(c, session.identity, session.sessionId)
  dropSession(c)
  for (const name of [COOKIE, CHOSEN]) drop(c, name)
}

/** A form of ours, sent from a page of ours. The cookies are SameSite already; this is the second lock. */
export const isOwnForm = (c: AppContext): boolean => {
  const origin = c.req.header('origin')
  const own = [new URL(c.env.PUBLIC_URL).origin, new URL(c.req.url).origin]
  return origin !== undefined && own.includes(origin)
}

/** No `//` anywhere and no dot segments: what is left of `/.//host` once they are gone is another host's address. */
const LOCAL_PATH = /^(?!.*\/\/)(?!.*\/\.{1,2}(?:[/?]|$))\/[A-Za-z0-9_./?=&-]{0,300}$/

/** Where to go after signing in: an address on this host, never another. */
export const localPath = (text: string | undefined): string =>
  text !== undefined && LOCAL_PATH.test(text) ? text : '/'
