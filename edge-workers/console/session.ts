// Who looks at the console: an API token kept in a cookie that scripts cannot read and other sites cannot send.
// Sign-in with an identity provider comes with fuller identity; the cookie then holds a session instead.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { findTenant, tenantStub } from '../actors/stubs.ts'
import type { Entered } from '../auth/door.ts'
import { parseToken } from '../auth/token.ts'
import type { AppContext } from '../http/context.ts'

const COOKIE = 'phoenix_token'
const LONGEST_SECONDS = 8 * 3600

/** The tenant of the token in the cookie; its actor still checks the token with every call. */
export const sessionDoor = async (c: AppContext): Promise<Result<Entered>> => {
  const token = parseToken(getCookie(c, COOKIE) ?? '')
  const entry = token && (await findTenant(c.env, token.tenantId))
  if (!token || !entry) return refuse('unauthenticated')
  const reached = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!reached.ok) return reached
  const { stub: tenant, simulated } = reached.value
  const caller = {
    kind: 'token' as const,
    tokenId: token.tokenId,
    secretDigest: token.secretDigest,
  }
  return ok({ tenant, tenantId: entry.id, entry, caller, simulated })
}

export const startSession = (c: AppContext, token: string): void =>
  setCookie(c, COOKIE, token, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.env.PUBLIC_URL.startsWith('https:'),
    path: '/',
    maxAge: LONGEST_SECONDS,
  })

export const endSession = (c: AppContext): void => {
  deleteCookie(c, COOKIE, { path: '/' })
}

/** A form of ours, sent from a page of ours. The cookie is SameSite=Strict already; this is the second lock. */
export const isOwnForm = (c: AppContext): boolean => {
  const origin = c.req.header('origin')
  const own = [new URL(c.env.PUBLIC_URL).origin, new URL(c.req.url).origin]
  return origin !== undefined && own.includes(origin)
}

/** Where to go after signing in: an address on this host, never another. */
export const localPath = (text: string | undefined): string =>
  text !== undefined && /^\/(?![/\\])[A-Za-z0-9_./?=&-]{0,300}$/.test(text) ? text : '/'
