// A small holder for tests of the issuer's endpoints, on jose alone: it does as the specification says unless a test tells it
// otherwise. The wallets of others come in functions/verify.
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { createWorld } from '../../../functions/simulator/edge-world.ts'
import { type OfferObject, PRE_AUTHORIZED } from '../../../schemas/oid4vci.ts'

type World = Pick<ReturnType<typeof createWorld>, 'send' | 'env'>

export interface HolderKey {
  privateKey: CryptoKey
  jwk: JWK
}
export interface Said {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

export const holderKey = async (): Promise<HolderKey> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { privateKey: privateKey as CryptoKey, jwk: await exportJWK(publicKey) }
}

export interface ProofWish {
  key: HolderKey
  nonce?: string | undefined
  aud?: unknown
  iat?: number
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
}

/** `base`: the credential issuer identifier. */
export const createHolder = (world: World, base: string, now: () => Date) => {
  const pathOf = (url: string): string => url.replace(world.env.PUBLIC_URL, '')
  const said = async (response: Response): Promise<Said> => {
    const { status, headers } = response
    const text = await response.text()
    const isJson = headers.get('content-type') !== 'application/jwt'
    return { status, headers, body: text === '' ? {} : isJson ? JSON.parse(text) : { jwt: text } }
  }
  const at = (endpoint: string) => pathOf(`${base}/oid4vci/${endpoint}`)

  const post = async (
    endpoint: string,
    body: unknown,
    { token, headers = {} }: { token?: string | undefined; headers?: Record<string, string> } = {},
  ): Promise<Said> =>
    said(
      await world.send('POST', at(endpoint), {
        ...{ body },
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      }),
    )

  const postForm = (fields: Record<string, string> | [string, string][]): Promise<Said> =>
    post('token', new URLSearchParams(fields).toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

  const proof = async ({ key, nonce, aud = base, iat, header = {}, claims = {} }: ProofWish) => {
    const all = { alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk: key.jwk, ...header }
    // A test takes a member away by `undefined`.
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return new SignJWT({
      aud: aud as string,
      iat: iat ?? Math.floor(now().getTime() / 1000),
      ...(nonce === undefined ? {} : { nonce }),
      ...claims,
    })
      .setProtectedHeader(kept as { alg: string })
      .sign(key.privateKey)
  }

  const nonce = async (): Promise<string> => {
    const { body } = await said(await world.send('POST', at('nonce')))
    return String(body.c_nonce)
  }

  /** The offer behind a link by reference. */
  const fetchOffer = async (uri: string): Promise<OfferObject> => {
    const address = new URL(uri).searchParams.get('credential_offer_uri') ?? ''
    const response = await world.send('GET', pathOf(address))
    if (response.status !== 200) throw new Error(`the offer: ${response.status}`)
    return (await response.json()) as OfferObject
  }
  const codeOf = (offer: OfferObject): string => offer.grants[PRE_AUTHORIZED]['pre-authorized_code']

  const redeem = (code: string, txCode?: string | null, more: Record<string, string> = {}) =>
    postForm({
      ...{ grant_type: PRE_AUTHORIZED, 'pre-authorized_code': code },
      ...(txCode == null ? {} : { tx_code: txCode }),
      ...more,
    })

  /** With fresh proofs of these keys, by one nonce. */
  const request = async (
    token: string,
    configuration: string,
    keys: HolderKey[],
    more: object = {},
  ): Promise<Said> => {
    const c_nonce = await nonce()
    const jwt = await Promise.all(keys.map((key) => proof({ key, nonce: c_nonce })))
    const body = { credential_configuration_id: configuration, proofs: { jwt }, ...more }
    return post('credential', body, { token })
  }

  const notify = (token: string, id: unknown, event = 'credential_accepted') =>
    post('notification', { notification_id: id, event }, { token })

  return { base, at, post, postForm, proof, nonce, fetchOffer, codeOf, redeem, request, notify }
}
export type Holder = ReturnType<typeof createHolder>
