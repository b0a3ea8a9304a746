// API tokens: everybody makes his own, none is stronger than what made it, a rotation overlaps, and an end is an end with the
// very next request, whatever the tenant's actor keeps in memory.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { TokenView } from '../../../../schemas/token.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

type Made = TokenView & { token: string; type?: string; errors?: { pointer: string }[] }
const at = (path = '') => `/v1/tenants/acme/tokens${path}`
let keys = 0
const post = async (path: string, token: string, body: object = {}, key?: string) => {
  keys += 1
  const response = await world.http('POST', at(path), {
    ...{ token, key: key ?? `tokens-${keys}`, body },
  })
  return { status: response.status, body: (await response.json()) as Made }
}
const make = (token: string, body: object = {}, key?: string) =>
  post('', token, { name: 'Made in a test', ...body }, key)
const insist = async (asked: ReturnType<typeof post>): Promise<Made> => {
  const { status, body } = await asked
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}
const reads = async (token: string) =>
  (await world.http('GET', '/v1/tenants/acme', { token })).status
const revoke = (id: string, token = world.tokens.owner) =>
  world.http('DELETE', at(`/${id}`), { token, headers: { 'if-match': '*' } })
const list = async (token: string) => {
  const response = await world.http('GET', at('?limit=200'), { token })
  return ((await response.json()) as { items: TokenView[] }).items
}
const manage = async (method: string, handle: string, body?: object) => {
  const response = await world.http(method, `/v1/tenants/acme/members/${handle}`, {
    ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  expect(response.status).toBe(200)
}

describe('one’s own token', () => {
  it('is made by everybody for himself, with what his credential has', async () => {
    for (const role of ['owner', 'requester', 'approver', 'auditor'] as const) {
      const own = await insist(make(world.tokens[role]))
      const me = await world.http('GET', '/v1/tenants/acme/me', { token: own.token })
      const { member, scopes, credential } = (await me.json()) as Record<string, unknown>
      expect({ member, scopes, credential }).toEqual({
        ...{ member: own.member, scopes: own.scopes, credential: own.id },
      })
    }
  })

  it('is shown once more to whom it was shown, and kept nowhere', async () => {
    const body = { name: 'Once' }
    const first = await insist(make(world.tokens.requester, body, 'same'))
    expect(await insist(make(world.tokens.requester, body, 'same'))).toEqual(first)
    expect((await make(world.tokens.requester, { name: 'Other' }, 'same')).status).toBe(422)
    expect(JSON.stringify(await list(world.tokens.owner))).not.toContain(first.token)
    const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const rows = (query: string) => sql?.exec(query).toArray() ?? []
    const secret = first.token.split('_').at(-1)?.slice(0, 30) ?? ''
    const names = rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(
      ({ name }) => name,
    )
    expect(names).toContain('tokens')
    for (const name of names)
      expect(JSON.stringify(rows(`SELECT * FROM "${name}"`))).not.toContain(secret)
    expect(secret).toHaveLength(30)
  })

  it('ends when it was said to, and not in the past', async () => {
    const expiresAt = new Date(NOW + 60_000).toISOString()
    const { token } = await insist(make(world.tokens.requester, { expiresAt }))
    expect(await reads(token)).toBe(200)
    vi.setSystemTime(NOW + 60_000)
    expect(await reads(token)).toBe(401)
    const past = await make(world.tokens.requester, { expiresAt })
    expect([past.status, past.body.errors?.[0]?.pointer]).toEqual([422, '/expiresAt'])
  })
})

describe('somebody else’s token', () => {
  it('is made by nobody, of whatever role, but the installation’s own credential', async () => {
    const admin = await world.tokenOf('adam', 'admin')
    for (const token of [...Object.values(world.tokens), admin])
      for (const member of ['anton', world.ids.rita, 'olga', 'nobody']) {
        const { member: own } = await insist(make(token))
        if (own === world.ids[member as 'anton'] || own === member) continue
        expect((await make(token, { member })).status, member).toBe(403)
      }
    expect((await make(world.operator, { member: 'anton' })).status).toBe(201)
    expect((await make(world.operator, { member: 'nobody' })).body.errors?.[0]?.pointer).toBe(
      '/member',
    )
  })

  it('is neither seen nor rotated by his peers; owners and admins see and revoke it', async () => {
    const mine = await insist(make(world.tokens.requester))
    expect((await list(world.tokens.approver)).map(({ id }) => id)).not.toContain(mine.id)
    for (const [method, path] of [
      ['GET', `/${mine.id}`],
      ['DELETE', `/${mine.id}`],
      ['POST', `/${mine.id}/rotate`],
    ] as const) {
      const response = await world.http(method, at(path), {
        ...{ token: world.tokens.approver, key: `peer-${method}`, headers: { 'if-match': '*' } },
      })
      expect(response.status).toBe(404)
    }
    const admin = await world.tokenOf('adam', 'admin')
    for (const token of [admin, world.tokens.owner]) {
      expect((await list(token)).map(({ id }) => id)).toContain(mine.id)
      expect((await post(`/${mine.id}/rotate`, token)).status).toBe(403)
    }
    expect(await reads(mine.token)).toBe(200)
    expect((await revoke(mine.id, admin)).status).toBe(200)
    expect(await reads(mine.token)).toBe(401)
  })

  it('of a machine is made by owners and admins', async () => {
    await world.ensureMember('acme', 'robot', 'requester', false)
    const admin = await world.tokenOf('adam', 'admin')
    for (const token of [admin, world.tokens.owner]) {
      const { member, scopes } = await insist(make(token, { member: 'robot' }))
      expect(member).toMatch(/^svc_/)
      expect(scopes).not.toContain('changes:approve')
    }
    for (const role of ['requester', 'approver', 'auditor'] as const)
      expect((await make(world.tokens[role], { member: 'robot' })).status).toBe(403)
  })
})

describe('scopes', () => {
  it('are never more than the member has', async () => {
    for (const token of [world.tokens.requester, world.operator]) {
      const asked = { member: 'rita', scopes: ['tenant:read', 'changes:approve'] }
      const { status, body } = await make(token, asked)
      expect([status, body.errors?.[0]?.pointer]).toEqual([422, '/scopes/1'])
    }
  })

  it('are never more than the credential has that makes it, a machine’s included', async () => {
    await world.ensureMember('acme', 'robot', 'requester', false)
    const scopes = ['tokens:write', 'tenant:read'] as const
    const narrow = await insist(make(world.tokens.owner, { scopes }))
    for (const member of [undefined, 'robot']) {
      const to = member === undefined ? {} : { member }
      expect((await make(narrow.token, { ...to, scopes: ['changes:write'] })).status).toBe(403)
      const made = await insist(make(narrow.token, to))
      expect([...made.scopes].sort()).toEqual(['tenant:read', 'tokens:write'])
    }
    const robot = await insist(make(world.tokens.owner, { member: 'robot' }))
    expect((await post(`/${robot.id}/rotate`, narrow.token)).status).toBe(403)
  })

  it('that make no tokens make none', async () => {
    const reader = await insist(make(world.tokens.owner, { scopes: ['tenant:read'] }))
    expect((await make(reader.token, { scopes: ['tenant:read'] })).status).toBe(403)
    expect((await post(`/${reader.id}/rotate`, reader.token)).status).toBe(403)
  })
})

describe('a rotation', () => {
  it('gives a token with the same scopes; the old one goes on for the overlap', async () => {
    const scopes = ['tenant:read', 'tokens:write']
    const old = await insist(make(world.tokens.requester, { scopes }))
    const next = await insist(post(`/${old.id}/rotate`, old.token, { overlapSeconds: 600 }))
    expect(next).toMatchObject({ member: old.member, scopes: old.scopes, expiresAt: null })
    expect([await reads(old.token), await reads(next.token)]).toEqual([200, 200])
    vi.setSystemTime(NOW + 600_000)
    expect([await reads(old.token), await reads(next.token)]).toEqual([401, 200])
    const shown = (await list(world.tokens.requester)).find(({ id }) => id === old.id)
    expect(shown?.rotatedTo).toBe(next.id)
  })

  it('without overlap ends the old one at once', async () => {
    const old = await insist(make(world.tokens.requester))
    const next = await insist(post(`/${old.id}/rotate`, old.token, { overlapSeconds: 0 }))
    expect([await reads(old.token), await reads(next.token)]).toEqual([401, 200])
  })

  it('makes nothing last longer than it was to', async () => {
    const expiresAt = new Date(NOW + 60_000).toISOString()
    const old = await insist(make(world.tokens.requester, { expiresAt }))
    await insist(post(`/${old.id}/rotate`, old.token))
    vi.setSystemTime(NOW + 60_000)
    expect(await reads(old.token)).toBe(401)
  })

  it('happens once, and not to what has ended; a repeat gives the same', async () => {
    const old = await insist(make(world.tokens.requester))
    const next = await insist(post(`/${old.id}/rotate`, world.tokens.requester, {}, 'turn'))
    expect(await insist(post(`/${old.id}/rotate`, world.tokens.requester, {}, 'turn'))).toEqual(
      next,
    )
    expect((await post(`/${old.id}/rotate`, world.tokens.requester)).status).toBe(409)
    const gone = await insist(make(world.tokens.requester))
    await revoke(gone.id)
    expect((await post(`/${gone.id}/rotate`, world.tokens.requester)).status).toBe(409)
  })
})

describe('the very next request, with what the actor keeps in memory', () => {
  /** Reads until the actor knows the token and the member by heart. */
  const warm = async (token: string) => {
    const actor = world.tenants.actors.get(world.tenantId)?.actor
    for (const _ of [1, 2, 3]) expect(await reads(token)).toBe(200)
    return () => expect(world.tenants.actors.get(world.tenantId)?.actor).toBe(actor)
  }

  it('of a revoked token is refused, in the same object', async () => {
    const { id, token } = await insist(make(world.tokens.approver))
    const sameObject = await warm(token)
    expect((await revoke(id, token)).status).toBe(200)
    expect(await reads(token)).toBe(401)
    expect((await revoke(id)).status).toBe(200)
    sameObject()
  })

  it('of a removed member is refused, with every token of his', async () => {
    const first = await insist(make(world.tokens.approver))
    const second = await insist(make(world.tokens.approver))
    const sameObject = await warm(first.token)
    await warm(second.token)
    await manage('DELETE', 'anton')
    for (const token of [first.token, second.token, world.tokens.approver])
      expect(await reads(token)).toBe(401)
    sameObject()
    expect((await list(world.tokens.owner)).find(({ id }) => id === second.id)?.revokedAt).toBe(
      new Date(NOW).toISOString(),
    )
  })

  it('of a member with other roles is judged by them', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const { token } = await insist(make(world.tokens.approver))
    const sameObject = await warm(token)
    await manage('PATCH', 'anton', { roles: ['auditor'] })
    expect((await world.decide('approvals', id, { token })).status).toBe(403)
    await manage('PATCH', 'anton', { roles: ['approver'] })
    expect((await world.decide('approvals', id, { token })).status).toBe(201)
    sameObject()
  })

  it('costs one call to the tenant’s actor and none to the Directory', async () => {
    await warm(world.tokens.requester)
    const before = [world.tenants.calls.length, world.directory.calls.length] as const
    expect(await reads(world.tokens.requester)).toBe(200)
    expect(world.tenants.calls.slice(before[0])).toEqual([`${world.tenantId}.readTenant`])
    expect(world.directory.calls.slice(before[1])).toEqual([])
  })
})

it('is marked as used, to the hour', async () => {
  const { id, token } = await insist(make(world.tokens.requester))
  const used = async () =>
    (await list(world.tokens.owner)).find((each) => each.id === id)?.lastUsedAt ?? null
  expect(await used()).toBeNull()
  await reads(token)
  expect(await used()).toBe(new Date(NOW).toISOString())
  vi.setSystemTime(NOW + 1_800_000)
  await reads(token)
  expect(await used()).toBe(new Date(NOW).toISOString())
  vi.setSystemTime(NOW + 3_600_000)
  await reads(token)
  expect(await used()).toBe(new Date(NOW + 3_600_000).toISOString())
})
