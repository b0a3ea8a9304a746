// Asking for presentations and saying whom to believe, as a tenant's systems do it. Grouped by what they are answered.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TrustedIssuerView } from '../../schemas/credential.ts'
import { PresentationRequest, PresentationRequestView } from '../../schemas/presentation.ts'
import {
  createVerifierWorld,
  ISSUER,
  QUERY,
  START,
  type VerifierWorld,
} from '../actors/tenant/credentials/presentations/verifier-world.fixture.ts'
import { newIssuer } from '../credentials/presenter.fixture.ts'

let world: VerifierWorld
let ownRoot = ''
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
  ownRoot = (await world.insist<{ root: string }>('GET', '/issuer')).root
})
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const REQUESTS = '/presentation-requests'
const TRUSTED = '/trusted-issuers'
const body = { dcql_query: QUERY, purpose: 'To see who you are' }
interface Refused {
  type: string
  errors?: { pointer: string }[]
}
const refusal = ({ status, body: { type, errors } }: { status: number; body: Refused }) => [
  ...[status, type.split('/').at(-1)],
  ...(errors?.map(({ pointer }) => pointer) ?? []),
]

describe('asked for', () => {
  it('is answered with a link, a page and a place, and told in the log', async () => {
    const { status, body: asked } = await world.api<PresentationRequest>('POST', REQUESTS, body)
    expect(status).toBe(201)
    expect(PresentationRequest.parse(asked)).toEqual(asked)
    expect(asked).toMatchObject({
      state: 'pending',
      kind: 'request',
      expiresAt: '2026-11-21T12:05:00.000Z',
    })
    expect(asked.page).toMatch(/\/presentations\/[a-z2-7]{26}\/prq_[a-z2-7]{26}\/[a-z2-7]{32}$/)
    expect(asked.uri.length).toBeLessThan(500)
    const read = await world.read(asked.id)
    expect(PresentationRequestView.parse(read)).toEqual(read)
    const { sql } = world.world.tenants.storageOf(world.tenantId) ?? {}
    const steps = sql?.exec(`select * from transitions where changeId = '${asked.id}'`).toArray()
    expect(steps).toMatchObject([{ version: 1, from: 'none', to: 'pending', reason: null }])
  })

  it('again with the same key is the same, and with another body is refused', async () => {
    const same = { key: 'one-key' }
    const first = await world.api<PresentationRequest>('POST', REQUESTS, body, same)
    expect((await world.api('POST', REQUESTS, body, same)).body).toEqual(first.body)
    const other = await world.api<Refused>('POST', REQUESTS, { ...body, purpose: 'x' }, same)
    expect(refusal(other)).toEqual([422, 'idempotency-key-reused'])
  })

  it('at the same time with the same key is one request', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        world.api<PresentationRequest>('POST', REQUESTS, body, { key: 'many' }),
      ),
    )
    expect(new Set(all.map(({ body: { id } }) => id)).size).toBe(1)
  })

  it('is listed, the newest first, in pages', async () => {
    const path = `${REQUESTS}?limit=2`
    const { items, next } = await world.insist<{ items: { id: string }[]; next: string }>(
      'GET',
      path,
    )
    expect(items).toHaveLength(2)
    const rest = await world.world.send('GET', next, {
      token: (await world.world.createToken('acme', 'auditor')).token,
    })
    const more = (await rest.json()) as { items: { id: string }[] }
    expect(more.items.map(({ id }) => id)).not.toContain(items[1]?.id)
  })

  it.each<[string, object, unknown[]]>([
    [
      'a claim that nobody leaves out',
      { dcql_query: { credentials: [{ ...QUERY.credentials[0], claims: [{ path: ['vct'] }] }] } },
      [422, 'invalid-parameters', '/dcql_query/credentials/0/claims/0/path/0'],
    ],
    ['several lines of purpose', { purpose: 'a\nb' }, [422, 'invalid-parameters', '/purpose']],
    [
      'a time that is too long',
      { expiresInSeconds: 3_601 },
      [422, 'invalid-parameters', '/expiresInSeconds'],
    ],
    [
      'faces, which this driver does not compare',
      { faceCheck: { sourcePhotoClaimName: 'p' } },
      [422, 'not-supported', '/faceCheck'],
    ],
    [
      'SD-JWT VCs of the other driver',
      { driver: 'entra' },
      [422, 'not-supported', '/dcql_query/credentials/0/format'],
    ],
    [
      'several formats of it',
      {
        driver: 'entra',
        dcql_query: {
          credentials: [
            { id: 'a', format: 'jwt_vc_json', meta: { type_values: [['T']] } },
            QUERY.credentials[0],
          ],
          credential_sets: [{ options: [['a']] }],
        },
      },
      [422, 'not-supported', '/dcql_query/credential_sets', '/dcql_query/credentials/1/format'],
    ],
  ])('is refused for %s', async (_, more, expected) => {
    expect(refusal(await world.api<Refused>('POST', REQUESTS, { ...body, ...more }))).toEqual(
      expected,
    )
  })

  it('through a driver that is not set up is refused as such', async () => {
    const dcql_query = {
      credentials: [{ id: 'a', format: 'jwt_vc_json', meta: { type_values: [['T']] } }],
    }
    const asked = { ...body, driver: 'entra', dcql_query }
    const answered = await world.api<Refused>('POST', REQUESTS, asked)
    expect(refusal(answered)[1]).toBe('driver-unavailable')
  })
})

describe('the trust list', () => {
  it('takes roots, addresses and DIDs, and gives them back as they are', async () => {
    const values: [string, string][] = [
      ['x509', world.issuer.rootPem.trim()],
      ['jwt-vc-issuer', `${ISSUER}/tenant`],
      ['did', 'did:web:example.com:issuer'],
    ]
    for (const [kind, value] of values) {
      const made = await world.api<TrustedIssuerView>('POST', TRUSTED, { name: kind, kind, value })
      expect(made).toMatchObject({ status: 201, body: { kind, value, types: [] } })
      const again = await world.api<Refused>('POST', TRUSTED, { name: kind, kind, value })
      expect(refusal(again)).toEqual([409, 'conflict'])
      expect((await world.api('GET', `${TRUSTED}/${made.body.id}`)).body).toEqual(made.body)
    }
    const { items } = await world.insist<{ items: unknown[] }>('GET', TRUSTED)
    expect(items).toHaveLength(3)
  })

  it('forgets an issuer with If-Match, and its key stays used', async () => {
    const more = { key: 'to-be-gone' }
    const given = { name: 'x', kind: 'jwt-vc-issuer', value: `${ISSUER}/gone` }
    const { body: made } = await world.api<TrustedIssuerView>('POST', TRUSTED, given, more)
    const path = `${TRUSTED}/${made.id}`
    const end = (headers: object) => world.api<Refused>('DELETE', path, undefined, { headers })
    expect(refusal(await end({}))).toEqual([428, 'precondition-required'])
    expect(refusal(await end({ 'if-match': '"v2"' }))).toEqual([412, 'precondition-failed'])
    expect((await end({ 'if-match': '"v1"' })).status).toBe(204)
    expect((await world.api('GET', path)).status).toBe(404)
    expect(refusal(await world.api<Refused>('POST', TRUSTED, given, more))).toEqual([
      409,
      'conflict',
    ])
    // The issuer is told of it as well.
    const identity = await world.insist<{ version: number }>('GET', '/issuer')
    expect(identity.version).toBeGreaterThan(5)
  })

  it.each<[string, string, () => string | Promise<string>]>([
    [
      'a leaf',
      'x509',
      async () => (await import('../credentials/certificates.ts')).pemOf(world.issuer.leaf),
    ],
    ['two certificates', 'x509', () => world.issuer.rootPem.repeat(2)],
    [
      'no certificate',
      'x509',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ],
    ['a root that has ended', 'x509', async () => (await newIssuer(ISSUER, START - 4e11)).rootPem],
    ['its own root', 'x509', () => ownRoot],
    ['an address on this machine', 'jwt-vc-issuer', () => 'https://127.0.0.1'],
    ['a private name', 'jwt-vc-issuer', () => 'https://issuer.internal'],
    ['an address without encryption', 'jwt-vc-issuer', () => 'http://issuer.example.com'],
    ['an address with a query', 'jwt-vc-issuer', () => `${ISSUER}?x=1`],
    ['another address of this installation', 'jwt-vc-issuer', () => 'http://127.0.0.1:8787/v1'],
    ['a DID of another method', 'did', () => 'did:key:z6Mk'],
  ])('refuses %s', async (_, kind, value) => {
    const given = { name: 'x', kind, value: await value() }
    expect(refusal(await world.api<Refused>('POST', TRUSTED, given))).toEqual([
      ...[422, 'invalid-parameters', '/value'],
    ])
  })
})
