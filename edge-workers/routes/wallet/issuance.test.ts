// The way of a credential, from the offer to the wallet's word that it has it: OpenID4VCI 1.0 §4 to §11 over the edge and the
// tenant's actor in one process.

import { X509Certificate } from 'node:crypto'
import { compactVerify, importJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDice, type Dice } from '../../../functions/simulator/api-fuzz/mutate.ts'
import { readSdJwt } from '../../credentials/sd-jwt.ts'
import { holderKey } from './holder.fixture.ts'
import { CLAIMS, createIssuingWorld, type IssuingWorld } from './issuing-world.fixture.ts'

let world: IssuingWorld
const logged = vi.spyOn(console, 'log').mockImplementation(() => undefined)
const failed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
beforeAll(async () => {
  world = await createIssuingWorld()
})
afterAll(() => {
  vi.useRealTimers()
})

const credentialsIn = (body: Record<string, unknown>): string[] =>
  (body.credentials as { credential: string }[]).map(({ credential }) => credential)
const read = async (text: string) => {
  const parsed = await readSdJwt(text)
  if (!parsed) throw new Error('not an SD-JWT')
  return parsed
}

const saltOf = ({ text }: { text: string }): string =>
  (JSON.parse(Buffer.from(text, 'base64url').toString()) as string[])[0] ?? ''

describe('an offer by reference', () => {
  it('becomes a credential bound to the holder’s key, step by step', async () => {
    const { holder } = world
    const made = await world.offer({ txCode: { length: 6, description: 'By post.' } })
    expect(made).toMatchObject({ issuance: { state: 'created', triesLeft: 5 }, simulated: false })
    expect(made.uri).toMatch(/^openid-credential-offer:\/\/\?credential_offer_uri=http/)
    expect(made.txCode).toMatch(/^\d{6}$/)
    const offer = await holder.fetchOffer(made.uri ?? '')
    const code = holder.codeOf(offer)
    expect(offer).toEqual({
      credential_issuer: world.base,
      credential_configuration_ids: ['badge'],
      grants: {
        'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
          'pre-authorized_code': code,
          tx_code: { input_mode: 'numeric', length: 6, description: 'By post.' },
        },
      },
    })
    expect((await world.issuance(made)).state).toBe('retrieved')
    const token = await holder.redeem(code, made.txCode)
    expect(token.status).toBe(200)
    expect(token.headers.get('cache-control')).toBe('no-store')
    expect(token.body).toEqual({
      ...{ access_token: expect.stringMatching(/^[0-9a-f]{64}$/), token_type: 'Bearer' },
      expires_in: 900,
    })
    expect((await world.issuance(made)).state).toBe('authorized')
    const key = await holderKey()
    const issued = await holder.request(String(token.body.access_token), 'badge', [key])
    expect(issued.status).toBe(200)
    const [text = ''] = credentialsIn(issued.body)
    const { header, payload, claims, disclosures } = await read(text)
    expect(header).toMatchObject({ alg: 'ES256', typ: 'dc+sd-jwt', x5c: [expect.any(String)] })
    const { kty, crv, x, y } = key.jwk
    expect(payload.cnf).toEqual({ jwk: { kty, crv, x, y } })
    expect(payload).toMatchObject({
      ...{ iss: world.base, vct: `${world.base}/types/badge`, level: 3 },
      status: { status_list: { uri: `${world.base}/status-lists/1`, idx: expect.any(Number) } },
    })
    expect(claims).toMatchObject(CLAIMS)
    expect(disclosures).toHaveLength(2)
    const iat = Number(payload.iat)
    expect(iat).toBeLessThanOrEqual(Date.now() / 1000)
    expect(payload.exp).toBe(iat + 31_536_000)
    const view = await world.issuance(made)
    expect(view).toMatchObject({ state: 'issued', credentials: [expect.stringMatching(/^crd_/)] })
    const { notification_id } = issued.body
    const taken = await holder.notify(String(token.body.access_token), notification_id)
    expect([taken.status, taken.body]).toEqual([204, {}])
    expect((await world.issuance(made)).state).toBe('accepted')
  })

  it('is signed by a key that the issuer publishes, in a leaf under its root that is not self-signed', async () => {
    const { token } = await world.authorized()
    const issued = await world.holder.request(token, 'badge', [await holderKey()])
    const [jwt = ''] = (credentialsIn(issued.body)[0] ?? '').split('~')
    const { header } = await read(credentialsIn(issued.body)[0] ?? '')
    const published = await world.send(
      'GET',
      `/.well-known/jwt-vc-issuer${new URL(world.base).pathname}`,
    )
    const { jwks } = (await published.json()) as { jwks: { keys: (JWK & { kid: string })[] } }
    const jwk = jwks.keys.find(({ kid }) => kid === header.kid)
    await expect(compactVerify(jwt, await importJWK(jwk ?? {}, 'ES256'))).resolves.toBeTruthy()
    const { pathname } = new URL(world.base)
    const pem = await (await world.send('GET', `${pathname}/root.pem`)).text()
    const [leaf = ''] = (header.x5c ?? []) as string[]
    const [own, root] = [new X509Certificate(Buffer.from(leaf, 'base64')), new X509Certificate(pem)]
    expect(own.verify(root.publicKey)).toBe(true)
    expect([own.issuer === root.subject, own.subject === own.issuer]).toEqual([true, false])
    expect(own.verify(own.publicKey)).toBe(false)
    expect(own.publicKey.export({ format: 'jwk' })).toMatchObject({ x: jwk?.x, y: jwk?.y })
    // Whoever trusts the root has it already (HAIP §6.1.1).
    expect(header.x5c).toHaveLength(1)
  })

  it('whose answer was lost comes again by the key that signs now, and its row says which', async () => {
    const { token } = await world.authorized()
    const key = await holderKey()
    const get = async () => {
      const { body } = await world.holder.request(token, 'badge', [key])
      const { header, payload } = await read(credentialsIn(body)[0] ?? '')
      return { kid: String(header.kid), place: payload.status }
    }
    const first = await get()
    await world.api('POST', '/issuer/rotate', { body: {} })
    const again = await get()
    expect(again.place).toEqual(first.place)
    expect(again.kid).not.toBe(first.kid)
    const rows = world.tenants.storageOf(world.tenantId)?.sql
    const { many } =
      rows?.exec('select count(*) as many from credentials where kid = ?', again.kid).one() ?? {}
    expect(many).toBe(1)
  })

  it('leaves a leaf for every step, and no claim in any of them', async () => {
    const { made, token } = await world.authorized()
    const issued = await world.holder.request(token, 'badge', [await holderKey()])
    await world.holder.notify(token, issued.body.notification_id)
    const log = await world.api('GET', '/audit?limit=200')
    const steps = (log.body.items as { subject: string; from: string; to: string }[])
      .filter(({ subject }) => subject === made.issuance.id)
      .map(({ from, to }) => `${from} ${to}`)
    expect(steps.sort()).toEqual([
      ...['authorized issued', 'created retrieved', 'issued accepted', 'none created'],
      'retrieved authorized',
    ])
    expect(JSON.stringify(log.body)).not.toContain('Sesame')
    const everything = world.stored()
    const isStored = (text: string) => everything.includes(text)
    expect([made.id, 'Sesame', token, `"${made.txCode}"`].map(isStored)).toEqual([
      ...[true, false, false, false],
    ])
  })
})

describe('an offer by value', () => {
  it('has the same in the link itself, and never the transaction code', async () => {
    const made = await world.offer()
    const value = new URL(made.value ?? '').searchParams.get('credential_offer') ?? ''
    expect(JSON.parse(value)).toEqual(await world.holder.fetchOffer(made.uri ?? ''))
    expect(`${made.value} ${made.uri} ${made.page}`).not.toContain(made.txCode)
    const { body } = await world.holder.redeem(world.holder.codeOf(JSON.parse(value)), made.txCode)
    const issued = await world.holder.request(String(body.access_token), 'badge', [
      await holderKey(),
    ])
    expect(issued.status).toBe(200)
  })

  it('is made by a wallet that never says what became of it', async () => {
    const { made, token } = await world.authorized()
    await world.holder.request(token, 'badge', [await holderKey()])
    world.advance(1_000)
    await world.ring()
    expect((await world.issuance(made)).state).toBe('issued')
    expect(world.row(made).claims).toBeNull()
  })
})

describe('a batch', () => {
  it('is as many copies as proofs, each with a key, salts and a place of its own', async () => {
    const { made, token } = await world.authorized()
    const keys = await Promise.all([holderKey(), holderKey(), holderKey()])
    const issued = await world.holder.request(token, 'badge', keys)
    const copies = await Promise.all(credentialsIn(issued.body).map(read))
    expect(copies).toHaveLength(3)
    expect(copies.map(({ payload }) => payload.cnf)).toEqual(
      keys.map(({ jwk: { kty, crv, x, y } }) => ({ jwk: { kty, crv, x, y } })),
    )
    for (const { claims } of copies) expect(claims).toMatchObject(CLAIMS)
    const places = copies.map(({ payload }) => JSON.stringify(payload.status))
    expect(new Set(places).size).toBe(3)
    const salts = copies.flatMap(({ disclosures }) => disclosures.map(saltOf))
    expect(new Set(salts).size).toBe(6)
    const times = new Set(copies.map(({ payload: { iat, exp } }) => `${iat} ${exp}`))
    expect(times.size).toBe(1)
    expect(Number([...times][0]?.split(' ')[0]) % 3_600).toBe(0)
    expect((await world.issuance(made)).credentials).toHaveLength(3)
  })

  it('of a configuration that has fewer is as many as that has, and the same again', async () => {
    const { made, token } = await world.authorized({ configurations: ['pass'], claims: {} })
    const keys = await Promise.all([holderKey(), holderKey(), holderKey()])
    const first = await world.holder.request(token, 'pass', keys)
    const again = await world.holder.request(token, 'pass', keys.reverse())
    const places = await Promise.all(
      [first, again].map(({ body }) => Promise.all(credentialsIn(body).map(read))),
    )
    expect(places.map((copies) => copies.length)).toEqual([1, 1])
    expect(places[0]?.[0]?.payload.status).toEqual(places[1]?.[0]?.payload.status)
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })

  it('of more proofs than the metadata allows, or of one key twice, is none', async () => {
    const { made, token } = await world.authorized()
    const keys = await Promise.all([holderKey(), holderKey(), holderKey(), holderKey()])
    const [first] = keys
    const many = await world.holder.request(token, 'badge', keys)
    const twice = await world.holder.request(
      token,
      'badge',
      [first, first].filter((key) => !!key),
    )
    for (const refused of [many, twice])
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_proof'])
    expect((await world.issuance(made)).credentials).toEqual([])
  })
})

describe('several configurations', () => {
  it('are issued one by one, each with the claims that it has', async () => {
    const { made, token } = await world.authorized({ configurations: ['badge', 'pass'] })
    const key = await holderKey()
    const badge = await world.holder.request(token, 'badge', [key])
    await world.holder.notify(token, badge.body.notification_id)
    const pass = await world.holder.request(token, 'pass', [key])
    const { claims } = await read(credentialsIn(pass.body)[0] ?? '')
    expect(claims).toMatchObject({ level: 3 })
    expect(claims).not.toHaveProperty('given_name')
    const view = await world.issuance(made)
    expect(view).toMatchObject({ state: 'accepted' })
    expect(view.credentials).toHaveLength(2)
    expect(world.row(made).claims).not.toBeNull()
    expect((await world.holder.notify(token, pass.body.notification_id)).status).toBe(204)
    expect(world.row(made).claims).toBeNull()
  })

  it('are narrowed by authorization_details, and then named by their identifiers', async () => {
    const { holder } = world
    const made = await world.offer({ configurations: ['badge', 'pass'], txCode: false })
    const code = holder.codeOf(await holder.fetchOffer(made.uri ?? ''))
    const detail = { type: 'openid_credential', credential_configuration_id: 'pass' }
    const token = await holder.redeem(code, null, {
      authorization_details: JSON.stringify([{ ...detail, unknown: 1 }]),
    })
    expect(token.body.authorization_details).toEqual([
      { ...detail, credential_identifiers: ['pass.1'] },
    ])
    const access = String(token.body.access_token)
    const key = await holderKey()
    const by = async (name: object) => {
      const jwt = [await holder.proof({ key, nonce: await holder.nonce() })]
      const answer = await holder.post(
        'credential',
        { ...name, proofs: { jwt } },
        { token: access },
      )
      return answer.body.error ?? answer.status
    }
    expect(await by({ credential_configuration_id: 'pass' })).toBe('invalid_credential_request')
    expect(await by({ credential_identifier: 'badge.1' })).toBe('unknown_credential_identifier')
    expect(await by({ credential_identifier: 'pass.1' })).toBe(200)
  })
})

/** Fields of no specification, at every depth, of every kind. */
const sprinkle = (value: unknown, dice: Dice): unknown => {
  if (Array.isArray(value)) return value.map((each) => sprinkle(each, dice))
  if (typeof value !== 'object' || value === null) return value
  const inside = Object.entries(value).map(([name, each]) => [name, sprinkle(each, dice)])
  const odd = [null, 7, 'text', [], ['x', {}], { deep: { er: true } }, false]
  const more = Array.from({ length: 1 + dice(3) }, () => [`x_${dice(1e6)}`, odd[dice(odd.length)]])
  return Object.fromEntries([...inside, ...more])
}

describe('fields that nobody knows', () => {
  it.each([1, 2, 3])('are ignored wherever they stand (seed %i)', async (seed) => {
    const dice = createDice(seed)
    const { holder } = world
    const made = await world.offer({ deferred: seed === 3 })
    const offer = await holder.fetchOffer(`${made.uri}&x=1`)
    const token = await holder.redeem(holder.codeOf(offer), made.txCode, {
      ...{
        client_id: 'wallet',
        [`x_${dice(99)}`]: 'y',
        scope: 'x',
        redirect_uri: 'https://x.example',
      },
      authorization_details: JSON.stringify(
        sprinkle([{ type: 'openid_credential', credential_configuration_id: 'badge' }], dice),
      ),
    })
    expect(token.status).toBe(200)
    const access = { token: String(token.body.access_token) }
    const key = await holderKey()
    const jwt = await holder.proof({
      ...{ key, nonce: await holder.nonce() },
      header: { x_odd: 1, key_attestation: 'x', trust_chain: ['x'] },
      claims: { iss: 'wallet', sub: 'x', x_odd: { deep: [] } },
    })
    const request = { credential_identifier: 'badge.1', proofs: { jwt: [jwt], x_odd: [1] } }
    const asked = sprinkle({ ...request, proofs: null }, dice) as object
    const answer = await holder.post('credential', { ...asked, proofs: request.proofs }, access)
    let issued = answer
    if (seed === 3) {
      expect(answer.status).toBe(202)
      await world.api('POST', `/issuances/${made.issuance.id}/release`)
      const { transaction_id } = answer.body
      issued = await holder.post('deferred?x=1', sprinkle({ transaction_id }, dice), access)
    }
    expect(issued.status).toBe(200)
    const { notification_id } = issued.body
    const event = { notification_id, event: 'credential_accepted', event_description: 'Sesame' }
    const told = await holder.post('notification', sprinkle(event, dice), access)
    expect(told.status).toBe(204)
    expect((await world.issuance(made)).state).toBe('accepted')
  })
})

describe('an older wallet', () => {
  it('sends one proof, and gets its credential where the issuer says draft15', async () => {
    const compat = (to: string) =>
      world.send('PATCH', '/v1/tenants/acme/issuer', {
        ...{ token: world.owner, body: { compat: to }, headers: { 'if-match': '*' } },
      })
    const { token } = await world.authorized()
    const key = await holderKey()
    const one = async () => {
      const jwt = await world.holder.proof({ key, nonce: await world.holder.nonce() })
      const body = { credential_configuration_id: 'badge', proof: { proof_type: 'jwt', jwt } }
      return world.holder.post('credential', body, { token })
    }
    expect((await one()).body.error).toBe('invalid_proof')
    expect((await compat('draft15')).status).toBe(200)
    const issued = await one()
    expect(credentialsIn(issued.body)).toHaveLength(1)
    expect((await compat('strict')).status).toBe(200)
  })
})

it('nothing that was claimed or sent has come into a log', () => {
  const said = [...logged.mock.calls, ...failed.mock.calls].flat().map(String).join('\n')
  expect(said).not.toMatch(/sesame/i)
  expect(failed).not.toHaveBeenCalled()
})
