// The exchange of a workload's token (RFC 8693): what it gives, when it ends, and that a refusal tells nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import type { WorkloadView } from '../../schemas/workload.ts'
import { createProvider, makeKey, START, type TestProvider } from '../auth/oidc/provider.fixture.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const AUDIENCE = 'http://127.0.0.1:8787/v1/tenants/acme'
const SUB = 'repo:acme/shop:ref:refs/heads/main'

let world: TenantWorld
let provider: TestProvider
let workload: WorkloadView
let issuers = 0
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  issuers += 1
  // What is kept of an issuer outlives a test.
  provider = await createProvider(`https://idp-${issuers}.example.com`)
  vi.stubGlobal('fetch', provider.fetch)
  world = await createTenantWorld()
  await world.ensureMember('acme', 'robot', 'requester', false)
  workload = await create()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const create = (more: object = {}): Promise<WorkloadView> =>
  world.create(
    '/v1/tenants/acme/workloads',
    {
      ...{ name: 'deploys', serviceAccount: 'robot', issuer: provider.issuer },
      ...{ claims: { sub: SUB }, ...more },
    },
    world.tokens.owner,
  )
const later = (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  provider.time = Date.now()
}
const sign = (claims: object = {}, header: Record<string, unknown> = {}, key = provider.key) =>
  provider.sign({ sub: SUB, aud: AUDIENCE, ...claims }, header, key)
const post = (form: Record<string, string> | string, type = 'application/x-www-form-urlencoded') =>
  world.http('POST', '/v1/token', {
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    headers: { 'content-type': type },
  })
const formOf = (subjectToken: string, more: Record<string, string> = {}) => ({
  ...{ grant_type: GRANT, subject_token: subjectToken, subject_token_type: JWT },
  ...{ audience: 'acme', ...more },
})
interface Given {
  access_token: string
  expires_in: number
  scope: string
}
const exchange = async (jwt: string, more: Record<string, string> = {}): Promise<Given> => {
  const response = await post(formOf(jwt, more))
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as Given
}
const read = (token: string) => world.http('GET', '/v1/tenants/acme/me', { token })
/** Everything but what differs in every answer. */
const shown = async (response: Response) => {
  const { instance: _, ...body } = (await response.json()) as Record<string, unknown>
  const headers = Object.fromEntries(response.headers)
  for (const name of ['date', 'x-request-id', 'traceparent']) delete headers[name]
  return { status: response.status, headers, body }
}

describe('an exchange', () => {
  it('answers as RFC 8693 §2.2.1 says, and what it gives is the service account', async () => {
    const response = await post(formOf(await sign()))
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = (await response.json()) as Given
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^phx_ten_eu_/),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ...{ token_type: 'Bearer', expires_in: 300, scope: workload.scopes.join(' ') },
    })
    const me = await read(answer.access_token)
    expect(await me.json()).toMatchObject({ handle: 'robot', person: false, roles: ['requester'] })
  })

  it.each([
    { audience: 'acme' },
    { audience: AUDIENCE },
    { resource: AUDIENCE },
    { audience: 'acme', requested_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
    { audience: 'acme', subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    { audience: 'acme', client_id: 'ignored', scope: '' },
  ])('takes %j', async (more) => {
    const { audience: _, ...form } = formOf(await sign())
    expect((await post({ ...form, ...more })).status).toBe(200)
  })

  it('takes the id of the tenant', () =>
    sign().then((jwt) => exchange(jwt, { audience: world.tenantId })))

  it('gives fewer scopes on request, and never more than there are', async () => {
    const { access_token: token, scope } = await exchange(await sign(), { scope: 'changes:read' })
    expect(scope).toBe('changes:read')
    const asked = await world.request(world.vmRequest('web'), { token })
    expect(asked.status).toBe(403)
    for (const wanted of ['changes:approve', 'changes:read nonsense', 'changes:read"']) {
      const refused = await post(formOf(await sign(), { scope: wanted }))
      expect(await refused.json(), wanted).toMatchObject({ error: 'invalid_scope', status: 400 })
    }
  })

  it('lasts as long as the workload says, and never longer than the token that was brought', async () => {
    const seconds = START / 1000
    const long = await exchange(await sign({ exp: seconds + 7_200 }))
    expect(long.expires_in).toBe(900)
    later(899)
    expect((await read(long.access_token)).status).toBe(200)
    later(1)
    expect((await read(long.access_token)).status).toBe(401)
    const short = await exchange(await sign({ exp: seconds + 900 + 20 }))
    expect(short.expires_in).toBe(20)
    later(20)
    expect((await read(short.access_token)).status).toBe(401)
    // Within the skew that other clocks are forgiven; there is nothing left to give.
    expect((await post(formOf(await sign({ exp: seconds + 915 })))).status).toBe(400)
  })

  it('repeated gives the same token while half of its life is left, and a new one then', async () => {
    const jwt = await sign({ exp: START / 1000 + 7_200 })
    const first = await exchange(jwt)
    expect((await exchange(jwt)).access_token).toBe(first.access_token)
    expect((await exchange(await sign({ exp: START / 1000 + 7_201 }))).access_token).not.toBe(
      first.access_token,
    )
    later(460)
    const second = await exchange(jwt)
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.expires_in).toBe(900)
  })

  it('shows up among the tokens, with its workload and without a secret', async () => {
    const { access_token: token } = await exchange(await sign())
    const list = await world.http('GET', '/v1/tenants/acme/tokens', { token: world.tokens.owner })
    const text = await list.text()
    expect(JSON.parse(text).items).toContainEqual(
      expect.objectContaining({ workload: workload.id, member: workload.serviceAccount }),
    )
    expect(text).not.toContain(token.slice(-30))
  })

  it('leaves no rows behind for ever', async () => {
    const rows = () => {
      const { storage } = world.tenants.actors.get(world.tenantId)?.surroundings ?? {}
      return storage?.sql.exec('SELECT id FROM tokens WHERE workload IS NOT NULL').toArray().length
    }
    for (let at = 0; at < 5; at += 1) await exchange(await sign({ jti: `${at}` }))
    expect(rows()).toBe(5)
    later(8 * 86_400)
    await exchange(await sign())
    expect(rows()).toBe(1)
  })

  it('prefers the workload that says most of the token', async () => {
    const narrow = { claims: { sub: SUB, environment: 'live' }, scopes: ['changes:read'] }
    await create(narrow)
    expect((await exchange(await sign({ environment: 'live' }))).scope).toBe('changes:read')
    expect((await exchange(await sign())).scope).toBe(workload.scopes.join(' '))
  })
})

describe('what comes of it', () => {
  it('ends with the workload, on the next request', async () => {
    const { access_token: token } = await exchange(await sign())
    expect((await read(token)).status).toBe(200)
    const gone = { token: world.tokens.owner, headers: { 'if-match': '*' } }
    const path = `/v1/tenants/acme/workloads/${workload.id}`
    expect((await world.http('DELETE', path, gone)).status).toBe(200)
    expect((await read(token)).status).toBe(401)
    expect((await post(formOf(await sign()))).status).toBe(400)
  })

  it('ends with the service account, on the next request', async () => {
    const { access_token: token } = await exchange(await sign())
    const gone = { token: world.tokens.owner, headers: { 'if-match': '*' } }
    expect((await world.http('DELETE', '/v1/tenants/acme/members/robot', gone)).status).toBe(200)
    expect((await read(token)).status).toBe(401)
    expect((await post(formOf(await sign()))).status).toBe(400)
  })

  it('is weaker when the service account is', async () => {
    const wide = await exchange(await sign())
    const patch = { headers: { 'if-match': '*' }, body: { roles: ['auditor'] } }
    await world.http('PATCH', '/v1/tenants/acme/members/robot', {
      ...{ token: world.tokens.owner, ...patch },
    })
    const asked = await world.request(world.vmRequest('web'), { token: wide.access_token })
    expect(asked.status).toBe(403)
    expect((await exchange(await sign({ jti: '2' }))).scope).not.toContain('changes:write')
  })

  it('cannot be rotated into something that lasts', async () => {
    await exchange(await sign())
    const list = await world.http('GET', '/v1/tenants/acme/tokens', { token: world.tokens.owner })
    const { items } = (await list.json()) as { items: { id: string; workload: string | null }[] }
    const made = items.find((item) => item.workload !== null)
    const rotated = await world.http('POST', `/v1/tenants/acme/tokens/${made?.id}/rotate`, {
      ...{ token: world.tokens.owner, key: 'rotate' },
    })
    expect(rotated.status).toBe(409)
  })

  it('is not approved by whoever made the workload', async () => {
    const mine = await world.tokenOf('olga', 'approver')
    const { access_token: token } = await exchange(await sign())
    const asked = await world.insist(world.request(world.vmRequest('web'), { token }))
    await world.settle()
    const own = await world.decide('approvals', asked.id, { token: mine })
    expect(own.status).toBe(403)
    expect(own.body.type).toContain('separation-of-duties')
    expect((await world.decide('approvals', asked.id)).status).toBeLessThan(300)
  })
})

describe('a refusal', () => {
  it('is the same whatever is wrong with token or tenant, and asks no issuer', async () => {
    await world.createTenant('dbis')
    const stranger = await createProvider('https://idp-stranger.example.com')
    const forms = {
      'a tenant that never was': formOf(await sign(), { audience: 'none' }),
      'an id that never was': formOf(await sign(), { audience: 'ten_eu_aaaaaaaaaaaaaaaa' }),
      'a tenant without workloads': formOf(await sign(), { audience: 'dbis' }),
      'another issuer': formOf(await stranger.sign({ sub: SUB, aud: AUDIENCE })),
      'another audience': formOf(await sign({ aud: `${AUDIENCE}x` })),
      'no audience': formOf(await sign({ aud: undefined })),
      'an audience of another tenant': formOf(
        await sign({ aud: AUDIENCE.replace('acme', 'dbis') }),
      ),
      'another claim': formOf(await sign({ sub: `${SUB}x` })),
      'a claim in another case': formOf(await sign({ sub: SUB.toUpperCase() })),
      'no claim': formOf(await sign({ sub: undefined })),
      'an empty claim': formOf(await sign({ sub: '' })),
      'a claim that is an object': formOf(await sign({ sub: { 0: SUB } })),
      'a list of other claims': formOf(await sign({ sub: ['x', ''] })),
      'no JWT': formOf('a.b.c'),
      'one of our own tokens': formOf(world.tokens.owner),
      'too long a JWT': formOf(`${'e'.repeat(4_000)}.${'e'.repeat(4_000)}.e`),
    }
    const answers = await Promise.all(
      Object.entries(forms).map(async ([name, form]) => [name, await shown(await post(form))]),
    )
    const [[, first]] = answers as [[string, unknown]]
    expect(first).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: { type: 'http://127.0.0.1:8787/problems/exchange-refused', error: 'invalid_request' },
    })
    for (const [name, answer] of answers) expect(answer, String(name)).toEqual(first)
    expect(provider.asked).toEqual([])
    expect(stranger.asked).toEqual([])
  })

  it('is the same for what only the signature or the clock tells', async () => {
    const never = await shown(await post(formOf(await sign(), { audience: 'none' })))
    const seconds = START / 1000
    const other = await makeKey('k1')
    const jwts = {
      'another key': await sign({}, {}, other),
      'an unknown key': await sign({}, { kid: 'k9' }),
      'an end that has passed': await sign({ exp: seconds - 61 }),
      'no end': await sign({ exp: undefined }),
      'no beginning': await sign({ iat: undefined }),
      'a beginning to come': await sign({ nbf: seconds + 61 }),
      'too old a token': await sign({ iat: seconds - 86_461 }),
      'a token for another purpose': await sign({}, { typ: 'logout+jwt' }),
      'a part that is not signed': `${(await sign()).split('.').slice(0, 2).join('.')}.`,
    }
    for (const [name, jwt] of Object.entries(jwts))
      expect(await shown(await post(formOf(jwt))), name).toEqual(never)
  })

  it('that is only for now says when to come back, and nothing of the issuer', async () => {
    provider.down = true
    const response = await post(formOf(await sign()))
    const text = await response.clone().text()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(JSON.parse(text)).toMatchObject({ error: 'temporarily_unavailable' })
    expect(text).not.toMatch(/idp-|secret-of-the-network/)
  })

  it('of a form says which parameter, in both languages', async () => {
    const form = formOf(await sign())
    const cases: [string, Record<string, string> | string, string][] = [
      ['grant_type', { ...form, grant_type: 'password' }, 'unsupported_grant_type'],
      ['grant_type', {}, 'unsupported_grant_type'],
      ['subject_token', { ...form, subject_token: '' }, 'invalid_request'],
      ['subject_token', { ...form, subject_token: 'x'.repeat(9_000) }, 'invalid_request'],
      ['subject_token_type', { ...form, subject_token_type: 'saml2' }, 'invalid_request'],
      ['actor_token', { ...form, actor_token: 'x' }, 'invalid_request'],
      ['requested_token_type', { ...form, requested_token_type: 'x' }, 'invalid_request'],
      ['Name one tenant', { ...form, audience: '' }, 'invalid_target'],
      ['Name one tenant', { ...form, resource: 'acme' }, 'invalid_target'],
      ['Name one tenant', { ...form, audience: '../acme' }, 'invalid_target'],
      ['audience', `${new URLSearchParams(form)}&audience=dbis`, 'invalid_target'],
      ['subject_token', `${new URLSearchParams(form)}&subject_token=x`, 'invalid_request'],
      ['grant_type', 'a=%', 'unsupported_grant_type'],
    ]
    for (const [word, sent, error] of cases) {
      const response = await post(sent)
      expect(response.status, word).toBe(400)
      const body = (await response.json()) as Record<string, string>
      expect(body, word).toMatchObject({ error, title: 'This exchange is not one of ours' })
      expect(body.detail, word).toContain(word)
      expect(body.error_description).toBe(body.detail)
      // RFC 6749 §5.2.
      expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(JSON.stringify(body)).not.toMatch(/xxx|saml2|password/)
    }
  })

  it('of a body that is no form is 415, and of one too large 413', async () => {
    const jwt = await sign()
    expect((await post(JSON.stringify(formOf(jwt)), 'application/json')).status).toBe(415)
    expect((await post(`a=${'x'.repeat(16_384)}`)).status).toBe(413)
    const { error } = (await (await post('a', 'text/plain')).json()) as { error: string }
    expect(error).toBe('invalid_request')
  })
})

describe('an issuer’s own documents', () => {
  it.each([
    'https://127.0.0.1/keys',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/keys',
    'https://10.1.2.3/keys',
  ])('do not lead us to %s', async (uri) => {
    provider.metadata.jwks_uri = uri
    expect((await post(formOf(await sign()))).status).toBe(503)
    expect(provider.asked).toEqual([`${provider.issuer}/.well-known/openid-configuration`])
  })

  it('do not lead us elsewhere by a redirect', async () => {
    provider.answer = () =>
      new Response(null, { status: 302, headers: { location: 'https://169.254.169.254/' } })
    expect((await post(formOf(await sign()))).status).toBe(503)
    expect(provider.asked).toHaveLength(1)
  })

  it('of the operators are asked for the way that operators reach them', async () => {
    const local = await createProvider('http://127.0.0.1:9998')
    world.env.LOCAL = { fetch: local.fetch }
    const oidc = { name: 'own', label: 'Own', issuer: local.issuer, clientId: 'phoenix' }
    world.env.OIDC_ISSUERS = JSON.stringify([oidc])
    await create({ issuer: local.issuer })
    await exchange(await local.sign({ sub: SUB, client_id: SUB, aud: AUDIENCE }))
    expect(local.asked).toHaveLength(2)
    expect(provider.asked).toEqual([])
  })
})
