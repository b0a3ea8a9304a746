// Which browser it is that began a presentation: a cookie of random bytes that says nothing else. It is proved by being sent back
// (OpenID4VP 1.0 §13.3); what the tenant keeps of it is a keyed digest.
import { setCookie } from 'hono/cookie'
import ipaddr from 'ipaddr.js'
import { secretScope } from '../actors/tenant/credentials/issuer/secrets.ts'
import { digestFor } from '../actors/tenant/credentials/presentations/request-secrets.ts'
import { randomHex } from '../digest.ts'
import type { AppContext } from '../http/context.ts'
import { cookieOf, nameOf } from './session-cookie.ts'

const NAME = 'phoenix_presentation'
const FORM = /^[0-9a-f]{64}$/
const SECONDS = 3_600

/** Null: this browser has begun nothing. For the calls of a tenant, whose key the digest is under. */
export const browserDigest = (c: AppContext, tenantId: string): string | null => {
  const value = cookieOf(c, nameOf(c, NAME))
  return value !== undefined && FORM.test(value)
    ? digestFor(secretScope(c.env, tenantId), 'browser', value)
    : null
}

/** The same, for a browser that begins something: it gets a cookie where it has none. */
export const ensureBrowser = (c: AppContext, tenantId: string): string => {
  const known = browserDigest(c, tenantId)
  if (known !== null) return known
  const value = randomHex(32)
  setCookie(c, nameOf(c, NAME), value, {
    ...{ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: SECONDS },
    secure: c.env.PUBLIC_URL.startsWith('https:'),
  })
  return digestFor(secretScope(c.env, tenantId), 'browser', value)
}

/** Whoever has an address of IPv6 has 2^64 of them: bytes of the network that is one caller's (RFC 6177 §2). */
const NETWORK_BYTES = 8

/** Where it comes from, as Cloudflare or the proxy before us says: a keyed digest of the network. Null: nobody says. */
export const callerDigest = (c: AppContext, tenantId: string): string | null => {
  const address = c.req.header('cf-connecting-ip') ?? ''
  if (!ipaddr.isValid(address)) return null
  const bytes = ipaddr.process(address).toByteArray()
  const network = bytes.length === 4 ? bytes : bytes.slice(0, NETWORK_BYTES)
  return digestFor(secretScope(c.env, tenantId), 'browser', `from ${network.join('.')}`)
}
