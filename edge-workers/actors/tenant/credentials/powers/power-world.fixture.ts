// A tenant with its people and a change, and wallets in their hands: credentials of its own issuer are taken and presented over HTTP.
import { CompactEncrypt, decodeJwt, importJWK } from 'jose'
import { vi } from 'vitest'
import { createTenantWorld } from '../../../../../functions/simulator/tenant-world.ts'
import type { CredentialOffer, CredentialView } from '../../../../../schemas/credential.ts'
import type { RequestObject } from '../../../../../schemas/oid4vp.ts'
import type { PresentationRequest } from '../../../../../schemas/presentation.ts'
import { newSigner, present, type TestSigner } from '../../../../credentials/presenter.fixture.ts'

export const START = Date.parse('2026-11-21T12:00:00Z')
const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** A credential and the key that it is bound to. */
export interface InWallet {
  text: string
  key: TestSigner
  id: string
}
export interface Told {
  status: number
  body: Record<string, unknown> & { detail?: string; id?: string; state?: string }
  problem: string | undefined
}

/** Call `vi.useRealTimers()` afterwards. */
export const createPowerWorld = async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  const world = await createTenantWorld()
  const { PUBLIC_URL } = world.env
  const local = (url: string): string => url.slice(PUBLIC_URL.length)
  let keys = 0
  const api = async (
    method: string,
    path: string,
    { token = world.tokens.owner, body, key, ifMatch }: ApiWish = {},
  ): Promise<Told> => {
    keys += 1
    const response = await world.http(method, `/v1/tenants/acme${path}`, {
      ...{ token, key: key ?? `power-${keys}` },
      ...(body === undefined ? {} : { body }),
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    })
    const text = await response.text()
    const read = text === '' ? {} : JSON.parse(text)
    return { status: response.status, body: read, problem: read.type?.split('/').at(-1) }
  }
  const insist = async <T>(...asked: Parameters<typeof api>): Promise<T> => {
    const told = await api(...asked)
    if (told.status >= 300) throw new Error(`${asked[1]}: ${JSON.stringify(told.body)}`)
    return told.body as T
  }
  const post = (path: string, form: Record<string, string>): Promise<Response> =>
    world.http('POST', path, { headers: FORM, body: String(new URLSearchParams(form)) })

  const offer = (configuration: string, member: string, token = world.tokens.owner) =>
    insist<CredentialOffer>('POST', '/credential-offers', {
      token,
      body: { configurations: [configuration], member },
    })

  /** The wallet's half of OpenID4VCI, with a key of its own. */
  const redeem = async (
    made: CredentialOffer,
    tenant = '/v1/tenants/acme',
    token = world.tokens.owner,
  ): Promise<InWallet> => {
    const key = await newSigner()
    const link = new URL(made.uri ?? '').searchParams.get('credential_offer_uri') ?? ''
    const fetched = (await (await world.http('GET', local(link))).json()) as {
      credential_issuer: string
      grants: Record<string, { 'pre-authorized_code': string }>
    }
    const base = local(fetched.credential_issuer)
    const code = fetched.grants[GRANT]?.['pre-authorized_code'] ?? ''
    const granted = (await (
      await post(`${base}/oid4vci/token`, {
        ...{ grant_type: GRANT, 'pre-authorized_code': code },
        ...(made.txCode === null ? {} : { tx_code: made.txCode }),
      })
    ).json()) as { access_token: string }
    const nonce = await world.http('POST', `${base}/oid4vci/nonce`, {})
    const { c_nonce } = (await nonce.json()) as { c_nonce: string }
    const proof = await key.jws(
      { alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk: key.publicJwk },
      { aud: fetched.credential_issuer, iat: Math.floor(Date.now() / 1000), nonce: c_nonce },
    )
    const issued = await world.http('POST', `${base}/oid4vci/credential`, {
      headers: { authorization: `Bearer ${granted.access_token}` },
      body: {
        credential_configuration_id: made.issuance.configurations[0],
        proofs: { jwt: [proof] },
      },
    })
    const { credentials } = (await issued.json()) as { credentials?: { credential: string }[] }
    const text = credentials?.[0]?.credential
    if (!text) throw new Error(`not issued: ${issued.status}`)
    const read = await world.http('GET', `${tenant}/issuances/${made.issuance.id}`, { token })
    const issuance = (await read.json()) as { credentials: string[] }
    return { text, key, id: issuance.credentials[0] ?? '' }
  }
  const hold = async (configuration: string, member: string): Promise<InWallet> =>
    redeem(await offer(configuration, member))

  /** As a wallet reads it. */
  const fetchObject = async ({ uri }: Pick<PresentationRequest, 'uri'>): Promise<RequestObject> => {
    const address = new URL(uri).searchParams.get('request_uri') ?? ''
    const response = await world.http('GET', local(address))
    return decodeJwt(await response.text()) as unknown as RequestObject
  }
  const presentationOf = (
    { text, key }: Pick<InWallet, 'text' | 'key'>,
    { client_id: audience, nonce }: RequestObject,
    disclose = ['member', 'tenant'],
  ): Promise<string> => present(text, { disclose, holder: key, audience, nonce, now: Date.now() })

  /** Sends a presentation as the request wants it; what the wallet is told. */
  const answer = async (object: RequestObject, presentation: string) => {
    const [id = ''] = object.dcql_query.credentials.map((one) => one.id)
    const plain = JSON.stringify({ vp_token: { [id]: [presentation] }, state: object.state })
    const [jwk] = object.client_metadata.jwks?.keys ?? []
    if (!jwk) throw new Error('nothing to encrypt to')
    const response = await new CompactEncrypt(new TextEncoder().encode(plain))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid })
      .encrypt(await importJWK({ ...jwk }, 'ECDH-ES'))
    const sent = await post(local(object.response_uri), { response })
    const body = (await sent.json()) as { redirect_uri?: string; error_description?: string }
    await world.settle()
    return { status: sent.status, fault: body.error_description ?? null, back: body.redirect_uri }
  }
  const show = async (asked: Pick<PresentationRequest, 'uri'>, held: InWallet) => {
    const object = await fetchObject(asked)
    return answer(object, await presentationOf(held, object))
  }

  const ask = (change: string, token = world.tokens.approver, body: object = {}) =>
    insist<PresentationRequest>('POST', `/changes/${change}/approval-requests`, { token, body })
  const approveBy = async (change: string, held: InWallet, token = world.tokens.approver) =>
    show(await ask(change, token), held)

  const setStatus = (id: string, what: 'revoke' | 'suspend' | 'reinstate') =>
    insist<CredentialView>('POST', `/credentials/${id}/${what}`, { body: { reason: 'lost' } })
  /** The tenant's rules from now on. */
  const rule = (...approvals: object[]) =>
    insist('PATCH', '', { body: { settings: { approvals } }, ifMatch: '*' })
  const propose = async (name: string) => {
    const made = await world.propose(world.vmRequest(name))
    return made.id
  }
  const advance = (seconds: number): void => {
    world.advance(seconds)
    vi.setSystemTime(Date.now() + seconds * 1000)
  }

  return {
    ...{ world, api, insist, post, local, offer, redeem, hold, fetchObject, presentationOf },
    ...{ answer, show, ask, approveBy, setStatus, rule, propose, advance },
  }
}
export type PowerWorld = Awaited<ReturnType<typeof createPowerWorld>>

interface ApiWish {
  token?: string
  body?: unknown
  key?: string
  ifMatch?: string
}
