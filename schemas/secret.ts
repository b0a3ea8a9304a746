// Secrets and keys of a tenant as this API shows them: names, versions, times and schedules. A value goes in and never comes out.
import * as z from 'zod'

export const SecretId = z.string().regex(/^sec_[a-z2-7]{26}$/)
export const KeyId = z.string().regex(/^key_[a-z2-7]{26}$/)

export const SecretState = z.enum(['active', 'disabled', 'deleted', 'purged'])
export type SecretState = z.infer<typeof SecretState>
/** `queued`: waits for its turn at the vault, which makes few keys in ten seconds. */
export const KeyState = z.enum(['queued', 'active', 'disabled', 'deleted', 'purged'])
export type KeyState = z.infer<typeof KeyState>
export const KeyKind = z.enum(['EC-P256', 'EC-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'])
export type KeyKind = z.infer<typeof KeyKind>

/** The value is made beside the vault and is seen by nobody. */
export const SecretGenerator = z.strictObject({
  alphabet: z.enum(['base64url', 'hex', 'alphanumeric']),
  /** In characters. */
  length: z.int().min(16).max(256),
})
export type SecretGenerator = z.infer<typeof SecretGenerator>
