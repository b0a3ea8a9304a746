// What a hot read costs in calls between actors, by each kind of credential: one, to the tenant's own actor, which says in the same
// call whether the credential still holds.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'
import { sessionDoor } from '../console/session.ts'
import { deriveKey, hex, hmacSha256 } from '../digest.ts'
import { answerPacked } from '../http/answer.ts'
import { answerRefusal } from '../http/problem.ts'
import { identityOf } from './oidc/identity.ts'
import { createProvider, START, type TestProvider } from './oidc/provider.fixture.ts'

const AUDIENCE = 'https://api.phoenix.example'
const PATH = '/v1/tenants/acme'

let world: World
let provider: TestProvider
let tests = 0
let tenantId: string
let member: string
/** Headers, by the kind of credential. */
let credentials: Record<string, () => Promise<[string, Record<string, string>]>>
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  tests += 1
  // What is kept of an issuer outlives a test.
  provider = await createProvider(`https://idp-${tests}.example.com`)
  world = createWorld({
    register: (app) => {
      // The API takes no cookies; this is its read by the console's door.
      app.get('/by-cookie/:tenant', async (c) => {
        const door = await sessionDoor(c)
        if (!door.ok) return answerRefusal(c, door.refusal)
        return answerPacked(c, await door.value.tenant.readTenant(door.value.caller))
      })
    },
    env: {
      LOCAL: { fetch: provider.fetch },
      OIDC_ISSUERS: JSON.stringify([
        {
          ...{ name: 'idp', label: 'Idp', issuer: provider.issuer, clientId: 'phoenix' },
          audience: AUDIENCE,
        },
      ]),
    },
  })
  world.advance((START - Date.parse('2026-11-21T12:00:00.000Z')) / 1000)
  tenantId = (await world.createTenant('acme')).id
  const made = await world.create<{ id: string }>('/v1/tenants/acme/members', {
    ...{ handle: 'ida', roles: ['requester'], signIn: { issuer: 'idp', subject: 'subject-1' } },
  })
  member = made.id
  const apiToken = await world.createToken('acme', 'requester', { member: 'ida' })
  const jwt = await provider.sign({ aud: AUDIENCE }, { typ: 'at+jwt' })
  const cookie = await sessionCookie()
  credentials = {
    'an API token': async () => [PATH, { authorization: `Bearer ${apiToken.token}` }],
    'an access token': async () => [PATH, { authorization: `Bearer ${jwt}` }],
    'a session': async () => ['/by-cookie/acme', { cookie }],
  }
})

/** A session as signing in leaves it. */
const sessionCookie = async (): Promise<string> => {
  const identity = identityOf(world.env, { issuer: provider.issuer }, 'subject-1')
  const [sessionId, expiresAt] = ['ses_hops', START + 3_600_000]
  await world.env.DIRECTORY.getByName('directory').startSession({
    ...{ id: sessionId, identity, issuer: 'idp', createdAt: new Date(START).toISOString() },
    expiresAt: new Date(expiresAt).toISOString(),
  })
  const json = JSON.stringify({ sessionId, identity, expiresAt })
  const payload = Buffer.from(json).toString('base64url')
  const mac = hex(hmacSha256(deriveKey(world.env.PLATFORM_KEY, 'session'), payload))
  return `phoenix_session=${payload}.${mac}`
}
const read = async (kind: string): Promise<number> => {
  const [path, headers] = (await credentials[kind]?.()) ?? ['', {}]
  return (await world.send('GET', path, { headers })).status
}
const heard = () => [...world.directory.calls, ...world.tenants.calls, ...world.repository.calls]

describe.each(['an API token', 'an access token', 'a session'])('a hot read by %s', (kind) => {
  it('makes exactly one hop, to the tenant’s actor, and asks nobody outside', async () => {
    expect(await read(kind)).toBe(200)
    expect(await read(kind)).toBe(200)
    const [before, asked] = [heard().length, provider.asked.length]
    const calls = { directory: world.directory.calls.length, tenants: world.tenants.calls.length }
    for (let time = 0; time < 10; time += 1) expect(await read(kind)).toBe(200)
    expect(world.tenants.calls.slice(calls.tenants)).toEqual(
      Array.from({ length: 10 }, () => `${tenantId}.readTenant`),
    )
    expect(world.directory.calls).toHaveLength(calls.directory)
    expect(heard()).toHaveLength(before + 10)
    expect(provider.asked).toHaveLength(asked)
  })

  it('is refused on the very next request when the member is removed', async () => {
    for (let time = 0; time < 3; time += 1) expect(await read(kind)).toBe(200)
    const removed = await world.send('DELETE', `/v1/tenants/acme/members/${member}`, {
      ...{ token: world.operator, headers: { 'if-match': '*' } },
    })
    expect(removed.status).toBe(200)
    expect([401, 404]).toContain(await read(kind))
    expect([401, 404]).toContain(await read(kind))
  })
})
