// The issuer's metadata as a JWT, by the key that signs its credentials and under the same root (OpenID4VCI 1.0 §12.2.3): whoever
// trusts the root knows whose metadata it is, wherever it came from.
import { ok, type Result } from '../../../../../schemas/result.ts'
import type { TenantContext } from '../../context.ts'
import { issuerDocument } from './documents.ts'
import { issuerOf, issuerUrl, signerOf } from './issuer.ts'

export const SIGNED_METADATA_TYPE = 'openidvci-issuer-metadata+jwt'
/** From then on nobody believes it. */
const LASTS_SECONDS = 86_400
/** Anybody may ask for it, and a signature may be a request to the Functions. */
const KEPT_MILLISECONDS = 300_000

interface Kept {
  /** Of what it was made. */
  of: string
  until: number
  jwt: string
}
const kept = new WeakMap<object, Kept>()

/** Throws Outage where its key is elsewhere and does not answer. */
export const signedMetadata = async (context: TenantContext): Promise<Result<string>> => {
  const read = await issuerDocument(context, 'credential-issuer')
  if (!read.ok) return read
  const signer = await signerOf(context)
  const of = JSON.stringify([signer.x5c, read.value])
  const now = context.now().getTime()
  const before = kept.get(context)
  if (before?.of === of && before.until > now) return ok(before.jwt)
  const { id } = await issuerOf(context)
  const url = issuerUrl(context.env, id)
  const iat = Math.floor(now / 1_000)
  const jwt = await signer.sign(
    { typ: SIGNED_METADATA_TYPE, withX5c: true },
    { ...JSON.parse(read.value), iss: url, sub: url, iat, exp: iat + LASTS_SECONDS },
  )
  kept.set(context, { of, until: now + KEPT_MILLISECONDS, jwt })
  return ok(jwt)
}
