// Nonces for proofs (OpenID4VCI 1.0 §7) that nobody has to remember: random bytes and a time under an HMAC. Whether one was
// used is written down when it is, by whoever spends it.
import { fromBase64url, toBase64url } from '../base64.ts'
import { deriveKey, equalInConstantTime, hmacSha256, sha256Hex } from '../digest.ts'

/** How long a wallet has for signing and sending. */
export const NONCE_SECONDS = 300
const RANDOM_BYTES = 16
const TIME_BYTES = 4
const MAC_BYTES = 16
const BODY_BYTES = RANDOM_BYTES + TIME_BYTES
const FORM = /^[A-Za-z0-9_-]{48}$/

const keys = new Map<string, Uint8Array>()
const KEYS_AT_MOST = 1_000

/** One per issuer: a nonce of another is none. */
export const nonceKeyOf = (platformKey: string, tenantId: string): Uint8Array => {
  const name = `${platformKey} ${tenantId}`
  const known = keys.get(name)
  if (known) return known
  if (keys.size >= KEYS_AT_MOST) keys.clear()
  const key = hmacSha256(deriveKey(platformKey, 'credential-nonce'), tenantId)
  keys.set(name, key)
  return key
}

const macOf = (key: Uint8Array, body: Uint8Array): Uint8Array =>
  hmacSha256(key, body).slice(0, MAC_BYTES)

/** 48 characters, 128 bits of them random. */
export const makeNonce = (key: Uint8Array, now: Date): string => {
  const body = new Uint8Array(BODY_BYTES)
  crypto.getRandomValues(body.subarray(0, RANDOM_BYTES))
  new DataView(body.buffer).setUint32(RANDOM_BYTES, Math.floor(now.getTime() / 1000))
  return toBase64url(new Uint8Array([...body, ...macOf(key, body)]))
}

export interface FreshNonce {
  /** SHA-256 in hex: what is written down when it is spent. */
  digest: string
  /** Seconds since the epoch; after that it may be forgotten. */
  until: number
}

/** Null for what we never made, and for what is too old or of a clock ahead of ours. */
export const readNonce = (key: Uint8Array, nonce: string, now: Date): FreshNonce | null => {
  if (!FORM.test(nonce)) return null
  const bytes = fromBase64url(nonce)
  const body = bytes.slice(0, BODY_BYTES)
  const mac = toBase64url(macOf(key, body))
  if (!equalInConstantTime(toBase64url(bytes.slice(BODY_BYTES)), mac)) return null
  const madeAt = new DataView(body.buffer).getUint32(RANDOM_BYTES)
  const age = Math.floor(now.getTime() / 1000) - madeAt
  return age < -1 || age > NONCE_SECONDS
    ? null
    : { digest: sha256Hex(nonce), until: madeAt + NONCE_SECONDS + 1 }
}
