// Keys of ES256 (RFC 7518 §3.4) as JWKs: which ones are taken, and what they are called.
import { sha256Base64url } from '../digest.ts'
import { isObject } from './json.ts'

export interface EcPublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

/** 32 bytes without padding. */
const COORDINATE = /^[A-Za-z0-9_-]{43}$/

/** The four members that make a public P-256 key, and nothing else that came with them; null for any other key. */
export const ecPublicJwk = (jwk: unknown): EcPublicJwk | null => {
  if (!isObject(jwk)) return null
  const { kty, crv, x, y } = jwk
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return null
  return COORDINATE.test(x) && COORDINATE.test(y) ? { kty, crv, x, y } : null
}

/** RFC 7638, SHA-256. */
export const thumbprintOf = ({ crv, kty, x, y }: EcPublicJwk): string =>
  // As JSON has it: nothing in the four is to be escaped.
  sha256Base64url(`{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`)
