// What the edge's client sends to the Functions, and how it takes each kind of answer.
import { createHash } from 'node:crypto'
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
} from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { Denied, Outage } from '../schemas/result.ts'
import { WIRE_HEADER, WireClaims } from '../schemas/wire.ts'
import { createBackOffice } from './back-office.ts'

const NOW = new Date('2026-11-21T12:00:00.900Z')
const IDENTITY = {
  address: `0x${'a'.repeat(40)}`,
  publicKey: 'b'.repeat(128),
  simulated: true,
}
const ASKED = { tenant: 'ten_eu_aaaaaaaaaaaaaaaa', network: 'net', nodes: ['n1', 'n2'] }
const answered = (...nodes: string[]) => ({
  identities: nodes.map((node) => ({ node, ...IDENTITY })),
})

let signing: JWK
let publicKeys: JWK[]
let ecSigning: JWK
beforeAll(async () => {
  const pairs = await Promise.all(
    (['EdDSA', 'ES256'] as const).map(async (alg, index) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
      const kid = `k${index}`
      return [
        { ...(await exportJWK(privateKey)), kid },
        { ...(await exportJWK(publicKey)), kid },
      ] as const
    }),
  )
  publicKeys = pairs.map(([, key]) => key)
  ;[signing = {}, ecSigning = {}] = pairs.map(([key]) => key)
})

interface Sent {
  url: string
  init: RequestInit
}

const officeWith = (answer: (sent: Sent) => Response | Promise<Response>, key: JWK = signing) => {
  const sent: Sent[] = []
  const office = createBackOffice({
    baseUrl: 'https://functions.example',
    signingKeyJwk: JSON.stringify(key),
    fetch: async (input, init) => {
      const request = { url: String(input), init: (init ?? {}) as RequestInit }
      sent.push(request)
      return answer(request)
    },
    now: () => NOW,
  })
  return { office, sent }
}

const tokenOf = ({ init }: Sent): string => new Headers(init.headers).get(WIRE_HEADER) ?? ''
const claimsOf = async (sent: Sent): Promise<WireClaims> => {
  const keys = createLocalJWKSet({ keys: publicKeys })
  const { payload } = await jwtVerify(tokenOf(sent), keys, { currentDate: NOW })
  return WireClaims.parse(payload)
}
const only = (sent: Sent[]): Sent => {
  expect(sent).toHaveLength(1)
  return sent[0] as Sent
}

describe('what is sent', () => {
  it('is a POST with the question, signed for exactly this request', async () => {
    const { office, sent } = officeWith(() => Response.json(answered('n1', 'n2')))
    await office.identify(ASKED)
    const request = only(sent)
    expect(request.url).toBe('https://functions.example/api/node-identities')
    const body = request.init.body as Uint8Array
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual(ASKED)
    const bsh = createHash('sha256').update(body).digest('base64url')
    const iat = Math.floor(NOW.getTime() / 1000)
    expect(await claimsOf(request)).toMatchObject({
      sub: ASKED.tenant,
      htm: 'POST',
      htp: '/api/node-identities',
      bsh,
      iat,
      exp: iat + 60,
    })
    expect(request.init.redirect).toBe('manual')
  })
  it('has one operation id for the same question, and a nonce of its own each time', async () => {
    const { office, sent } = officeWith(() => Response.json(answered('n1', 'n2')))
    await office.identify(ASKED)
    await office.identify(ASKED)
    const [first, second] = await Promise.all(sent.map(claimsOf))
    expect(first?.jti).toBe(second?.jti)
    expect(first?.nonce).not.toBe(second?.nonce)
  })
  it('may be signed with P-256 as well', async () => {
    const asked = { tenant: 'ten_eu_aaaaaaaaaaaaaaaa', operation: 'op-1' }
    const { office, sent } = officeWith(() => Response.json(asked), ecSigning)
    expect(await office.ping(asked)).toEqual(asked)
    expect(decodeProtectedHeader(tokenOf(only(sent)))).toEqual({
      alg: 'ES256',
      kid: 'k1',
      typ: 'phoenix-request+jwt',
    })
    expect((await claimsOf(only(sent))).jti).toBe('op-1')
  })
  it('is unsigned for health', async () => {
    const { office, sent } = officeWith(() => Response.json({ status: 'ok', version: '1.2.3' }))
    expect(await office.health()).toEqual({ status: 'ok', version: '1.2.3' })
    expect(tokenOf(only(sent))).toBe('')
  })
})

describe('the answer', () => {
  const answering = (answer: () => Response | Promise<Response>) =>
    officeWith(answer).office.identify(ASKED)

  it('is the identities, in the order asked', async () => {
    const identities = await answering(() => Response.json(answered('n1', 'n2')))
    expect(identities?.map(({ node }) => node)).toEqual(['n1', 'n2'])
  })
  it('404 is null: there is no key service', async () => {
    expect(await answering(() => new Response(null, { status: 404 }))).toBeNull()
  })
  it.each([400, 401, 403, 302])('%i is an error of ours, not an outage', async (status) => {
    const error = await answering(() => new Response(null, { status })).catch((reason) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(Outage)
    expect(error.message).toContain(`answered ${status}`)
  })
  it.each([429, 500, 503])('%i is an outage', async (status) => {
    const error = await answering(() => new Response(null, { status })).catch((reason) => reason)
    expect(error).toBeInstanceOf(Outage)
    expect(error.port).toBe('back-office')
  })
  it('none at all is an outage', async () => {
    const refused = () => Promise.reject(new Error('Network connection lost.'))
    await expect(answering(refused)).rejects.toBeInstanceOf(Outage)
  })
  it('one that breaks off is an outage', async () => {
    const broken = new ReadableStream({ start: (control) => control.error(new Error('lost')) })
    await expect(answering(() => new Response(broken))).rejects.toBeInstanceOf(Outage)
  })
  it.each([
    ['not JSON', '<html>'],
    ['another shape', '{"identities":[{"node":"n1"}]}'],
    ['with a private key in it', JSON.stringify({ ...answered('n1', 'n2'), privateKey: 'x' })],
    ['for other nodes', JSON.stringify(answered('n1', 'n3'))],
    ['for too few nodes', JSON.stringify(answered('n1'))],
  ])('%s is refused without quoting it', async (_name, text) => {
    const error = await answering(() => new Response(text)).catch((reason) => reason)
    expect(error).not.toBeInstanceOf(Outage)
    expect(error.message).toMatch(/^back-office: (the answer does not have|answered for other)/)
  })
})

it('gives up after five seconds, by a signal on the request', async () => {
  const { office, sent } = officeWith(() => Response.json(answered('n1', 'n2')))
  await office.identify(ASKED)
  expect(only(sent).init.signal).toBeInstanceOf(AbortSignal)
})

it('does not quote a signing key that it cannot read', async () => {
  const key = { kty: 'OKP', kid: 'k', d: 'top-secret', crv: 'Ed25519' }
  const { office } = officeWith(() => Response.json({}), key)
  const error = await office.identify(ASKED).catch((reason) => reason)
  expect(error.message).toContain('EDGE_SIGNING_KEY')
  expect(`${error.message}${error.cause ?? ''}`).not.toContain('top-secret')
})

describe('the anchor', () => {
  const CHECKPOINT = { size: 1, root: 'a'.repeat(64), note: 'note' }
  it('is asked by the platform and by no tenant', async () => {
    const kind = { kind: 'evm', independent: true, simulated: false }
    const { office, sent } = officeWith(() => Response.json({ ...kind, reference: 'there' }))
    expect(await office.anchor(CHECKPOINT)).toEqual({ ...kind, reference: 'there' })
    expect(await claimsOf(only(sent))).toMatchObject({ sub: 'platform', htp: '/api/log/anchor' })
  })
  it('that is absent, denies or does not answer is three different things', async () => {
    const status = (code: number, body: object = {}) =>
      officeWith(() => Response.json(body, { status: code })).office
    expect(await status(404).anchor(CHECKPOINT)).toBeNull()
    expect(await status(404).latestAnchor()).toBeNull()
    await expect(status(403, { denied: 'no writer' }).anchor(CHECKPOINT)).rejects.toThrow(Denied)
    await expect(status(503).latestAnchor()).rejects.toThrow(Outage)
  })
})
