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

/** Of each platform key: its key for a use, and those of tenants for what is done over and over. */
const derived = new Map<string, Map<string, Uint8Array>>()
const DERIVED_AT_MOST = 5_000

const keptKey = (platformKey: string, name: string, make: () => Uint8Array): Uint8Array => {
  const known = derived.get(platformKey) ?? new Map<string, Uint8Array>()
  derived.set(platformKey, known)
  const before = known.get(name)
  if (before) return before
  if (known.size >= DERIVED_AT_MOST) known.clear()
  const made = make()
  known.set(name, made)
  return made
}

const keyFor = ({ env, tenant }: SecretScope, use: string, purpose: string): Uint8Array => {
  const { PLATFORM_KEY: key } = env
  const root = keptKey(key, use, () => deriveKey(key, use))
  return hmacSha256(root, `${tenant().id}\u0000${purpose}`)
}

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
  toBase64url(
    hmacSha256(
      // A purpose is one of few.
      keptKey(scope.env.PLATFORM_KEY, `${scope.tenant().id}\u0000${purpose}`, () =>
        keyFor(scope, 'credential-digest', purpose),
      ),
      secret,
    ),
  )
