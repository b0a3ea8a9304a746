// Offers as those who make them see them: what can be offered, what the answer says and to whom, how an offer ends, and what waits
// for a word.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CredentialOffer } from '../../schemas/credential.ts'
import { readSdJwt } from '../credentials/sd-jwt.ts'
import { type HolderKey, holderKey } from './wallet/holder.fixture.ts'
import { CLAIMS, createIssuingWorld, type IssuingWorld } from './wallet/issuing-world.fixture.ts'

let world: IssuingWorld
let key: HolderKey
beforeAll(async () => {
  world = await createIssuingWorld()
  key = await holderKey()
})
afterAll(() => {
  vi.useRealTimers()
})

const post = (body: object, more: { key?: string; token?: string } = {}) =>
  world.api('POST', '/credential-offers', { body, ...more })
const badge = { configurations: ['badge'], claims: CLAIMS }
const codeOf = async (made: CredentialOffer) =>
  world.holder.codeOf(await world.holder.fetchOffer(made.uri ?? ''))

describe('claims', () => {
  it.each([
    ['missing', { given_name: 'Sesame' }, '/claims/family_name', 'mandatory'],
    ['null where mandatory', { ...CLAIMS, given_name: null }, '/claims/given_name', 'mandatory'],
    ['unknown', { ...CLAIMS, iban: 'Sesame' }, '/claims/iban', 'No configuration'],
    [
      'unknown inside',
      { ...CLAIMS, address: { zip: 'Sesame' } },
      '/claims/address/zip',
      'No config',
    ],
    ['no object', { ...CLAIMS, address: 'Sesame' }, '/claims/address', 'An object'],
    ['of the issuer', { ...CLAIMS, iss: 'Sesame' }, '/claims/iss', 'No configuration'],
    ['of the format', { ...CLAIMS, level: { _sd: ['Sesame'] } }, '/claims/level/_sd', 'taken'],
    [
      'of the format in a list',
      { ...CLAIMS, level: [{ '...': 'x' }] },
      '/claims/level/0/...',
      'taken',
    ],
    ['too long', { ...CLAIMS, level: 'x'.repeat(40_000) }, '/claims/level', '32768'],
    ['too many', { ...CLAIMS, level: Array(201).fill(0) }, '/claims/level', '200'],
    ['too deep', { ...CLAIMS, level: [[[[[[0]]]]]] }, '/claims/level/0/0/0/0/0/0', 'deeper'],
    [
      'too large together',
      { ...CLAIMS, level: Array(9).fill('x'.repeat(8_000)) },
      '/claims',
      '65536',
    ],
  ])(
    'that are %s are refused by a pointer, without what they say',
    async (_, claims, pointer, text) => {
      const { status, body } = await post({ ...badge, claims })
      expect([status, body.errors[0]]).toMatchObject([
        422,
        { pointer, detail: expect.stringContaining(text) },
      ])
      expect(JSON.stringify(body)).not.toContain('Sesame')
    },
  )

  it('of an unknown, a doubled and a withdrawn configuration, and of nobody', async () => {
    const { headers } = await world.api('POST', '/credential-configurations', {
      body: { name: 'old', display: [{ name: 'Old' }], claims: [] },
    })
    const gone = await world.send('DELETE', '/v1/tenants/acme/credential-configurations/old', {
      ...{ token: world.owner, headers: { 'if-match': headers.get('etag') ?? '' } },
    })
    expect(gone.status).toBe(200)
    for (const [more, pointer] of [
      [{ configurations: ['none'] }, '/configurations/0'],
      [{ configurations: ['badge', 'old'] }, '/configurations/1'],
      [{ configurations: ['badge', 'badge'] }, '/configurations'],
      [{ member: 'usr_k2vny7pdiagwkkwxsfs2' }, '/member'],
      [{ txCode: { length: 3 } }, '/txCode/length'],
      [{ expiresInSeconds: 59 }, '/expiresInSeconds'],
    ] as const) {
      const { status, body } = await post({ ...badge, ...more })
      expect([status, body.errors[0].pointer]).toEqual([422, pointer])
    }
  })
})

describe('an answer', () => {
  it('is the same for the same key, with the code while it is open, and not for another body', async () => {
    const first = await post(badge, { key: 'same' })
    const again = await post(badge, { key: 'same' })
    expect(again.body).toEqual(first.body)
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([
      ...[null, 'true'],
    ])
    expect(first.headers.get('location')).toBe(
      `/v1/tenants/acme/credential-offers/${first.body.id}`,
    )
    const other = await post({ ...badge, deferred: true }, { key: 'same' })
    expect(other.status).toBe(422)
    await world.holder.redeem(await codeOf(first.body), first.body.txCode)
    const used = await post(badge, { key: 'same' })
    expect([used.status, used.body]).toMatchObject([
      201,
      { txCode: null, uri: null, value: null, issuance: { state: 'authorized' } },
    ])
    expect((await post(badge, { token: world.operator })).status).toBe(403)
  })

  it('shows its link again only to whoever may offer, and its code to nobody', async () => {
    const auditor = (await world.createToken('acme', 'auditor', { member: 'ada' })).token
    const made = await world.offer()
    const path = `/credential-offers/${made.id}`
    const read = await world.api('GET', path)
    expect(read.body).toEqual({ id: made.id, issuance: made.issuance, uri: made.uri })
    const audited = await world.api('GET', path, { token: auditor })
    expect(audited.body).toEqual({ id: made.id, issuance: made.issuance, uri: null })
    for (const list of ['/credential-offers', '/issuances']) {
      const page = await world.api('GET', `${list}?limit=200`, { token: auditor })
      const text = JSON.stringify(page.body)
      expect(text).toContain(made.id)
      expect(text).not.toContain('credential_offer_uri')
      expect(text).not.toContain(made.txCode)
    }
    // The id, which everybody who reads knows, is not the link.
    const { pathname } = new URL(world.base)
    const guess = await world.send('GET', `${pathname}/oid4vci/offers/${made.id}`)
    expect(guess.status).toBe(404)
    expect((await post(badge, { token: auditor })).status).toBe(403)
  })

  it('comes in pages, the newest first', async () => {
    const { body } = await world.api('GET', '/issuances?limit=1')
    const next = await world.send('GET', String(body.next), { token: world.owner })
    const { items } = (await next.json()) as { items: { createdAt: string; id: string }[] }
    const ids = [...body.items, ...items].map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('an offer ends', () => {
  it('by its alarm, and at the first look even before that', async () => {
    const offers = [await world.offer(), await world.offer(), await world.offer()]
    const [rung, read, listed] = offers as [CredentialOffer, CredentialOffer, CredentialOffer]
    world.advance(900)
    expect((await world.api('GET', `/credential-offers/${read.id}`)).body.issuance.state).toBe(
      'expired',
    )
    await world.api('GET', '/issuances')
    expect(world.row(listed)).toMatchObject({ state: 'expired', claims: null })
    await world.ring()
    for (const made of offers) {
      expect(world.row(made)).toMatchObject({ state: 'expired', claims: null })
      const steps = await world.api('GET', '/audit?limit=200')
      const ends = steps.body.items.filter(
        ({ subject, to }: { subject: string; to: string }) =>
          subject === made.issuance.id && to === 'expired',
      )
      expect(ends).toHaveLength(1)
    }
    expect((await world.issuance(rung)).state).toBe('expired')
  })

  it('where its token was never used, and where nobody has said a word', async () => {
    const { made } = await world.authorized()
    const waiting = await world.authorized({ deferred: true })
    await world.holder.request(waiting.token, 'badge', [key])
    world.advance(901)
    expect((await world.issuance(made)).state).toBe('expired')
    expect((await world.issuance(waiting.made)).state).toBe('deferred')
    world.advance(7 * 86_400)
    await world.ring()
    expect((await world.issuance(waiting.made)).state).toBe('expired')
    expect(world.row(waiting.made)).toMatchObject({ claims: null, holderKeys: null })
  })

  it('with the membership that it is of', async () => {
    const rita = await world.ensureMember('acme', 'rita', 'requester')
    const made = await world.offer({ member: rita })
    const { made: issued, token } = await world.authorized({ member: rita })
    await world.holder.request(token, 'badge', [key])
    expect(world.row(issued).claims).not.toBeNull()
    const gone = await world.send('DELETE', `/v1/tenants/acme/members/${rita}`, {
      ...{ token: world.operator, headers: { 'if-match': '*' } },
    })
    expect(gone.status).toBe(200)
    // And has it all in his export.
    const exported = await world.api('GET', `/members/${rita}/export`)
    expect(exported.body).toMatchObject({
      issuances: expect.arrayContaining([expect.objectContaining({ id: made.issuance.id })]),
      credentials: [{ member: rita, status: expect.any(String) }],
    })
    expect(await world.issuance(made)).toMatchObject({
      ...{ state: 'failed', error: { code: 'member-ended' } },
    })
    expect([world.row(made).claims, world.row(issued).claims]).toEqual([null, null])
    expect((await post({ ...badge, member: rita })).status).toBe(422)
  })

  it('when it is taken back, and another takes its place', async () => {
    const made = await world.offer({ txCode: { length: 4 } })
    const early = await world.api('POST', `/credential-offers/${made.id}/renew`, { body: {} })
    expect(early.status).toBe(409)
    const deny = () => world.api('POST', `/issuances/${made.issuance.id}/deny`)
    expect((await deny()).body.state).toBe('denied')
    expect((await deny()).status).toBe(200)
    const path = `/credential-offers/${made.id}/renew`
    const twin = await world.offer()
    await world.api('POST', `/issuances/${twin.issuance.id}/deny`)
    const both = await Promise.all(
      [1, 2].map(() =>
        world.api('POST', `/credential-offers/${twin.id}/renew`, { body: { claims: CLAIMS } }),
      ),
    )
    // Asked for twice at once, one of them takes its place.
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    const renewed = await world.api('POST', path, { body: { claims: CLAIMS }, key: 'renew' })
    expect(renewed.status).toBe(201)
    expect(renewed.body.txCode).toMatch(/^\d{4}$/)
    expect(renewed.headers.get('location')).toBe(
      `/v1/tenants/acme/credential-offers/${renewed.body.id}`,
    )
    expect(renewed.body).not.toMatchObject({ id: made.id })
    const again = await world.api('POST', path, { body: { claims: CLAIMS }, key: 'renew' })
    expect(again.body).toEqual(renewed.body)
    const second = await world.api('POST', path, { body: { claims: CLAIMS } })
    expect(second.status).toBe(409)
    const none = await world.api('POST', '/credential-offers/ofr_x/renew', { body: {} })
    expect(none.status).toBe(404)
    expect((await deny()).body.state).toBe('denied')
  })

  it('when the wallet did not keep it: what was issued is invalid', async () => {
    for (const event of ['credential_failure', 'credential_deleted']) {
      const { made, token } = await world.authorized()
      const issued = await world.holder.request(token, 'badge', [key])
      const told = await world.holder.notify(token, issued.body.notification_id, event)
      expect(told.status).toBe(204)
      const view = await world.issuance(made)
      expect(view).toMatchObject({ state: 'failed', error: { code: event } })
      const [id] = view.credentials
      expect((await world.api('GET', `/credentials/${id}`)).body.status).toBe('invalid')
      const late = await world.holder.notify(token, issued.body.notification_id)
      expect([late.status, (await world.issuance(made)).state]).toEqual([204, 'failed'])
    }
  })
})

describe('a deferred issuance', () => {
  const waiting = async () => {
    const { made, token } = await world.authorized({ deferred: true })
    const answer = await world.holder.request(token, 'badge', [key])
    expect([answer.status, answer.body]).toEqual([
      202,
      { transaction_id: expect.any(String), interval: 5 },
    ])
    const { transaction_id } = answer.body
    const ask = () => world.holder.post('deferred', { transaction_id }, { token })
    return { made, token, transaction_id, ask }
  }

  it('waits, is released, and is issued to the keys that asked', async () => {
    const { made, token, transaction_id, ask } = await waiting()
    expect(await ask()).toMatchObject({ status: 202, body: { transaction_id, interval: 5 } })
    const again = await world.holder.request(token, 'badge', [key])
    expect(again.body.transaction_id).toBe(transaction_id)
    const other = await world.holder.request(token, 'badge', [await holderKey()])
    expect(other.body.error).toBe('credential_request_denied')
    expect((await world.issuance(made)).state).toBe('deferred')
    const release = () => world.api('POST', `/issuances/${made.issuance.id}/release`)
    expect((await release()).status).toBe(200)
    expect((await release()).status).toBe(200)
    const [issued, repeated] = [await ask(), await ask()]
    const [{ credential }] = issued.body.credentials as [{ credential: string }]
    const { kty, crv, x, y } = key.jwk
    expect((await readSdJwt(credential))?.payload.cnf).toEqual({ jwk: { kty, crv, x, y } })
    expect(repeated.status).toBe(200)
    expect(await world.issuance(made)).toMatchObject({
      ...{ state: 'issued', credentials: [expect.any(String)] },
    })
    await world.holder.notify(token, issued.body.notification_id)
    expect((await world.issuance(made)).state).toBe('accepted')
    expect(world.row(made)).toMatchObject({ claims: null, holderKeys: null })
  })

  it('has a handle that is unknown a minute after it was issued, and gets the same again until then', async () => {
    const { made, ask } = await waiting()
    await world.api('POST', `/issuances/${made.issuance.id}/release`)
    expect((await ask()).status).toBe(200)
    world.advance(59)
    expect((await ask()).status).toBe(200)
    world.advance(1)
    const late = await ask()
    expect([late.status, late.body.error]).toEqual([400, 'invalid_transaction_id'])
    expect(await world.issuance(made)).toMatchObject({
      ...{ state: 'issued', credentials: [expect.any(String)] },
    })
  })

  it('is denied, and says so to the wallet', async () => {
    const { made, ask } = await waiting()
    await world.api('POST', `/issuances/${made.issuance.id}/deny`)
    expect(await ask()).toMatchObject({
      ...{ status: 400, body: { error: 'credential_request_denied' } },
    })
    expect(world.row(made)).toMatchObject({ claims: null, holderKeys: null })
    expect((await world.api('POST', `/issuances/${made.issuance.id}/release`)).status).toBe(409)
  })

  it('that was released before anybody asked is issued at once; what does not wait is not released', async () => {
    const { made, token } = await world.authorized({ deferred: true })
    await world.api('POST', `/issuances/${made.issuance.id}/release`)
    expect((await world.holder.request(token, 'badge', [key])).status).toBe(200)
    const direct = await world.offer()
    const released = await world.api('POST', `/issuances/${direct.issuance.id}/release`)
    expect(released.status).toBe(409)
    const { body } = await world.api('POST', '/issuances/isu_x/release')
    expect(body).toMatchObject({ status: 404 })
  })
})

describe('the platform’s own credentials', () => {
  it('say what the member is, and take no claims from anybody', async () => {
    const anton = await world.ensureMember('acme', 'anton', 'approver')
    const own = { configurations: ['phoenix-approver'], member: anton }
    const claims = { member: anton, roles: ['owner'] }
    expect((await post({ ...own, claims })).body.errors[0].pointer).toBe('/claims/member')
    expect((await post({ configurations: ['phoenix-member'] })).body.errors[0].pointer).toBe(
      '/member',
    )
    const rolf = await world.ensureMember('acme', 'rolf', 'requester')
    const refused = await post({ ...own, member: rolf })
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/member' })
    const bare = await post({ ...own, txCode: false })
    expect(bare.body.errors[0].pointer).toBe('/txCode')
    const made = (await post(own)).body as CredentialOffer
    const token = await world.holder.redeem(await codeOf(made), made.txCode)
    const access = String(token.body.access_token)
    const issued = await world.holder.request(access, 'phoenix-approver', [key])
    const [{ credential }] = issued.body.credentials as [{ credential: string }]
    expect((await readSdJwt(credential))?.claims).toMatchObject({
      ...{ member: anton, tenant: 'acme', tenant_name: 'ACME', roles: ['approver'] },
    })
  })
})

describe('a driver that is not there', () => {
  it('is a refusal of its own', async () => {
    world.tenants
      .storageOf(world.tenantId)
      ?.sql.exec(
        "insert into credential_configurations select 'cloud', null, '', 'entra', null, 'Cloud', definition, 0, null, state, createdAt, createdBy, updatedAt, version from credential_configurations where name = 'pass'",
      )
    const { status, body } = await post({ configurations: ['cloud'], claims: { level: 1 } })
    expect([status, body.type]).toEqual([
      409,
      `${world.env.PUBLIC_URL}/problems/driver-unavailable`,
    ])
    const both = await post({ configurations: ['cloud', 'pass'], claims: { level: 1 } })
    expect(both.body.errors[0].pointer).toBe('/configurations')
  })
})
