// After a restore nothing that an older copy calls open is issued: it may have been issued meanwhile, and its codes used. Nor does
// a credential sign in or approve that may have been revoked, nor get a place in a status list that another one may have.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CredentialView } from '../../../../schemas/credential.ts'
import { createHolder, holderKey } from '../../../routes/wallet/holder.fixture.ts'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

interface Made {
  uri: string
  txCode: string | null
  issuance: { id: string; configurations: string[] }
}
type Asks = Pick<LostWorld, 'http' | 'tokens' | 'env'>
const asOwner = async ({ http, tokens }: Asks, method: string, path: string, body?: object) => {
  keys += 1
  const sent = { token: tokens.owner, key: `offers-${keys}`, ...(body ? { body } : {}) }
  return (await (await http(method, `/v1/tenants/acme${path}`, sent)).json()) as Made
}

/** The edge’s clock stays there. */
const START = Date.parse('2026-11-21T12:00:00Z')
let keys = 0
/** Offered and taken; where its status stands. */
const give = async (on: Parameters<typeof asOwner>[0], offer: object) => {
  const { url } = (await asOwner(on, 'GET', '/issuer')) as unknown as { url: string }
  const holder = createHolder({ send: on.http, env: on.env }, url, () => new Date(START))
  const { uri, txCode, issuance } = await asOwner(on, 'POST', '/credential-offers', offer)
  const { body } = await holder.redeem(holder.codeOf(await holder.fetchOffer(uri)), txCode)
  const [name = ''] = issuance.configurations
  const said = await holder.request(String(body.access_token), name, [await holderKey()])
  expect(said.status).toBe(200)
  const { credentials } = (await asOwner(on, 'GET', `/issuances/${issuance.id}`)) as unknown as {
    credentials: string[]
  }
  return readOne(on, credentials[0] ?? '')
}
const readOne = async (on: Parameters<typeof asOwner>[0], id: string) => {
  const read = await asOwner(on, 'GET', `/credentials/${id}`)
  return read as unknown as CredentialView
}
const listOf = ({ statusReference }: CredentialView): number =>
  Number(statusReference?.uri.split('/').at(-1))

let world: LostWorld
let member: CredentialView
let made: Made
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createLostWorld(async (before) => {
    const display = [{ name: 'Pass' }]
    const claims = [{ path: ['level'] }]
    await asOwner(before, 'POST', '/credential-configurations', { name: 'pass', display, claims })
    made = await asOwner(before, 'POST', '/credential-offers', {
      ...{ configurations: ['pass'], expiresInSeconds: 86_400, claims: { level: 1 } },
    })
    member = await give(before, { configurations: ['phoenix-member'], member: before.ids.anton })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('an offer that was open has failed, its claims are gone, and its link leads nowhere', async () => {
  const fetchOffer = async () => {
    const link = new URL(new URL(made.uri).searchParams.get('credential_offer_uri') ?? '')
    return (await world.http('GET', link.pathname)).status
  }
  expect(await fetchOffer()).toBe(200)
  world.lose()
  expect((await world.restore()).status).toBe(200)
  await confirmTokens(world)
  expect(await asOwner(world, 'GET', `/issuances/${made.issuance.id}`)).toMatchObject({
    ...{ state: 'failed', error: { code: 'restored' } },
  })
  expect(world.rows('select claims from credential_offers where claims is not null')).toEqual([])
  expect(await fetchOffer()).toBe(404)
})

it('no place in a status list is given out again, and what signs in waits for a word', async () => {
  const pass = { configurations: ['pass'], claims: { level: 2 }, txCode: false }
  // After the backup: a second list is begun in what is lost.
  world.rows('update status_lists set used = 65536')
  const lost = await give(world, pass)
  expect([listOf(member), listOf(lost)]).toEqual([1, 2])
  await asOwner(world, 'POST', `/credentials/${member.id}/revoke`, { reason: 'lost' })
  world.lose()
  expect((await world.restore()).status).toBe(200)
  await confirmTokens(world)
  const before = await readOne(world, member.id)
  expect(before).toMatchObject({ status: 'suspended', changedBy: 'phoenix' })
  const next = await give(world, pass)
  expect(listOf(next)).toBeGreaterThan(1_000_000)
  expect(listOf(await give(world, pass))).toBe(listOf(next))
  await asOwner(world, 'POST', `/credentials/${member.id}/reinstate`, { reason: 'he has it' })
  expect((await readOne(world, member.id)).status).toBe('valid')
})
