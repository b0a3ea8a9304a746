// A credential request, taken apart (OpenID4VCI 1.0 §8.2): what is asked for, in which form the keys are proved, and whether they
// are. The proofs are checked here, so that the tenant's one object has only to decide.
import {
  type CredentialError,
  type CredentialRequest,
  JwtProof,
  JwtProofs,
  type Spoken,
} from '../../../schemas/oid4vci.ts'
import type { Result } from '../../../schemas/result.ts'
import type {
  IssuanceWalletCalls,
  IssuedCredentials,
  LaterCredentials,
  ProvenRequest,
} from '../../actors/tenant/credentials/issuance/wallet-contracts.ts'
import { issuerUrl } from '../../actors/tenant/credentials/issuer/issuer.ts'
import { nonceKeyOf, readNonce } from '../../credentials/nonce.ts'
import { verifyProofs } from '../../credentials/proof-jwt.ts'
import { answerJson } from '../../http/answer.ts'
import type { AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { answerOAuthError, answerUnauthorized } from './oauth-error.ts'
import type { Issuing } from './wallet-route.ts'

const bad = (description: string): ProvenRequest => ({
  ...{ ok: false, error: 'invalid_proof', description },
})

/** The JWTs that are in it, or what is wrong with how they are there. */
const jwtsIn = ({ proofs, proof }: CredentialRequest): string[] | ProvenRequest => {
  if (proofs !== undefined && proof !== undefined) return bad('Send proofs alone.')
  if (proof !== undefined) {
    const one = JwtProof.safeParse(proof)
    return one.success ? [one.data.jwt] : bad('proof is not a JWT proof.')
  }
  if (proofs === undefined) return bad('proofs is missing.')
  // Types that nobody knows here are ignored where there is one that is known.
  const jwts = JwtProofs.safeParse(proofs.jwt)
  if (!Object.hasOwn(proofs, 'jwt')) return bad('proofs has no member jwt: no other type is taken.')
  return jwts.success ? jwts.data : bad('proofs.jwt is a list of one to twenty JWTs.')
}

const prove = async (
  c: AppContext,
  { issuerId, entry }: Issuing,
  request: CredentialRequest,
): Promise<ProvenRequest> => {
  const jwts = jwtsIn(request)
  if (!Array.isArray(jwts)) return jwts
  const key = nonceKeyOf(c.env.PLATFORM_KEY, entry.id)
  const now = c.get('clock')()
  return verifyProofs(jwts, {
    ...{ audience: issuerUrl(c.env, issuerId), now },
    readNonce: (nonce) => readNonce(key, nonce, now),
  })
}

export const credentialInput = async (
  c: AppContext,
  issuing: Issuing,
  { tokenDigest, request }: { tokenDigest: string; request: CredentialRequest },
): Promise<IssuanceWalletCalls['credential.request']['input']> => ({
  tokenDigest,
  configuration: request.credential_configuration_id ?? null,
  identifier: request.credential_identifier ?? null,
  form: request.proof === undefined ? 'proofs' : 'proof',
  encrypted: request.credential_response_encryption !== undefined,
  proven: await prove(c, issuing, request),
})

/** Of the credential and the deferred endpoint. */
export const answerCredentials = (
  c: AppContext,
  result: Result<Spoken<IssuedCredentials | LaterCredentials, CredentialError>>,
): Response => {
  if (!result.ok) return answerRefusal(c, result.refusal)
  const answered = result.value
  if (!answered.done) {
    const { error, description } = answered
    return error === 'invalid_token'
      ? answerUnauthorized(c, true)
      : answerOAuthError(c, error, { description })
  }
  const headers = { 'cache-control': 'no-store' }
  const { value } = answered
  if ('transactionId' in value) {
    const { transactionId, interval } = value
    return answerJson(c, { transaction_id: transactionId, interval }, { status: 202, headers })
  }
  const credentials = value.credentials.map((credential) => ({ credential }))
  return answerJson(c, { credentials, notification_id: value.notificationId }, { headers })
}
