// Tokens that must not get in (RFC 8725, RFC 7515 §10, and what other systems fell for): each at both doors that take a JWT, as an
// access token and as a workload's, and API tokens. Refused with a problem document that repeats nothing, before any actor hears.
import { exportJWK, exportSPKI } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import {
  createProvider,
  makeKey,
  START,
  type TestKey,
  type TestProvider,
} from './oidc/provider.fixture.ts'
import { mintToken, secretFrom } from './token.ts'

/** Subject of the program; the person is subject-1. */
const PIPELINE = 'pipeline-1'
const AUDIENCE = 'https://api.phoenix.example'
const ISSUER = 'https://idp-corpus.example.com'
const CANARY = 'sesame-canary'
const NOW = START / 1000

let world: TenantWorld
let provider: TestProvider
let rsa: TestKey
let weak: CryptoKeyPair
let stranger: TestKey
const oct = new Uint8Array(32).fill(5)

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  provider = await createProvider(ISSUER)
  rsa = await makeKey('rsa', 'RS256')
  stranger = await makeKey('k1')
  const kind = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  weak = (await crypto.subtle.generateKey({ ...kind, modulusLength: 1024 }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const weakJwk = await exportJWK(weak.publicKey)
  // Keys without `alg`, a key that is too short, and a secret that has no business there.
  provider.keys = [
    ...[provider.key.jwk, rsa.jwk, { kty: 'RSA', n: weakJwk.n, e: weakJwk.e, kid: 'weak' }],
    { kty: 'oct', kid: 'oct', alg: 'HS256', k: base64url(oct) },
  ]
  world = await createTenantWorld()
  world.env.LOCAL = { fetch: provider.fetch }
  world.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'corpus', label: 'Corpus', issuer: ISSUER, clientId: 'phoenix', audience: AUDIENCE },
  ])
  world.advance((START - Date.parse('2026-11-21T12:00:00.000Z')) / 1000)
  await world.create('/v1/tenants/acme/members', {
    ...{ handle: 'ida', roles: ['auditor'], signIn: { issuer: 'corpus', subject: 'subject-1' } },
  })
  await world.ensureMember('acme', 'robot', 'requester', false)
  const workload = { name: 'x', serviceAccount: 'robot', issuer: ISSUER, audience: AUDIENCE }
  const claims = { sub: PIPELINE, groups: 'deployers' }
  for (const wanted of [{ sub: claims.sub }, { groups: claims.groups }])
    await world.create(
      '/v1/tenants/acme/workloads',
      { ...workload, claims: wanted },
      world.tokens.owner,
    )
})
afterAll(() => {
  vi.useRealTimers()
})

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')
/** The text of a part, as it is: what JSON.stringify would never write. */
type Part = string | Uint8Array | object
const part = (value: Part): string =>
  base64url(
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
  )
const HEADER = { alg: 'ES256', kid: 'k1', typ: 'at+jwt' }
/** What tells an application's token from a person's: the exchange takes only the former of an issuer that people sign in with. */
let mark: object = {}
const asApplication = async (make: () => Promise<string>): Promise<string> => {
  mark = { idtyp: 'app', sub: PIPELINE }
  try {
    return await make()
  } finally {
    mark = {}
  }
}

const claimsOf = (more: object = {}): object => ({
  ...{
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'subject-1',
    iat: NOW,
    exp: NOW + 300,
    note: CANARY,
    ...mark,
    ...more,
  },
})
type Sign = (input: string) => Promise<Uint8Array> | Uint8Array

const subtle = async (name: object, key: CryptoKey, input: string): Promise<Uint8Array> =>
  new Uint8Array(
    await crypto.subtle.sign(
      name as Parameters<SubtleCrypto['sign']>[0],
      key,
      new TextEncoder().encode(input),
    ),
  )
const ES256 = { name: 'ECDSA', hash: 'SHA-256' }
const RS256 = { name: 'RSASSA-PKCS1-v1_5' }
const byProvider: Sign = (input) => subtle(ES256, provider.key.privateKey as CryptoKey, input)
const byRsa: Sign = (input) => subtle(RS256, rsa.privateKey as CryptoKey, input)
const byStranger: Sign = (input) => subtle(ES256, stranger.privateKey as CryptoKey, input)
const byHmac =
  (secret: Uint8Array | string, hash = 'SHA-256'): Sign =>
  async (input) => {
    const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
    const algorithm = { name: 'HMAC', hash }
    const key = await crypto.subtle.importKey('raw', bytes as BufferSource, algorithm, false, [
      'sign',
    ])
    return subtle({ name: 'HMAC' }, key, input)
  }
const nothing: Sign = () => new Uint8Array()

const jwt = async (header: Part, claims: Part, sign: Sign = byProvider): Promise<string> => {
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${base64url(await sign(input))}`
}
/** Good but for the header. */
const headed = (more: object, sign?: Sign) => jwt({ ...HEADER, ...more }, claimsOf(), sign)
/** Good but for a claim. */
const claiming = (more: object, sign?: Sign) => jwt(HEADER, claimsOf(more), sign)
const raw = (text: string) => jwt(HEADER, JSON.stringify(claimsOf()).replace('}', `,${text}}`))
const good = () => jwt(HEADER, claimsOf())

const asAccessToken = (token: string, headers: Record<string, string> = {}) =>
  world.http('GET', '/v1/tenants/acme', {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
const asSubjectToken = (token: string) =>
  world.http('POST', '/v1/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      ...{ subject_token: token, audience: 'acme' },
    }).toString(),
  })

/** A problem document of this status, which repeats nothing of the token. */
const expectRefused = async (response: Response, status: number, token: string) => {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(JSON.parse(text)).toMatchObject({ status, type: expect.stringMatching(/\/problems\//) })
  const everything = `${text}${JSON.stringify([...response.headers])}`
  for (const piece of [CANARY, 'evil', ...token.split(/[.\s]+/).filter((one) => one.length > 11)])
    expect(everything).not.toContain(piece)
}
const heard = () => world.directory.calls.length + world.tenants.calls.length
const refusedAtTheApi = async (token: string) => {
  const before = heard()
  await expectRefused(await asAccessToken(token), 401, token)
  expect(heard()).toBe(before)
}
const refusedAtBoth = async (make: () => Promise<string>) => {
  await refusedAtTheApi(await make())
  // A form keeps blanks, and a token of none is a parameter left out.
  const token = await asApplication(make)
  await expectRefused(await asSubjectToken(token), 400, token)
}

type Cases = Record<string, () => Promise<string>>
const table = (cases: Cases) => Object.entries(cases)

describe('what all of these differ from', () => {
  it('gets in at both doors', async () => {
    expect((await asAccessToken(await good())).status).toBe(200)
    expect((await asSubjectToken(await asApplication(good))).status).toBe(200)
    const signed = await jwt({ ...HEADER, alg: 'RS256', kid: 'rsa' }, claimsOf(), byRsa)
    expect((await asAccessToken(signed)).status).toBe(200)
    expect((await asAccessToken(await claiming({ aud: ['x', AUDIENCE] }))).status).toBe(200)
    expect((await asAccessToken(await headed({ typ: 'application/AT+JWT' }))).status).toBe(200)
  })

  it('lets in a name of keys elsewhere without ever going there', async () => {
    const elsewhere = 'https://evil.example/keys'
    const asked = provider.asked.length
    for (const more of [{ jku: elsewhere }, { x5u: elsewhere }, { x5c: ['AAAA'] }, { zip: 'DEF' }])
      expect((await asAccessToken(await headed(more))).status).toBe(200)
    expect(provider.asked).toHaveLength(asked)
  })
})

describe('an algorithm', () => {
  it.each(
    table({
      ...Object.fromEntries(
        ['none', 'None', 'nOnE', 'NONE', ''].flatMap((alg) => [
          [`${alg || 'empty'} without a signature`, () => headed({ alg }, nothing)],
          [`${alg || 'empty'} with one`, () => headed({ alg })],
        ]),
      ),
      'that is missing': () => headed({ alg: undefined }),
      'that is a list': () => headed({ alg: ['ES256'] }),
      'that is a number': () => headed({ alg: 1 }),
      'in another case': () => headed({ alg: 'es256' }),
      'with a blank': () => headed({ alg: 'ES256 ' }),
      'that is not on the list': () => headed({ alg: 'ES256K' }),
      'of another key': () => headed({ alg: 'RS256' }),
      'of another hash': () => headed({ alg: 'ES384' }),
      'of encryption': () => headed({ alg: 'dir', enc: 'A256GCM' }),
      'of machinery': () => headed({ alg: 'constructor' }),
    }),
  )('%s', async (_, make) => refusedAtBoth(make))

  it.each(['HS256', 'HS384', 'HS512'].map((alg) => [alg, `SHA-${alg.slice(2)}`] as const))(
    '%s with a public key as its secret',
    async (alg, hash) => {
      const pem = await exportSPKI(rsa.publicKey)
      const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
      const secrets = [pem, pem.trim(), der, JSON.stringify(rsa.jwk), String(rsa.jwk.n)]
      for (const secret of secrets)
        for (const kid of ['rsa', 'k1', undefined])
          await refusedAtBoth(() => headed({ alg, kid }, byHmac(secret, hash)))
    },
  )

  it('HS256 with a secret that the provider publishes', async () => {
    for (const kid of ['oct', undefined])
      await refusedAtBoth(() => headed({ alg: 'HS256', kid }, byHmac(oct)))
  })

  it('RS256 with a key of 1024 bits', async () => {
    await refusedAtBoth(() =>
      headed({ alg: 'RS256', kid: 'weak' }, (input) => subtle(RS256, weak.privateKey, input)),
    )
  })
})

describe('a signature', () => {
  it.each(
    table({
      'of another key with the same name': () => headed({}, byStranger),
      'of zeros': () => headed({}, () => new Uint8Array(64)),
      'of one byte': () => headed({}, () => new Uint8Array(1)),
      'in DER': () => headed({}, () => new Uint8Array([0x30, 6, 2, 1, 1, 2, 1, 1])),
      'that is cut': () => headed({}, async (input) => (await byProvider(input)).slice(0, 63)),
      'that is longer': () =>
        headed({}, async (input) => new Uint8Array([...(await byProvider(input)), 0])),
      'of other claims': async () => {
        const [header, , signature] = (await good()).split('.')
        return `${header}.${part(claimsOf({ sub: 'subject-2' }))}.${signature}`
      },
      'of another header': async () => {
        const [, claims, signature] = (await good()).split('.')
        return `${part({ ...HEADER, more: 1 })}.${claims}.${signature}`
      },
    }),
  )('%s', async (_, make) => refusedAtBoth(make))
})

describe('the name of a key', () => {
  it.each([
    ...['../../../../dev/null', "k1' OR '1'='1", 'https://evil.example/keys', '/etc/passwd', 'k9'],
    ...['k1\u0000', ' k1', 'K1', '', '__proto__', 'constructor', '0', 'k'.repeat(3_000)],
    ...[1, null, ['k1'], { kid: 'k1' }, true],
  ])('%j', async (kid) => {
    for (const sign of [byProvider, byStranger, byHmac(new Uint8Array(1))])
      await refusedAtBoth(() => headed({ kid }, sign))
  })

  it('that is missing, where two keys fit', async () => {
    await refusedAtBoth(() => headed({ kid: undefined, alg: 'RS256' }, byRsa))
  })

  it.each(
    table({
      'a key of its own': async () => headed({ jwk: stranger.jwk }, byStranger),
      'an address of keys': () => headed({ jku: 'https://evil.example/keys' }, byStranger),
      'an address of certificates': () => headed({ x5u: 'https://evil.example/x' }, byStranger),
      'a certificate': () => headed({ x5c: ['MIIB'], x5t: 'x' }, byStranger),
    }),
  )('beside %s, which counts for nothing', async (_, make) => {
    const asked = provider.asked.length
    await refusedAtBoth(make)
    expect(provider.asked).toHaveLength(asked)
  })
})

describe('a header', () => {
  it.each(
    table({
      'with an extension nobody knows': () => headed({ crit: ['x'], x: 1 }),
      'with a known name as an extension': () => headed({ crit: ['exp'], exp: NOW + 300 }),
      'with no extensions': () => headed({ crit: [] }),
      'with extensions that are no list': () => headed({ crit: 'b64' }),
      'with an unencoded payload': () => headed({ crit: ['b64'], b64: false }),
      'with an unencoded payload, not critical': () => headed({ b64: false }),
      'that says alg twice': () => jwt('{"alg":"none","alg":"ES256","kid":"k1"}', claimsOf()),
      'that says alg twice, once escaped': () =>
        jwt('{"\\u0061lg":"none","typ":"at+jwt","alg":"ES256","kid":"k1"}', claimsOf()),
      'that is a list': () => jwt([HEADER], claimsOf()),
      'that is null': () => jwt('null', claimsOf()),
      'that is no JSON': () => jwt('{"alg":"ES256"', claimsOf()),
      'that is not UTF-8': () => jwt(new Uint8Array([0x7b, 0xff, 0x7d]), claimsOf()),
      'with a byte order mark': () => jwt(`\ufeff${JSON.stringify(HEADER)}`, claimsOf()),
      'for another purpose': () => headed({ typ: 'logout+jwt' }),
      'of a proof of possession': () => headed({ typ: 'dpop+jwt', jwk: stranger.jwk }, byStranger),
      'with a type that is a number': () => headed({ typ: 1 }),
    }),
  )('%s', async (_, make) => refusedAtBoth(make))
})

describe('claims', () => {
  it.each(
    table({
      'that are a list': () => jwt(HEADER, [claimsOf()]),
      'that are text': () => jwt(HEADER, '"x"'),
      'that are null': () => jwt(HEADER, 'null'),
      'that are nothing': () => jwt(HEADER, '{}'),
      'that are no JSON': () => jwt(HEADER, `${JSON.stringify(claimsOf())}x`),
      'that are two': () =>
        jwt(HEADER, `${JSON.stringify(claimsOf())}${JSON.stringify(claimsOf())}`),
      'that are not UTF-8': () => jwt(HEADER, new Uint8Array([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d])),
      'with two subjects': () => raw('"sub":"subject-2"'),
      'with two subjects, one escaped': () => raw('"\\u0073ub":"subject-2"'),
      'with two audiences': () => raw(`"aud":"${AUDIENCE}"`),
      'with no subject': () => claiming({ sub: undefined }),
      'with an empty subject': () => claiming({ sub: '' }),
      'with a blank subject': () => claiming({ sub: ' ' }),
      'with a subject of null': () => claiming({ sub: null }),
      'with a number for a subject': () => claiming({ sub: 1 }),
      'with a list for a subject': () => claiming({ sub: ['subject-1'] }),
      'with an object for a subject': () => claiming({ sub: { toString: 'subject-1' } }),
      'with a subject of 2,000 characters': () => claiming({ sub: 's'.repeat(2_000) }),
      'with empty groups and no subject': () => claiming({ sub: '', groups: [] }),
      'with an empty group and no subject': () => claiming({ sub: undefined, groups: [''] }),
      'with the right group and no subject': () => claiming({ sub: '', groups: ['deployers'] }),
      'of another issuer': () => claiming({ iss: 'https://evil.example' }),
      'of no issuer': () => claiming({ iss: undefined }),
      'of a list of issuers': () => claiming({ iss: [ISSUER] }),
      'of the issuer with a slash': () => claiming({ iss: `${ISSUER}/` }),
      'of the issuer in capitals': () => claiming({ iss: ISSUER.toUpperCase() }),
      'of the issuer by its configured name': () => claiming({ iss: 'corpus' }),
      'for another audience': () => claiming({ aud: 'https://evil.example' }),
      'for no audience': () => claiming({ aud: undefined }),
      'for an empty audience': () => claiming({ aud: '' }),
      'for an empty list': () => claiming({ aud: [] }),
      'for a list of others': () => claiming({ aud: ['x', `${AUDIENCE}/`, ''] }),
      'for a list in a list': () => claiming({ aud: [[AUDIENCE]] }),
      'for an object': () => claiming({ aud: { 0: AUDIENCE } }),
      'for the beginning of the audience': () => claiming({ aud: AUDIENCE.slice(0, -1) }),
      'for the client': () => claiming({ aud: 'phoenix' }),
      'that have ended': () => claiming({ exp: NOW - 60 }),
      'that ended long ago': () => claiming({ exp: 0 }),
      'without an end': () => claiming({ exp: undefined }),
      'whose end is null': () => claiming({ exp: null }),
      'whose end is text': () => claiming({ exp: String(NOW + 300) }),
      'whose end is never': () =>
        jwt(HEADER, JSON.stringify(claimsOf()).replace(`${NOW + 300}`, '1e309')),
      'whose end is in milliseconds': () => claiming({ exp: START + 300_000 }),
      'whose end is negative': () => claiming({ exp: -1 }),
      'without a beginning': () => claiming({ iat: undefined }),
      'whose beginning is text': () => claiming({ iat: String(NOW) }),
      'from the future': () => claiming({ iat: NOW + 61 }),
      'that are not valid yet': () => claiming({ nbf: NOW + 61 }),
      'valid from a text on': () => claiming({ nbf: '0' }),
      'valid from null on': () => claiming({ nbf: null }),
    }),
  )('%s', async (_, make) => refusedAtBoth(make))

  it('are taken to the second of what clocks may differ by', async () => {
    for (const more of [{ exp: NOW + 1 }, { iat: NOW + 60 }, { nbf: NOW + 60 }])
      expect((await asAccessToken(await claiming(more))).status, JSON.stringify(more)).toBe(200)
  })

  it('that ended within that difference open nothing either', async () => {
    for (const exp of [NOW, NOW - 59]) {
      const token = await claiming({ exp })
      await expectRefused(await asAccessToken(token), 401, token)
      const machine = await asApplication(() => claiming({ exp }))
      await expectRefused(await asSubjectToken(machine), 400, machine)
    }
  })

  it('of an ID token are no access token', async () => {
    await refusedAtTheApi(await headed({ typ: 'JWT' }))
    await refusedAtTheApi(await headed({ typ: undefined }))
    await refusedAtTheApi(await claiming({ at_hash: 'x' }))
  })

  it('that aim at prototypes aim at nothing', async () => {
    const token = await raw('"__proto__":{"roles":["owner"],"sub":"x"}')
    const me = await world.http('GET', '/v1/tenants/acme/me', { token })
    expect(await me.json()).toMatchObject({ handle: 'ida', roles: ['auditor'] })
    expect(({} as { roles?: unknown }).roles).toBeUndefined()
  })
})

describe('a text', () => {
  it.each(
    table({
      'of five parts': async () => `${await good()}.x.y`,
      'of a JWE': async () => `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.AAAA.AAAA`,
      'of two payloads': async () => {
        const [header, claims, signature] = (await good()).split('.')
        return `${header}.${claims}.${claims}.${signature}`
      },
      'of two tokens': async () => `${await good()}.${await good()}`,
      'without a signature': async () => `${(await good()).split('.').slice(0, 2).join('.')}.`,
      'without a third part': async () => (await good()).split('.').slice(0, 2).join('.'),
      'without a header': async () => `.${(await good()).split('.').slice(1).join('.')}`,
      'without claims': async () => (await good()).replace(/\..*\./, '..'),
      'of dots': async () => '..',
      'with padding': async () => `${await good()}=`,
      'with a plus': async () => `${(await good()).slice(0, -1)}+`,
      'with a percent sign': async () => (await good()).replace('.', '%2e'),
      'with a blank inside': async () => (await good()).replace('.', '. '),
      'with a tab inside': async () => (await good()).replace('.', '\t.'),
      'with quotes around it': async () => `"${await good()}"`,
      'with a comma and another': async () => `${await good()},${await good()}`,
      'in JSON': async () => JSON.stringify({ payload: (await good()).split('.')[1] }),
      'of more than 8 KB': () => claiming({ more: 'x'.repeat(8_200) }),
      'of more than 8 KB in parts of less': () =>
        jwt({ ...HEADER, more: 'x'.repeat(400) }, claimsOf({ more: 'x'.repeat(5_700) })),
      'of 1 MB': () => claiming({ more: 'x'.repeat(1_000_000) }),
    }),
  )('%s', async (_, make) => {
    const token = await make()
    await refusedAtTheApi(token)
    const machine = await asApplication(make)
    const status = machine.length > 16_000 ? 413 : 400
    await expectRefused(await asSubjectToken(machine), status, machine)
  })

  it('just under 8 KB is read, and the keys of junk are not asked for', async () => {
    const token = await claiming({ more: 'x'.repeat(5_700) })
    expect(token.length).toBeGreaterThan(7_500)
    expect(token.length).toBeLessThanOrEqual(8_192)
    expect((await asAccessToken(token)).status).toBe(200)
  })
})

describe('an API token', () => {
  const parts = () => {
    const [, tenantId = '', tokenId = '', rest = ''] =
      /^phx_(ten_[a-z]{2}_[a-z2-7]{16})_([a-z0-9]+)_(.*)$/.exec(world.tokens.owner) ?? []
    return { tenantId, tokenId, rest }
  }

  it('with a wrong check or form is refused before anybody is asked', async () => {
    const { owner } = world.tokens
    const { tenantId, tokenId, rest } = parts()
    expect(rest).toHaveLength(38)
    const forms = [
      ...[`${owner}0`, owner.slice(0, -1), owner.toUpperCase(), owner.replace('phx_', 'phy_')],
      ...[`${owner.slice(0, -1)}${owner.endsWith('0') ? '1' : '0'}`, owner.replace('_', '-')],
      ...[`phx_${tenantId}_${tokenId}_${'0'.repeat(38)}`, `phx_${tenantId}_${tokenId}_`, 'phx_'],
      ...[`phx_${tenantId.replace('ten_eu', 'ten_us')}_${tokenId}_${rest}`],
      ...[`phx_${tenantId}_${'tok'.padEnd(19, 'a')}_${rest}`, `${owner}.${owner}`],
      ...[
        `${owner} ${owner}`,
        `${owner},${owner}`,
        `${owner}%00`,
        `x${owner}`,
        'x'.repeat(100_000),
      ],
      ...['', ' ', '..', '../../acme', 'null', 'undefined', '[object Object]', 'true', '0'],
    ]
    const before = heard()
    for (const form of forms) await expectRefused(await asAccessToken(form), 401, form)
    expect(heard()).toBe(before)
  })

  it('with a right check and a wrong secret, id or tenant is refused alike', async () => {
    const { tenantId } = parts()
    const secret = secretFrom(new Uint8Array(32).fill(9))
    const never = 'ten_eu_zzzzzzzzzzzzzzzz'
    for (const id of [tenantId, never])
      for (const tokenId of [parts().tokenId, 'tok'.padEnd(19, 'b')]) {
        const token = mintToken({ tenantId: id, tokenId, secret })
        await expectRefused(await asAccessToken(token), 401, token)
      }
    expect([...world.tenants.actors.keys()]).not.toContain(never)
  })

  it('of another tenant finds nothing here, as one finds nothing where nothing is', async () => {
    await world.createTenant('dbis')
    const { token } = await world.createToken('dbis', 'owner')
    const shown = async (path: string) => {
      const response = await world.http('GET', path, { token })
      const { instance: _, ...body } = (await response.json()) as Record<string, unknown>
      return { status: response.status, body }
    }
    const list = await world.http('GET', '/v1/tenants/acme/workloads', {
      token: world.tokens.owner,
    })
    const { items } = (await list.json()) as { items: { id: string }[] }
    const { id } = items[0] ?? { id: '' }
    for (const at of ['', '/workloads', `/workloads/${id}`, '/tokens', '/members', '/me']) {
      const foreign = await shown(`/v1/tenants/acme${at}`)
      expect(foreign.status, at).toBe(404)
      expect(foreign).toEqual(await shown(`/v1/tenants/none${at}`))
      expect(foreign).toEqual(await shown(`/v1/tenants/${world.tenantId}${at}`))
    }
    // An id of another tenant in one's own list.
    const own = await shown(`/v1/tenants/dbis/workloads/${id}`)
    expect(own.status).toBe(404)
    expect(own).toEqual(await shown(`/v1/tenants/dbis/workloads/wkl_${'a'.repeat(20)}`))
    expect(own).toEqual(await shown('/v1/tenants/dbis/workloads/__proto__'))
  })

  it('turns no cursor of another list', async () => {
    const page = async (path: string, token: string) => {
      const response = await world.http('GET', path, { token })
      return { status: response.status, body: (await response.json()) as { next?: string } }
    }
    const first = await page('/v1/tenants/acme/workloads?limit=1', world.tokens.owner)
    const next = String(first.body.next)
    expect((await page(next, world.tokens.owner)).status).toBe(200)
    const { token } = await world.createToken('dbis', 'owner')
    const moved = [
      [next.replace('acme', 'dbis'), token],
      [next.replace('workloads', 'members'), world.tokens.owner],
      [next.replace('acme', world.tenantId), world.tokens.owner],
      [`${next}x`, world.tokens.owner],
      [next.replace(/cursor=.*/, 'cursor=../../x'), world.tokens.owner],
    ] as const
    for (const [path, who] of moved) expect((await page(path, who)).status, path).toBe(422)
  })
})
