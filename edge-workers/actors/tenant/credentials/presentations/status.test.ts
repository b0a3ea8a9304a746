// Whom a tenant believes and what it looks up: credentials of its own by its own database, of a neighbour on the same installation,
// and of issuers elsewhere, over a guarded way out.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CredentialOffer, CredentialView } from '../../../../../schemas/credential.ts'
import { newIssuer } from '../../../../credentials/presenter.fixture.ts'
import { readNeighbour } from './neighbours.ts'
import {
  createVerifierWorld,
  ISSUER,
  LIST,
  QUERY,
  START,
  VCT,
  type VerifierWorld,
} from './verifier-world.fixture.ts'

let world: VerifierWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
})
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const later = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1_000)
  world.world.advance(seconds)
}
const outcome = async (credential: string, more: object = {}, presenting: object = {}) => {
  const { asked, answered } = await world.go(credential, more, presenting)
  const { state, fault } = await world.read(asked.id)
  const word = answered.status === 200 ? 'verified' : answered.body.error_description
  return [state, fault ?? word]
}
const VERIFIED = ['verified', 'verified']
const listed = (
  token: string,
  { status = 200, type = 'application/statuslist+jwt', location = '' } = {},
): Response =>
  new Response(token, {
    status,
    headers: { 'content-type': type, ...(location === '' ? {} : { location }) },
  })

describe('of its own issuer', () => {
  const of = (vct: string) => ({
    dcql_query: {
      credentials: [
        {
          ...{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
          claims: [{ path: ['member'] }],
        },
      ],
    },
  })
  const shown = { disclose: ['member'] }

  it('a credential is taken, refused while suspended, taken again, and refused once revoked', async () => {
    const offer = await world.insist<CredentialOffer>('POST', '/credential-offers', {
      ...{ configurations: ['phoenix-member'], member: world.member },
    })
    const credential = await world.redeem(offer)
    const { items } = await world.insist<{ items: CredentialView[] }>('GET', '/credentials')
    const [{ id, statusReference } = { id: '', statusReference: null }] = items
    const vct = JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString())
      .vct as string
    const change = (to: string) =>
      world.insist('POST', `/credentials/${id}/${to}`, { reason: 'test' })
    expect(await outcome(credential, of(vct), shown)).toEqual(VERIFIED)
    await change('suspend')
    expect(await outcome(credential, of(vct), shown)).toEqual(['rejected', 'suspended'])
    await change('reinstate')
    expect(await outcome(credential, of(vct), shown)).toEqual(VERIFIED)
    await change('revoke')
    expect(await outcome(credential, of(vct), shown)).toEqual(['rejected', 'revoked'])
    // Nobody was asked over the network.
    expect(world.calls).toEqual([])

    // A neighbour who trusts this tenant reads the same of its actor.
    const list = await readNeighbour(world.world.env, statusReference?.uri ?? '')
    expect(list?.split('.')).toHaveLength(3)
    const keys = statusReference?.uri
      .replace(/\/status-lists\/.*/, '')
      .replace('/i/', '/.well-known/jwt-vc-issuer/i/')
    expect(await readNeighbour(world.world.env, keys ?? '')).toContain('"jwks"')
    expect(await readNeighbour(world.world.env, `${world.world.env.PUBLIC_URL}/metrics`)).toBeNull()
    expect(await readNeighbour(world.world.env, LIST)).toBeUndefined()
  })

  it('a credential that is revoked while others are still looked up is refused', async () => {
    await world.trust()
    await world.publish(0)
    const offer = await world.insist<CredentialOffer>('POST', '/credential-offers', {
      ...{ configurations: ['phoenix-member'], member: world.member },
    })
    const credential = await world.redeem(offer)
    const { items } = await world.insist<{ items: CredentialView[] }>('GET', '/credentials')
    const mine = items.find(({ issuance }) => issuance === offer.issuance.id)
    const { url } = await world.insist<{ url: string }>('GET', '/issuer')
    const [own] = of(`${url}/types/phoenix-member`).dcql_query.credentials
    const both = [{ ...own, id: 'own' }, ...QUERY.credentials]
    const asked = await world.ask({ dcql_query: { credentials: both } })
    const { object } = await world.fetchObject(asked)
    const token = {
      own: [await world.presentTo(object, credential, shown)],
      badge: [await world.presentTo(object, await world.badge())],
    }
    const list = world.network.get(LIST)
    world.network.set(LIST, async () => {
      await world.insist('POST', `/credentials/${mine?.id}/revoke`, { reason: 'test' })
      return (await list?.()) ?? new Response()
    })
    expect((await world.answer(object, token)).body.error_description).toBe('revoked')
    expect(await world.read(asked.id)).toMatchObject({ state: 'rejected', presented: null })
    world.calls.length = 0
  })

  it('a credential of a neighbour counts for who trusts him, and is refused once revoked', async () => {
    await world.world.createTenant('dbis')
    const { token } = await world.world.createToken('dbis', 'owner')
    const as = { token, key: 'dbis-1' }
    const acme = (await world.api<{ url: string }>('GET', '/issuer')).body.url
    const offer = await world.insist<CredentialOffer>('POST', '/credential-offers', {
      ...{ configurations: ['phoenix-member'], member: world.member },
    })
    const credential = await world.redeem(offer)
    const query = of(`${acme}/types/phoenix-member`)
    const send = async (path: string, body: object, key = path) => {
      const response = await world.world.send('POST', `/v1/tenants/dbis${path}`, {
        ...{ ...as, key, body },
      })
      expect(response.status).toBe(201)
      return response.json()
    }
    const present = async (key: string) => {
      const asked = await send('/presentation-requests', { ...query, purpose: 'x' }, key)
      const { object } = await world.fetchObject(asked as { uri: string })
      const text = await world.presentTo(object, credential, shown)
      return (await world.answer(object, { badge: [text] })).body.error_description ?? 'verified'
    }
    expect(await present('p1')).toBe('untrusted-issuer')
    await send('/trusted-issuers', { name: 'Acme', kind: 'jwt-vc-issuer', value: acme })
    expect(await present('p2')).toBe('verified')
    const { items } = await world.insist<{ items: CredentialView[] }>('GET', '/credentials')
    const mine = items.find(({ issuance }) => issuance === offer.issuance.id)
    await world.insist('POST', `/credentials/${mine?.id}/revoke`, { reason: 'test' })
    // As every verifier elsewhere, he sees it when the list that he has is old.
    later(86_400)
    expect(await present('p3')).toBe('revoked')
    expect(world.calls).toEqual([])
  })
})

describe('of an issuer elsewhere', () => {
  /** Its own world: what was fetched is kept. */
  const fresh = async (trusted: object = {}): Promise<void> => {
    vi.setSystemTime(START)
    world = await createVerifierWorld()
    await world.trust(trusted)
  }
  beforeAll(() => fresh())
  afterEach(() => {
    // Whatever is kept, or was lately in vain, is asked for again.
    later(3_601)
    world.calls.length = 0
  })
  const status = async (payload: object = {}, options: object = {}, value: 0 | 1 | 2 | 3 = 0) => {
    await world.publish(value, payload, options)
    return outcome(await world.badge())
  }
  const seconds = () => Math.floor(Date.now() / 1_000)

  it('the list is fetched once for as long as it says, by a plain and guarded call', async () => {
    await world.publish(0)
    const credential = await world.badge()
    expect(await outcome(credential)).toEqual(VERIFIED)
    expect(await outcome(credential)).toEqual(VERIFIED)
    expect(world.calls.map(({ url }) => url)).toEqual([LIST])
    expect(world.calls[0]?.init).toMatchObject({ redirect: 'manual' })
    expect(new Headers(world.calls[0]?.init?.headers).get('accept')).toBe(
      'application/statuslist+jwt',
    )
    later(301)
    await world.publish(1)
    expect(await outcome(credential)).toEqual(['rejected', 'revoked'])
    expect(world.calls).toHaveLength(2)
  })

  it.each<[string, () => Promise<unknown>, string, string]>([
    ['invalid', () => status({}, {}, 1), 'rejected', 'revoked'],
    ['suspended', () => status({}, {}, 2), 'rejected', 'suspended'],
    ['something of its own', () => status({}, {}, 3), 'rejected', 'status-unknown'],
    ['of a stale list', () => status({ exp: seconds() - 1 }), 'rejected', 'status-unknown'],
    ['of another list', () => status({ sub: `${LIST}0` }), 'rejected', 'status-unknown'],
    [
      'beyond the list',
      async () => {
        await world.publish(0)
        return outcome(await world.badge({ status: { status_list: { idx: 1_000, uri: LIST } } }))
      },
      'rejected',
      'status-unknown',
    ],
  ])('a status that is %s', async (_, make, state, fault) => {
    expect(await make()).toEqual([state, fault])
  })

  it('a list that cannot be had leaves the request open: the same may be sent again', async () => {
    world.network.delete(LIST)
    const asked = await world.ask()
    const { object } = await world.fetchObject(asked)
    const credential = await world.badge()
    const send = async () =>
      world.answer(object, { badge: [await world.presentTo(object, credential)] })
    expect((await send()).body.error_description).toBe('status-unknown')
    expect(await world.read(asked.id)).toMatchObject({ state: 'retrieved', fault: null })
    await world.publish(0)
    // Not at once.
    expect((await send()).status).toBe(400)
    later(6)
    expect((await send()).status).toBe(200)
  })

  it.each<[string, string]>([
    ['this machine', 'https://127.0.0.1/status/1'],
    ['this machine by a name', 'https://localhost/status/1'],
    ['a private network', 'https://10.0.0.7/status/1'],
    ['a cloud’s metadata', 'https://169.254.169.254/latest/meta-data'],
    ['a private name', 'https://vault.internal/status/1'],
    ['another port', 'https://issuer.example.com:6379/status/1'],
    ['no encryption', 'http://issuer.example.com/status/1'],
    ['no web address', 'file:///etc/passwd'],
    ['this installation', 'http://127.0.0.1:8787/v1/tenants'],
  ])('nobody is called at %s for a status', async (_, uri) => {
    const credential = await world.badge({ status: { status_list: { idx: 7, uri } } })
    expect((await outcome(credential))[1]).toBe('status-unknown')
    expect(world.calls).toEqual([])
  })

  it.each<[string, (token: string) => Response]>([
    ['elsewhere', (token) => listed(token, { status: 302, location: 'https://x.example' })],
    ['with an error', (token) => listed(token, { status: 500 })],
    ['as a page', (token) => listed(token, { type: 'text/html' })],
    // Blanks around a token do no harm, but for their number.
    ['with more than a megabyte', (token) => listed(`${token}${' '.repeat(1_048_576)}`)],
    ['with rubbish', () => listed('x')],
  ])('a list that answers %s is no list, though it is a right one', async (_, make) => {
    await world.publish(0)
    const token = (await (await world.network.get(LIST)?.())?.text()) ?? ''
    world.network.set(LIST, () => make(token))
    expect((await outcome(await world.badge()))[1]).toBe('status-unknown')
    expect(world.calls).toHaveLength(1)
    later(6)
    world.network.set(LIST, () => listed(token))
    expect(await outcome(await world.badge())).toEqual(VERIFIED)
  })

  it('a list of another issuer is no list of this one, though both are trusted', async () => {
    await fresh()
    const other = await newIssuer('https://other.example.com', START)
    await world.trust({ name: 'Other', value: other.rootPem })
    // Without a name of its own a credential's issuer is whoever its certificates say.
    for (const iss of [undefined, ISSUER]) {
      const credential = await world.badge({ iss })
      await world.publish(0, {}, { header: { x5c: other.x5c }, signer: other.key })
      expect(await outcome(credential)).toEqual(['rejected', 'status-unknown'])
      later(6)
      await world.publish(0)
      expect(await outcome(credential)).toEqual(VERIFIED)
      later(301)
    }
  })

  it('keys at an address are fetched once, again for one that is missing, and never from inside', async () => {
    await fresh({ kind: 'jwt-vc-issuer', value: ISSUER, types: [VCT] })
    await world.publish(0)
    const { kid, publicJwk } = world.issuer.key
    const documents = `${ISSUER}/.well-known/jwt-vc-issuer`
    const json = (value: object) => () => Response.json(value)
    world.network.set(documents, json({ issuer: ISSUER, jwks: { keys: [{ ...publicJwk, kid }] } }))
    const credential = await world.badge()
    expect(await outcome(credential)).toEqual(VERIFIED)
    expect(await outcome(credential)).toEqual(VERIFIED)
    expect(world.calls.map(({ url }) => url)).toEqual([documents, LIST])
    later(901)
    world.calls.length = 0
    // By reference, to where nobody is called.
    for (const jwks_uri of ['https://127.0.0.1/jwks', 'https://issuer.internal/jwks']) {
      world.network.set(documents, json({ issuer: ISSUER, jwks_uri }))
      expect(await outcome(credential)).toEqual(['retrieved', 'untrusted-issuer'])
      later(901)
    }
    expect(world.calls.map(({ url }) => url)).toEqual([documents, documents])
    // In the name of another; both ways at once; and in public.
    const set = { keys: [{ ...publicJwk, kid }] }
    const jwks_uri = `${ISSUER}/jwks`
    world.network.set(jwks_uri, json(set))
    for (const [document, expected] of [
      [{ issuer: 'https://other.example', jwks: set }, ['retrieved', 'untrusted-issuer']],
      [{ issuer: ISSUER, jwks: set, jwks_uri }, ['retrieved', 'untrusted-issuer']],
      [{ issuer: ISSUER, jwks_uri }, VERIFIED],
    ] as const) {
      world.network.set(documents, json(document))
      await world.publish(0)
      expect(await outcome(credential)).toEqual(expected)
      later(901)
    }
  })

  it('nothing is taken of it any more once it is off the list', async () => {
    await fresh()
    await world.publish(0)
    const credential = await world.badge()
    expect(await outcome(credential)).toEqual(VERIFIED)
    const { items } = await world.insist<{ items: { id: string }[] }>('GET', '/trusted-issuers')
    await world.api('DELETE', `/trusted-issuers/${items[0]?.id}`, undefined, {
      headers: { 'if-match': '*' },
    })
    expect(await outcome(credential)).toEqual(['rejected', 'untrusted-issuer'])
  })
})
