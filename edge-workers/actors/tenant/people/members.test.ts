// Who may make whom what. Nobody makes anybody more than he is himself, nobody but an owner touches owners and approvers, the
// last owner stays, and what somebody may do changes with the answer that says so.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { MemberDetail } from '../../../../schemas/member.ts'

let world: TenantWorld
let admin: string
beforeEach(async () => {
  world = await createTenantWorld()
  admin = await world.tokenOf('adam', 'admin')
})

interface Answer {
  status: number
  problem: string | undefined
  body: MemberDetail & { detail?: string; errors?: { pointer: string }[] }
}
let keys = 0
const call = async (
  method: string,
  path: string,
  token: string,
  body?: object,
  tenant = 'acme',
): Promise<Answer> => {
  keys += 1
  const response = await world.http(method, `/v1/tenants/${tenant}${path}`, {
    ...{ token, key: `members-${keys}`, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  const json = (await response.json()) as Answer['body'] & { type?: string }
  return { status: response.status, problem: json.type?.split('/').at(-1), body: json }
}
const give = (token: string, handle: string, ...roles: string[]) =>
  call('PATCH', `/members/${handle}`, token, { roles })
const remove = (token: string, handle: string) => call('DELETE', `/members/${handle}`, token)
const rolesOf = async (handle: string) =>
  (await call('GET', `/members/${handle}`, world.operator)).body.roles
const mayRead = async (token: string) =>
  (await world.http('GET', '/v1/tenants/acme', { token })).status

describe('an admin', () => {
  it.each([['owner'], ['approver'], ['requester', 'approver']])(
    'makes nobody %s, himself included',
    async (...roles) => {
      for (const handle of ['rita', 'ada', 'adam'])
        expect(await give(admin, handle, ...roles)).toMatchObject({ status: 403 })
      expect(await rolesOf('adam')).toEqual(['admin'])
      expect(await rolesOf('rita')).toEqual(['requester'])
    },
  )

  it.each(['olga', 'anton'])('neither changes nor removes %s', async (handle) => {
    const before = await rolesOf(handle)
    expect((await give(admin, handle, 'auditor')).status).toBe(403)
    expect((await call('PATCH', `/members/${handle}`, admin, { handle: 'other' })).status).toBe(403)
    expect((await remove(admin, handle)).status).toBe(403)
    expect(await rolesOf(handle)).toEqual(before)
  })

  it('manages everybody else', async () => {
    expect((await give(admin, 'rita', 'requester', 'auditor')).status).toBe(200)
    expect((await give(admin, 'ada', 'admin')).status).toBe(200)
    expect((await remove(admin, 'rita')).status).toBe(200)
  })

  it('creates people no more than an owner does: they are invited', async () => {
    for (const token of [admin, world.tokens.owner]) {
      const made = await call('POST', '/members', token, { handle: 'new', roles: ['auditor'] })
      expect([made.status, made.problem]).toEqual([403, 'forbidden'])
    }
  })
})

describe('everybody else', () => {
  it.each(['requester', 'approver', 'auditor'] as const)('a %s changes no one', async (role) => {
    const token = world.tokens[role]
    for (const handle of ['rita', 'anton', 'ada', 'olga']) {
      expect((await give(token, handle, 'owner')).status).toBe(403)
      expect((await remove(token, handle)).status).toBe(403)
    }
  })

  it('an owner makes owners and approvers', async () => {
    expect((await give(world.tokens.owner, 'rita', 'owner', 'approver')).status).toBe(200)
    expect(await rolesOf('rita')).toEqual(['owner', 'approver'])
  })

  it.each(['approver', 'owner', 'admin', 'operator'])(
    'a machine never becomes %s',
    async (role) => {
      await world.ensureMember('acme', 'robot', 'requester', false)
      const made = await call('POST', '/service-accounts', world.tokens.owner, {
        ...{ handle: 'robot-2', roles: [role] },
      })
      expect([made.status, made.body.errors?.[0]?.pointer]).toEqual([422, '/roles/0'])
      const changed = await give(world.tokens.owner, 'robot', 'requester', role)
      expect([changed.status, changed.body.errors?.[0]?.pointer]).toEqual([422, '/roles'])
      expect(await rolesOf('robot')).toEqual(['requester'])
    },
  )
})

const PLATFORM = { slug: 'platform', tenant: { repository: 'platform/fleet' } }

describe('the role of operators', () => {
  it('is given in no tenant but their own, not even by them', async () => {
    for (const token of [world.tokens.owner, world.operator]) {
      const given = await give(token, 'rita', 'operator')
      expect([given.status, given.body.errors?.[0]?.pointer]).toEqual([422, '/roles'])
    }
  })

  it('is theirs to give in their own: its owners cannot', async () => {
    const platform = await createTenantWorld(PLATFORM)
    const sent = (token: string, body: object) =>
      platform.http('PATCH', '/v1/tenants/platform/members/rita', {
        ...{ token, headers: { 'if-match': '*' }, body },
      })
    expect((await sent(platform.tokens.owner, { roles: ['operator'] })).status).toBe(403)
    expect((await sent(platform.operator, { roles: ['operator'] })).status).toBe(200)
    // From now on an owner decides nothing about him.
    expect((await sent(platform.tokens.owner, { roles: ['auditor'] })).status).toBe(403)
  })

  it('opens every tenant to its people, and makes them nobody’s stand-in', async () => {
    const platform = await createTenantWorld(PLATFORM)
    await platform.createTenant('acme')
    await platform.ensureMember('acme', 'anton', 'approver')
    const token = await platform.tokenOf('oscar', 'operator')
    const at = (path: string, body?: object) =>
      platform.http(body ? 'POST' : 'GET', `/v1/tenants/acme${path}`, {
        ...{ token, key: `op-${path}` },
        ...(body ? { body } : {}),
      })
    expect((await at('/members')).status).toBe(200)
    // Only the installation's own first credential makes a token for somebody else.
    expect((await at('/tokens', { name: 'For anton', member: 'anton' })).status).toBe(403)
    expect((await at('/changes', platform.vmRequest('web'))).status).toBe(403)
    const root = await platform.createToken('acme', 'approver', { member: 'anton' })
    expect(root.token).toMatch(/^phx_/)
  })
})

describe('the last owner', () => {
  it('neither leaves nor steps down', async () => {
    const { owner } = world.tokens
    for (const done of [await remove(owner, 'olga'), await give(owner, 'olga', 'admin')])
      expect([done.status, done.problem]).toEqual([409, 'conflict'])
    await give(owner, 'rita', 'owner')
    expect((await give(owner, 'olga', 'auditor')).status).toBe(200)
    expect((await give(owner, 'rita', 'owner')).status).toBe(403)
  })

  it('is not counted among machines and those who left', async () => {
    const { owner } = world.tokens
    await give(owner, 'rita', 'owner')
    expect((await remove(owner, 'rita')).status).toBe(200)
    expect((await remove(owner, 'olga')).status).toBe(409)
  })

  it('stays when two owners remove each other at once', async () => {
    await give(world.tokens.owner, 'rita', 'owner')
    const rita = await world.tokenOf('rita', 'owner')
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    // Who signs in is taken out of the Directory on the way: the two meet there.
    rows?.exec("UPDATE members SET identity = handle WHERE handle IN ('olga', 'rita')")
    const both = await Promise.all([remove(world.tokens.owner, 'rita'), remove(rita, 'olga')])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
    const list = rows?.exec('SELECT state FROM members WHERE roles LIKE \'%"owner"%\'').toArray()
    expect(list?.map(({ state }) => state).sort()).toEqual(['active', 'removed'])
  })
})

describe('what a member may do', () => {
  it('changes with the answer: more, less, nothing', async () => {
    const body = world.vmRequest('web')
    const token = await world.tokenOf('vera', 'requester')
    const asks = async () => (await world.request(body, { token })).status
    expect([await mayRead(token), await asks()]).toEqual([200, 202])
    await give(world.tokens.owner, 'vera', 'auditor')
    expect([await mayRead(token), await asks()]).toEqual([200, 403])
    await give(world.tokens.owner, 'vera', 'auditor', 'requester')
    // The resource has an open change by now: asked, and not refused at the door.
    expect([await mayRead(token), await asks()]).toEqual([200, 409])
    await remove(world.tokens.owner, 'vera')
    expect(await mayRead(token)).toBe(401)
  })

  it('does not come back with the handle of one who left', async () => {
    await remove(world.tokens.owner, 'rita')
    const again = await call('POST', '/members', world.operator, {
      ...{ handle: 'rita', roles: ['requester'] },
    })
    expect([again.status, again.problem]).toEqual([409, 'conflict'])
    expect((await give(world.tokens.owner, 'rita', 'owner')).status).toBe(409)
  })
})

describe('a handle', () => {
  it('is one member’s, and no member’s id', async () => {
    const { owner } = world.tokens
    const take = (handle: string) => call('PATCH', '/members/rita', owner, { handle })
    expect((await take('anton')).status).toBe(409)
    expect((await take(world.ids.anton)).status).toBe(422)
    expect((await take('rita-two')).status).toBe(200)
    expect((await call('GET', `/members/${world.ids.rita}`, owner)).body.handle).toBe('rita-two')
  })
})

describe('name and address', () => {
  it('are shown to himself, owners and admins, and to nobody else', async () => {
    const personal = { name: 'Rita Requester', email: 'rita@example.org' }
    expect((await call('PATCH', '/members/rita', admin, personal)).status).toBe(200)
    const seen = async (token: string) => {
      const { name, email } = (await call('GET', '/members/rita', token)).body
      return { name, email }
    }
    for (const token of [admin, world.tokens.owner, world.tokens.requester])
      expect(await seen(token)).toEqual(personal)
    for (const token of [world.tokens.approver, world.tokens.auditor])
      expect(await seen(token)).toEqual({ name: null, email: null })
  })
})

describe('a stale or unnamed version', () => {
  it('changes and removes nobody', async () => {
    const path = '/v1/tenants/acme/members/rita'
    const sent = { token: world.tokens.owner, body: { roles: ['auditor'] } }
    expect((await world.http('PATCH', path, sent)).status).toBe(428)
    const headers = { 'if-match': '"v99"' }
    expect((await world.http('PATCH', path, { ...sent, headers })).status).toBe(412)
    expect((await world.http('DELETE', path, { token: sent.token, headers })).status).toBe(412)
    expect(await rolesOf('rita')).toEqual(['requester'])
  })
})
