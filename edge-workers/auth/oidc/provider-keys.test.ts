// What an identity provider is asked, how often, and what happens while it does not answer.
import { beforeEach, describe, expect, it } from 'vitest'
import { LIFE_MS, PAUSE_MS, STALE_MS } from './kept.ts'
import { AUDIENCE, createProvider, ISSUER, makeKey, type TestProvider } from './provider.fixture.ts'
import { createProviders } from './provider-keys.ts'

let provider: TestProvider
let providers: ReturnType<typeof createProviders>
beforeEach(async () => {
  provider = await createProvider()
  providers = createProviders()
})

const reach = () => ({ fetch: provider.fetch, now: provider.now })
const discover = (issuer = ISSUER) => providers.discover(issuer, reach())
const verify = (jwt: string, more: object = {}) =>
  providers.verifyJwt(jwt, {
    ...reach(),
    ...{ issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256' as const], ...more },
  })
const problem = async (result: ReturnType<typeof verify>) => {
  const got = await result
  return got.ok ? 'ok' : got.refusal.problem
}
const keyFetches = () => provider.asked.filter((url) => url.endsWith('/keys')).length

describe('discovery', () => {
  it('is asked once for all who ask at the same time, and again when it is stale', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => discover()))
    expect(all.every(({ ok }) => ok)).toBe(true)
    provider.time += STALE_MS - 1
    await discover()
    expect(provider.asked).toHaveLength(1)
    provider.time += 1
    await discover()
    expect(provider.asked).toHaveLength(2)
  })

  it('takes only the issuer it asked for, to the character', async () => {
    for (const issuer of [`${ISSUER}/`, 'https://ID.example', `${ISSUER}.evil`, '', null]) {
      providers = createProviders()
      provider.metadata = { issuer, jwks_uri: `${ISSUER}/keys` }
      expect(await discover(), String(issuer)).toMatchObject({ refusal: { problem: 'outage' } })
    }
  })

  it('asks at the address of Discovery §4.1, and nobody for what is no issuer', async () => {
    await discover(`${ISSUER}/realms/a/`)
    expect(provider.asked).toEqual([`${ISSUER}/realms/a/.well-known/openid-configuration`])
    for (const issuer of [
      'file:///etc',
      'x',
      `${ISSUER}?a`,
      `${ISSUER}#b`,
      'https://u:p@id.example',
    ])
      expect((await discover(issuer)).ok, issuer).toBe(false)
    expect(provider.asked).toHaveLength(1)
  })

  it('does not go from https to http', async () => {
    provider.metadata.jwks_uri = 'http://id.example/keys'
    expect(await discover()).toMatchObject({ refusal: { problem: 'outage' } })
  })

  it('forgets the issuers used longest ago', async () => {
    providers = createProviders({ maxIssuers: 2 })
    provider.answer = (url) => {
      const issuer = url.replace('/.well-known/openid-configuration', '')
      return Response.json({ issuer, jwks_uri: `${issuer}/keys` })
    }
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await discover(`https://${name}.example`)
    expect(provider.asked.map((url) => url[8])).toEqual(['a', 'b', 'c', 'b'])
  })
})

describe('a provider that does not answer', () => {
  const answers: [string, () => Response | Promise<Response>][] = [
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/elsewhere' } })],
    ['an error page', () => new Response('<secret>', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['too much', () => new Response('x'.repeat(262_145))],
    ['an empty document', () => Response.json(null)],
    ['keys that are none', () => Response.json({ keys: 'none', issuer: ISSUER, jwks_uri: 7 })],
  ]
  it.each(answers)('but with %s is an outage that repeats nothing of it', async (_, answer) => {
    provider.answer = answer
    const got = await verify(await provider.sign())
    expect(got).toMatchObject({ refusal: { problem: 'outage' } })
    expect(JSON.stringify(got)).not.toMatch(/secret|html|xxx/)
    expect(got.ok || got.refusal.retryAfterSeconds).toBeGreaterThan(0)
    expect(provider.asked).toHaveLength(1)
  })

  it('is asked again after a pause that grows', async () => {
    provider.down = true
    const jwt = await provider.sign({ exp: provider.time / 1000 + 80_000 })
    const askedAt: number[] = []
    for (let second = 0; second <= 80; second += 1) {
      const before = provider.asked.length
      expect(await problem(verify(jwt))).toBe('outage')
      if (provider.asked.length > before) askedAt.push(second)
      provider.time += 1_000
    }
    expect(askedAt).toEqual([0, 5, 15, 35, 75])
    provider.down = false
    provider.time += 300_000
    expect(await problem(verify(jwt))).toBe('ok')
  })

  it('leaves what was fetched lately in force, and not for ever', async () => {
    const jwt = await provider.sign({ exp: provider.time / 1000 + 80_000 })
    expect(await problem(verify(jwt))).toBe('ok')
    provider.down = true
    provider.time += LIFE_MS - 1
    expect(await problem(verify(jwt))).toBe('ok')
    provider.time += 1
    expect(await problem(verify(jwt))).toBe('outage')
  })
})

describe('keys', () => {
  it('are fetched once for a thousand tokens', async () => {
    const jwts = await Promise.all(
      Array.from({ length: 1_000 }, (_, at) => provider.sign({ sub: `s${at}` })),
    )
    const got = await Promise.all(jwts.map((jwt) => verify(jwt)))
    expect(got.filter(({ ok }) => ok)).toHaveLength(1_000)
    expect(provider.asked).toHaveLength(2)
  })

  it('of a rotation are found at once, when the last look was long enough ago', async () => {
    await verify(await provider.sign())
    const next = await makeKey('k2')
    provider.keys = [next.jwk, provider.key.jwk]
    const jwt = await provider.sign({}, {}, next)
    expect(await problem(verify(jwt))).toBe('unauthenticated')
    provider.time += PAUSE_MS.first
    expect(await problem(verify(jwt))).toBe('ok')
    expect(keyFetches()).toBe(2)
  })

  it('that nobody has cost one fetch in a pause that grows, whoever asks and how often', async () => {
    await verify(await provider.sign())
    const stranger = await makeKey('k9')
    const flood = await Promise.all(
      Array.from({ length: 100 }, (_, at) => provider.sign({}, { kid: `unknown-${at}` }, stranger)),
    )
    provider.time += PAUSE_MS.first
    await Promise.all(flood.map((jwt) => verify(jwt)))
    expect(keyFetches()).toBe(2)
    provider.time += PAUSE_MS.first
    for (const jwt of flood) expect(await problem(verify(jwt))).toBe('unauthenticated')
    expect(keyFetches()).toBe(2)
    provider.time += PAUSE_MS.first
    for (const jwt of flood) await verify(jwt)
    expect(keyFetches()).toBe(3)
  })

  it('that were taken back verify nothing once the kept ones are stale', async () => {
    const jwt = await provider.sign({ exp: provider.time / 1000 + 80_000 })
    await verify(jwt)
    provider.keys = [(await makeKey('k2')).jwk]
    provider.time += STALE_MS
    expect(await problem(verify(jwt))).toBe('unauthenticated')
  })

  it('are the ones of the address that is given, where one is', async () => {
    provider.metadata.jwks_uri = `${ISSUER}/other`
    expect(await problem(verify(await provider.sign(), { jwksUri: `${ISSUER}/other` }))).toBe('ok')
    expect(provider.asked).toEqual([`${ISSUER}/other`])
  })

  it('without a name are taken only where one alone fits', async () => {
    provider.key = await makeKey(undefined)
    provider.keys = [provider.key.jwk]
    expect(await problem(verify(await provider.sign()))).toBe('ok')
    providers = createProviders()
    provider.keys.push((await makeKey('k3')).jwk)
    expect(await problem(verify(await provider.sign()))).toBe('unauthenticated')
  })

  it('are taken without what else is in their set, or in them', async () => {
    const RS256 = { algorithms: ['RS256' as const] }
    provider.key = await makeKey('k1', 'RS256')
    const giant = { kty: 'RSA', kid: 'k1', e: 'AQAB', n: `y${'A'.repeat(2_730)}` }
    const others = [7, null, 'k1', { kid: 'k1' }, { kty: 'oct', kid: 'k1', k: 'c2VjcmV0' }, giant]
    const swollen = { ...provider.key.jwk, x5c: ['x'.repeat(9_000)], more: { deep: [[[[]]]] } }
    provider.keys = [...(others as Record<string, unknown>[]), swollen]
    expect(await problem(verify(await provider.sign(), RS256))).toBe('ok')
    provider.keys = others as Record<string, unknown>[]
    providers = createProviders()
    expect(await problem(verify(await provider.sign(), RS256))).toBe('unauthenticated')
  })

  it('verify by the algorithms that were asked for and by no other', async () => {
    const rsa = await makeKey('k2', 'RS256')
    provider.keys.push({ ...rsa.jwk, alg: 'RS256' })
    const jwt = await provider.sign({}, {}, rsa)
    expect(await problem(verify(jwt))).toBe('unauthenticated')
    expect(await problem(verify(jwt, { algorithms: ['ES256', 'RS256'] }))).toBe('ok')
    expect(await problem(verify(jwt))).toBe('unauthenticated')
    expect(await problem(verify(await provider.sign(), { algorithms: ['RS256'] }))).toBe(
      'unauthenticated',
    )
  })

  it('of one issuer say nothing for another', async () => {
    const other = await createProvider('https://other.example')
    const jwt = await other.sign({ iss: ISSUER })
    expect(await problem(verify(jwt))).toBe('unauthenticated')
  })

  it('of junk are not asked for', async () => {
    const late = await provider.sign({ exp: provider.time / 1000 - 61 })
    const wrong = await provider.sign({ aud: 'another' })
    for (const jwt of [late, wrong, 'a.b.c', '', `${await provider.sign()}.x`])
      expect(await problem(verify(jwt))).toBe('unauthenticated')
    expect(provider.asked).toEqual([])
  })
})
