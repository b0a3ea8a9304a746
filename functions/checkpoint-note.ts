// What the Functions ask of a checkpoint before they do anything with it: that it is the platform's, and who has signed it. They
// take the edge's word for nothing that its signature can show.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { fromBase64, toBase64 } from '../gitops/log/bytes.ts'
import {
  headOfNote,
  keyIdOf,
  readNote,
  type VerifySignature,
  verifyNote,
} from '../gitops/log/note.ts'
import type { LogHead } from '../schemas/log.ts'

export const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The edge’s JWKS (RFC 7517). */
const EdgeKeys = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), crv: z.string().optional(), x: z.string() })),
})

/** None where the setting cannot be read: then nothing is signed. */
export const edgeKeysOf = (jwks: string | undefined): Uint8Array[] => {
  try {
    return EdgeKeys.parse(JSON.parse(jwks ?? ''))
      .keys.filter(({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519')
      .map(({ x }) => new Uint8Array(Buffer.from(x, 'base64url')))
  } catch {
    return []
  }
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const verifySignature: VerifySignature<Promise<boolean>> = async (
  algorithm,
  key,
  data,
  signature,
) => {
  const { subtle } = crypto
  try {
    if (algorithm === 'Ed25519') {
      const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
      return await subtle.verify('Ed25519', imported, signature, data)
    }
    const imported = await subtle.importKey('spki', key, P256, false, ['verify'])
    return await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, signature, data)
  } catch {
    return false
  }
}

/** The log's own key has the log's origin for its name, and a tenant's log has another origin: only the platform's is taken. */
const PLATFORM_ORIGIN = /^[^/]+\/log$/

/** Null: it is no checkpoint of the platform's log. */
export const platformHeadOf = (note: string): (LogHead & { origin: string }) | null => {
  const head = headOfNote(note)
  return head && PLATFORM_ORIGIN.test(head.origin) ? head : null
}

/** One of these keys of the edge has signed it under the log's own name. */
export const isSignedByEdge = async (
  note: string,
  name: string,
  keys: readonly Uint8Array[],
): Promise<boolean> => {
  const algorithm = 'Ed25519'
  for (const bytes of keys) {
    const key = { name, algorithm, publicKey: toBase64(bytes) } as const
    const keyId = keyIdOf(name, algorithm, bytes, sha256)
    if (await verifyNote(note, { ...key, keyId }, verifySignature)) return true
  }
  return false
}

/** This key has co-signed it, under whatever name. `publicKey`: SubjectPublicKeyInfo of P-256 in base64. */
export const isSignedBySecondParty = async (note: string, publicKey: string): Promise<boolean> => {
  const bytes = fromBase64(publicKey)
  if (!bytes) return false
  const algorithm = 'ES256'
  const id = keyIdOf('', algorithm, bytes, sha256)
  const line = readNote(note)?.signatures.find(({ keyId }) => keyId === id)
  if (!line) return false
  return verifyNote(note, { name: line.name, algorithm, publicKey, keyId: id }, verifySignature)
}
