// The holder's page of one credential. Its address has a secret that is a function of the credential, so none is stored; it comes
// with the page of the offer, once the credential is issued.
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { fromBase64url } from '../../../../base64.ts'
import { reasonClassOf } from '../../../../credentials/reason-class.ts'
import { base32, equalInConstantTime } from '../../../../digest.ts'
import type { TenantContext } from '../../context.ts'
import { configurationOf } from '../issuer/configurations.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { digestOfSecret, type SecretScope } from '../issuer/secrets.ts'
import { findCredential } from './change.ts'
import type { HolderCredential } from './wallet-contracts.ts'

/** 160 bits. */
const SECRET_CHARACTERS = 32
const secretOf = (scope: SecretScope, id: string): string =>
  base32(fromBase64url(digestOfSecret(scope, 'make credential-page', id)), SECRET_CHARACTERS)

export const credentialPageDigest = (scope: SecretScope, secret: string): string =>
  digestOfSecret(scope, 'credential-page', secret)

/** Whoever has it sees the status of this credential. */
export const credentialPageUrl = (context: TenantContext, issuerId: string, id: string): string =>
  `${context.env.PUBLIC_URL}/credentials/${issuerId}/${id}/${secretOf(context, id)}`

/** Refuses with `not-found`, whatever is wrong. */
export const holderCredential = async (
  context: TenantContext,
  { id, pageDigest }: { id: string; pageDigest: string },
): Promise<Result<HolderCredential>> => {
  const issuer = await issuerOf(context)
  const isKnown = equalInConstantTime(
    pageDigest,
    credentialPageDigest(context, secretOf(context, id)),
  )
  const row = findCredential(context.db, id)
  if (!row || !isKnown) return refuse('not-found')
  const { driver, status, reason, changedBy, configuration: name } = row
  return ok({
    ...{ driver, status, issuerName: issuer.name },
    reason: reason === null ? null : reasonClassOf(reason, changedBy),
    configuration: { name, display: configurationOf(context.db, name)?.definition.display ?? [] },
    ...{ issuedAt: row.issuedAt, expiresAt: row.expiresAt, updatedAt: row.updatedAt },
  })
}
