// What the tenant keeps of claims, private keys and secrets: sealed text and keyed digests, under keys of this tenant and of one
// purpose, out of the platform's own.
import { toBase64url } from '../../../../base64.ts'
import { deriveKey, hmacSha256 } from '../../../../digest.ts'
import type { Env } from '../../../../env.ts'
import { open, seal } from '../../../../sealing.ts'

/** A TenantContext is one; routes make theirs with `secretScope`. */
export interface SecretScope {
  env: Pick<Env, 'PLATFORM_KEY'>
  tenant: () => { id: string }
}

export const secretScope = (env: Pick<Env, 'PLATFORM_KEY'>, tenantId: string): SecretScope => ({
  env,
  tenant: () => ({ id: tenantId }),
})

const keyFor = ({ env, tenant }: SecretScope, use: string, purpose: string): Uint8Array =>
  hmacSha256(deriveKey(env.PLATFORM_KEY, use), `${tenant().id}\u0000${purpose}`)

/** Authenticated: it opens for the same tenant and purpose alone. */
export const sealText = (scope: SecretScope, purpose: string, text: string): Promise<string> =>
  seal(keyFor(scope, 'credential-seal', purpose), new TextEncoder().encode(text), purpose)

/** Rejects where it was sealed for another tenant or purpose, or was touched. */
export const openText = async (
  scope: SecretScope,
  purpose: string,
  sealed: string,
): Promise<string> =>
  new TextDecoder().decode(await open(keyFor(scope, 'credential-seal', purpose), sealed, purpose))

/** HMAC-SHA-256 in base64url: what the database keeps of a secret, and looks it up by. */
export const digestOfSecret = (scope: SecretScope, purpose: string, secret: string): string =>
  toBase64url(hmacSha256(keyFor(scope, 'credential-digest', purpose), secret))
