// A credential request, taken apart (OpenID4VCI 1.0 §8.2): what is asked for, in which form the keys are proved, and whether they
// are. The proofs are checked here, so that the tenant's one object has only to decide.
import {
  type AskedEncryption,
  type CredentialError,
  type CredentialRequest,
  type CredentialResponse,
  type DeferredResponse,
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
import type { Seal } from './encrypted.ts'
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
  {
    tokenDigest,
    request,
    encryption,
  }: { tokenDigest: string; request: CredentialRequest; encryption: AskedEncryption },
): Promise<IssuanceWalletCalls['credential.request']['input']> => ({
  tokenDigest,
  configuration: request.credential_configuration_id ?? null,
  identifier: request.credential_identifier ?? null,
  form: request.proof === undefined ? 'proofs' : 'proof',
  encryption,
  proven: await prove(c, issuing, request),
})

const bodyOf = (
  value: IssuedCredentials | LaterCredentials,
): CredentialResponse | DeferredResponse => {
  if ('transactionId' in value)
    return { transaction_id: value.transactionId, interval: value.interval }
  const credentials = value.credentials.map((credential) => ({ credential }))
  return { credentials, notification_id: value.notificationId }
}

/** Of the credential and the deferred endpoint. `seal`: where the wallet wants it encrypted, whatever it says (§8.3). */
export const answerCredentials = async (
  c: AppContext,
  result: Result<Spoken<IssuedCredentials | LaterCredentials, CredentialError>>,
  seal: Seal | null,
): Promise<Response> => {
  if (!result.ok) return answerRefusal(c, result.refusal)
  const answered = result.value
  if (!answered.done) {
    const { error, description } = answered
    return error === 'invalid_token'
      ? answerUnauthorized(c, true)
      : answerOAuthError(c, error, { description })
  }
  const { value } = answered
  const body = bodyOf(value)
  const status = 'transactionId' in value ? 202 : 200
  const headers = { 'cache-control': 'no-store' }
  if (!seal) return answerJson(c, body, { status, headers })
  const jwe = await seal(JSON.stringify(body))
  return c.body(jwe, status, { ...headers, 'content-type': 'application/jwt' })
}
