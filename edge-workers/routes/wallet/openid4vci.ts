// /i/{issuer}/oid4vci/…: the endpoints of an issuer for wallets (OpenID4VCI 1.0). They read what was sent, prove what can be proved
// without the tenant, and answer with the codes of the specification; everything that is decided the tenant's actor decides.
import * as z from 'zod'
import {
  AuthorizationDetails,
  CredentialRequest,
  CredentialResponse,
  DeferredRequest,
  DeferredResponse,
  NonceResponse,
  NotificationRequest,
  OfferObject,
  PRE_AUTHORIZED,
  TokenRequest,
  TokenResponse,
} from '../../../schemas/oid4vci.ts'
import {
  digestFor,
  readReference,
  txCodeDigest,
} from '../../actors/tenant/credentials/issuance/offer-secrets.ts'
import { secretScope } from '../../actors/tenant/credentials/issuer/secrets.ts'
import { makeNonce, nonceKeyOf } from '../../credentials/nonce.ts'
import { answerJson } from '../../http/answer.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { param } from '../../http/route.ts'
import { accessTokenIn, readWalletForm, readWalletJson } from './bodies.ts'
import { answerCredentials, credentialInput } from './credential-request.ts'
import { readWalletMessage } from './encrypted.ts'
import { answerOAuthError, answerUnauthorized, oauthErrorAnswer } from './oauth-error.ts'
import { addWalletRoute, type Issuing } from './wallet-route.ts'

const TAG = 'For wallets'
const BASE = '/i/{issuer}/oid4vci'
const NO_STORE = { 'cache-control': 'no-store' }
const REFUSED = 'The code of the specification says why.'
const unauthorized = oauthErrorAnswer('The access token is missing or does not hold.')

const scopeOf = (c: AppContext, { entry }: Issuing) => secretScope(c.env, entry.id)

const answerOffer = async (c: AppContext, issuing: Issuing): Promise<Response> => {
  const reference = readReference(scopeOf(c, issuing), param(c, 'id'))
  if (!reference) return answerRefusal(c, { problem: 'not-found' })
  const offer = await issuing.tenant.wallet('offer.fetch', reference)
  return offer.ok
    ? answerJson(c, offer.value, { headers: NO_STORE })
    : answerRefusal(c, offer.refusal)
}

/** Ways to say who the client is; none is known here, and none is asked for (RFC 6749 §2.3, RFC 7521 §4.2). */
const ClientToken = TokenRequest.extend({
  client_secret: z.string().optional(),
  client_assertion: z.string().optional(),
})

const configurationsIn = (details: string | undefined): string[] | null | 'fault' => {
  if (details === undefined) return null
  try {
    const parsed = AuthorizationDetails.safeParse(JSON.parse(details))
    return parsed.success
      ? parsed.data.map(({ credential_configuration_id: name }) => name)
      : 'fault'
  } catch {
    return 'fault'
  }
}

const answerToken = async (c: AppContext, issuing: Issuing): Promise<Response> => {
  const refused = (error: string, description?: string) =>
    answerOAuthError(c, error, { description })
  const form = await readWalletForm(c, ClientToken)
  if (!form.ok) return refused('invalid_request', form.fault)
  const { grant_type, tx_code, authorization_details, ...rest } = form.value
  const bySecret = rest.client_secret !== undefined || rest.client_assertion !== undefined
  const byHeader = c.req.header('authorization') !== undefined
  if (byHeader || bySecret)
    return answerOAuthError(c, 'invalid_client', {
      description: 'Clients are anonymous here: no way to authenticate is known.',
      // RFC 6749 §5.2.
      ...(byHeader
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="phoenix"' } }
        : {}),
    })
  if (grant_type !== PRE_AUTHORIZED)
    return refused('unsupported_grant_type', 'Only the pre-authorized code is taken here.')
  const code = rest['pre-authorized_code']
  if (code === undefined) return refused('invalid_request', 'pre-authorized_code is missing.')
  const configurations = configurationsIn(authorization_details)
  if (configurations === 'fault') return refused('invalid_authorization_details')
  const scope = scopeOf(c, issuing)
  const redeemed = await issuing.tenant.wallet('token.redeem', {
    codeDigest: digestFor(scope, 'code', code),
    txCodeDigest: tx_code === undefined ? null : txCodeDigest(scope, tx_code),
    configurations,
  })
  if (!redeemed.ok) return answerRefusal(c, redeemed.refusal)
  if (!redeemed.value.done) return refused(redeemed.value.error, redeemed.value.description)
  const { accessToken, expiresInSeconds, identifiers } = redeemed.value.value
  const details = Object.entries(identifiers ?? {}).map(([name, identifier]) => ({
    type: 'openid_credential' as const,
    credential_configuration_id: name,
    credential_identifiers: [identifier],
  }))
  const body: TokenResponse = {
    ...{ access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds },
    ...(identifiers ? { authorization_details: details } : {}),
  }
  return answerJson(c, body, { headers: { ...NO_STORE, pragma: 'no-cache' } })
}

const answerNonce = (c: AppContext, { entry }: Issuing): Response =>
  answerJson(
    c,
    { c_nonce: makeNonce(nonceKeyOf(c.env.PLATFORM_KEY, entry.id), c.get('clock')()) },
    { headers: NO_STORE },
  )

/** With an access token that looks like one; whose it is the tenant says. */
const withToken =
  (run: (c: AppContext, issuing: Issuing, tokenDigest: string) => Promise<Response>) =>
  async (c: AppContext, issuing: Issuing): Promise<Response> => {
    const { token, sent } = accessTokenIn(c)
    if (token === null) return answerUnauthorized(c, sent)
    return run(c, issuing, digestFor(scopeOf(c, issuing), 'access-token', token))
  }

/** What is wrong with the body is said to whoever has a token that holds (RFC 6750 §3.1). */
const answerMalformed = async (
  c: AppContext,
  { tenant }: Issuing,
  { tokenDigest, error, fault }: { tokenDigest: string; error: string; fault: string },
): Promise<Response> => {
  const held = await tenant.wallet('token.check', { tokenDigest })
  if (!held.ok) return answerRefusal(c, held.refusal)
  return held.value
    ? answerOAuthError(c, error, { description: fault })
    : answerUnauthorized(c, true)
}

const answerCredential = withToken(async (c, issuing, tokenDigest) => {
  const message = await readWalletMessage(c, issuing, CredentialRequest)
  if (!message.ok) {
    const { fault, error = 'invalid_credential_request' } = message
    return answerMalformed(c, issuing, { tokenDigest, error, fault })
  }
  const { value: request, encryption, seal } = message
  const input = await credentialInput(c, issuing, { tokenDigest, request, encryption })
  return answerCredentials(c, await issuing.tenant.wallet('credential.request', input), seal)
})

const answerDeferred = withToken(async (c, issuing, tokenDigest) => {
  const message = await readWalletMessage(c, issuing, DeferredRequest)
  if (!message.ok) {
    const { fault, error = 'invalid_transaction_id' } = message
    return answerMalformed(c, issuing, { tokenDigest, error, fault })
  }
  const { value, encryption, seal } = message
  const input = { tokenDigest, transactionId: value.transaction_id, encryption }
  return answerCredentials(c, await issuing.tenant.wallet('credential.deferred', input), seal)
})

const answerNotification = withToken(async (c, issuing, tokenDigest) => {
  const request = await readWalletJson(c, NotificationRequest)
  const malformed = 'invalid_notification_request'
  if (!request.ok)
    return answerMalformed(c, issuing, { tokenDigest, error: malformed, fault: request.fault })
  const { notification_id: notificationId, event } = request.value
  const taken = await issuing.tenant.wallet('credential.notify', {
    ...{ tokenDigest, notificationId, event },
  })
  if (!taken.ok) return answerRefusal(c, taken.refusal)
  if (taken.value.done) return c.body(null, 204, NO_STORE)
  const { error, description } = taken.value
  return error === 'invalid_token'
    ? answerUnauthorized(c, true)
    : answerOAuthError(c, error, { description })
})

const credentialAnswers = {
  200: { text: 'The credentials.', schema: CredentialResponse, name: 'CredentialResponse' },
  202: {
    text: 'Later: ask the deferred endpoint.',
    schema: DeferredResponse,
    name: 'DeferredResponse',
  },
  400: oauthErrorAnswer(REFUSED),
  401: unauthorized,
}

export const registerOpenid4vciRoutes = (app: App): void => {
  addWalletRoute(
    app,
    {
      ...{ method: 'get', path: `${BASE}/offers/{id}`, tag: TAG, action: 'open' },
      summary: 'Fetch a credential offer',
      description:
        'OpenID4VCI 1.0 §4.1.3. The address comes in the link; it holds until the code of the offer is used.',
      answers: { 200: { text: 'The offer.', schema: OfferObject, name: 'CredentialOfferObject' } },
    },
    answerOffer,
  )
  addWalletRoute(
    app,
    {
      ...{ method: 'post', path: `${BASE}/token`, tag: TAG, action: 'proof' },
      summary: 'Redeem a pre-authorized code',
      description:
        'OpenID4VCI 1.0 §6. A code holds once. After five wrong transaction codes it is dead.',
      body: TokenRequest,
      ...{ bodyName: 'TokenRequest', bodyType: 'application/x-www-form-urlencoded' },
      answers: {
        200: { text: 'The access token.', schema: TokenResponse, name: 'TokenResponse' },
        400: oauthErrorAnswer(REFUSED),
        401: oauthErrorAnswer('A client authenticated, and none can here.'),
      },
      problems: ['tenant-suspended'],
    },
    answerToken,
  )
  addWalletRoute(
    app,
    {
      ...{ method: 'post', path: `${BASE}/nonce`, tag: TAG, action: 'open' },
      summary: 'Get a nonce for proofs',
      description: 'OpenID4VCI 1.0 §7. It holds once and for five minutes.',
      answers: { 200: { text: 'The nonce.', schema: NonceResponse, name: 'NonceResponse' } },
    },
    answerNonce,
  )
  addWalletRoute(
    app,
    {
      ...{ method: 'post', path: `${BASE}/credential`, tag: TAG, action: 'proof' },
      summary: 'Request a credential',
      description:
        'OpenID4VCI 1.0 §8. The same keys get the same credentials again as long as they have not been accepted. The request may be encrypted (`application/jwt`, §10), and has to be where the answer shall be.',
      ...{ body: CredentialRequest, bodyName: 'CredentialRequest', answers: credentialAnswers },
      problems: ['tenant-suspended'],
    },
    answerCredential,
  )
  addWalletRoute(
    app,
    {
      ...{ method: 'post', path: `${BASE}/deferred`, tag: TAG, action: 'proof' },
      summary: 'Ask for a deferred credential',
      description:
        'OpenID4VCI 1.0 §9. A minute after the credential was issued its transaction_id is unknown: until then a wallet that lost the answer gets it again.',
      ...{ body: DeferredRequest, bodyName: 'DeferredRequest', answers: credentialAnswers },
      problems: ['tenant-suspended'],
    },
    answerDeferred,
  )
  addWalletRoute(
    app,
    {
      ...{ method: 'post', path: `${BASE}/notification`, tag: TAG, action: 'proof' },
      summary: 'Tell what became of a credential',
      description: 'OpenID4VCI 1.0 §11. Said twice it is the same.',
      ...{ body: NotificationRequest, bodyName: 'NotificationRequest' },
      answers: {
        204: { text: 'Taken.' },
        400: oauthErrorAnswer(REFUSED),
        401: unauthorized,
      },
    },
    answerNotification,
  )
}
