// The edge's Ed25519 key as it signs checkpoints (C2SP signed-note), and the check of anybody's signature by WebCrypto.
// It does not know which sizes may be signed: that is the log's own affair.
import { importJWK } from 'jose'
import * as z from 'zod'
import { toBase64 } from '../gitops/log/bytes.ts'
import { keyIdOf, originOf, signatureLine, type VerifySignature } from '../gitops/log/note.ts'
import type { LogKey } from '../schemas/log.ts'
import { fromBase64url } from './base64.ts'
import { sha256Hex } from './digest.ts'
import type { Env } from './env.ts'

type Keys = Pick<Env, 'EDGE_SIGNING_KEY' | 'PUBLIC_URL'>
export type NamedKey = Pick<LogKey, 'name' | 'algorithm' | 'keyId' | 'publicKey'>

const EdgeJwk = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })

/** `host/log`: the origin of the platform's log, and the name of the edge's key in every signature line of its. */
export const platformOrigin = ({ PUBLIC_URL }: Pick<Env, 'PUBLIC_URL'>): string =>
  originOf(new URL(PUBLIC_URL).host)

const readJwk = (text: string): z.infer<typeof EdgeJwk> => {
  try {
    return EdgeJwk.parse(JSON.parse(text))
  } catch {
    // The reason may quote the key.
    throw new Error('EDGE_SIGNING_KEY is not a private Ed25519 JWK')
  }
}

/** The public half, named as in signature lines. */
export const edgeLogKey = (env: Keys): NamedKey => {
  const name = platformOrigin(env)
  const publicKey = fromBase64url(readJwk(env.EDGE_SIGNING_KEY).x)
  const keyId = keyIdOf(name, 'Ed25519', publicKey, sha256Hex)
  return { name, algorithm: 'Ed25519', keyId, publicKey: toBase64(publicKey) }
}

/** Importing costs more than signing, so each isolate does it once per key. */
let imported: { jwk: string; key: Promise<CryptoKey> } | undefined

const privateKey = (jwk: string): Promise<CryptoKey> => {
  if (imported?.jwk !== jwk)
    imported = { jwk, key: importJWK(readJwk(jwk), 'EdDSA') as Promise<CryptoKey> }
  return imported.key
}

/** The signature line of the edge under a checkpoint's text. The same text gives the same line (RFC 8032 §5.1.6). */
export const edgeSignatureLine = async (env: Keys, text: string): Promise<string> => {
  const { name, keyId } = edgeLogKey(env)
  const key = await privateKey(env.EDGE_SIGNING_KEY)
  const signature = await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(text))
  return signatureLine(name, keyId, new Uint8Array(signature))
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

/** For verifyNote. False for a key that cannot be read; never rejects. */
export const verifySignature: VerifySignature<Promise<boolean>> = async (
  algorithm,
  publicKey,
  data,
  signature,
) => {
  const { subtle } = crypto
  try {
    if (algorithm === 'Ed25519') {
      const key = await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
      return await subtle.verify('Ed25519', key, signature, data)
    }
    const key = await subtle.importKey('spki', publicKey, P256, false, ['verify'])
    return await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, data)
  } catch {
    return false
  }
}
