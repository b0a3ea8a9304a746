// Authenticated encryption of small values: AES-256-GCM (NIST SP 800-38D) through WebCrypto, with a fresh nonce each time.
// A box is base64url of nonce and ciphertext; `bound` has to be the same to open it again.
import { fromBase64url, toBase64url } from './base64.ts'

const NONCE_BYTES = 12

const importKey = (key: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [usage])

export const randomKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32))

/** `key`: 32 bytes. */
export const seal = async (key: Uint8Array, plain: Uint8Array, bound: string): Promise<string> => {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const additionalData = new TextEncoder().encode(bound)
  const cipher = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    await importKey(key, 'encrypt'),
    new Uint8Array(plain),
  )
  return toBase64url(new Uint8Array([...iv, ...new Uint8Array(cipher)]))
}

/** Rejects when the box was made under another key, for another place, or was touched. */
export const open = async (key: Uint8Array, box: string, bound: string): Promise<Uint8Array> => {
  const bytes = fromBase64url(box)
  const additionalData = new TextEncoder().encode(bound)
  return new Uint8Array(
    await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes.slice(0, NONCE_BYTES), additionalData },
      await importKey(key, 'decrypt'),
      bytes.slice(NONCE_BYTES),
    ),
  )
}
