// The verifier over HTTP, as wallets and a tenant's systems meet it: the request object, the answer, what is kept of it, and who
// cannot end a request. A presentation at a time is judged in credentials/verify-presentation.test.ts.
import { compactVerify, importX509 } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { RequestObject } from '../../../schemas/oid4vp.ts'
import {
  createVerifierWorld,
  QUERY,
  START,
  VCT,
  type VerifierWorld,
} from '../../actors/tenant/credentials/presentations/verifier-world.fixture.ts'
import { sha256Base64url } from '../../digest.ts'

let world: VerifierWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
  await world.trust()
})
// Some tests take a day.
beforeEach(() => world.publish(0))
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const later = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1_000)
  world.world.advance(seconds)
}
const ring = async (): Promise<void> => {
  await world.world.tenants.alarm(world.tenantId)
}
const fault = (description: string, error = 'invalid_request') => ({
  ...{ status: 400, body: { error, error_description: description } },
})

describe('the request object', () => {
  it('is signed by the leaf that its client_id is the hash of (VP §5.9.3, RFC 9101)', async () => {
    const asked = await world.ask()
    const { status, type, jwt, header, object } = await world.fetchObject(asked)
    expect([status, type]).toEqual([200, 'application/oauth-authz-req+jwt'])
    expect(header).toMatchObject({ alg: 'ES256', typ: 'oauth-authz-req+jwt' })
    const [leaf = ''] = header.x5c ?? []
    const pem = `-----BEGIN CERTIFICATE-----\n${leaf}\n-----END CERTIFICATE-----`
    await compactVerify(jwt, await importX509(pem, 'ES256'))
    const clientId = `x509_hash:${sha256Base64url(Buffer.from(leaf, 'base64'))}`
    expect(object.client_id).toBe(clientId)
    expect(new URL(asked.uri).searchParams.get('client_id')).toBe(clientId)
    expect(asked.uri).toMatch(/^openid4vp:\/\/\?/)
  })

  it('is at addresses below the issuer’s own, without a query and a fragment (RFC 9101 §5.2)', async () => {
    for (const mode of ['cross-device', 'same-device']) {
      const asked = await world.ask({ mode })
      const { object } = await world.fetchObject(asked)
      const { url } = await world.insist<{ url: string }>('GET', '/issuer')
      const requestUri = new URL(asked.uri).searchParams.get('request_uri') ?? ''
      for (const address of [requestUri, object.response_uri]) {
        expect(address.startsWith(`${url}/oid4vp/`)).toBe(true)
        expect(address).not.toMatch(/[#?]/)
      }
    }
  })

  it('has what a wallet needs and nothing that it would have to pass over (VP §5)', async () => {
    const { object } = await world.fetchObject(await world.ask())
    expect(RequestObject.parse(object)).toEqual(object)
    expect(object).toMatchObject({
      ...{ response_type: 'vp_token', response_mode: 'direct_post.jwt' },
      ...{ aud: 'https://self-issued.me/v2', iat: Date.now() / 1000, dcql_query: QUERY },
    })
    expect(object.response_uri).toMatch(
      /^http:\/\/127\.0\.0\.1:8787\/i\/[a-z2-7]{26}\/oid4vp\/responses\/prq_/,
    )
    // 128 bits at least.
    expect(Buffer.from(object.nonce, 'base64url').length).toBeGreaterThanOrEqual(16)
    const { jwks, ...metadata } = object.client_metadata
    expect(jwks?.keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ECDH-ES', use: 'enc' }),
    ])
    expect(jwks?.keys[0]).not.toHaveProperty('d')
    expect(metadata).toEqual({
      client_name: 'ACME',
      encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
      vp_formats_supported: {
        'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
      },
    })
  })

  it('is served again with the same nonce, state and key, and with others for another request', async () => {
    const asked = await world.ask()
    const [first, second] = [await world.fetchObject(asked), await world.fetchObject(asked)]
    expect(second.object).toEqual(first.object)
    const { object: other } = await world.fetchObject(await world.ask())
    expect(other.nonce).not.toBe(first.object.nonce)
    expect(other.state).not.toBe(first.object.state)
    expect(other.client_metadata.jwks).not.toEqual(first.object.client_metadata.jwks)
  })

  it('comes by POST too, with the wallet’s own nonce in it (VP §5.10)', async () => {
    const asked = await world.ask()
    expect(new URL(asked.uri).searchParams.get('request_uri_method')).toBe('post')
    const sent = { wallet_nonce: 'from-the-wallet', wallet_metadata: '{}', other: 'x' }
    const response = await world.post(world.requestUriOf(asked), sent)
    expect(response.headers.get('content-type')).toBe('application/oauth-authz-req+jwt')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const [, payload = ''] = (await response.text()).split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      wallet_nonce: 'from-the-wallet',
    })
    const bad = await world.post(world.requestUriOf(asked), { wallet_nonce: 'a b' })
    expect([bad.status, await bad.json()]).toEqual([400, fault('malformed').body])
  })

  it('is not served to whoever knows its id alone, nor after its end', async () => {
    const asked = await world.ask({ expiresInSeconds: 60 })
    const uri = world.requestUriOf(asked)
    const plain = uri.replace(/[^/]+$/, asked.id)
    const wrong = `${uri.slice(0, -1)}${uri.endsWith('a') ? 'b' : 'a'}`
    const none = `${uri.slice(0, -58)}${'a'.repeat(58)}`
    for (const path of [plain, wrong, none])
      expect((await world.world.send('GET', path)).status).toBe(404)
    later(60)
    expect((await world.world.send('GET', uri)).status).toBe(404)
  })

  it('asks for no encryption with direct_post', async () => {
    const { object } = await world.fetchObject(await world.ask({ response: 'direct_post' }))
    expect(object.response_mode).toBe('direct_post')
    expect(Object.keys(object.client_metadata)).toEqual(['client_name', 'vp_formats_supported'])
  })
})

describe('an answer', () => {
  it.each(['direct_post.jwt', 'direct_post'])(
    'by %s is verified, and shown for a day',
    async (response) => {
      const { asked, answered } = await world.go(await world.badge(), { response })
      expect([answered.status, answered.body]).toEqual([200, {}])
      expect(answered.headers.get('content-type')).toBe('application/json')
      const read = await world.read(asked.id)
      expect(read).toMatchObject({ state: 'verified', fault: null })
      expect(read.presented).toEqual([
        {
          ...{ id: 'badge', type: VCT, issuer: 'https://issuer.example.com', status: 'valid' },
          claims: { given_name: 'Ada', level: 3 },
          ...{ issuedAt: '2026-11-21T11:59:00.000Z', expiresAt: '2026-12-21T12:00:00.000Z' },
        },
      ])
      later(86_399)
      await ring()
      expect((await world.read(asked.id)).presented).not.toBeNull()
      later(1)
      await ring()
      expect(await world.read(asked.id)).toMatchObject({ state: 'verified', presented: null })
    },
  )

  it('is encrypted by either of the two algorithms, and by no other', async () => {
    for (const [enc, status] of [
      ['A128GCM', 200],
      ['A256GCM', 200],
      ['A256CBC-HS512', 400],
    ] as const) {
      const { object } = await world.fetchObject(await world.ask())
      const vp_token = { badge: [await world.presentTo(object, await world.badge())] }
      const response = await world.encrypt(object, { vp_token, state: object.state }, enc)
      expect((await world.post(world.local(object.response_uri), { response })).status).toBe(status)
    }
  })

  it('counts once: a second one is refused, and changes nothing', async () => {
    const { asked, object, answered } = await world.go(await world.badge())
    expect(answered.status).toBe(200)
    const again = await world.presentTo(object, await world.badge())
    expect(await world.answer(object, { badge: [again] })).toMatchObject(fault('wrong-request'))
    expect((await world.read(asked.id)).state).toBe('verified')
  })

  it('counts once where many come at the same time', async () => {
    const { object } = await world.fetchObject(await world.ask())
    const credential = await world.badge()
    const all = await Promise.all(
      Array.from({ length: 10 }, async () =>
        world.answer(object, { badge: [await world.presentTo(object, credential)] }),
      ),
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('of a wallet that declines is understood, and ends the request', async () => {
    const asked = await world.ask()
    const { object } = await world.fetchObject(asked)
    const path = world.local(object.response_uri)
    const sent = { error: 'access_denied', error_description: 'no', state: object.state }
    const response = await world.post(path, sent)
    expect([response.status, await response.json()]).toEqual([200, {}])
    expect(await world.read(asked.id)).toMatchObject({
      state: 'rejected',
      fault: 'denied-by-wallet',
    })
  })

  it('is told the word of what was wrong, as the request is', async () => {
    const { asked, answered } = await world.go(await world.badge({ exp: START / 1000 - 3_600 }))
    expect(answered).toMatchObject(fault('expired'))
    expect(await world.read(asked.id)).toMatchObject({
      ...{ state: 'rejected', fault: 'expired', presented: null },
    })
  })

  it.each<[string, (text: string) => object, string]>([
    [
      'with a credential that was not asked for',
      (text) => ({ badge: [text], other: [text] }),
      'not-asked-for',
    ],
    ['with two where one was asked for', (text) => ({ badge: [text, text] }), 'not-asked-for'],
    ['with none of what was asked for', () => ({}), 'missing'],
  ])('%s is refused', async (_, token, word) => {
    const { object } = await world.fetchObject(await world.ask())
    const text = await world.presentTo(object, await world.badge())
    expect(await world.answer(object, token(text))).toMatchObject(fault(word))
  })

  it('to another request is refused, though everything in it is right', async () => {
    const [one, two] = [await world.ask(), await world.ask()]
    const { object: first } = await world.fetchObject(one)
    const { object: second } = await world.fetchObject(two)
    const text = await world.presentTo(first, await world.badge())
    expect(await world.answer(second, { badge: [text] })).toMatchObject(fault('wrong-nonce'))
  })
})

it('is taken where the issuer’s key was rotated since the request was fetched', async () => {
  const { object } = await world.fetchObject(await world.ask())
  await world.insist('POST', '/issuer/rotate', {})
  const { object: newer } = await world.fetchObject(await world.ask())
  expect(newer.client_id).not.toBe(object.client_id)
  for (const each of [object, newer]) {
    const text = await world.presentTo(each, await world.badge())
    expect((await world.answer(each, { badge: [text] })).status).toBe(200)
  }
})

describe('who does not know the request', () => {
  it('cannot end it with rubbish, nor learn whether it is there', async () => {
    const asked = await world.ask()
    const { object } = await world.fetchObject(asked)
    const path = world.local(object.response_uri)
    const text = await world.presentTo(object, await world.badge())
    const encrypted = await world.encrypt(object, { vp_token: { badge: [text] }, state: 'guessed' })
    const stateless = await world.encrypt(object, { vp_token: { badge: [text] } })
    const [head, ...rest] = encrypted.split('.')
    const rubbish: Record<string, string>[] = [
      ...[
        { response: encrypted },
        { response: stateless },
        { response: 'x' },
        { response: 'a.b.c.d.e' },
      ],
      { response: [head, ...rest.slice(0, 3), 'AAAA'].join('.') },
      { error: 'access_denied' },
      { error: 'access_denied', state: 'guessed' },
      // Encryption was asked for.
      { vp_token: JSON.stringify({ badge: [text] }), state: object.state },
      { vp_token: 'x', state: object.state },
      { state: object.state },
      { response: encrypted, error: 'access_denied', state: object.state },
      {},
    ]
    const none = path.replace(/.{26}$/, 'a'.repeat(26))
    for (const form of rubbish)
      for (const at of [path, none]) {
        const response = await world.post(at, form)
        expect([response.status, await response.json()]).toEqual([400, fault('wrong-request').body])
      }
    expect((await world.read(asked.id)).state).toBe('retrieved')
    expect((await world.answer(object, { badge: [text] })).status).toBe(200)
  })

  it('gets one answer for bodies that are no forms', async () => {
    const { object } = await world.fetchObject(await world.ask())
    const path = world.local(object.response_uri)
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const more of [
      { body: { response: 'x' } },
      { headers: type, body: 'state=a&state=b' },
      { headers: type, body: `response=${'a'.repeat(140_000)}` },
    ]) {
      const response = await world.world.send('POST', path, more)
      expect([response.status, await response.json()]).toEqual([400, fault('malformed').body])
    }
    const foreign = path.replace(/\/i\/[^/]+/, `/i/${'a'.repeat(26)}`)
    expect((await world.post(foreign, { response: 'x' })).status).toBe(404)
  })
})

it('ends by itself, and says so before the alarm has rung', async () => {
  const asked = await world.ask({ expiresInSeconds: 60 })
  const { object } = await world.fetchObject(asked)
  later(60)
  expect((await world.read(asked.id)).state).toBe('expired')
  await ring()
  expect((await world.read(asked.id)).state).toBe('expired')
  const text = await world.presentTo(object, await world.badge())
  expect(await world.answer(object, { badge: [text] })).toMatchObject(fault('wrong-request'))
})

it('leaves no claim in the log of the process, in events, in lists, or in the database as it is', async () => {
  const spied = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')]
  await world.go(await world.badge())
  await world.go(await world.badge({ exp: 1 }))
  const { body } = await world.api('GET', '/presentation-requests')
  const { sql } = world.world.tenants.storageOf(world.tenantId) ?? {}
  const rows = ['presentation_requests', 'transitions', 'log_leaves', 'outbox'].map((table) =>
    sql?.exec(`select * from ${table}`).toArray(),
  )
  expect(rows[0]?.length).toBeGreaterThan(1)
  // What nobody can answer any more nobody can open either.
  const ended = rows[0]?.filter(({ state }) => state === 'verified' || state === 'rejected') ?? []
  expect(ended.length).toBeGreaterThan(1)
  for (const { encryptionKey } of ended) expect(encryptionKey).toBeNull()
  const written = JSON.stringify([spied.map(({ mock }) => mock.calls), body, rows])
  // Three letters of sealed text may spell a short name: as a word it is one.
  for (const claim of [/\bAda\b/, /Lovelace/, /ada@example\.com/])
    expect(written).not.toMatch(claim)
})

it('is forgotten a while after its end, and its key stays used', async () => {
  const [asked, key] = [{ dcql_query: QUERY, purpose: 'x' }, { key: 'forgotten' }]
  const { body } = await world.api<{ id: string }>('POST', '/presentation-requests', asked, key)
  const path = `/presentation-requests/${body.id}`
  later(301)
  await ring()
  const sweep = () => world.world.env.TENANT.getByName(world.tenantId).wake()
  await sweep()
  expect((await world.api('GET', path)).status).toBe(200)
  later(400 * 86_400)
  await sweep()
  expect((await world.api('GET', path)).status).toBe(404)
  expect((await world.api('POST', '/presentation-requests', asked, key)).status).toBe(409)
})
