// ES256 signatures over compact JWSs (RFC 7515, RFC 7518 §3.4) through WebCrypto: the one algorithm that is taken here. Without
// a library in between, for a verifier does little else.
import { fromBase64url } from '../base64.ts'
import type { JsonObject } from './json.ts'
import { type EcPublicJwk, ecPublicJwk } from './keys.ts'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const
const ECDSA_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const
const SIGNATURE_BYTES = 64
const COORDINATE_BYTES = 32
const encoder = new TextEncoder()

/** SEC 1 §2.3.3, uncompressed: WebCrypto takes it in two thirds of the time that it takes for a JWK. */
const pointOf = ({ x, y }: EcPublicJwk): Uint8Array<ArrayBuffer> => {
  const point = new Uint8Array(1 + 2 * COORDINATE_BYTES)
  point[0] = 4
  point.set(fromBase64url(x), 1)
  point.set(fromBase64url(y), 1 + COORDINATE_BYTES)
  return point
}

/** Null for what is no public P-256 key: another kind, or a point that is not on the curve. */
export const importEs256 = async (jwk: unknown): Promise<CryptoKey | null> => {
  const known = ecPublicJwk(jwk)
  if (!known) return null
  try {
    return await crypto.subtle.importKey('raw', pointOf(known), ECDSA, false, ['verify'])
  } catch {
    return null
  }
}

/** Whether this key signed exactly this header and this payload. `jwt`: in compact form, as readCompact takes it. */
export const verifyEs256 = async (jwt: string, key: CryptoKey): Promise<boolean> => {
  const dot = jwt.lastIndexOf('.')
  let signature: Uint8Array<ArrayBuffer>
  try {
    signature = fromBase64url(jwt.slice(dot + 1))
  } catch {
    return false
  }
  if (signature.length !== SIGNATURE_BYTES) return false
  return crypto.subtle.verify(ECDSA_SHA256, key, signature, encoder.encode(jwt.slice(0, dot)))
}

/** No extension of a header is understood here (RFC 7515 §4.1.11, RFC 7797). */
export const isHeader = (header: JsonObject, typ: string): boolean =>
  header.alg === 'ES256' &&
  typeof header.typ === 'string' &&
  header.typ.toLowerCase().replace(/^application\//, '') === typ &&
  !Object.hasOwn(header, 'crit') &&
  !Object.hasOwn(header, 'b64')

/** The end of the year 9999, in seconds: beyond it nothing is a date any more. */
export const LAST_DATE = 253_402_300_799

/** NumericDate (RFC 7519 §2), in seconds; null for anything else. */
export const secondsOf = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value <= LAST_DATE ? value : null
