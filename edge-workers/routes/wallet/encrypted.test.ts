// Encrypted credential requests and answers (OpenID4VCI 1.0 §10), by jose on the wallet's side.
import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestKeyOf } from '../../credentials/request-encryption.ts'
import { readSdJwt } from '../../credentials/sd-jwt.ts'
import { type HolderKey, holderKey } from './holder.fixture.ts'
import { createIssuingWorld, type IssuingWorld } from './issuing-world.fixture.ts'

let world: IssuingWorld
beforeAll(async () => {
  world = await createIssuingWorld()
})
afterAll(() => {
  vi.useRealTimers()
})

const TYPED = { headers: { 'content-type': 'application/jwt' } }
interface Published {
  jwks: { keys: (JWK & { kid: string })[] }
}
const requestKey = async (): Promise<JWK & { kid: string }> => {
  const id = new URL(world.base).pathname
  const response = await world.send('GET', `/.well-known/openid-credential-issuer${id}`)
  const said = (await response.json()) as { credential_request_encryption: Published }
  const [key] = said.credential_request_encryption.jwks.keys
  if (!key) throw new Error('no key')
  return key
}
const encrypt = async (
  body: unknown,
  { enc = 'A128GCM', header = {}, key }: { enc?: string; header?: object; key?: JWK } = {},
): Promise<string> => {
  const to = key ?? (await requestKey())
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(body)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc, kid: String(to.kid), ...header })
    .encrypt(await importJWK(to, 'ECDH-ES'))
}

/** A wallet's key for answers, and what it reads with it. */
const answerKey = async (more: object = {}) => {
  const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'mine', alg: 'ECDH-ES', ...more }
  const open = async (jwt: unknown) => {
    const { plaintext, protectedHeader } = await compactDecrypt(String(jwt), privateKey)
    return { header: protectedHeader, body: JSON.parse(new TextDecoder().decode(plaintext)) }
  }
  return { jwk, open }
}
const bodyFor = async (key: HolderKey, more: object = {}) => {
  const jwt = await world.holder.proof({ key, nonce: await world.holder.nonce() })
  return { credential_configuration_id: 'badge', proofs: { jwt: [jwt] }, ...more }
}
const wishOf = (jwk: object, enc = 'A256GCM') => ({
  credential_response_encryption: { jwk, enc },
})

describe('an encrypted request', () => {
  it.each(['A128GCM', 'A256GCM'])('is read, by %s', async (enc) => {
    const { token } = await world.authorized()
    const jwe = await encrypt(await bodyFor(await holderKey()), { enc })
    const issued = await world.holder.post('credential', jwe, { token, ...TYPED })
    expect(issued.status).toBe(200)
    expect(issued.headers.get('content-type')).toBe('application/json')
    expect(issued.body.credentials).toHaveLength(1)
  })

  it('is answered encrypted where it asks for that, and the same when it is sent again', async () => {
    const { token } = await world.authorized()
    const [key, { jwk, open }] = [await holderKey(), await answerKey()]
    const texts: string[] = []
    for (let time = 0; time < 2; time += 1) {
      const jwe = await encrypt(await bodyFor(key, wishOf(jwk)))
      const issued = await world.holder.post('credential', jwe, { token, ...TYPED })
      expect(issued.status).toBe(200)
      expect(issued.headers.get('content-type')).toBe('application/jwt')
      expect(issued.headers.get('cache-control')).toBe('no-store')
      const { header, body } = await open(issued.body.jwt)
      expect(header).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'mine' })
      expect(header).not.toHaveProperty('zip')
      expect(Object.keys(body)).toEqual(['credentials', 'notification_id'])
      texts.push(body.credentials[0].credential)
    }
    const places = await Promise.all(texts.map(async (text) => (await readSdJwt(text))?.payload))
    expect(places[0]?.status).toEqual(places[1]?.status)
    expect(places[0]?.cnf).toMatchObject({ jwk: { x: key.jwk.x } })
  })

  it('of a deferred one too, each answer to the key that came with its request', async () => {
    const { made, token } = await world.authorized({ deferred: true })
    const [first, second] = [await answerKey(), await answerKey({ kid: undefined })]
    const asked = await encrypt(await bodyFor(await holderKey(), wishOf(first.jwk, 'A128GCM')))
    const later = await world.holder.post('credential', asked, { token, ...TYPED })
    expect(later.status).toBe(202)
    const { transaction_id } = (await first.open(later.body.jwt)).body
    expect(transaction_id).toEqual(expect.any(String))
    await world.api('POST', `/issuances/${made.issuance.id}/release`)
    const again = await encrypt({ transaction_id, ...wishOf(second.jwk) })
    const issued = await world.holder.post('deferred', again, { token, ...TYPED })
    expect(issued.status).toBe(200)
    const { header, body } = await second.open(issued.body.jwt)
    expect(header).not.toHaveProperty('kid')
    expect(body.credentials).toHaveLength(1)
    const plain = await world.holder.post('deferred', { transaction_id }, { token })
    expect(plain.body.credentials).toHaveLength(1)
  })

  it('is one to this issuer alone, whose key stays the same', async () => {
    const key = await requestKey()
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ECDH-ES', use: 'enc' })
    expect(key).not.toHaveProperty('d')
    expect(await requestKey()).toEqual(key)
    const { PLATFORM_KEY } = world.env
    const own = await requestKeyOf(PLATFORM_KEY, world.tenantId)
    expect(own.published).toEqual(key)
    const others = [requestKeyOf(PLATFORM_KEY, 'ten_other'), requestKeyOf('other', world.tenantId)]
    for (const { published } of await Promise.all(others)) expect(published.kid).not.toBe(key.kid)
  })
})

const compat = (to: string) =>
  world.send('PATCH', '/v1/tenants/acme/issuer', {
    ...{ token: world.owner, body: { compat: to }, headers: { 'if-match': '*' } },
  })

describe('refused with invalid_encryption_parameters, in the open, and nothing is issued', () => {
  let token: string
  let made: Awaited<ReturnType<IssuingWorld['authorized']>>['made']
  let jwk: Record<string, unknown>
  beforeAll(async () => {
    ;({ token, made } = await world.authorized())
    ;({ jwk } = await answerKey())
  })
  const expectRefused = async (said: Awaited<ReturnType<IssuingWorld['holder']['post']>>) => {
    expect(said.status).toBe(400)
    expect(said.headers.get('content-type')).toBe('application/json')
    expect(said.body.error).toBe('invalid_encryption_parameters')
    expect((await world.issuance(made)).state).toBe('authorized')
  }

  const wishes: [string, (jwk: Record<string, unknown>) => unknown][] = [
    ['no object', () => 'sesame'],
    ['null', () => null],
    ['no key', () => ({ enc: 'A128GCM' })],
    ['no enc', (own) => ({ jwk: own })],
    ['another enc', (own) => ({ jwk: own, enc: 'A128CBC-HS256' })],
    ['another alg', (own) => ({ jwk: { ...own, alg: 'RSA-OAEP' }, enc: 'A128GCM' })],
    ['no alg', (own) => ({ jwk: { ...own, alg: undefined }, enc: 'A128GCM' })],
    ['compression', (own) => ({ jwk: own, enc: 'A128GCM', zip: 'DEF' })],
    ['another curve', (own) => ({ jwk: { ...own, crv: 'P-384' }, enc: 'A128GCM' })],
    ['a point beside the curve', (own) => ({ jwk: { ...own, y: own.x }, enc: 'A128GCM' })],
  ]
  it.each(wishes)('a wish with %s', async (_, wish) => {
    const more = { credential_response_encryption: wish(jwk) }
    const body = await encrypt(await bodyFor(await holderKey(), more))
    await expectRefused(await world.holder.post('credential', body, { token, ...TYPED }))
  })

  it('a wish in a request that is not encrypted, where the issuer is strict', async () => {
    const body = await bodyFor(await holderKey(), wishOf(jwk))
    await expectRefused(await world.holder.post('credential', body, { token }))
    const deferred = { transaction_id: 'sesame', ...wishOf(jwk) }
    await expectRefused(await world.holder.post('deferred', deferred, { token }))
    await compat('draft15')
    const { jwk: own, open } = await answerKey({ alg: undefined })
    const wish = { jwk: own, alg: 'ECDH-ES', enc: 'A128GCM' }
    const taken = await world.holder.request(
      (await world.authorized()).token,
      'badge',
      [await holderKey()],
      { credential_response_encryption: wish },
    )
    expect(taken.status).toBe(200)
    expect((await open(taken.body.jwt)).body.credentials).toHaveLength(1)
    await compat('strict')
  })

  const other = async () => ({ ...(await answerKey()).jwk, kid: (await requestKey()).kid })
  it.each<[string, (body: unknown) => Promise<string>]>([
    ['nothing', async () => ' '],
    ['no JWE', async () => 'sesame'],
    ['a JWE of four parts', async (body) => (await encrypt(body)).split('.').slice(1).join('.')],
    ['another enc', (body) => encrypt(body, { enc: 'A192GCM' })],
    ['another kid', (body) => encrypt(body, { header: { kid: 'sesame' } })],
    ['another key', async (body) => encrypt(body, { key: await other() })],
    ['a text that was touched', async (body) => `${(await encrypt(body)).slice(0, -2)}AA`],
    [
      'what would be compressed',
      async (body) => {
        const [head = '', ...rest] = (await encrypt(body)).split('.')
        const header = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), zip: 'DEF' }
        return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
      },
    ],
  ])('a body that is %s', async (_, make) => {
    const body = await make(await bodyFor(await holderKey()))
    await expectRefused(await world.holder.post('credential', body, { token, ...TYPED }))
  })

  it('what is encrypted and no request has the code of its endpoint', async () => {
    const body = await encrypt({ proofs: 'sesame', ...wishOf(jwk) })
    const said = await world.holder.post('credential', body, { token, ...TYPED })
    expect([said.status, said.body.error]).toEqual([400, 'invalid_credential_request'])
    const unknown = await encrypt({ transaction_id: 'sesame', ...wishOf(jwk) })
    const later = await world.holder.post('deferred', unknown, { token, ...TYPED })
    expect([later.status, later.body.error]).toEqual([400, 'invalid_transaction_id'])
  })

  it('says nothing of it to whoever has no token', async () => {
    const said = await world.holder.post('credential', 'sesame', TYPED)
    expect(said.status).toBe(401)
    const wrong = await world.holder.post('credential', 'sesame', {
      token: 'a'.repeat(64),
      ...TYPED,
    })
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_token'])
  })
})
