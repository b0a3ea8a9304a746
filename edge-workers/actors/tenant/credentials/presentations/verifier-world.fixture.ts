// A tenant that asks for presentations, a holder who answers them over HTTP, and an issuer elsewhere whom the tenant trusts: what
// leaves the process goes to a network of this file's own.
import { CompactEncrypt, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import { vi } from 'vitest'
import { createWorld } from '../../../../../functions/simulator/edge-world.ts'
import type { CredentialOffer } from '../../../../../schemas/credential.ts'
import type { RequestObject } from '../../../../../schemas/oid4vp.ts'
import type {
  DcqlQuery,
  PresentationRequest,
  PresentationRequestView,
} from '../../../../../schemas/presentation.ts'
import { registerConsoleRoutes } from '../../../../console/routes.tsx'
import {
  newIssuer,
  newSigner,
  present,
  type TestIssuer,
} from '../../../../credentials/presenter.fixture.ts'
import { packList } from '../../../../credentials/status-list.ts'

/** Where the app's own clock stands in every world. */
export const START = Date.parse('2026-11-21T12:00:00Z')
export const ISSUER = 'https://issuer.example.com'
export const LIST = `${ISSUER}/status/1`
export const VCT = `${ISSUER}/types/badge`
export const CLAIMS = {
  ...{ given_name: 'Ada', family_name: 'Lovelace', email: 'ada@example.com', level: 3 },
}
export const QUERY: DcqlQuery = {
  credentials: [
    {
      ...{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } },
      claims: [{ path: ['given_name'] }, { path: ['level'] }],
    },
  ],
}
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Call it where the clock is faked already: certificates are made. */
export const createVerifierWorld = async () => {
  const world = createWorld({ register: registerConsoleRoutes })
  const { id: tenantId } = await world.createTenant('acme')
  const { token: owner, member } = await world.createToken('acme', 'owner')
  const [issuer, holder] = [await newIssuer(ISSUER, START), await newSigner()]
  /** By address; everything else answers 404. */
  const network = new Map<string, () => Response | Promise<Response>>()
  const calls: { url: string; init: RequestInit | undefined }[] = []
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    calls.push({ url, init })
    return (await network.get(url)?.()) ?? new Response('nothing', { status: 404 })
  })
  let keys = 0
  const api = async <T>(method: string, path: string, body?: unknown, more: object = {}) => {
    keys += 1
    const response = await world.send(method, `/v1/tenants/acme${path}`, {
      ...{
        token: owner,
        key: `verifier-${keys}`,
        ...(body === undefined ? {} : { body }),
        ...more,
      },
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  const insist = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answered = await api<T>(method, path, body)
    if (answered.status >= 300) throw new Error(`${path}: ${JSON.stringify(answered.body)}`)
    return answered.body
  }

  const post = (path: string, form: Record<string, string>): Promise<Response> =>
    world.send('POST', path, { headers: FORM, body: String(new URLSearchParams(form)) })
  const local = (url: string): string => url.slice(world.env.PUBLIC_URL.length)

  const ask = (more: object = {}): Promise<PresentationRequest> =>
    insist('POST', '/presentation-requests', { dcql_query: QUERY, purpose: 'To see', ...more })
  const read = (id: string): Promise<PresentationRequestView> =>
    insist('GET', `/presentation-requests/${id}`)

  const requestUriOf = ({ uri }: Pick<PresentationRequest, 'uri'>): string =>
    local(new URL(uri).searchParams.get('request_uri') ?? '')

  /** As a wallet reads it. */
  const fetchObject = async (asked: Pick<PresentationRequest, 'uri'>) => {
    const response = await world.send('GET', requestUriOf(asked))
    const jwt = await response.text()
    return {
      ...{ status: response.status, type: response.headers.get('content-type'), jwt },
      header: response.ok ? decodeProtectedHeader(jwt) : {},
      object: (response.ok ? decodeJwt(jwt) : {}) as unknown as RequestObject,
    }
  }

  /** What the holder has of the issuer elsewhere. */
  const badge = (fixed: object = {}, by: TestIssuer = issuer) =>
    by.issue({
      ...{ claims: CLAIMS, holder: holder.publicJwk },
      fixed: {
        ...{ vct: VCT, iat: START / 1000 - 60, exp: START / 1000 + 86_400 * 30 },
        status: { status_list: { idx: 7, uri: LIST } },
        ...fixed,
      },
    })
  const presentTo = (
    { client_id: audience, nonce }: RequestObject,
    credential: string,
    more: Partial<Parameters<typeof present>[1]> = {},
  ): Promise<string> =>
    present(credential, {
      ...{ disclose: ['given_name', 'level'], holder, audience, nonce, now: Date.now() },
      ...more,
    })

  const encrypt = async (
    { client_metadata: { jwks } }: RequestObject,
    answer: object,
    enc = 'A256GCM',
  ): Promise<string> => {
    const [jwk] = jwks?.keys ?? []
    if (!jwk) throw new Error('nothing to encrypt to')
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(answer)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc, kid: jwk.kid })
      .encrypt(await importJWK({ ...jwk }, 'ECDH-ES'))
  }

  /** Sends tokens as the request wants them. */
  const answer = async (
    object: RequestObject,
    vpToken: object,
    { state = object.state }: { state?: string } = {},
  ) => {
    const form: Record<string, string> =
      object.response_mode === 'direct_post'
        ? { vp_token: JSON.stringify(vpToken), state }
        : { response: await encrypt(object, { vp_token: vpToken, state }) }
    const response = await post(local(object.response_uri), form)
    return {
      ...{ status: response.status, headers: response.headers },
      body: (await response.json()) as {
        redirect_uri?: string
        error?: string
        error_description?: string
      },
    }
  }

  /** The whole of it: asked, fetched, presented. */
  const go = async (credential: string, more: object = {}, presenting: object = {}) => {
    const asked = await ask(more)
    const { object } = await fetchObject(asked)
    const text = await presentTo(object, credential, presenting)
    return { asked, object, answered: await answer(object, { badge: [text] }) }
  }

  const trust = (more: object = {}) =>
    insist<{ id: string }>('POST', '/trusted-issuers', {
      ...{ name: 'Elsewhere', kind: 'x509', value: issuer.rootPem, ...more },
    })

  /** The list of the issuer elsewhere, with this byte where the badge stands. */
  const publish = async (status: 0 | 1 | 2 | 3, payload: object = {}, options: object = {}) => {
    const list = new Uint8Array(32)
    list[1] = status << 6
    const now = Math.floor(Date.now() / 1000)
    const token = await issuer.statusList(
      {
        ...{ sub: LIST, iat: now, exp: now + 3_600, ttl: 300 },
        status_list: { bits: 2, lst: await packList(list) },
        ...payload,
      },
      options as never,
    )
    network.set(
      LIST,
      () => new Response(token, { headers: { 'content-type': 'application/statuslist+jwt' } }),
    )
  }

  /** A credential of the tenant's own issuer, taken by the holder's key: the wallet's half of OpenID4VCI. */
  const redeem = async (offer: CredentialOffer): Promise<string> => {
    const link = new URL(offer.uri ?? '').searchParams.get('credential_offer_uri') ?? ''
    const fetched = (await (await world.send('GET', local(link))).json()) as {
      credential_issuer: string
      grants: Record<string, { 'pre-authorized_code': string }>
    }
    const base = local(fetched.credential_issuer)
    const grant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
    const token = (await (
      await post(`${base}/oid4vci/token`, {
        grant_type: grant,
        'pre-authorized_code': fetched.grants[grant]?.['pre-authorized_code'] ?? '',
        ...(offer.txCode === null ? {} : { tx_code: offer.txCode }),
      })
    ).json()) as { access_token: string }
    const nonce = await world.send('POST', `${base}/oid4vci/nonce`, {})
    const { c_nonce } = (await nonce.json()) as { c_nonce: string }
    const proof = await holder.jws(
      { alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk: holder.publicJwk },
      { aud: fetched.credential_issuer, iat: Math.floor(Date.now() / 1000), nonce: c_nonce },
    )
    const issued = await world.send('POST', `${base}/oid4vci/credential`, {
      headers: { authorization: `Bearer ${token.access_token}` },
      body: {
        credential_configuration_id: offer.issuance.configurations[0],
        proofs: { jwt: [proof] },
      },
    })
    const { credentials } = (await issued.json()) as { credentials?: { credential: string }[] }
    if (!credentials?.[0]) throw new Error(`not issued: ${issued.status}`)
    return credentials[0].credential
  }

  return {
    ...{
      world,
      tenantId,
      member,
      issuer,
      holder,
      network,
      calls,
      api,
      insist,
      post,
      local,
      ask,
      read,
      go,
    },
    ...{ requestUriOf, fetchObject, badge, presentTo, encrypt, answer, trust, publish, redeem },
  }
}
export type VerifierWorld = Awaited<ReturnType<typeof createVerifierWorld>>
