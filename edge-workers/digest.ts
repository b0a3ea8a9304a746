// Synchronous hashing, the one file at the edge that may import node:crypto: a digest inside a transaction cannot be awaited.
import { createHash, createHmac, hash, randomBytes } from 'node:crypto'
import { hexOf as hex } from '../gitops/log/bytes.ts'

export const sha256Hex = (text: string | Uint8Array): string => hash('sha256', text, 'hex')

/** Without padding, as JOSE writes digests. */
export const sha256Base64url = (text: string | Uint8Array): string =>
  hash('sha256', text, 'base64url')

/** `sha256:` and 64 hex digits, the form of every digest we show. */
export const digestOf = (text: string | Uint8Array): string => `sha256:${sha256Hex(text)}`

export const hmacSha256 = (key: string | Uint8Array, text: string | Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(text).digest()

/** A key for one purpose out of the platform key (HMAC as a key-derivation function, NIST SP 800-108 counterless). */
export const deriveKey = (platformKey: string, purpose: string): Uint8Array =>
  hmacSha256(platformKey, `phoenix:${purpose}`)

/** Git's id of a file's content (SHA-1 repositories): what a forge shows of it. */
export const gitBlobId = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  return createHash('sha1').update(`blob ${bytes.length}\u0000`).update(bytes).digest('hex')
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 base32 in lower case without padding, cut to `length` characters. */
export const base32 = (bytes: Uint8Array, length: number): string => {
  let out = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5 && out.length < length) {
      out += BASE32[(value >> (bits - 5)) & 31]
      bits -= 5
    }
  }
  return out
}

/** Lower case. */
export { hex }

export const randomHex = (bytes: number): string => hex(randomBytes(bytes))

/** Constant-time comparison of two strings, without a copy of either; unequal lengths are unequal. */
export const equalInConstantTime = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false
  let different = 0
  for (let at = 0; at < a.length; at += 1) different |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return different === 0
}
