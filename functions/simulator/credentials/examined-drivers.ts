// The two drivers as the examination sees them: the same tenant over the same API, and a holder who does with an offer or a
// request what people do. Of each driver only what its holder has to do differs.

import { decodeJwt } from 'jose'
import { vi } from 'vitest'
import { present } from '../../../edge-workers/credentials/presenter.fixture.ts'
import { createHolder, holderKey } from '../../../edge-workers/routes/wallet/holder.fixture.ts'
import type { CredentialDriver, CredentialOffer } from '../../../schemas/credential.ts'
import type { RequestObject } from '../../../schemas/oid4vp.ts'
import type { DcqlCredential, PresentationRequest } from '../../../schemas/presentation.ts'
import { createVerifiedIdStandIn } from '../../local/verified-id/stand-in.ts'
import { createWorld, type World } from '../edge-world.ts'
import { createVerifiedIdOffice, fakePace } from './verified-id-office.ts'

export interface Answered<T> {
  status: number
  body: T
}
export interface ExaminedDriver {
  driver: CredentialDriver
  world: World
  tenantId: string
  api: <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    more?: { key?: string },
  ) => Promise<Answered<T>>
  advance: (seconds: number) => void
  /** What names the type in a new configuration. */
  naming: (name: string) => object
  holder: {
    /** Opens the link. */
    scan: (offer: CredentialOffer) => Promise<void>
    /** All of it, with this code; false: it did not come to a credential. */
    take: (offer: CredentialOffer, code: string | null) => Promise<boolean>
    /** As often as it takes to be locked out. */
    guess: (offer: CredentialOffer) => Promise<void>
    /** Answers with the newest credential that fits. */
    show: (request: PresentationRequest) => Promise<void>
  }
  /** The query for credentials of this configuration. */
  query: (name: string, claims: { path: [string]; values?: string[] }[]) => Promise<DcqlCredential>
  /** As everybody else sees the credential: its status where verifiers look. */
  published: (id: string) => Promise<'valid' | 'invalid'>
}

const START = '2026-11-21T12:00:00.000Z'

type Opening = NonNullable<Parameters<typeof createWorld>[0]>
const tenantOf = async (env: Opening) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(START) })
  const world = createWorld(env)
  const { id: tenantId } = await world.createTenant('acme')
  const { token } = await world.createToken('acme', 'owner', { member: 'olga' })
  let keys = 0
  const api: ExaminedDriver['api'] = async (method, path, body, { key } = {}) => {
    keys += 1
    const response = await world.send(method, `/v1/tenants/acme${path}`, {
      ...{ token, key: key ?? `examined-${keys}` },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }
  const advance = (seconds: number): void => {
    world.advance(seconds)
    vi.setSystemTime(Date.now() + seconds * 1_000)
  }
  return { world, tenantId, api, advance }
}

export const openOwnDriver = async (): Promise<ExaminedDriver> => {
  const tenant = await tenantOf({})
  const { world, api } = tenant
  const { body: issuer } = await api<{ url: string }>('GET', '/issuer')
  const wallet = createHolder(world, issuer.url, () => new Date())
  const key = await holderKey()
  const had: string[] = []
  const local = (url: string): string => url.replace(world.env.PUBLIC_URL, '')
  const codeOf = async (offer: CredentialOffer): Promise<string | null> =>
    offer.uri === null ? null : wallet.fetchOffer(offer.uri).then(wallet.codeOf, () => null)
  return {
    ...tenant,
    driver: 'openid4vci',
    naming: () => ({}),
    holder: {
      async scan(offer) {
        await codeOf(offer)
      },
      async take(offer, code) {
        const preAuthorized = await codeOf(offer)
        if (preAuthorized === null) return false
        const token = await wallet.redeem(preAuthorized, code)
        if (token.status !== 200) return false
        const access = String(token.body.access_token)
        const [name = ''] = offer.issuance.configurations
        const { status, body } = await wallet.request(access, name, [key])
        if (status !== 200) return false
        had.push(...(body.credentials as { credential: string }[]).map((one) => one.credential))
        await wallet.notify(access, body.notification_id)
        return true
      },
      async guess(offer) {
        const code = (await codeOf(offer)) ?? ''
        for (let tries = 0; tries < 5; tries += 1) await wallet.redeem(code, '000000')
      },
      async show({ uri, dcql_query: { credentials } }) {
        const at = new URL(uri).searchParams.get('request_uri') ?? ''
        const object = decodeJwt(
          await (await world.send('GET', local(at))).text(),
        ) as unknown as RequestObject
        const [{ id = '', claims = [] } = {}] = credentials
        const text = await present(had.at(-1) ?? '', {
          ...{ audience: object.client_id, nonce: object.nonce, now: Date.now() },
          disclose: claims.map(({ path }) => String(path[0])),
          holder: await signerOf(key),
        })
        await world.send('POST', local(object.response_uri), {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: String(
            new URLSearchParams({
              vp_token: JSON.stringify({ [id]: [text] }),
              state: object.state,
            }),
          ),
        })
      },
    },
    async query(name, claims) {
      const { body } = await api<{ vct: string }>('GET', `/credential-configurations/${name}`)
      return { id: 'one', format: 'dc+sd-jwt', meta: { vct_values: [body.vct] }, claims }
    },
    async published(id) {
      const { body } = await api<{ statusReference: { idx: number; uri: string } }>(
        ...(['GET', `/credentials/${id}`] as const),
      )
      const { idx, uri } = body.statusReference
      const { readStatusList, statusAt } = await import(
        '../../../edge-workers/credentials/status-list.ts'
      )
      const token = await (await world.send('GET', local(uri))).text()
      const list = await readStatusList(decodeJwt(token) as never)
      return list && statusAt(list, idx) === 0 ? 'valid' : 'invalid'
    },
  }
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signerOf = async ({ privateKey, jwk }: Awaited<ReturnType<typeof holderKey>>) => {
  const bytes = async (data: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(ES256, privateKey, new Uint8Array(data)))
  return {
    ...{ publicJwk: jwk as never, kid: '', privateKey, bytes },
    jws: async (header: object, payload: object) => {
      const signed = `${encode(header)}.${encode(payload)}`
      const signature = await bytes(new TextEncoder().encode(signed))
      return `${signed}.${Buffer.from(signature).toString('base64url')}`
    },
  }
}

/** `register`: pages beside the API. */
export const openEntraDriver = async (more: Pick<Opening, 'register'> = {}) => {
  const now = () => new Date()
  let reach: World | undefined
  /** What was posted to the edge, newest last. */
  const told: { path: string; headers: Headers; body: Record<string, unknown>; status: number }[] =
    []
  const standIn = await createVerifiedIdStandIn({
    ...{ path: null, now },
    deliver: async (url, init) => {
      if (!reach) throw new Error('nobody is there yet')
      // The documents of an authority, where they are published.
      if (init.method === 'GET') return reach.send('GET', url.replace(reach.env.PUBLIC_URL, ''))
      const headers = Object.fromEntries(new Headers(init.headers))
      const body = JSON.parse(String(init.body))
      const path = url.replace(reach.env.PUBLIC_URL, '')
      const response = await reach.send('POST', path, { headers, body })
      told.push({ path, headers: new Headers(headers), body, status: response.status })
      return response
    },
  })
  const pace = fakePace()
  const office = createVerifiedIdOffice(standIn, { now, pace })
  const tenant = await tenantOf({
    env: { VERIFIED_ID: 'functions', LOCAL: { fetch: office } },
    ...more,
  })
  reach = tenant.world
  const act = async (step: string, url: string | null, pin?: string | null) => {
    const response = await standIn.app.request(`/holder/${step}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: url ?? '', ...(pin ? { pin } : {}) }),
    })
    return (await response.json()) as { simulated: true; outcome: string; callback: number | null }
  }
  const examined: ExaminedDriver = {
    ...tenant,
    driver: 'entra',
    naming: (name) => ({ type: `Type${name.replaceAll('-', '')}` }),
    holder: {
      async scan({ uri }) {
        await act('scan', uri)
      },
      take: async ({ uri }, code) => (await act('accept', uri, code)).outcome === 'issued',
      async guess({ uri }) {
        for (let tries = 0; tries < 3; tries += 1) await act('accept', uri, '000000')
      },
      async show({ uri }) {
        await act('present', uri)
      },
    },
    query: async (name, claims) => ({
      ...{ id: 'one', format: 'jwt_vc_json', claims },
      meta: { type_values: [['VerifiableCredential', `Type${name.replaceAll('-', '')}`]] },
    }),
    published: async (id) => {
      const held = standIn.service.state.held.find(({ claims }) => claims.credential_id === id)
      return held?.status === 'valid' ? 'valid' : 'invalid'
    },
  }
  return { ...examined, standIn, told, act, pace }
}
