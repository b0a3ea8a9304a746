// POST /v1/invitations/accept: who may send it, and that an invitation that cannot be used looks like one that never was.
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { AUDIENCE, createProvider, type TestProvider } from '../auth/oidc/provider.fixture.ts'
import { mintInvitation, secretFrom } from '../auth/token.ts'

let world: TenantWorld
/** One for all: what is known of an identity provider's keys is kept in the process. */
let provider: TestProvider
beforeAll(async () => {
  provider = await createProvider()
})
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  provider.time = Date.now()
  world = await createTenantWorld()
  world.env.LOCAL = { fetch: provider.fetch }
  world.env.OIDC_ISSUERS = JSON.stringify([
    {
      ...{ name: 'test', label: 'Test', issuer: provider.issuer, clientId: 'console' },
      ...{ audience: AUDIENCE, algorithms: ['ES256'] },
    },
  ])
  return () => vi.useRealTimers()
})

const accessToken = (sub: string) => provider.sign({ sub }, { typ: 'at+jwt' })
const accept = async (token: string | undefined, body: unknown) => {
  const sent = { body, headers: { 'x-request-id': 'twin-0001' } }
  const answer = await world.http('POST', '/v1/invitations/accept', {
    ...sent,
    ...(token === undefined ? {} : { token }),
  })
  const headers = [...answer.headers].filter(([name]) => name !== 'traceparent')
  return { status: answer.status, text: await answer.text(), headers }
}
let keys = 0
const invite = async (tenant = 'acme', token = world.tokens.owner) => {
  keys += 1
  const path = `/v1/tenants/${tenant}/invitations`
  const sent = { token, key: `invite-${keys}`, body: { roles: ['auditor'] } }
  const made = (await (await world.http('POST', path, sent)).json()) as { id: string; link: string }
  return { ...made, path: `${path}/${made.id}`, invitation: made.link.split('/').at(-1) ?? '' }
}

describe('accepting an invitation', () => {
  it('makes whoever brings an access token a member, who goes on with that token', async () => {
    const { invitation } = await invite()
    const token = await accessToken('grace')
    const before = await world.http('GET', '/v1/tenants/acme/me', { token })
    expect(before.status).toBe(404)
    const taken = await accept(token, { invitation, handle: 'grace', name: 'Grace Hopper' })
    expect(taken.status).toBe(200)
    expect(JSON.parse(taken.text)).toMatchObject({ tenant: 'acme', handle: 'grace' })
    const me = await world.http('GET', '/v1/tenants/acme/me', { token })
    expect(await me.json()).toMatchObject({ roles: ['auditor'], credential: 'oidc' })
    expect(await accept(token, { invitation })).toMatchObject({ status: 200, text: taken.text })
  })

  it('is for identities: not for API tokens, and not for nobody', async () => {
    const { invitation } = await invite()
    expect((await accept(undefined, { invitation })).status).toBe(401)
    expect((await accept(world.tokens.owner, { invitation })).status).toBe(403)
    expect((await accept(`${await accessToken('grace')}x`, { invitation })).status).toBe(401)
    const list = await world.http('GET', '/v1/tenants/acme/invitations', {
      token: world.tokens.owner,
    })
    expect(await list.json()).toMatchObject({ items: [{ state: 'open' }] })
  })

  it('answers alike, byte for byte, for all that cannot be used', async () => {
    await world.createTenant('dbis')
    const [used, revoked, mistyped] = await Promise.all([1, 2, 3].map(() => invite()))
    if (!used || !revoked || !mistyped) throw new Error('not invited')
    await accept(await accessToken('somebody'), { invitation: used.invitation })
    await world.http('DELETE', revoked.path, {
      ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
    })
    const secret = secretFrom(new Uint8Array(32).fill(9))
    const id = `inv${'a'.repeat(16)}`
    const none = [
      used.invitation,
      revoked.invitation,
      `${mistyped.invitation.slice(0, -1)}_`,
      mistyped.invitation.toUpperCase(),
      mintInvitation({ tenantId: world.tenantId, id, secret }),
      mintInvitation({ tenantId: world.tenantId, id: mistyped.id, secret }),
      mintInvitation({ tenantId: 'ten_eu_aaaaaaaaaaaaaaaa', id: mistyped.id, secret }),
      world.tokens.owner,
      'x',
      "' OR 1=1 --",
    ]
    const token = await accessToken('mallory')
    const answers = await Promise.all(none.map((invitation) => accept(token, { invitation })))
    expect(answers[0]?.status).toBe(404)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]?.text).not.toMatch(/invit|phi_/i)
    expect(world.tenants.actors.has('ten_eu_aaaaaaaaaaaaaaaa')).toBe(false)
  })

  it('wants a body of its form', async () => {
    const token = await accessToken('grace')
    const { invitation } = await invite()
    for (const body of [
      {},
      { invitation: 7 },
      { invitation: 'x'.repeat(201) },
      { invitation, roles: ['owner'] },
      { invitation, handle: 'Grace Hopper' },
      { invitation, email: 'none' },
    ]) {
      const refused = await accept(token, body)
      expect(refused.status, JSON.stringify(body)).toBe(422)
      expect(refused.text).toContain('"pointer"')
    }
    expect((await accept(token, '{')).status).toBe(400)
  })
})
