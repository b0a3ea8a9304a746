// What can be said of a JWT before its signature is looked at, and of its claims whatever signed them. Free of charge: nothing
// here asks anybody, so that junk costs nobody a request.

import type { JWTHeaderParameters, JWTPayload } from 'jose'
import { fromBase64url } from '../../base64.ts'
import { hasDuplicateKeys } from '../../http/json.ts'

export const MAX_JWT_CHARACTERS = 8_192
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
/** Beyond the year 9999 nothing is a date any more. */
const LAST_SECOND = 253_402_300_799

/** All that verify with a public key (RFC 7518 §3.1, RFC 8037, RFC 9864). `none` and the HMACs are not names we know. */
export const ASYMMETRIC = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
]
export type AsymmetricAlgorithm = (typeof ASYMMETRIC)[number]

const decoded = (part: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64url(part))

/** Two readers of one text must not understand two things (RFC 7519 §4). */
const objectIn = (part: string): Record<string, unknown> | null => {
  const text = decoded(part)
  const value: unknown = JSON.parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && !hasDuplicateKeys(text) ? (value as Record<string, unknown>) : null
}

export interface ReadJwt {
  header: JWTHeaderParameters
  claims: JWTPayload
}

/** Header and claims of a signed JWT in compact form, neither of them proved. Null for whatever else it is. */
export const readJwt = (jwt: string): ReadJwt | null => {
  if (jwt.length > MAX_JWT_CHARACTERS || !COMPACT.test(jwt)) return null
  const [header = '', claims = ''] = jwt.split('.')
  try {
    const read = { header: objectIn(header), claims: objectIn(claims) }
    return read.header && read.claims ? (read as ReadJwt) : null
  } catch {
    return null
  }
}

/** `application/at+jwt` and `AT+JWT` are `at+jwt` (RFC 7515 §4.1.9). */
const typeOf = (typ: unknown): string | null =>
  typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : null

/** No extension of the header is understood here, and only the provider's own keys are ever asked. */
export const isHeaderFit = (
  header: JWTHeaderParameters,
  { algorithms, types }: { algorithms: readonly string[]; types?: readonly string[] | undefined },
): boolean => {
  if (!algorithms.includes(header.alg) || !(ASYMMETRIC as string[]).includes(header.alg))
    return false
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return false
  if (header.kid !== undefined && (typeof header.kid !== 'string' || header.kid.length > 255))
    return false
  const type = typeOf(header.typ)
  return types === undefined || (type !== null && types.includes(type))
}

const isSecond = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LAST_SECOND

const isFor = (aud: unknown, audiences: readonly string[]): boolean =>
  (Array.isArray(aud) ? aud : [aud]).some(
    (one) => typeof one === 'string' && audiences.includes(one),
  )

/** RFC 7519 §4.1 and OpenID Connect Core §3.1.3.7, with `exp`, `iat` and `sub` required. Times in seconds. */
export const areClaimsFit = (
  { iss, sub, aud, exp, iat, nbf }: JWTPayload,
  {
    issuer,
    audiences,
    seconds,
    skew,
    maxAge,
  }: {
    issuer: string
    audiences: readonly string[]
    seconds: number
    skew: number
    maxAge: number | undefined
  },
): boolean => {
  if (iss !== issuer || !isFor(aud, audiences)) return false
  if (typeof sub !== 'string' || sub.trim() === '' || sub.length > 1_000) return false
  if (!isSecond(exp) || !isSecond(iat) || (nbf !== undefined && !isSecond(nbf))) return false
  if (exp <= seconds - skew || iat > seconds + skew) return false
  if (nbf !== undefined && nbf > seconds + skew) return false
  return maxAge === undefined || iat >= seconds - skew - maxAge
}
