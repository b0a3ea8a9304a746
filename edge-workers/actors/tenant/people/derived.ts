// Ids and secrets that are functions of the platform key and a request: a repeated request shows the same secret, and none is
// ever stored. The time is part of it: once a row is forgotten, the same request makes another secret, never the old one again.
import { secretFrom } from '../../../auth/token.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'

export interface Request {
  /** Pseudonym of who asks: the same key of two people is two keys. */
  subject: string
  /** The Idempotency-Key. */
  key: string
  /** When it was asked for first. Null: as the release before this one made it, of tenant and key alone. */
  at: string | null
}

/** `id`: 16 characters for behind a prefix. `secret`: 190 bits. Only its digest may be stored. */
export const deriveSecret = (
  { env, tenant }: Pick<TenantContext, 'env' | 'tenant'>,
  purpose: 'token' | 'token-rotation' | 'invitation',
  { subject, key, at }: Request,
): { id: string; secret: string } => {
  const seed = hmacSha256(
    deriveKey(env.PLATFORM_KEY, purpose),
    (at === null ? [tenant().id, key] : [tenant().id, subject, at, key]).join('\u0000'),
  )
  return { id: base32(hmacSha256(seed, 'id'), 16), secret: secretFrom(hmacSha256(seed, 'secret')) }
}
