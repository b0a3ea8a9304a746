// Which request tokens open the door of the Functions, and which do not.
import { createHash, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { WIRE_TYPE, type WireClaims } from '../schemas/wire.ts'
import { createRequestVerifier, type SignedRequest } from './verify-request.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const SECONDS = NOW.getTime() / 1000
const URL_SENT = 'https://functions.example/api/things?a=1&b=%2F'
const BODY = new TextEncoder().encode('{"name":"x"}')
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')

const makeKey = async (alg: 'EdDSA' | 'ES256' | 'RS256', kid: string) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } }
}
type Key = Awaited<ReturnType<typeof makeKey>>

let present: Key
let next: Key
let stranger: Key
let rsa: Key
beforeAll(async () => {
  present = await makeKey('EdDSA', 'k1')
  next = await makeKey('ES256', 'k2')
  stranger = await makeKey('EdDSA', 'k1')
  rsa = await makeKey('RS256', 'k3')
})

const claimsWith = (more: Partial<WireClaims> = {}): Record<string, unknown> => ({
  iss: 'phoenix-edge',
  aud: 'phoenix-functions',
  sub: 'ten_eu_aaaaaaaaaaaaaaaa',
  jti: 'op-1',
  nonce: randomUUID(),
  iat: SECONDS,
  exp: SECONDS + 60,
  htm: 'POST',
  htp: '/api/things?a=1&b=%2F',
  bsh: hash(BODY),
  ...more,
})

const sign = (
  claims: Record<string, unknown>,
  { alg, kid, privateKey }: { alg: string; kid?: string; privateKey: CryptoKey } = present,
  typ: string = WIRE_TYPE,
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, typ, ...(kid && { kid }) }).sign(privateKey)

const requestWith = (token: string | null, more: Partial<SignedRequest> = {}): SignedRequest => ({
  method: 'POST',
  url: URL_SENT,
  token,
  body: async () => BODY,
  ...more,
})

const verifierOf = (keys: object[], now = NOW) =>
  createRequestVerifier({ jwks: JSON.stringify({ keys }), now: () => now })

const verdict = async (token: string | null, more: Partial<SignedRequest> = {}, now = NOW) => {
  const answer = await verifierOf([present.jwk, next.jwk], now)(requestWith(token, more))
  return answer.ok ? 'ok' : answer.reason
}

describe('a good token', () => {
  it('opens, and gives its claims', async () => {
    const answer = await verifierOf([present.jwk])(requestWith(await sign(claimsWith())))
    expect(answer).toMatchObject({
      ok: true,
      claims: { sub: 'ten_eu_aaaaaaaaaaaaaaaa', jti: 'op-1' },
    })
  })
  it('may be signed by either of two published keys', async () => {
    expect(await verdict(await sign(claimsWith(), next))).toBe('ok')
  })
  it('binds the empty body too', async () => {
    const token = await sign(claimsWith({ bsh: hash(new Uint8Array()) }))
    expect(await verdict(token, { body: async () => new Uint8Array() })).toBe('ok')
  })
  it('may be a few seconds ahead of our clock', async () => {
    expect(await verdict(await sign(claimsWith({ iat: SECONDS + 4, exp: SECONDS + 64 })))).toBe(
      'ok',
    )
  })
})

describe('time', () => {
  const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
  it('refuses an expired token', async () => {
    expect(await verdict(await sign(claimsWith()), {}, later(66))).toBe('expired')
  })
  it('refuses a token from the future', async () => {
    const token = await sign(claimsWith({ iat: SECONDS + 30, exp: SECONDS + 90 }))
    expect(await verdict(token)).toBe('bad-token')
  })
  it('refuses a token that would live longer than a minute', async () => {
    expect(await verdict(await sign(claimsWith({ exp: SECONDS + 61 })))).toBe('bad-token')
  })
  it.each(['iat', 'exp'])('refuses a token without %s', async (name) => {
    const { [name]: _gone, ...claims } = claimsWith()
    expect(await verdict(await sign(claims))).toBe('bad-token')
  })
})

describe('another request', () => {
  it.each([
    ['another method', { method: 'PUT' }],
    ['another path', { url: 'https://functions.example/api/other?a=1&b=%2F' }],
    ['another query', { url: 'https://functions.example/api/things?a=2&b=%2F' }],
    ['no query', { url: 'https://functions.example/api/things' }],
    ['another body', { body: async () => new TextEncoder().encode('{"name":"y"}') }],
  ])('refuses %s', async (_name, more) => {
    expect(await verdict(await sign(claimsWith()), more)).toBe('other-request')
  })
})

describe('keys and algorithms', () => {
  it('refuses a key that only shares its kid', async () => {
    expect(await verdict(await sign(claimsWith(), stranger))).toBe('bad-token')
  })
  it('refuses a token without a kid', async () => {
    const { alg, privateKey } = present
    expect(await verdict(await sign(claimsWith(), { alg, privateKey }))).toBe('bad-token')
  })
  it('refuses a key that was withdrawn', async () => {
    const answer = await verifierOf([next.jwk])(requestWith(await sign(claimsWith())))
    expect(answer).toEqual({ ok: false, reason: 'bad-token' })
  })
  it('refuses alg none', async () => {
    expect(await verdict(new UnsecuredJWT(claimsWith()).encode())).toBe('bad-token')
  })
  it('refuses an algorithm off the list, even with a published key', async () => {
    const answer = await verifierOf([rsa.jwk])(requestWith(await sign(claimsWith(), rsa)))
    expect(answer).toEqual({ ok: false, reason: 'bad-token' })
  })
  it('refuses an HMAC made with the public key', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(present.jwk))
    const token = await new SignJWT(claimsWith())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: WIRE_TYPE })
      .sign(secret)
    expect(await verdict(token)).toBe('bad-token')
  })
  it('refuses what the edge signed for another purpose', async () => {
    expect(await verdict(await sign(claimsWith(), present, 'phoenix-receipt+jwt'))).toBe(
      'bad-token',
    )
  })
  it.each([
    ['issuer', { iss: 'somebody' }],
    ['audience', { aud: 'somebody' }],
  ])('refuses another %s', async (_name, claims) => {
    expect(await verdict(await sign({ ...claimsWith(), ...claims }))).toBe('bad-token')
  })
})

describe('no way in', () => {
  it('refuses a request without a token', async () => {
    expect(await verdict(null)).toBe('no-token')
  })
  it.each(['x', 'a.b.c', `${'a'.repeat(5000)}`])('refuses rubbish', async (token) => {
    expect(await verdict(token)).toBe('bad-token')
  })
  it('does not read the body before the signature is ours', async () => {
    const body = () => Promise.reject(new Error('was read'))
    expect(await verdict(await sign(claimsWith(), stranger), { body })).toBe('bad-token')
  })
  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['no JSON', '{'],
    ['no keys', '{"keys":[]}'],
  ])('refuses everything when the keys are %s', async (_name, jwks) => {
    const verify = createRequestVerifier({ jwks, now: () => NOW })
    const answer = await verify(requestWith(await sign(claimsWith())))
    expect(answer).toEqual({ ok: false, reason: 'not-configured' })
  })
  it('refuses everything when somebody published a private key', async () => {
    const jwk = { ...(await exportJWK(present.privateKey)), kid: 'k1' }
    const answer = await verifierOf([jwk])(requestWith(await sign(claimsWith())))
    expect(answer).toEqual({ ok: false, reason: 'not-configured' })
  })
})

describe('replay', () => {
  it('takes a token once', async () => {
    const verify = verifierOf([present.jwk])
    const request = requestWith(await sign(claimsWith()))
    expect((await verify(request)).ok).toBe(true)
    expect(await verify(request)).toEqual({ ok: false, reason: 'replayed' })
  })
  it('takes a token once when it comes twice at the same time', async () => {
    const verify = verifierOf([present.jwk])
    const request = requestWith(await sign(claimsWith()))
    const answers = await Promise.all([verify(request), verify(request)])
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })
  it('takes a fresh token for the same operation: that is a retry', async () => {
    const verify = verifierOf([present.jwk])
    expect((await verify(requestWith(await sign(claimsWith())))).ok).toBe(true)
    expect((await verify(requestWith(await sign(claimsWith())))).ok).toBe(true)
  })
})
