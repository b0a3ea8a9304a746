// An identity provider for tests: its documents, its keys, what it signs, and how often it was asked. No network.
import {
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'

export type TestKey = Awaited<ReturnType<typeof makeKey>>

export const makeKey = async (kid: string | undefined, alg = 'ES256') => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), use: 'sig', ...(kid ? { kid } : {}) }
  return { kid, alg, privateKey, publicKey, jwk: jwk as Record<string, unknown> }
}

export const ISSUER = 'https://id.example'
export const AUDIENCE = 'https://phoenix.test/'
export const START = Date.parse('2026-11-22T12:00:00Z')

export interface TestProvider {
  issuer: string
  key: TestKey
  keys: Record<string, unknown>[]
  metadata: Record<string, unknown>
  /** Milliseconds since the epoch. */
  time: number
  asked: string[]
  down: boolean
  /** Instead of the documents above. */
  answer: undefined | ((url: string) => Response | Promise<Response>)
  now: () => Date
  fetch: typeof fetch
  /** Good in every way, but for what is said otherwise. `undefined` leaves a claim out. */
  sign: (
    claims?: Record<string, unknown>,
    header?: Partial<JWTHeaderParameters> & Record<string, unknown>,
    key?: Pick<TestKey, 'alg' | 'kid' | 'privateKey'>,
  ) => Promise<string>
}

export const createProvider = async (issuer = ISSUER): Promise<TestProvider> => {
  const first = await makeKey('k1')
  const provider: TestProvider = {
    issuer,
    key: first,
    keys: [first.jwk],
    metadata: { issuer, jwks_uri: `${issuer}/keys` },
    time: START,
    asked: [],
    down: false,
    answer: undefined,
    now: () => new Date(provider.time),
    fetch: (async (input: RequestInfo | URL, init?: RequestInit) => {
      const url = String(input)
      provider.asked.push(url)
      await Promise.resolve()
      if (provider.down) throw new TypeError('fetch failed: secret-of-the-network')
      if (provider.answer) {
        const answer = await provider.answer(url)
        const to = init?.redirect === 'manual' ? null : answer.headers.get('location')
        if (to !== null) provider.asked.push(new URL(to, url).href)
        return answer
      }
      if (url === `${issuer}/.well-known/openid-configuration`)
        return Response.json(provider.metadata)
      if (url === provider.metadata.jwks_uri) return Response.json({ keys: provider.keys })
      return new Response('no', { status: 404 })
    }) as typeof fetch,
    sign: (claims = {}, header = {}, key = provider.key) => {
      const seconds = Math.floor(provider.time / 1000)
      const all = {
        ...{ iss: issuer, aud: AUDIENCE, sub: 'subject-1', iat: seconds, exp: seconds + 300 },
        ...claims,
      }
      return new SignJWT(JSON.parse(JSON.stringify(all)) as JWTPayload)
        .setProtectedHeader({ alg: key.alg, ...(key.kid ? { kid: key.kid } : {}), ...header })
        .sign(key.privateKey)
    },
  }
  return provider
}
