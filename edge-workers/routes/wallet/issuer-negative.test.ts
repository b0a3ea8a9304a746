// What an issuer must refuse, and with which code: one row for each (OpenID4VCI 1.0 §6.3, §8.3.1.2, §9.3, §11.3; RFC 6749 §5.2;
// RFC 6750 §3.1; the negative modules of the conformance suite’s issuer plan). Nothing is issued by any of them.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PRE_AUTHORIZED } from '../../../schemas/oid4vci.ts'
import { type HolderKey, holderKey, type Said } from './holder.fixture.ts'
import { createIssuingWorld, type IssuingWorld } from './issuing-world.fixture.ts'

let world: IssuingWorld
let key: HolderKey
let other: HolderKey
/** Of an offer that stays good: what is refused uses nothing up. */
let token: string
const errors = vi.spyOn(console, 'error')
beforeAll(async () => {
  world = await createIssuingWorld()
  key = await holderKey()
  other = await holderKey()
  token = (await world.authorized()).token
})
afterAll(() => {
  vi.useRealTimers()
})

/** An error of a protocol: JSON, 400, the code, perhaps a description, and nothing else. */
const expectCode = ({ status, headers, body }: Said, code: string, expected = 400) => {
  expect([status, body.error]).toEqual([expected, code])
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(
    Object.keys(body).filter((name) => !['error', 'error_description'].includes(name)),
  ).toEqual([])
  expect(JSON.stringify(body)).not.toMatch(/sesame/i)
}

const GRANT = { grant_type: PRE_AUTHORIZED }
const CODE = 'a'.repeat(32)
type Fields = [string, string][]
/** `code`: of an offer without a transaction code. */
const tokens: [string, (code: string) => Fields, string][] = [
  ['no grant_type', (code) => [['pre-authorized_code', code]], 'invalid_request'],
  [
    'another grant',
    (code) => [
      ['grant_type', 'authorization_code'],
      ['pre-authorized_code', code],
    ],
    'unsupported_grant_type',
  ],
  ['no code', () => [['grant_type', PRE_AUTHORIZED]], 'invalid_request'],
  [
    'an unknown code',
    () => Object.entries({ ...GRANT, 'pre-authorized_code': CODE }),
    'invalid_grant',
  ],
  [
    'a code of odd letters',
    () => Object.entries({ ...GRANT, 'pre-authorized_code': '../sesame' }),
    'invalid_grant',
  ],
  [
    'a code that is too long',
    () => Object.entries({ ...GRANT, 'pre-authorized_code': 'sesame'.repeat(99) }),
    'invalid_request',
  ],
  [
    'a tx_code that nobody asked for',
    (code) => Object.entries({ ...GRANT, 'pre-authorized_code': code, tx_code: '123456' }),
    'invalid_request',
  ],
  [
    'two codes',
    (code) => [
      ['grant_type', PRE_AUTHORIZED],
      ['pre-authorized_code', code],
      ['pre-authorized_code', code],
    ],
    'invalid_request',
  ],
  [
    'authorization_details that are no JSON',
    (code) =>
      Object.entries({ ...GRANT, 'pre-authorized_code': code, authorization_details: '[sesame' }),
    'invalid_authorization_details',
  ],
  [
    'authorization_details of another type',
    (code) =>
      Object.entries({
        ...GRANT,
        'pre-authorized_code': code,
        authorization_details: '[{"type":"payment"}]',
      }),
    'invalid_authorization_details',
  ],
  [
    'authorization_details of another offer',
    (code) =>
      Object.entries({
        ...GRANT,
        'pre-authorized_code': code,
        authorization_details: JSON.stringify([
          { type: 'openid_credential', credential_configuration_id: 'pass' },
        ]),
      }),
    'invalid_authorization_details',
  ],
  [
    'a client secret',
    (code) => Object.entries({ ...GRANT, 'pre-authorized_code': code, client_secret: 'sesame' }),
    'invalid_client',
  ],
  [
    'a client assertion',
    (code) => Object.entries({ ...GRANT, 'pre-authorized_code': code, client_assertion: 'sesame' }),
    'invalid_client',
  ],
]

describe('the token endpoint refuses', () => {
  let code: string
  beforeAll(async () => {
    const made = await world.offer({ txCode: false })
    code = world.holder.codeOf(await world.holder.fetchOffer(made.uri ?? ''))
  })

  it.each(tokens)('%s', async (_, fields, error) => {
    expectCode(await world.holder.postForm(fields(code)), error)
  })

  it('JSON, a body that is none, and a client by Basic', async () => {
    const sent = { ...GRANT, 'pre-authorized_code': code }
    expectCode(await world.holder.post('token', sent), 'invalid_request')
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expectCode(await world.holder.post('token', '', { headers: form }), 'invalid_request')
    expectCode(
      await world.holder.post('token', '\u0000&&&=%', { headers: form }),
      'invalid_request',
    )
    const headers = { ...form, authorization: 'Basic c2VzYW1lOnNlc2FtZQ==' }
    const basic = await world.holder.post('token', new URLSearchParams(sent).toString(), {
      headers,
    })
    expectCode(basic, 'invalid_client', 401)
    expect(basic.headers.get('www-authenticate')).toMatch(/^Basic /)
    const large = `${new URLSearchParams(sent)}&x=${'sesame'.repeat(30_000)}`
    expectCode(await world.holder.post('token', large, { headers: form }), 'invalid_request')
  })

  it('a missing, a wrong and an expired code, and one that was used', async () => {
    const { holder } = world
    const made = await world.offer()
    const asks = holder.codeOf(await holder.fetchOffer(made.uri ?? ''))
    expectCode(await holder.redeem(asks), 'invalid_request')
    expectCode(await holder.redeem(asks, 'wrong!'), 'invalid_grant')
    // After all of that it is still good, and then it is not.
    expect((await holder.redeem(code)).status).toBe(200)
    expectCode(await holder.redeem(code), 'invalid_grant')
    const late = await world.offer({ txCode: false, expiresInSeconds: 60 })
    const lateCode = holder.codeOf(await holder.fetchOffer(late.uri ?? ''))
    world.advance(61)
    expectCode(await holder.redeem(lateCode), 'invalid_grant')
    expect((await world.issuance(late)).state).toBe('expired')
  })
})

type Wish = Parameters<IssuingWorld['holder']['proof']>[0]
/** A proof that has one thing wrong with it. */
const proofs: [string, (nonce: string) => Omit<Wish, 'key'> & { key?: HolderKey }, string][] = [
  ['no nonce', () => ({}), 'invalid_proof'],
  ['a nonce that nobody made', () => ({ nonce: 'A'.repeat(48) }), 'invalid_nonce'],
  ['a nonce of odd letters', () => ({ nonce: 'sesame sesame' }), 'invalid_nonce'],
  [
    'a nonce with a bit turned',
    (nonce) => ({ nonce: `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'B' : 'A'}` }),
    'invalid_nonce',
  ],
  ['another audience', (nonce) => ({ nonce, aud: 'https://sesame.example' }), 'invalid_proof'],
  ['no audience', (nonce) => ({ nonce, claims: { aud: undefined } }), 'invalid_proof'],
  [
    'two audiences',
    (nonce) => ({ nonce, aud: ['https://sesame.example', 'https://b.example'] }),
    'invalid_proof',
  ],
  ['the issuer’s address with a slash', (nonce) => ({ nonce, aud: 'slash' }), 'invalid_proof'],
  [
    'an hour ago',
    (nonce) => ({ nonce, iat: Math.floor(Date.now() / 1000) - 3_600 }),
    'invalid_proof',
  ],
  [
    'an hour ahead',
    (nonce) => ({ nonce, iat: Math.floor(Date.now() / 1000) + 3_600 }),
    'invalid_proof',
  ],
  ['no time', (nonce) => ({ nonce, claims: { iat: 'sesame' } }), 'invalid_proof'],
  ['an exp that is over', (nonce) => ({ nonce, claims: { exp: 1 } }), 'invalid_proof'],
  ['another type', (nonce) => ({ nonce, header: { typ: 'JWT' } }), 'invalid_proof'],
  ['no type', (nonce) => ({ nonce, header: { typ: undefined } }), 'invalid_proof'],
  ['no key', (nonce) => ({ nonce, header: { jwk: undefined } }), 'invalid_proof'],
  ['two keys', (nonce) => ({ nonce, header: { kid: 'did:jwk:eyJ9#0' } }), 'invalid_proof'],
  [
    'a key by another did',
    (nonce) => ({ nonce, header: { jwk: undefined, kid: 'did:web:sesame.example#0' } }),
    'invalid_proof',
  ],
  ['a key by junk', (nonce) => ({ nonce, header: { jwk: 'sesame' } }), 'invalid_proof'],
  [
    'a certificate that is none',
    (nonce) => ({ nonce, header: { jwk: undefined, x5c: ['c2VzYW1l'] } }),
    'invalid_proof',
  ],
  ['no certificates', (nonce) => ({ nonce, header: { jwk: undefined, x5c: [] } }), 'invalid_proof'],
  [
    'an extension of the header',
    (nonce) => ({ nonce, header: { crit: ['b64'], b64: true } }),
    'invalid_proof',
  ],
]

describe('the credential endpoint refuses', () => {
  it.each(proofs)('a proof with %s', async (_, wish, error) => {
    const wished = wish(await world.holder.nonce())
    const aud = wished.aud === 'slash' ? `${world.base}/` : wished.aud
    const jwt = await world.holder.proof({ key, ...wished, ...('aud' in wished ? { aud } : {}) })
    const body = { credential_configuration_id: 'badge', proofs: { jwt: [jwt] } }
    expectCode(await world.holder.post('credential', body, { token }), error)
  })

  it('a proof that somebody else signed, was cut, or shows a private key', async () => {
    const { holder } = world
    const nonce = await holder.nonce()
    const good = await holder.proof({ key, nonce })
    const [head = '', body = '', signature = ''] = good.split('.')
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A'
    const none = Buffer.from('{"alg":"none","typ":"openid4vci-proof+jwt"}').toString('base64url')
    const bad = [
      await holder.proof({ key, nonce, header: { jwk: other.jwk } }),
      await holder.proof({ key, nonce, header: { jwk: { ...key.jwk, d } } }),
      ...[`${head}.${body}.`, `${head}.${body}`, `${head}..${signature}`, `${none}.${body}.`],
      ...[`${head}.${body}.${signature.slice(0, -4)}AAAA`, 'sesame', '', '..', 'e30.e30.e30'],
      `${head}.${body}.${signature}.${signature}`,
      'sesame'.repeat(2_000),
    ]
    for (const jwt of bad) {
      const sent = { credential_configuration_id: 'badge', proofs: { jwt: [jwt] } }
      expectCode(await holder.post('credential', sent, { token }), 'invalid_proof')
    }
  })

  const X = 'credential_configuration_id'
  const good = (jwt: string) => ({ [X]: 'badge', proofs: { jwt: [jwt] } })
  const bodies: [string, (jwt: string) => unknown, string][] = [
    ['no proofs', () => ({ [X]: 'badge' }), 'invalid_proof'],
    ['no proof in proofs', () => ({ [X]: 'badge', proofs: { jwt: [] } }), 'invalid_proof'],
    [
      'a proof that is not in a list',
      (jwt) => ({ [X]: 'badge', proofs: { jwt } }),
      'invalid_proof',
    ],
    [
      'proofs of another type',
      () => ({ [X]: 'badge', proofs: { attestation: ['sesame'] } }),
      'invalid_proof',
    ],
    [
      'a number among the proofs',
      (jwt) => ({ [X]: 'badge', proofs: { jwt: [jwt, 1] } }),
      'invalid_proof',
    ],
    [
      'the proof of older drafts',
      (jwt) => ({ [X]: 'badge', proof: { proof_type: 'jwt', jwt } }),
      'invalid_proof',
    ],
    [
      'both forms of proofs',
      (jwt) => ({ ...good(jwt), proof: { proof_type: 'jwt', jwt } }),
      'invalid_proof',
    ],
    [
      'proofs that are a list',
      (jwt) => ({ [X]: 'badge', proofs: [jwt] }),
      'invalid_credential_request',
    ],
    [
      'an unknown configuration',
      (jwt) => ({ ...good(jwt), [X]: 'sesame' }),
      'unknown_credential_configuration',
    ],
    [
      'a configuration that was not offered',
      (jwt) => ({ ...good(jwt), [X]: 'pass' }),
      'unknown_credential_configuration',
    ],
    [
      'an unknown identifier',
      (jwt) => ({ credential_identifier: 'sesame', proofs: { jwt: [jwt] } }),
      'unknown_credential_identifier',
    ],
    [
      'both of them',
      (jwt) => ({ ...good(jwt), credential_identifier: 'badge.1' }),
      'invalid_credential_request',
    ],
    ['neither of them', (jwt) => ({ proofs: { jwt: [jwt] } }), 'invalid_credential_request'],
    [
      'a configuration that is no text',
      (jwt) => ({ ...good(jwt), [X]: 7 }),
      'invalid_credential_request',
    ],
    [
      'a format of older drafts',
      (jwt) => ({ format: 'dc+sd-jwt', vct: 'x', proofs: { jwt: [jwt] } }),
      'invalid_credential_request',
    ],
    [
      'a wish for encryption that nobody can fulfil',
      (jwt) => ({ ...good(jwt), credential_response_encryption: { enc: 'sesame' } }),
      'invalid_encryption_parameters',
    ],
  ]
  it.each(bodies)('%s', async (_, body, error) => {
    const jwt = await world.holder.proof({ key, nonce: await world.holder.nonce() })
    expectCode(await world.holder.post('credential', body(jwt), { token }), error)
  })

  it.each([
    ...['', '{', '[]', 'null', '0', '"sesame"', '\ufeff{}', '{"a":1,"a":2}', '{"__proto__":{}}'],
    ...[`${'['.repeat(5_000)}${']'.repeat(5_000)}`, '{"a":"\\ud800"}', '\u0000'],
  ])('the body %j', async (body) => {
    expectCode(await world.holder.post('credential', body, { token }), 'invalid_credential_request')
  })

  it('a body of another type, and one that is too large', async () => {
    const { holder } = world
    const jwt = await holder.proof({ key, nonce: await holder.nonce() })
    const headers = { 'content-type': 'text/plain' }
    const typed = await holder.post('credential', JSON.stringify(good(jwt)), { token, headers })
    expectCode(typed, 'invalid_credential_request')
    const large = { ...good(jwt), more: 'sesame'.repeat(30_000) }
    expectCode(await holder.post('credential', large, { token }), 'invalid_credential_request')
  })

  it('whoever has no access token, another’s, or one that is over: 401 (RFC 6750 §3)', async () => {
    const { holder } = world
    const jwt = await holder.proof({ key, nonce: await holder.nonce() })
    for (const endpoint of ['credential', 'deferred', 'notification']) {
      const none = await holder.post(endpoint, good(jwt))
      expectCode(none, 'invalid_request', 401)
      expect(none.headers.get('www-authenticate')).toBe('Bearer')
      const wrong = ['sesame', 'a'.repeat(64), token.slice(1), `${token}0`, world.owner]
      for (const one of wrong) {
        const refused = await holder.post(
          endpoint,
          endpoint === 'credential'
            ? good(jwt)
            : { transaction_id: 'x', notification_id: 'x', event: 'credential_accepted' },
          { token: one },
        )
        expectCode(refused, 'invalid_token', 401)
        expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
      }
      // Whose token it is comes before what else was sent.
      for (const body of ['{', '[]', '{"proofs":1,"transaction_id":1,"notification_id":1}']) {
        const refused = await holder.post(endpoint, body, { token: 'a'.repeat(64) })
        expectCode(refused, 'invalid_token', 401)
      }
      // In the address or in the body it is none (RFC 6750 §2.2, §2.3).
      expectCode(
        await holder.post(`${endpoint}?access_token=${token}`, good(jwt)),
        'invalid_request',
        401,
      )
      const inBody = { ...good(jwt), access_token: token }
      expectCode(await holder.post(endpoint, inBody), 'invalid_request', 401)
    }
  })

  it('a nonce that was used, and one that is too old', async () => {
    const { holder } = world
    const { token: access } = await world.authorized()
    const nonce = await holder.nonce()
    const jwt = await holder.proof({ key, nonce })
    expect((await holder.post('credential', good(jwt), { token: access })).status).toBe(200)
    expectCode(await holder.post('credential', good(jwt), { token: access }), 'invalid_nonce')
    const again = await holder.proof({ key: other, nonce })
    expectCode(await holder.post('credential', good(again), { token }), 'invalid_nonce')
    const old = await holder.nonce()
    world.advance(301)
    const late = await holder.proof({ key, nonce: old })
    expectCode(await holder.post('credential', good(late), { token }), 'invalid_nonce')
  })
})

describe('the deferred and the notification endpoint refuse', () => {
  it('handles that are none, words that are none, and bodies that are none', async () => {
    const { holder } = world
    for (const transaction_id of ['sesame', 'a'.repeat(32), ''])
      expectCode(
        await holder.post('deferred', { transaction_id }, { token }),
        'invalid_transaction_id',
      )
    for (const body of ['', '[]', {}]) {
      expectCode(await holder.post('deferred', body, { token }), 'invalid_transaction_id')
      expectCode(await holder.post('notification', body, { token }), 'invalid_notification_request')
    }
    expectCode(await holder.notify(token, 'sesame'), 'invalid_notification_id')
    expectCode(await holder.notify(token, 'sesame', 'sesame'), 'invalid_notification_request')
    const { token: access } = await world.authorized()
    const issued = await holder.request(access, 'badge', [key])
    const id = issued.body.notification_id
    expectCode(await holder.notify(token, id), 'invalid_notification_id')
    expectCode(await holder.notify(access, id, 'sesame'), 'invalid_notification_request')
  })
})

/** The trace is another with every request. */
const namesAndValues = ({ headers }: Response): string =>
  JSON.stringify([...headers].filter(([name]) => name !== 'traceparent'))

describe('an address that is nobody’s', () => {
  it('is the same 404 for an issuer that is none and for an offer that is none', async () => {
    const { pathname } = new URL(world.base)
    const foreign = `/i/${'a'.repeat(26)}`
    const answers = []
    for (const path of [
      `${pathname}/oid4vci/offers/${'a'.repeat(58)}`,
      `${pathname}/oid4vci/offers/sesame`,
      `${foreign}/oid4vci/offers/${'a'.repeat(58)}`,
      '/i/sesame/oid4vci/offers/sesame',
    ]) {
      const response = await world.send('GET', path, { headers: { 'x-request-id': 'abc-12345' } })
      answers.push([response.status, await response.text(), namesAndValues(response)])
    }
    for (const one of answers) expect(one).toEqual(answers[0])
    expect(answers[0]?.[0]).toBe(404)
    for (const endpoint of ['token', 'nonce', 'credential', 'deferred', 'notification']) {
      const response = await world.send('POST', `${foreign}/oid4vci/${endpoint}`)
      expect([response.status, (await response.json()) as object]).toMatchObject([
        404,
        { title: 'Not found' },
      ])
    }
  })

  it('is found by browsers of every origin, without credentials', async () => {
    const response = await world.send('OPTIONS', world.holder.at('credential'), {
      headers: { origin: 'https://wallet.example', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'OPTIONS, POST',
      'access-control-allow-headers': 'authorization, content-type, dpop',
    })
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })
})

it('no refusal was an error of ours', () => {
  expect(errors).not.toHaveBeenCalled()
})
