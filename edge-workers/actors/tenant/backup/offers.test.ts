// After a restore nothing that an older copy calls open is issued: it may have been issued meanwhile, and its codes used.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

interface Made {
  uri: string
  issuance: { id: string }
}
type Asks = Pick<LostWorld, 'http' | 'tokens'>
const asOwner = async ({ http, tokens }: Asks, method: string, path: string, body?: object) => {
  const sent = { token: tokens.owner, key: `offers-${path}`, ...(body ? { body } : {}) }
  return (await (await http(method, `/v1/tenants/acme${path}`, sent)).json()) as Made
}

let world: LostWorld
let made: Made
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createLostWorld(async (before) => {
    const display = [{ name: 'Pass' }]
    const claims = [{ path: ['level'] }]
    await asOwner(before, 'POST', '/credential-configurations', { name: 'pass', display, claims })
    made = await asOwner(before, 'POST', '/credential-offers', {
      ...{ configurations: ['pass'], expiresInSeconds: 86_400, claims: { level: 1 } },
    })
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
  expect(world.rows('select claims from credential_offers')).toEqual([{ claims: null }])
  expect(await fetchOffer()).toBe(404)
})
