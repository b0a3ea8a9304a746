// One suite over both drivers: the same steps over the same API. They differ where the driver's own document of abilities says so,
// and nowhere else.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type {
  CredentialOffer,
  CredentialView,
  DriverAbilities,
  IssuanceView,
} from '../../../schemas/credential.ts'
import type { PresentationRequest, PresentationRequestView } from '../../../schemas/presentation.ts'
import type { Answered, ExaminedDriver } from './examined-drivers.ts'

const CLAIMS = { given_name: 'Sesame-Unsaid', family_name: 'Open' }
const CONFIGURATION = {
  display: [{ name: 'Badge' }],
  claims: [{ path: ['given_name'], mandatory: true }, { path: ['family_name'] }],
}
const problemOf = ({ status, body }: Answered<Record<string, unknown>>) => [
  status,
  String(body.type).split('/').at(-1),
]

export const examineIssuer = (name: string, open: () => Promise<ExaminedDriver>): void => {
  describe(`the API over ${name}`, () => {
    let on: ExaminedDriver
    let can: DriverAbilities
    beforeAll(async () => {
      on = await open()
      const { body } = await on.api<{ items: DriverAbilities[] }>('GET', '/credential-drivers')
      const found = body.items.find(({ driver }) => driver === on.driver)
      if (!found) throw new Error('no such driver')
      can = found
      const made = await configure('badge')
      expect(made.status).toBe(201)
    })
    afterAll(() => void vi.useRealTimers())

    const configure = (configuration: string, more: object = {}) =>
      on.api('POST', '/credential-configurations', {
        ...{ name: configuration, driver: on.driver, ...CONFIGURATION },
        ...{ ...on.naming(configuration), ...more },
      })
    const wish = (more: object = {}) => ({ configurations: ['badge'], claims: CLAIMS, ...more })
    const offer = async (more: object = {}, key?: string): Promise<CredentialOffer> => {
      const keyed = key === undefined ? {} : { key }
      const made = await on.api<CredentialOffer>('POST', '/credential-offers', wish(more), keyed)
      expect(made.status).toBe(201)
      return made.body
    }
    const issuance = async ({ issuance: { id } }: CredentialOffer) =>
      (await on.api<IssuanceView>('GET', `/issuances/${id}`)).body
    const issued = async (): Promise<string> => {
      const made = await offer()
      expect(await on.holder.take(made, made.txCode)).toBe(true)
      return (await issuance(made)).credentials[0] ?? ''
    }
    const credential = async (id: string) =>
      (await on.api<CredentialView>('GET', `/credentials/${id}`)).body
    const change = (id: string, verb: string) =>
      on.api('POST', `/credentials/${id}/${verb}`, { reason: 'lost' })

    it('can be used, and says what it can do', () => {
      expect(can.unavailable).toBeNull()
      expect(can.statuses.includes('suspended')).toBe(can.supports.suspend)
    })

    it('makes a configuration once, in its own format', async () => {
      const again = await configure('badge')
      expect(problemOf(again)).toEqual([409, 'conflict'])
      const { body } = await on.api('GET', '/credential-configurations/badge')
      expect(body).toMatchObject({
        driver: on.driver,
        state: 'active',
        claims: CONFIGURATION.claims,
      })
      expect(can.formats).toContain(body.format)
    })

    it('refuses by type what the driver does not support, and does the rest', async () => {
      const batch = await configure('several', { batchSize: 2 })
      expect(batch.status).toBe(can.supports.batch ? 201 : 422)
      const deferred = await on.api('POST', '/credential-offers', wish({ deferred: true }))
      expect(deferred.status).toBe(can.supports.deferred ? 201 : 422)
      const short = await on.api('POST', '/credential-offers', wish({ expiresInSeconds: 60 }))
      expect(short.status).toBe(can.supports.expiresIn ? 201 : 422)
      const made = await offer()
      expect(made.value !== null).toBe(can.supports.offerByValue)
    })

    it('offers once for one key, with a link, a page and a code that is in neither', async () => {
      const made = await offer({}, 'one')
      expect(made).toMatchObject({ simulated: can.simulated, issuance: { state: 'created' } })
      expect(made.txCode).toMatch(/^[0-9]{6}$/)
      expect(`${made.uri}${made.page}`).not.toContain(made.txCode)
      expect(await offer({}, 'one')).toEqual(made)
      const other = await on.api(
        'POST',
        '/credential-offers',
        wish({ claims: { given_name: 'B' } }),
        {
          key: 'one',
        },
      )
      expect(problemOf(other)).toEqual([422, 'idempotency-key-reused'])
    })

    it('refuses claims that the configuration lacks or misses, by pointer and without the value', async () => {
      for (const claims of [{ family_name: 'Unsaid' }, { ...CLAIMS, other: 'Unsaid' }]) {
        const refused = await on.api('POST', '/credential-offers', wish({ claims }))
        expect(problemOf(refused)).toEqual([422, 'invalid-parameters'])
        expect(JSON.stringify(refused.body)).not.toContain('Unsaid')
      }
    })

    it('goes created, retrieved, issued, and its credential is valid everywhere', async () => {
      const made = await offer()
      await on.holder.scan(made)
      expect(await issuance(made)).toMatchObject({ state: 'retrieved', credentials: [] })
      expect(await on.holder.take(made, made.txCode)).toBe(true)
      const { state, credentials } = await issuance(made)
      expect(state).toBe(can.supports.notification ? 'accepted' : 'issued')
      expect(credentials).toHaveLength(1)
      const [id = ''] = credentials
      expect(await credential(id)).toMatchObject({
        ...{ status: 'valid', driver: on.driver, configuration: 'badge', version: 1 },
        issuance: made.issuance.id,
      })
      expect(await on.published(id)).toBe('valid')
    })

    it('issues once, and keeps nothing of what the credential says', async () => {
      const made = await offer()
      await on.holder.take(made, made.txCode)
      expect(await on.holder.take(made, made.txCode)).toBe(false)
      expect((await issuance(made)).credentials).toHaveLength(1)
      expect(await on.api('GET', `/credential-offers/${made.id}`)).toMatchObject({
        body: { uri: null },
      })
      const storage = on.world.tenants.storageOf(on.tenantId)
      const row = storage?.sql.exec('select * from credential_offers where id = ?', made.id).one()
      expect(row).toMatchObject({ claims: null })
    })

    it('takes no wrong code, and is dead after a few', async () => {
      const made = await offer()
      expect(await on.holder.take(made, '000000')).toBe(false)
      await on.holder.guess(made)
      const { state, error, credentials } = await issuance(made)
      expect([state, credentials]).toEqual(['failed', []])
      expect(error?.code).toMatch(/^[a-z-]+$/)
      expect(await on.holder.take(made, made.txCode)).toBe(false)
      expect((await issuance(made)).state).toBe('failed')
    })

    it('is over when its time is', async () => {
      const made = await offer(can.supports.expiresIn ? { expiresInSeconds: 60 } : {})
      on.advance((Date.parse(made.issuance.expiresAt) - Date.now()) / 1_000 + 1)
      expect(await on.holder.take(made, made.txCode)).toBe(false)
      expect((await issuance(made)).state).toBe('expired')
    })

    it('revokes by our id, once, and for good', async () => {
      const [id, bystander] = [await issued(), await issued()]
      const revoked = await change(id, 'revoke')
      expect([revoked.status, revoked.body.status]).toEqual([200, 'invalid'])
      expect([await on.published(id), await on.published(bystander)]).toEqual(['invalid', 'valid'])
      expect(problemOf(await change(id, 'revoke'))).toEqual([409, 'conflict'])
      const back = await change(id, 'reinstate')
      expect(back.status).toBe(409)
      expect((await credential(bystander)).status).toBe('valid')
    })

    it('suspends and reinstates, or says by type that it cannot', async () => {
      const id = await issued()
      const suspended = await change(id, 'suspend')
      if (can.supports.suspend) {
        expect([suspended.status, await on.published(id)]).toEqual([200, 'invalid'])
        expect([(await change(id, 'reinstate')).status, await on.published(id)]).toEqual([
          ...[200, 'valid'],
        ])
        return
      }
      expect(problemOf(suspended)).toEqual([409, 'driver-unable'])
      expect(problemOf(await change(id, 'reinstate'))).toEqual([409, 'driver-unable'])
      expect([(await credential(id)).status, await on.published(id)]).toEqual(['valid', 'valid'])
    })

    const ask = async (claims: { path: [string]; values?: string[] }[], more: object = {}) => {
      const response = can.supports.faceCheck ? {} : { response: 'direct_post' }
      return on.api<PresentationRequest>('POST', '/presentation-requests', {
        ...{ dcql_query: { credentials: [await on.query('badge', claims)] }, purpose: 'To see' },
        ...{ driver: on.driver, ...response, ...more },
      })
    }
    const outcome = async ({ id }: { id: string }) =>
      (await on.api<PresentationRequestView>('GET', `/presentation-requests/${id}`)).body

    it('is presented, and only what was asked for is kept', async () => {
      await issued()
      const { status, body } = await ask([{ path: ['family_name'] }])
      expect([status, body.state, body.simulated]).toEqual([201, 'pending', can.simulated])
      await on.holder.show(body)
      const { state, fault, presented } = await outcome(body)
      expect([state, fault]).toEqual(['verified', null])
      expect(presented).toMatchObject([{ id: 'one', claims: { family_name: 'Open' } }])
      expect(JSON.stringify(presented)).not.toContain('Sesame')
    })

    it('is not presented with another value than was asked for, nor after it was revoked', async () => {
      const id = await issued()
      const { body: other } = await ask([{ path: ['family_name'], values: ['Shut'] }])
      await on.holder.show(other)
      expect((await outcome(other)).state).toBe('rejected')
      const earlier = await on.api<{ items: CredentialView[] }>('GET', '/credentials?limit=200')
      for (const one of earlier.body.items)
        if (one.status !== 'invalid') await change(one.id, 'revoke')
      expect((await credential(id)).status).toBe('invalid')
      const { body } = await ask([{ path: ['family_name'] }])
      await on.holder.show(body)
      expect(await outcome(body)).toMatchObject({ state: 'rejected', presented: null })
    })

    it('asks for nothing that the driver cannot express', async () => {
      const face = await ask([{ path: ['family_name'] }], {
        faceCheck: { sourcePhotoClaimName: 'photo' },
      })
      expect(face.status).toBe(can.supports.faceCheck ? 201 : 422)
      const one = await on.query('badge', [{ path: ['family_name'] }])
      const sets = [{ options: [['one']] }]
      const more = { dcql_query: { credentials: [one], credential_sets: sets } }
      expect((await ask([], more)).status).toBe(can.supports.dcqlCredentialSets ? 201 : 422)
      const short = await ask([{ path: ['family_name'] }], { expiresInSeconds: 60 })
      expect(short.status).toBe(can.supports.expiresIn ? 201 : 422)
    })
  })
}
