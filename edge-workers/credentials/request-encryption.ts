// The key that wallets encrypt credential requests to (OpenID4VCI 1.0 §10, §12.2.4). It is a function of the platform's key and
// the tenant: nobody keeps it, and whoever makes the metadata and whoever reads a request have the same.

import { bytesOfHex } from '../../gitops/log/bytes.ts'
import type { EncryptionKey } from '../../schemas/jwe.ts'
import { KEY_AGREEMENT } from '../../schemas/jwe.ts'
import { deriveKey, hmacSha256 } from '../digest.ts'
import { ecPublicJwk, thumbprintOf } from './keys.ts'

const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const
/** A P-256 key in PKCS #8 without its public half (RFC 5958 §2, RFC 5915 §3): its 32 bytes follow. */
const PKCS8_HEAD = bytesOfHex(
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
)

export interface RequestKey {
  /** As the metadata has it. */
  published: EncryptionKey
  privateKey: CryptoKey
}

/** Rejects where what was derived is no key of the curve: of one in 2^32 tenants. */
const makeKey = async (platformKey: string, tenantId: string): Promise<RequestKey> => {
  const scalar = hmacSha256(deriveKey(platformKey, 'credential-request-encryption'), tenantId)
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...scalar])
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ECDH, true, ['deriveBits'])
  const jwk = ecPublicJwk(await crypto.subtle.exportKey('jwk', privateKey))
  if (!jwk) throw new Error('a key of another kind was derived')
  return {
    published: { ...jwk, kid: thumbprintOf(jwk), alg: KEY_AGREEMENT, use: 'enc' },
    privateKey,
  }
}

const keys = new Map<string, Promise<RequestKey>>()
const KEYS_AT_MOST = 1_000

/** One per issuer, and always the same as long as the platform's key is. */
export const requestKeyOf = (platformKey: string, tenantId: string): Promise<RequestKey> => {
  const name = `${platformKey} ${tenantId}`
  const known = keys.get(name)
  if (known) return known
  if (keys.size >= KEYS_AT_MOST) keys.clear()
  const made = makeKey(platformKey, tenantId)
  keys.set(name, made)
  return made
}
