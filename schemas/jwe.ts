// Encryption as wallets and we do it to each other (RFC 7516, RFC 7518 §4.6, §5.3): ECDH-ES over P-256 with AES-GCM, never
// compressed.
import * as z from 'zod'

export const KEY_AGREEMENT = 'ECDH-ES'
export const CONTENT_ENCRYPTIONS = ['A128GCM', 'A256GCM'] as const
export const ContentEncryption = z.enum(CONTENT_ENCRYPTIONS)
export type ContentEncryption = z.infer<typeof ContentEncryption>

/** A public key of ours that others encrypt to. */
export const EncryptionKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal(KEY_AGREEMENT),
  use: z.literal('enc'),
})
export type EncryptionKey = z.infer<typeof EncryptionKey>
