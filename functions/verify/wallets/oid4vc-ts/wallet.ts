// A small wallet on the independent libraries of the OpenWallet Foundation: @openid4vc/* speaks the protocols, @sd-jwt/* reads and
// presents. It imports nothing of the product. The demo wallet is this one with a folder and a command line.
import { setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { callbacksFor } from './callbacks.ts'
import { encryptedFetch } from './encrypted-fetch.ts'
import { type HolderKey, makeHolderKey } from './keys.ts'
import { payloadOf, presentCredential } from './read.ts'

// The laptop speaks http.
setGlobalConfig({ allowInsecureUrls: true })

export interface Held {
  credential: string
  key: HolderKey
}
export interface Redeemed {
  issuer: string
  configuration: string
  held: Held[]
  /** Tells the issuer what became of it (OpenID4VCI 1.0 §11). */
  notify: (
    event: 'credential_accepted' | 'credential_failure' | 'credential_deleted',
  ) => Promise<void>
}

/**
 * @openid4vc/openid4vci 0.4.6 refuses a deferred response that has credentials and a notification_id, which OpenID4VCI 1.0 §9.2
 * allows: its check has the condition the wrong way round. So it does not get to see the id.
 */
const withoutNotificationId =
  (on: typeof fetch, endpoint: string | undefined, keep: (id: string) => void): typeof fetch =>
  async (input, init) => {
    const response = await on(input, init)
    if (String(input) !== endpoint || !response.ok) return response
    const { notification_id: id, ...rest } = (await response.json()) as Record<string, unknown>
    if (typeof id === 'string') keep(id)
    return Response.json(rest, { status: response.status })
  }

export interface RedeemOptions {
  txCode?: string
  /** As many credentials of a batch, each bound to a key of its own. */
  copies?: number
  /** For a deferred one, at most. */
  waitSeconds?: number
  /** Requests and answers of the credential endpoints; told how each answer came. */
  encrypted?: (contentType: string | null) => void
  /** Around the fault of the library that is described above. */
  workAround?: boolean
}

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** What an offer says before anything is redeemed. */
export const readOffer = async (link: string) => {
  const client = new Openid4vciClient({ callbacks: callbacksFor([]) })
  const offer = await client.resolveCredentialOffer(link)
  const grant = offer.grants?.['urn:ietf:params:oauth:grant-type:pre-authorized_code']
  if (!grant)
    throw new Error('the offer has no pre-authorized code, and this wallet knows no other')
  const metadata = await client.resolveIssuerMetadata(offer.credential_issuer)
  return { offer, metadata, txCode: grant.tx_code ?? null }
}
export type Offer = Awaited<ReturnType<typeof readOffer>>

/** The first configuration of the offer. Rejects with the errors of the library. */
export const redeemOffer = async (
  { offer, metadata }: Offer,
  { txCode, copies = 1, waitSeconds = 0, encrypted, workAround = true }: RedeemOptions,
): Promise<Redeemed> => {
  const keys = Array.from({ length: copies }, makeHolderKey)
  let notificationId: string | undefined
  const deferred = metadata.credentialIssuer.deferred_credential_endpoint
  const on = encrypted ? encryptedFetch(metadata.credentialIssuer, encrypted) : fetch
  const careful = withoutNotificationId(on, deferred, (id) => {
    notificationId = id
  })
  const callbacks = { ...callbacksFor(keys), fetch: workAround ? careful : on }
  const client = new Openid4vciClient({ callbacks })
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    ...{ credentialOffer: offer, issuerMetadata: metadata },
    ...(txCode === undefined ? {} : { txCode }),
  })
  const accessToken = accessTokenResponse.access_token
  const configuration = offer.credential_configuration_ids[0] ?? ''
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata: metadata })
  const jwt = await Promise.all(
    keys.map(async ({ publicJwk }) => {
      const proof = await client.createCredentialRequestJwtProof({
        ...{ issuerMetadata: metadata, credentialConfigurationId: configuration, nonce },
        signer: { method: 'jwk', publicJwk, alg: 'ES256' },
      })
      return proof.jwt
    }),
  )
  const first = await client.retrieveCredentials({
    ...{ issuerMetadata: metadata, credentialConfigurationId: configuration, accessToken },
    proofs: { jwt: jwt as [string, ...string[]] },
  })
  let { credentialResponse } = first
  const end = Date.now() + waitSeconds * 1000
  while (credentialResponse.transaction_id !== undefined && Date.now() < end) {
    await wait(Math.min(credentialResponse.interval ?? 1, 1))
    const later = await client.retrieveDeferredCredentials({
      ...{ issuerMetadata: metadata, accessToken },
      transactionId: credentialResponse.transaction_id,
    })
    credentialResponse = later.deferredCredentialResponse as typeof credentialResponse
  }
  notificationId ??= credentialResponse.notification_id
  const texts = (credentialResponse.credentials ?? []).map((one) =>
    String((one as { credential: unknown }).credential),
  )
  return {
    ...{ issuer: offer.credential_issuer, configuration },
    held: texts.map((credential) => {
      const { cnf } = payloadOf(credential) as { cnf?: { jwk?: { x?: string; y?: string } } }
      const key = keys.find(({ publicJwk: { x, y } }) => x === cnf?.jwk?.x && y === cnf?.jwk?.y)
      if (!key) throw new Error('the credential is bound to a key that was not proved')
      return { credential, key }
    }),
    notify: async (event) => {
      if (notificationId === undefined) return
      await client.sendNotification({
        ...{ issuerMetadata: metadata, accessToken, notification: { notificationId, event } },
      })
    },
  }
}

interface Query {
  credentials: {
    id: string
    meta?: { vct_values?: string[] }
    claims?: { path: string[] }[]
  }[]
}

/** What a verifier asks for, its request object checked (OpenID4VP 1.0 §5). */
export const readRequest = async (link: string) => {
  const client = new Openid4vpClient({ callbacks: callbacksFor([]) })
  const { params } = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link })
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: params,
  })
  const payload = resolved.authorizationRequestPayload
  if (!('client_id' in payload)) throw new Error('the request names no verifier')
  const query = resolved.dcql?.query as Query | undefined
  if (!query) throw new Error('the request has no DCQL query')
  return { payload, query, verifier: String(payload.client_id) }
}
export type Request = Awaited<ReturnType<typeof readRequest>>

export interface Answered {
  status: number
  body: { redirect_uri?: string; error?: string; error_description?: string }
}

/** Presents of each credential that is asked for what was asked, and no claim more. */
export const answerRequest = async (
  { payload, query, verifier }: Request,
  held: readonly Held[],
): Promise<Answered> => {
  const client = new Openid4vpClient({ callbacks: callbacksFor(held.map(({ key }) => key)) })
  const token: Record<string, [string]> = {}
  for (const { id, meta, claims = [] } of query.credentials) {
    const fits = held.find(({ credential }) =>
      (meta?.vct_values ?? []).includes(String(payloadOf(credential).vct)),
    )
    if (!fits) throw new Error(`no credential here is what the verifier asks for as ${id}`)
    const paths = claims.map(({ path }) => path)
    const asked = { paths, aud: verifier, nonce: payload.nonce }
    token[id] = [await presentCredential(fits.credential, fits.key, asked)]
  }
  const { jarm, authorizationResponsePayload } = await client.createOpenid4vpAuthorizationResponse({
    ...{ authorizationRequestPayload: payload, authorizationResponsePayload: { vp_token: token } },
    ...(payload.response_mode === 'direct_post.jwt'
      ? {
          jarm: {
            encryption: { nonce: '' },
            serverMetadata: {
              authorization_signing_alg_values_supported: [],
              authorization_encryption_alg_values_supported: ['ECDH-ES'],
              authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM'],
            },
          },
        }
      : {}),
  })
  const { response } = await client.submitOpenid4vpAuthorizationResponse({
    ...{ authorizationRequestPayload: payload as { response_uri?: string } },
    ...{ authorizationResponsePayload },
    ...(jarm ? { jarm: { responseJwt: jarm.responseJwt } } : {}),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}
