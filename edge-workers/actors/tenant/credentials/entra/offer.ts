// An offer of a configuration whose issuer is Microsoft Entra Verified ID: a request there, with our own id of the credential as
// the claim that it is found by again. The transaction code leaves this installation as a salted digest only.
import type { TxCodeWish } from '../../../../../schemas/credential.ts'
import { ok, type Refusal, type Result, refuse } from '../../../../../schemas/result.ts'
import { INDEXED_CLAIM } from '../../../../../schemas/verified-id.ts'
import { fromBase64url, toBase64 } from '../../../../base64.ts'
import type { JsonObject, JsonValue } from '../../../../credentials/json.ts'
import { base32, sha256Base64url } from '../../../../digest.ts'
import type { TenantContext } from '../../context.ts'
import type { ConfigurationRow } from '../issuer/configurations.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { digestOfSecret, type SecretScope } from '../issuer/secrets.ts'
import { callbackFor, notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'

export interface EntraOffering {
  offerId: string
  configuration: ConfigurationRow
  claims: JsonObject
  txCode: { wish: TxCodeWish; value: string } | null
}
export interface EntraOffered {
  remote: { requestId: string; url: string }
  /** Of the key that the callbacks of this request bring. */
  callbackDigest: string
  expiresAt: string
}

/**
 * The credential that an offer ends in: one, and known before it is issued. 130 bits of an HMAC, where a UUID has 122 random ones: a
 * repeat after a lost answer has to name the same credential.
 */
export const credentialIdOf = (scope: SecretScope, offerId: string): string =>
  `crd_${base32(fromBase64url(digestOfSecret(scope, 'make entra-credential', offerId)), 26)}`

type Faults = NonNullable<Refusal['errors']>
export const faultFree = <T>(errors: Faults, value: T): Result<T> =>
  errors.length === 0 ? ok(value) : refuse('invalid-parameters', { errors })

const textOfClaim = (value: JsonValue): string | null =>
  typeof value === 'object' ? null : String(value)

const claimsToSend = (claims: JsonObject): Result<Record<string, string>> => {
  const errors: Faults = []
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(claims)) {
    const text = textOfClaim(value)
    if (text === null)
      errors.push({ pointer: `/claims/${name}`, detail: 'Claims at Entra Verified ID are texts.' })
    else texts[name] = text
  }
  return faultFree(errors, texts)
}

/** base64(SHA-256(salt + PIN)), as the wallet computes it again. */
const hashedPin = (
  scope: SecretScope,
  offerId: string,
  { wish, value }: { wish: TxCodeWish; value: string },
) => {
  const salt = digestOfSecret(scope, 'make entra-salt', offerId)
  const digest = toBase64(fromBase64url(sha256Base64url(`${salt}${value}`)))
  return { value: digest, salt, length: wish.length }
}

const NUMERIC = refuse('invalid-parameters', {
  errors: [{ pointer: '/txCode/mode', detail: 'Entra Verified ID asks for digits alone.' }],
})

/** Asks Entra for the request; the caller writes the row. Called again with the same offer id after a crash. Throws Outage. */
export const offerWithEntra = async (
  context: TenantContext,
  { offerId, configuration, claims, txCode }: EntraOffering,
): Promise<Result<EntraOffered>> => {
  const ask = verifiedIdOf(context)
  const { remote, type } = configuration
  if (!ask || !remote || type === null) return notConnected(context)
  if (txCode && txCode.wish.mode !== 'numeric') return NUMERIC
  const texts = claimsToSend(claims)
  if (!texts.ok) return texts
  const { name: clientName } = await issuerOf(context)
  const { callback, callbackDigest } = callbackFor(context, offerId)
  const asked = await ask('issue', offerId, {
    ...{ authority: remote.did, manifest: remote.manifestUrl, type, clientName, callback },
    claims: { ...texts.value, [INDEXED_CLAIM]: credentialIdOf(context, offerId) },
    pin: txCode && hashedPin(context, offerId, txCode),
  })
  if (!asked.ok)
    // Under this very offer something else was asked for before, and its answer was lost.
    return asked.fault.fault === 'conflict'
      ? refuse('idempotency-key-reused')
      : refusedByEntra(asked.fault, 'offer')
  const { requestId, url, expiry } = asked.value
  // Entra alone decides how long its link holds: a shorter time of ours would end nothing there.
  const expiresAt = new Date(expiry * 1_000).toISOString()
  return ok({ remote: { requestId, url }, callbackDigest, expiresAt })
}
