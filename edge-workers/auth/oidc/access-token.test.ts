// Access tokens of an identity provider at the API: which are taken, which are not, what is cached and how often keys are fetched.
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accessTokenOf } from '../../../functions/local/identity-provider/sign-in.ts'
import { createSignInWorld, type SignInWorld, signingKey } from './sign-in.fixture.ts'

let world: SignInWorld
/** Keys that the provider has besides its own, and how often it was asked for them. */
const added: JWK[] = []
let asked = 0
let genuine = ''
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createSignInWorld({
    reach: async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).endsWith('/jwks')) return answer
      asked += 1
      const { keys } = (await answer.json()) as { keys: JWK[] }
      return Response.json({ keys: [...keys, ...added.map(({ d: _, ...key }) => key)] })
    },
  })
  await world.bind('rita', ['requester'])
  genuine = await accessTokenOf(world.provider.url, 'demo-rita')
})
afterAll(async () => {
  vi.useRealTimers()
  await world.stop()
})

const read = async (token: string): Promise<number> =>
  (await world.http('GET', '/v1/tenants/acme', { token })).status
const now = () => Math.floor(Date.now() / 1000)
let made = 0
const sign = async (
  change: (claims: JWTPayload) => JWTPayload = (claims) => claims,
  { key = world.key, ...header }: { key?: JWK; kid?: string; typ?: string } = {},
): Promise<string> => {
  made += 1
  const claims = { ...decodeJwt(genuine), jti: `made-${made}` }
  return new SignJWT(change(claims))
    .setProtectedHeader({ alg: 'ES256', kid: 'first', typ: 'at+jwt', ...header })
    .sign(await importJWK(key, 'ES256'))
}

it('takes the provider’s own, for a member and for nobody else', async () => {
  expect(await read(genuine)).toBe(200)
  expect(await read(await accessTokenOf(world.provider.url, 'demo-paula'))).toBe(404)
  expect(await read(await sign())).toBe(200)
})

it.each<[string, (claims: JWTPayload) => JWTPayload, object?]>([
  ['for another audience', (claims) => ({ ...claims, aud: 'https://other.example' })],
  ['for the client', (claims) => ({ ...claims, aud: 'phoenix' })],
  ['without an audience', ({ aud: _, ...claims }) => claims],
  ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
  ['that expired', (claims) => ({ ...claims, exp: now() - 61 })],
  ['without a subject', (claims) => ({ ...claims, sub: '' })],
  ['that is an ID token by its type', (claims) => claims, { typ: 'JWT' }],
  ['without a type', (claims) => claims, { typ: undefined }],
  ['that is an ID token by its claims', (claims) => ({ ...claims, at_hash: 'x' })],
])('refuses one %s', async (_, change, header = {}) => {
  expect(await read(await sign(change, header))).toBe(401)
})

it('refuses the ID token of a sign-in', async () => {
  let idToken = ''
  const reach = world.env.LOCAL
  world.env.LOCAL = {
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).endsWith('/token')) return answer
      const tokens = (await answer.json()) as { id_token: string }
      idToken = tokens.id_token
      return Response.json(tokens)
    },
  }
  await world.browser().signIn('rita')
  if (reach) world.env.LOCAL = reach
  expect(decodeJwt(idToken).sub).toBe('demo-rita')
  expect(await read(idToken)).toBe(401)
})

describe('the cache', () => {
  it('skips the signature and nothing else: a token that expired is refused', async () => {
    const token = await sign((claims) => ({ ...claims, iat: now(), exp: now() + 30 }))
    expect(await read(token)).toBe(200)
    const later = (seconds: number) => {
      vi.setSystemTime(Date.now() + seconds * 1000)
      world.advance(seconds)
    }
    later(29)
    expect(await read(token)).toBe(200)
    later(1)
    expect(await read(token)).toBe(401)
  })
})

describe('keys', () => {
  it('are fetched anew when the provider signs with another', async () => {
    const second = await signingKey('second')
    added.push(second)
    const before = asked
    expect(await read(await sign(undefined, { key: second, kid: 'second' }))).toBe(200)
    expect(asked).toBe(before + 1)
    expect(await read(await sign())).toBe(200)
  })

  it('are not fetched for each of many unknown names', async () => {
    const before = asked
    const strange = await signingKey('strange')
    for (let tried = 0; tried < 25; tried += 1)
      expect(await read(await sign(undefined, { key: strange, kid: `strange-${tried}` }))).toBe(401)
    expect(asked - before).toBeLessThanOrEqual(1)
    expect(await read(await sign())).toBe(200)
  })
})

const SETTING = { name: 'demo', label: 'Demo', clientId: 'phoenix', algorithms: ['ES256'] }
/** While the setting is this. */
const during = async (more: object, work: () => Promise<void>) => {
  const before = world.env.OIDC_ISSUERS ?? ''
  world.env.OIDC_ISSUERS = JSON.stringify([{ ...SETTING, issuer: world.provider.url, ...more }])
  try {
    await work()
  } finally {
    world.env.OIDC_ISSUERS = before
  }
}

describe('a provider that calls its access tokens JWT', () => {
  const typ = 'JWT'
  const knownAs = { knownAs: 'http://127.0.0.1/simulated-identity-provider' }

  it('is taken at its audience, which is not the client (Keycloak)', async () => {
    const setting = { ...knownAs, audience: 'https://api.example', accessTokenTypes: ['jwt'] }
    await during(setting, async () => {
      const bearer = { aud: 'https://api.example', typ: 'Bearer' }
      expect(await read(await sign((claims) => ({ ...claims, ...bearer }), { typ }))).toBe(200)
      expect(await read(await sign((claims) => ({ ...claims, aud: 'phoenix' }), { typ }))).toBe(401)
      const id = { aud: 'https://api.example', typ: 'ID' }
      expect(await read(await sign((claims) => ({ ...claims, ...id }), { typ }))).toBe(401)
      expect(await read(await sign((claims) => ({ ...claims, ...bearer })))).toBe(401)
    })
  })

  it('is taken by its scope, and by the claim that names people (Entra)', async () => {
    const setting = { audience: 'phoenix', accessTokenTypes: ['jwt'], accessTokenScope: 'access' }
    await during({ ...setting, ...knownAs, subjectClaim: 'oid' }, async () => {
      const person = { aud: 'phoenix', sub: 'pairwise', oid: 'demo-rita' }
      const scoped = { ...person, scp: 'other access' }
      expect(await read(await sign((claims) => ({ ...claims, ...scoped }), { typ }))).toBe(200)
      for (const lacking of [person, { ...person, scp: 'accessory' }, { ...scoped, oid: '' }])
        expect(await read(await sign((claims) => ({ ...claims, ...lacking }), { typ }))).toBe(401)
    })
  })

  it('is not taken at all without an audience in the setting', async () => {
    await during(knownAs, async () => {
      expect(await read(await sign())).toBe(401)
      expect(await read(await sign(({ aud: _, ...claims }) => claims))).toBe(401)
    })
  })
})

describe('the setting', () => {
  const withSetting = async (text: string | undefined, work: () => Promise<void>) => {
    const before = world.env.OIDC_ISSUERS
    const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    if (text === undefined) delete world.env.OIDC_ISSUERS
    else world.env.OIDC_ISSUERS = text
    try {
      await work()
    } finally {
      world.env.OIDC_ISSUERS = before ?? ''
      spy.mockRestore()
    }
  }
  const secret = 'hunter2hunter2'
  const issuer = (more: object) =>
    JSON.stringify([
      {
        ...{ name: 'x', label: 'X', issuer: 'https://id.example', clientId: 'phoenix' },
        ...{ clientSecret: secret, ...more },
      },
    ])

  it.each([
    ['{', 'not JSON'],
    [issuer({ issuer: 'http://id.example' }), '/0/issuer'],
    [issuer({ algorithms: ['HS256'] }), '/0/algorithms/0'],
    [issuer({ algorithms: [] }), '/0/algorithms'],
    [issuer({ algorithms: ['none'] }), '/0/algorithms/0'],
    [issuer({ nmae: 'y' }), '/0/nmae'],
    [issuer({ audience: 'phoenix', accessTokenTypes: ['jwt'] }), '/0/accessTokenScope'],
    [issuer({ name: '../x' }), '/0/name'],
  ])('%# that is wrong trusts nobody, and /readyz says where', async (text, where) => {
    await withSetting(text, async () => {
      expect(await read(await sign())).toBe(401)
      expect((await world.http('GET', '/sign-in')).status).toBe(200)
      expect((await world.http('GET', '/sign-in/x')).status).toBe(404)
      world.advance(10)
      const ready = await world.http('GET', '/readyz')
      const body = await ready.text()
      expect(ready.status).toBe(503)
      expect(body).toContain('"identityProviders":"misconfigured"')
      expect(body).toContain(where)
      expect(body).not.toContain(secret)
    })
  })

  it('that is absent leaves API tokens', async () => {
    await withSetting(undefined, async () => {
      expect(await (await world.http('GET', '/sign-in')).text()).toContain('API token')
      expect(await read(world.tokens.owner)).toBe(200)
      world.advance(10)
      expect(await (await world.http('GET', '/readyz')).text()).toContain(
        '"identityProviders":"absent"',
      )
    })
  })
})

describe('a key', () => {
  const later = (seconds: number) => {
    vi.setSystemTime(Date.now() + seconds * 1000)
    world.advance(seconds)
  }
  const lasting = (claims: JWTPayload) => ({ ...claims, iat: now(), exp: now() + 3_600 })

  it('of an algorithm that the issuer is not configured with signs nothing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    added.push({ ...(await exportJWK(publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' })
    later(300)
    const signed = () => {
      made += 1
      return new SignJWT(lasting({ ...decodeJwt(genuine), jti: `made-${made}` }))
        .setProtectedHeader({ alg: 'RS256', kid: 'rsa', typ: 'at+jwt' })
        .sign(privateKey)
    }
    expect(await read(await signed())).toBe(401)
    const [issuer] = JSON.parse(world.env.OIDC_ISSUERS ?? '') as object[]
    // The key itself is good: with the algorithm in the setting the same token comes in.
    await during({ ...issuer, algorithms: ['ES256', 'RS256'] }, async () => {
      expect(await read(await signed())).toBe(200)
    })
    expect(await read(await signed())).toBe(401)
  })

  it('that was withdrawn ends what it signed within ten minutes, long before it expires', async () => {
    const third = await signingKey('third')
    added.push(third)
    later(300)
    const token = await sign(lasting, { key: third, kid: 'third' })
    expect(await read(token)).toBe(200)
    added.splice(added.indexOf(third), 1)
    later(599)
    expect(await read(token)).toBe(200)
    later(1)
    expect(await read(token)).toBe(401)
    expect(await read(await sign(lasting))).toBe(200)
  })
})
