// The receipt of an accepted change: a JWS the holder can keep and verify offline with /v1/log/keys.
// Ed25519 signatures are deterministic (RFC 8032), so a replayed request gets the same receipt.
import { CompactSign, importJWK } from 'jose'
import type { Env } from '../../env.ts'
import type { ChangeRow } from './context.ts'

let imported: { jwk: string; key: Awaited<ReturnType<typeof importJWK>>; kid: string } | undefined

const signingKey = async (jwk: string) => {
  if (imported?.jwk !== jwk) {
    const parsed = JSON.parse(jwk) as { kid?: string }
    imported = { jwk, key: await importJWK(parsed, 'EdDSA'), kid: parsed.kid ?? '' }
  }
  return imported
}

/** Claims: issuer, change id, tenant id, fingerprint of the request, hash of the first log leaf, time of acceptance. */
export const signReceipt = async (
  env: Pick<Env, 'EDGE_SIGNING_KEY' | 'PUBLIC_URL'>,
  change: Pick<ChangeRow, 'id' | 'fingerprint' | 'acceptedAt'>,
  tenantId: string,
  leafHash: string,
): Promise<string> => {
  const { key, kid } = await signingKey(env.EDGE_SIGNING_KEY)
  const claims = {
    iss: env.PUBLIC_URL,
    sub: change.id,
    tenant: tenantId,
    fingerprint: change.fingerprint,
    leaf: leafHash,
    iat: Math.floor(Date.parse(change.acceptedAt) / 1000),
  }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'phoenix-receipt+jwt', kid })
    .sign(key)
}
