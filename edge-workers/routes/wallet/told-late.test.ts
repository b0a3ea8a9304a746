// What a wallet says and asks again after its credential was issued.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type HolderKey, holderKey, type Said } from './holder.fixture.ts'
import { createIssuingWorld, type IssuingWorld } from './issuing-world.fixture.ts'

let world: IssuingWorld
let key: HolderKey
beforeEach(async () => {
  world = await createIssuingWorld()
  key = await holderKey()
})
afterEach(() => {
  vi.useRealTimers()
})
const payloadOf = ({ body }: Said) => {
  const [{ credential = '' } = {}] = body.credentials as { credential: string }[]
  return JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString())
}

describe('an offer of two credentials', () => {
  it.each([
    ['accepted', 'the other was accepted'],
    ['failed', 'the other failed before'],
  ])('of which the wallet did not keep the second: it is invalid (%s: %s)', async (first) => {
    const { made, token } = await world.authorized({ configurations: ['badge', 'pass'] })
    const badge = await world.holder.request(token, 'badge', [key])
    const pass = await world.holder.request(token, 'pass', [key])
    const event = first === 'failed' ? 'credential_failure' : 'credential_accepted'
    await world.holder.notify(token, badge.body.notification_id, event)
    const told = await world.holder.notify(token, pass.body.notification_id, 'credential_failure')
    expect(told.status).toBe(204)
    const { items } = (await world.api('GET', '/credentials')).body as {
      items: { configuration: string; status: string; issuance: string }[]
    }
    const lost = items.find(({ configuration }) => configuration === 'pass')
    expect([lost?.issuance, lost?.status]).toEqual([made.issuance.id, 'invalid'])
  })
})

describe('a configuration that is changed after it was issued by', () => {
  it('gives the same keys the same credential again, with the same end', async () => {
    const { made, token } = await world.authorized()
    const first = payloadOf(await world.holder.request(token, 'badge', [key]))
    const response = await world.send('PATCH', '/v1/tenants/acme/credential-configurations/badge', {
      token: world.owner,
      headers: { 'if-match': '*' },
      body: { validitySeconds: 315_360_000 },
    })
    expect(response.status).toBe(200)
    const again = payloadOf(await world.holder.request(token, 'badge', [key]))
    const [id] = (await world.issuance(made)).credentials
    const { expiresAt } = (await world.api('GET', `/credentials/${id}`)).body
    expect(Date.parse(expiresAt) / 1000).toBe(first.exp)
    expect(again.exp).toBe(first.exp)
  })
})
