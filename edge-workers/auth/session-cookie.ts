// The cookies of signing in: the session, and what a sign-in under way has to remember. Both are ours alone to make; a session's
// cookie proves that it was begun, and the tenant's actor says with every call whether it still is.

import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import { fromBase64url, toBase64url } from '../base64.ts'
import { deriveKey, equalInConstantTime, hex, hmacSha256 } from '../digest.ts'
import type { AppContext } from '../http/context.ts'
import { open, seal } from '../sealing.ts'
import { type Claims, FLOW_SECONDS } from './oidc/authorization-code.ts'

export const SESSION_SECONDS = 12 * 3600

const Session = z.strictObject({
  sessionId: z.string(),
  identity: z.string(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  /** What the page calls him. It is with him and nowhere else. */
  label: z.string().optional(),
})
export type Session = z.infer<typeof Session>

const isSecure = (c: AppContext): boolean => c.env.PUBLIC_URL.startsWith('https:')
/** A name with this prefix is taken from nobody but this very host, over https (RFC 6265bis §4.1.3.2). */
export const nameOf = (c: AppContext, name: string): string =>
  isSecure(c) ? `__Host-${name}` : name
const optionsOf = (c: AppContext, maxAge: number) => ({
  ...{ httpOnly: true, sameSite: 'Lax' as const, secure: isSecure(c), path: '/', maxAge },
})

const macOf = (c: AppContext, payload: string): string =>
  hex(hmacSha256(deriveKey(c.env.PLATFORM_KEY, 'session'), payload))

const encode = (text: string): string => toBase64url(new TextEncoder().encode(text))
const decode = (text: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64url(text))

const SESSION = 'phoenix_session'
const FLOW = 'phoenix_sign_in'
const FORM = /^([A-Za-z0-9_-]{1,2000})\.([0-9a-f]{64})$/

export const setSession = (c: AppContext, session: Session): void => {
  const payload = encode(JSON.stringify(session))
  const value = `${payload}.${macOf(c, payload)}`
  setCookie(c, nameOf(c, SESSION), value, optionsOf(c, SESSION_SECONDS))
}

interface Seen {
  cookies: Record<string, string>
  /** Absent: nobody has asked. Null: there is none, or it was not made here. */
  session?: Session | null
}
/** Cookie headers seen lately, as they are: what they say is not read twice, and only the signature is not computed again. */
const headers = new WeakMap<object, Map<string, Seen>>()
const HEADERS_AT_MOST = 1_000
/** What is longer is read anew every time. */
const KEPT_CHARACTERS = 8_300

const NOTHING: Seen = { cookies: {}, session: null }
const seenIn = (c: AppContext): Seen => {
  const header = c.req.header('cookie')
  if (header === undefined) return NOTHING
  let kept = headers.get(c.env.DIRECTORY)
  if (kept === undefined) {
    kept = new Map()
    headers.set(c.env.DIRECTORY, kept)
  }
  const known = kept.get(header)
  if (known) return known
  const seen: Seen = { cookies: getCookie(c) }
  if (kept.size >= HEADERS_AT_MOST) kept.clear()
  if (header.length <= KEPT_CHARACTERS) kept.set(header, seen)
  return seen
}

/** As `getCookie`. */
export const cookieOf = (c: AppContext, name: string): string | undefined => seenIn(c).cookies[name]

const prove = (c: AppContext, value: string): Session | null => {
  const [, payload, mac] = FORM.exec(value) ?? []
  if (payload === undefined || mac === undefined) return null
  if (!equalInConstantTime(mac, macOf(c, payload))) return null
  return Session.safeParse(JSON.parse(decode(payload))).data ?? null
}

/** Null where there is none, it was not made here, or its time is over. */
export const readSession = (c: AppContext): Session | null => {
  const seen = seenIn(c)
  if (seen.session === undefined) {
    const value = seen.cookies[nameOf(c, SESSION)]
    seen.session = value === undefined ? null : prove(c, value)
  }
  const { session } = seen
  return session !== null && session.expiresAt > c.get('clock')().getTime() ? session : null
}

/** Takes back a cookie of ours. */
export const drop = (c: AppContext, name: string): void => {
  deleteCookie(c, nameOf(c, name), { path: '/', secure: isSecure(c) })
}
export const dropSession = (c: AppContext): void => drop(c, SESSION)

export const setFlow = (c: AppContext, sealed: string): void =>
  setCookie(c, nameOf(c, FLOW), sealed, optionsOf(c, FLOW_SECONDS))
/** What the flow left, taken away: it is good for one answer. */
export const takeFlow = (c: AppContext): string | undefined => {
  const sealed = getCookie(c, nameOf(c, FLOW))
  drop(c, FLOW)
  return sealed
}

const PROFILE = 'phoenix_profile'
const PROFILE_SECONDS = 1_800
const Profile = z.strictObject({
  name: z.string().optional(),
  email: z.string().optional(),
  handle: z.string().optional(),
})
const profileKey = (c: AppContext): Uint8Array => deriveKey(c.env.PLATFORM_KEY, PROFILE)
const boundTo = ({ identity }: Pick<Session, 'identity'>): string => identity

/**
 * What the identity provider said of him, for whoever accepts an invitation next. Personal, so it stays in his own browser,
 * sealed, for half an hour.
 */
export const setProfile = async (
  c: AppContext,
  session: Pick<Session, 'identity'>,
  claims: Claims,
): Promise<void> => {
  const plain = new TextEncoder().encode(JSON.stringify(claims))
  const sealed = await seal(profileKey(c), plain, boundTo(session))
  setCookie(c, nameOf(c, PROFILE), sealed, optionsOf(c, PROFILE_SECONDS))
}

/** Nothing where nothing was kept, or it is another's. */
export const readProfile = async (
  c: AppContext,
  session: Pick<Session, 'identity'>,
): Promise<Claims> => {
  const sealed = getCookie(c, nameOf(c, PROFILE))
  if (sealed === undefined) return {}
  try {
    const plain = await open(profileKey(c), sealed, boundTo(session))
    return Profile.parse(JSON.parse(new TextDecoder().decode(plain))) as Claims
  } catch {
    return {}
  }
}
export const dropProfile = (c: AppContext): void => drop(c, PROFILE)
