// Nobody's own token is a machine's: who signs in with an identity provider does not come back as a program that it vouches
// for, and a program does not sign in. One token is never both.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { createProvider, type TestProvider } from '../auth/oidc/provider.fixture.ts'

const API = 'https://api.example'
const ENTRA = 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0'
const OLD_ENTRA = 'https://sts.windows.net/11111111-1111-1111-1111-111111111111/'

let world: TenantWorld
let provider: TestProvider
let issuers = 0
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  issuers += 1
  // What is kept of an issuer outlives a test.
  provider = await createProvider(`https://id-${issuers}.example`)
  provider.time = Date.now()
  world = await createTenantWorld()
  await trust(provider)
  const signIn = { issuer: 'corp', subject: 'bob' }
  const bob = { handle: 'bob', roles: ['approver'], signIn }
  await world.create('/v1/tenants/acme/members', bob, world.operator)
  await world.ensureMember('acme', 'robot', 'requester', false)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** As an issuer that people sign in with. */
const trust = async ({ fetch, issuer }: TestProvider, more: object = {}) => {
  world.env.LOCAL = { fetch }
  vi.stubGlobal('fetch', fetch)
  const typed = { audience: API, algorithms: ['ES256'], accessTokenTypes: ['at+jwt', 'jwt'] }
  world.env.OIDC_ISSUERS = JSON.stringify([
    { ...{ name: 'corp', label: 'Corp', issuer, clientId: 'console' }, ...typed, ...more },
  ])
}
const bind = async (claims: object, issuer = provider.issuer) => {
  const adam = await world.tokenOf('adam', 'admin')
  const workload = { name: 'deploys', serviceAccount: 'robot', issuer, audience: API, claims }
  await world.create('/v1/tenants/acme/workloads', workload, adam)
}
const sign = (claims: object) => provider.sign({ aud: API, ...claims }, { typ: 'at+jwt' })
const exchange = async (jwt: string) => {
  const form = {
    ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', audience: 'acme' },
    ...{ subject_token: jwt, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
  }
  const answer = await world.http('POST', '/v1/token', {
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const { access_token: token = null } = (await answer.json()) as { access_token?: string }
  return { status: answer.status, token }
}
const readAs = async (token: string) =>
  (await world.http('GET', '/v1/tenants/acme/me', { token })).status

/** Asks with what the token is exchanged for, and approves and merges with the token itself. */
const walk = async (jwt: string): Promise<string> => {
  const { status, token } = await exchange(jwt)
  if (token === null) return `the exchange answered ${status}`
  const { id } = await world.insist(world.request(world.vmRequest('own'), { token }))
  await world.settle()
  for (const what of ['approvals', 'merge'])
    if ((await world.decide(what, id, { token: jwt })).status >= 300) return `no ${what}`
  return 'merged'
}

describe('a person’s own token', () => {
  it('is exchanged for nothing: else its owner would approve what he asked for himself', async () => {
    await bind({ azp: 'cli' })
    const bobs = await sign({ sub: 'bob', azp: 'cli' })
    expect(await readAs(bobs)).toBe(200)
    expect(await walk(bobs)).toBe('the exchange answered 400')
  })

  it.each<[string, object]>([
    ['of somebody who is no member yet', { sub: 'carol' }],
    ['that says who the client was', { sub: 'carol', client_id: 'cli' }],
    ['whose owner took the name of a machine', { preferred_username: 'service-account-cli' }],
    ['of another program’s name', { preferred_username: 'service-account-x', client_id: 'x' }],
    ['that says that a user is in it', { idtyp: 'user' }],
    ['made by a code', { gty: 'authorization_code' }],
    ['that claims a grant in a list of others', { gty: ['password', 'client_credentials'] }],
    ['of a member, however it is marked', { sub: 'bob', client_id: 'bob' }],
  ])('is none of a machine: %s', async (_, claims) => {
    await bind({ azp: 'cli' })
    expect((await exchange(await sign({ azp: 'cli', ...claims }))).status).toBe(400)
  })

  it('whose claims are no text is refused like any other', async () => {
    await bind({ azp: 'cli' })
    const trap = { toString: 1, valueOf: 1 }
    for (const name of ['iss', 'client_id', 'gty', 'idtyp', 'preferred_username', 'sub', 'oid']) {
      const jwt = await sign({ sub: 'bob', azp: 'cli', [name]: trap })
      expect((await exchange(jwt)).status, name).toBe(400)
      const harmless = ['client_id', 'gty', 'idtyp', 'preferred_username', 'oid'].includes(name)
      expect(await readAs(jwt), name).toBe(harmless ? 200 : 401)
    }
  })

  it('is none of a machine by the beginning of a machine’s name', async () => {
    await bind({ sub: 'carol' })
    const named = await sign({ sub: 'carol', preferred_username: 'service-account-' })
    expect((await exchange(named)).status).toBe(400)
  })

  it('is none at an address that its issuer had before', async () => {
    await trust(provider, { issuer: 'https://moved.example', knownAs: provider.issuer })
    await bind({ azp: 'cli' })
    expect((await exchange(await sign({ sub: 'bob', azp: 'cli' }))).status).toBe(400)
  })

  it('is none at the other address of the same directory (Entra)', async () => {
    provider = await createProvider(OLD_ENTRA)
    provider.time = Date.now()
    provider.metadata.jwks_uri = 'https://login.microsoftonline.com/common/discovery/keys'
    provider.answer = (url) =>
      Response.json(url.endsWith('/keys') ? { keys: provider.keys } : provider.metadata)
    await trust(provider, { issuer: ENTRA, subjectClaim: 'oid' })
    await bind({ appid: 'cli' })
    const of = (claims: object) => sign({ appid: 'cli', ...claims })
    expect((await exchange(await of({ sub: 'pairwise', oid: 'bob' }))).status).toBe(400)
    expect((await exchange(await of({ sub: 'robot', oid: 'robot' }))).status).toBe(200)
  })
})

const APPLICATIONS: [string, object][] = [
  ['RFC 9068 §2.2', { sub: 'cli', client_id: 'cli' }],
  ['RFC 9068 §2.2, with azp', { sub: 'cli', azp: 'cli' }],
  ['Okta', { sub: 'cli', cid: 'cli' }],
  ['Auth0', { sub: 'cli@clients', azp: 'cli', gty: 'client-credentials' }],
  [
    'Keycloak',
    {
      ...{ sub: '5f0c', typ: 'Bearer', azp: 'cli', client_id: 'cli', clientHost: '10.0.0.1' },
      preferred_username: 'service-account-cli',
    },
  ],
  [
    'Keycloak before 24',
    { sub: '5f0c', azp: 'CLI', clientId: 'CLI', preferred_username: 'service-account-cli' },
  ],
  ['Entra', { sub: 'a1', oid: 'b2', azp: 'cli', azpacr: '1', idtyp: 'app', roles: ['r'] }],
  ['Entra without the optional claim', { sub: 'a1', oid: 'a1', azp: 'cli', ver: '2.0' }],
]
/** Where it cannot be said for sure, nobody is let in either way. */
const DOUBTFUL: [string, object][] = [
  ['a service account’s name', { sub: '5f0c', preferred_username: 'Service-Account-cli' }],
  ['a grant in a list', { sub: '5f0c', gty: ['client_credentials'] }],
  ['a grant by its other name', { sub: '5f0c', grant_type: 'client_credentials' }],
]

describe('an application’s token', () => {
  it.each(APPLICATIONS)('is a machine’s: %s', async (_, claims) => {
    await bind({ sub: (claims as { sub: string }).sub })
    expect((await exchange(await sign(claims))).status).toBe(200)
  })

  it.each([...APPLICATIONS, ...DOUBTFUL])('is nobody’s who signs in: %s', async (_, claims) => {
    const { sub } = claims as { sub: string }
    const member = {
      handle: 'machine',
      roles: ['auditor'],
      signIn: { issuer: 'corp', subject: sub },
    }
    await world.create('/v1/tenants/acme/members', member, world.operator)
    expect(await readAs(await sign({ sub }))).toBe(200)
    expect(await readAs(await sign(claims))).toBe(401)
  })

  it('opens no session either', async () => {
    const at = (path: string) => `${provider.issuer}/${path}`
    Object.assign(provider.metadata, {
      ...{ authorization_endpoint: at('auth'), token_endpoint: at('token') },
    })
    const signIn = async (claims: object) => {
      provider.answer = undefined
      const begun = await world.http('GET', '/sign-in/corp?next=/')
      const query = new URL(begun.headers.get('location') ?? '').searchParams
      const [cookie = ''] = (begun.headers.get('set-cookie') ?? '').split(';')
      const nonce = query.get('nonce')
      const token = await provider.sign({ aud: 'console', nonce, ...claims })
      const documents: Record<string, object> = {
        ...{ [at('token')]: { id_token: token }, [at('keys')]: { keys: provider.keys } },
      }
      provider.answer = (url) => Response.json(documents[url] ?? provider.metadata)
      const back = `/sign-in/corp/callback?code=c&state=${query.get('state')}`
      return (await world.http('GET', back, { headers: { cookie } })).status
    }
    expect(await signIn({ sub: 'bob', azp: 'console' })).toBeLessThan(400)
    for (const claims of [{ sub: 'console' }, { sub: 'bob', idtyp: 'app' }])
      expect(await signIn({ azp: 'console', ...claims })).toBeGreaterThanOrEqual(400)
  })

  it('accepts no invitation, which stays open for a person', async () => {
    const { link } = await world.create<{ link: string }>(
      '/v1/tenants/acme/invitations',
      { roles: ['approver'] },
      world.tokens.owner,
    )
    const body = { invitation: link.split('/').at(-1) }
    const accept = async (token: string) =>
      (await world.http('POST', '/v1/invitations/accept', { token, body })).status
    for (const [name, claims] of [...APPLICATIONS, ...DOUBTFUL])
      expect(await accept(await sign(claims)), name).toBe(401)
    expect(await accept(await sign({ sub: 'carol', azp: 'cli', client_id: 'cli' }))).toBe(200)
  })
})
