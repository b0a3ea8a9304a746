// ID tokens that a provider, or somebody in its place, might answer a code with: only the one that was asked for lets in.
import { decodeJwt, exportSPKI, importJWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createSignInWorld, type SignInWorld, signingKey } from '../auth/oidc/sign-in.fixture.ts'

let world: SignInWorld
let forge: ((idToken: string) => Promise<string>) | null = null
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createSignInWorld({
    reach: async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).endsWith('/token') || !forge) return answer
      const tokens = (await answer.json()) as { id_token: string }
      return Response.json({ ...tokens, id_token: await forge(tokens.id_token) })
    },
  })
  await world.bind('rita', ['requester'])
})
afterAll(async () => {
  vi.useRealTimers()
  await world.stop()
})

/** The status of the way back, with the provider's ID token put through this. */
const withToken = async (change: typeof forge): Promise<number> => {
  const browser = world.browser()
  const back = await browser.press(await browser.begin(), 'rita')
  forge = change
  try {
    return (await browser.go(back)).status
  } finally {
    forge = null
  }
}

/** Signed by the provider's own key, with these claims in the place of its own. */
const resigned =
  (change: (claims: JWTPayload) => JWTPayload, header: object = {}) =>
  async (idToken: string): Promise<string> =>
    new SignJWT(change(decodeJwt(idToken)))
      .setProtectedHeader({ alg: 'ES256', kid: 'first', ...header })
      .sign(await importJWK(world.key, 'ES256'), { crit: { exp: true } })

const now = () => Math.floor(Date.now() / 1000)

it('lets in the one it was asked for, signed again or not', async () => {
  expect(await withToken(null)).toBe(303)
  expect(await withToken(resigned((claims) => claims))).toBe(303)
})

it('takes clocks that differ by less than a minute', async () => {
  expect(await withToken(resigned((claims) => ({ ...claims, iat: now() + 50 })))).toBe(303)
  expect(await withToken(resigned((claims) => ({ ...claims, exp: now() - 50 })))).toBe(303)
})

it.each<[string, (claims: JWTPayload) => JWTPayload]>([
  ['another nonce', (claims) => ({ ...claims, nonce: 'n'.repeat(43) })],
  ['no nonce', ({ nonce: _, ...claims }) => claims],
  ['a nonce that is a list', (claims) => ({ ...claims, nonce: [claims.nonce] })],
  ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
  ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
  ['two audiences and no azp', (claims) => ({ ...claims, aud: [String(claims.aud), 'other'] })],
  ['another azp', (claims) => ({ ...claims, azp: 'another-client' })],
  ['an empty subject', (claims) => ({ ...claims, sub: '' })],
  ['a subject of blanks', (claims) => ({ ...claims, sub: '  ' })],
  ['no subject', ({ sub: _, ...claims }) => claims],
  ['an end that is past', (claims) => ({ ...claims, exp: now() - 61 })],
  ['no end', ({ exp: _, ...claims }) => claims],
  ['a beginning to come', (claims) => ({ ...claims, nbf: now() + 61 })],
  ['a time of making to come', (claims) => ({ ...claims, iat: now() + 61 })],
  ['a time of making long past', (claims) => ({ ...claims, iat: now() - 661 })],
])('refuses %s', async (_, change) => {
  expect(await withToken(resigned(change))).toBe(401)
})

it('refuses a token without a signature, by a stranger, or by the public key as a secret', async () => {
  const strange = await signingKey('first')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const alg of ['none', 'None', 'nOnE'])
    expect(await withToken(async (jwt) => `${part({ alg })}.${jwt.split('.')[1]}.`)).toBe(401)
  expect(
    await withToken(async (jwt) =>
      new SignJWT(decodeJwt(jwt))
        .setProtectedHeader({ alg: 'ES256', kid: 'first' })
        .sign(await importJWK(strange, 'ES256')),
    ),
  ).toBe(401)
  const { d: _, ...publicKey } = world.key
  const spki = await exportSPKI((await importJWK(publicKey, 'ES256')) as CryptoKey)
  expect(
    await withToken(async (jwt) =>
      new SignJWT(decodeJwt(jwt))
        .setProtectedHeader({ alg: 'HS256', kid: 'first' })
        .sign(new TextEncoder().encode(spki)),
    ),
  ).toBe(401)
})

it.each<[string, object]>([
  ['its own key', { jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }, kid: 'mine' }],
  ['an address of keys', { jku: 'https://evil.example/jwks', kid: 'mine' }],
  ['a path as the name of its key', { kid: '../../first' }],
  ['a rule that nobody here knows', { crit: ['exp'], exp: 1 }],
])('refuses a header that brings %s', async (_, header) => {
  expect(await withToken(resigned((claims) => claims, header))).toBe(401)
})
