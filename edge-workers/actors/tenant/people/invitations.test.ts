// Invitations: a link that lets one person in, once, with no more than its maker may give.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { Invitation } from '../../../../schemas/invitation.ts'
import type { MemberView } from '../../../../schemas/member.ts'
import type { Result } from '../../../../schemas/result.ts'
import { mintInvitation, parseInvitation, secretFrom } from '../../../auth/token.ts'
import type { AcceptInvitation } from './contracts.ts'

let world: TenantWorld
let admin: string
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  admin = await world.tokenOf('adam', 'admin')
})
afterEach(() => vi.useRealTimers())

const HOUR = 3_600_000
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const LIST = '/v1/tenants/acme/invitations'
let keys = 0
const invite = async (body: object = { roles: ['requester'] }, more: object = {}) => {
  keys += 1
  const sent = { token: world.tokens.owner, key: `invite-${keys}`, body, ...more }
  const answer = await world.http('POST', LIST, sent)
  return { status: answer.status, body: (await answer.json()) as Invitation & { type: string } }
}
const textOf = ({ link }: Pick<Invitation, 'link'>) => link.split('/').at(-1) ?? ''
const person = (name: string) => name.padStart(64, '0')
const accept = (link: string, identity: string, more: Partial<AcceptInvitation> = {}) => {
  const parsed = parseInvitation(link.split('/').at(-1) ?? '')
  if (!parsed) throw new Error('no invitation')
  const { id: invitationId, secretDigest } = parsed
  const input = { invitationId, secretDigest, identity, profile: {}, validateOnly: false }
  return world.tenant.acceptInvitation({ ...input, ...more })
}
const ended = { ok: false, refusal: { problem: 'not-found' } }
const problemOf = (result: Result<unknown>) => (result.ok ? 'none' : result.refusal.problem)
const patch = async (handle: string, body: object) =>
  world.http('PATCH', `/v1/tenants/acme/members/${handle}`, {
    ...{ token: world.tokens.owner, headers: { 'if-match': '*' }, body },
  })
const remove = (handle: string) =>
  world.http('DELETE', `/v1/tenants/acme/members/${handle}`, {
    ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
  })

describe('an invitation', () => {
  it('is a link whose secret is nowhere kept, shown again to its maker alone', async () => {
    const sent = { key: 'one-link' }
    const first = await invite({ roles: ['requester'] }, sent)
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({ state: 'open', expiresAt: '2026-11-24T12:00:00.000Z' })
    expect(first.body.link).toMatch(/^http:\/\/127\.0\.0\.1:8787\/invitations\/phi_ten_eu_/)
    pass(HOUR)
    expect((await invite({ roles: ['requester'] }, sent)).body).toEqual(first.body)
    expect((await invite({ roles: ['auditor'] }, sent)).status).toBe(422)
    expect((await invite({ roles: ['requester'] }, { ...sent, token: admin })).status).toBe(422)
    const rows = world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.storage.sql.exec('SELECT * FROM invitations')
      .toArray()
    const secret = textOf(first.body).split('_').at(-1)?.slice(0, 32) ?? ''
    expect(secret).toHaveLength(32)
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('makes whoever accepts it a member with its roles, known to the Directory', async () => {
    const { body } = await invite({ roles: ['approver', 'auditor'] })
    const profile = { handle: 'grace', name: 'Grace Hopper', email: 'grace@example.com' }
    const taken = await accept(body.link, person('a1'), { profile })
    expect(taken).toMatchObject({ ok: true, value: { tenant: 'acme', handle: 'grace' } })
    const read = await world.http('GET', '/v1/tenants/acme/members/grace', {
      token: world.tokens.owner,
    })
    expect(await read.json()).toMatchObject({
      ...{ name: 'Grace Hopper', email: 'grace@example.com', state: 'active', signsIn: true },
      roles: ['approver', 'auditor'],
    })
    const directory = world.env.DIRECTORY.getByName('directory')
    expect((await directory.ownTenant(person('a1'), 'acme'))?.slug).toBe('acme')
    const caller = { kind: 'identity', identity: person('a1'), expiresAt: Date.now() + 1 } as const
    expect(await world.tenant.whoAmI(caller, 'changes.approve')).toMatchObject({ ok: true })
    expect(await world.tenant.whoAmI(caller, 'changes.create')).toMatchObject({ ok: false })
  })

  it('is used once: to everybody else it never was, and to him it says what it said', async () => {
    const { body } = await invite()
    const first = await accept(body.link, person('a1'))
    expect(await accept(body.link, person('b2'))).toEqual(ended)
    expect(await accept(body.link, person('a1'))).toEqual(first)
    const members = await world.send('GET', '/members', { token: world.tokens.owner })
    const joined = (members.body.items as unknown as MemberView[]).filter(({ signsIn }) => signsIn)
    expect(joined).toHaveLength(1)
  })

  it('lets one in of two who race for it', async () => {
    const { body } = await invite()
    const both = await Promise.all([
      accept(body.link, person('a1')),
      accept(body.link, person('b2')),
    ])
    expect(both.map(problemOf).sort()).toEqual(['none', 'not-found'])
  })

  it('is completed by a repeat when the Directory did not answer', async () => {
    const { body } = await invite()
    world.directory.setIntercept((call, run) =>
      call.endsWith('joinTenant') ? Promise.reject(new Error('down')) : run(),
    )
    expect(problemOf(await accept(body.link, person('a1')))).toBe('outage')
    world.directory.setIntercept(null)
    expect((await accept(body.link, person('a1'))).ok).toBe(true)
    const directory = world.env.DIRECTORY.getByName('directory')
    expect(await directory.ownTenant(person('a1'), 'acme')).not.toBeNull()
  })

  it('is a conflict for somebody who is a member already, and is not used up by it', async () => {
    const [first, second] = [await invite(), await invite()]
    await accept(first.body.link, person('a1'))
    expect(problemOf(await accept(second.body.link, person('a1')))).toBe('conflict')
    expect((await accept(second.body.link, person('b2'))).ok).toBe(true)
  })

  it('of somebody who was removed makes him the same member again; the old link stays spent', async () => {
    const [first, second] = [await invite(), await invite()]
    const before = await accept(first.body.link, person('a1'), { profile: { handle: 'grace' } })
    expect((await remove('grace')).status).toBe(200)
    expect(await accept(first.body.link, person('a1'))).toEqual(ended)
    const after = await accept(second.body.link, person('a1'), { profile: { handle: 'grace' } })
    if (!before.ok || !after.ok) throw new Error('not accepted')
    expect(after.value.member).toBe(before.value.member)
    expect(after.value.handle).toBe('grace')
  })
})

describe('an invitation that cannot be used answers as one that never was', () => {
  it('at the very moment of its end, and is good until then', async () => {
    const [early, late] = [
      await invite({ roles: ['auditor'], expiresInHours: 1 }),
      await invite({ roles: ['auditor'], expiresInHours: 1 }),
    ]
    pass(HOUR - 1)
    expect((await accept(early.body.link, person('a1'))).ok).toBe(true)
    pass(1)
    expect(await accept(late.body.link, person('b2'))).toEqual(ended)
  })

  it('revoked', async () => {
    const { body } = await invite()
    const one = `${LIST}/${body.id}`
    const sent = { token: world.tokens.owner }
    expect((await world.http('DELETE', one, sent)).status).toBe(428)
    const stale = { ...sent, headers: { 'if-match': '"v7"' } }
    expect((await world.http('DELETE', one, stale)).status).toBe(412)
    const { headers } = await world.http('GET', one, sent)
    const exact = { ...sent, headers: { 'if-match': headers.get('etag') ?? '' } }
    const revoked = await world.http('DELETE', one, exact)
    expect(await revoked.json()).toMatchObject({ state: 'revoked' })
    expect(await accept(body.link, person('a1'))).toEqual(ended)
  })

  it('of an operator after 72 hours: nobody here learns when he stops being one', async () => {
    const byOperator = (expiresInHours: number) =>
      invite({ roles: ['auditor'], expiresInHours }, { token: world.operator })
    const refused = await byOperator(73)
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      422,
      expect.stringContaining('"pointer":"/expiresInHours"'),
    ])
    const { status, body } = await byOperator(72)
    expect(status).toBe(201)
    // As a row of before this rule.
    const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    sql?.exec('UPDATE invitations SET expiresAt = ? WHERE id = ?', '2027-01-01', body.id)
    pass(72 * HOUR - 1)
    const asked = { validateOnly: true }
    expect((await accept(body.link, person('a1'), asked)).ok).toBe(true)
    pass(1)
    expect(await accept(body.link, person('a1'))).toEqual(ended)
  })

  it('with another secret, or of no invitation at all', async () => {
    const { body } = await invite()
    const secret = secretFrom(new Uint8Array(32).fill(3))
    const forged = (id: string) => mintInvitation({ tenantId: world.tenantId, id, secret })
    expect(await accept(forged(body.id), person('a1'))).toEqual(ended)
    expect(await accept(forged(`inv${'a'.repeat(16)}`), person('a1'))).toEqual(ended)
  })

  it('in another tenant', async () => {
    const { id } = await world.createTenant('dbis')
    const { body } = await invite()
    const parsed = parseInvitation(textOf(body))
    const input = { invitationId: parsed?.id ?? '', secretDigest: parsed?.secretDigest ?? '' }
    const there = world.tenants.namespace.getByName(id)
    const more = { identity: person('a1'), profile: {}, validateOnly: false }
    expect(await there.acceptInvitation({ ...input, ...more })).toEqual(ended)
  })

  it.each(['suspended', 'deleting', 'deleted'])('while the tenant is %s', async (state) => {
    const { body } = await invite()
    const sql = () => world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    sql()?.exec('UPDATE tenant SET state = ?', state)
    world.tenants.evict(world.tenantId)
    expect(await accept(body.link, person('a1'))).toEqual(ended)
    world.tenants.evict(world.tenantId)
    await world.tenant.wake()
    sql()?.exec("UPDATE tenant SET state = 'active'")
    world.tenants.evict(world.tenantId)
    expect((await accept(body.link, person('a1'))).ok).toBe(true)
  })

  it('once its maker has lost the right to give what it gives', async () => {
    const theirs = await invite({ roles: ['auditor'] }, { token: admin })
    const high = await invite({ roles: ['auditor'] }, { token: admin })
    await patch('adam', { roles: ['requester'] })
    expect(await accept(theirs.body.link, person('a1'))).toEqual(ended)
    await patch('adam', { roles: ['admin'] })
    expect((await accept(theirs.body.link, person('a1'))).ok).toBe(true)
    await remove('adam')
    expect(await accept(high.body.link, person('b2'))).toEqual(ended)
  })
})

describe('roles by invitation', () => {
  const NOBODY_GIVES = [
    ['an admin', 'owner', 403],
    ['an admin', 'approver', 403],
    ['an owner', 'operator', 422],
    ['an admin', 'operator', 422],
    ['an approver', 'requester', 403],
    ['a requester', 'requester', 403],
  ] as const
  it.each(NOBODY_GIVES)('%s cannot give %s', async (who, role, status) => {
    const tokens = {
      ...{ 'an admin': admin, 'an owner': world.tokens.owner },
      ...{ 'an approver': world.tokens.approver, 'a requester': world.tokens.requester },
    }
    expect((await invite({ roles: ['auditor', role] }, { token: tokens[who] })).status).toBe(status)
  })

  it('are not for a machine with an owner’s scopes to give', async () => {
    const machine = await world.tokenOf('robot', 'requester', { person: false })
    expect((await invite({ roles: ['auditor'] }, { token: machine })).status).toBe(403)
  })

  it.each([
    ['no roles', { roles: [] }],
    ['a role twice', { roles: ['auditor', 'auditor'] }],
    ['a role that is none', { roles: ['root'] }],
    ['no time at all', { roles: ['auditor'], expiresInHours: 0 }],
    ['too long a time', { roles: ['auditor'], expiresInHours: 721 }],
    ['half an hour', { roles: ['auditor'], expiresInHours: 0.5 }],
    ['an address to send it to', { roles: ['auditor'], email: 'x@example.com' }],
  ])('%s is refused with a pointer', async (_, body) => {
    const { status, body: refused } = await invite(body)
    expect(status).toBe(422)
    expect(JSON.stringify(refused)).toContain('"pointer"')
  })
})

describe('the handle of who accepts', () => {
  it.each([
    [{ handle: 'grace.hopper@example.com' }, 'grace-hopper'],
    [{ name: 'Ägidius Müller-Lüdenscheidt' }, 'agidius-muller-ludenscheidt'],
    [{ handle: '42', name: '伊藤' }, 'member'],
    [{ handle: 'OLGA' }, 'olga-2'],
    [{ handle: 'x'.repeat(300) }, 'x'.repeat(40)],
    [{ handle: 'usr_operator' }, 'usr-operator'],
  ])('%j is %s', async (profile, handle) => {
    const { body } = await invite()
    expect(await accept(body.link, person('a1'), { profile })).toMatchObject({ value: { handle } })
  })

  it('is another one for each of many of the same name', async () => {
    const links = await Promise.all([invite(), invite(), invite()])
    const handles = await Promise.all(
      links.map(({ body }, at) =>
        accept(body.link, person(`${at}`), { profile: { handle: 'a'.repeat(40) } }),
      ),
    )
    const names = handles.map((result) => (result.ok ? result.value.handle : null))
    expect(new Set(names).size).toBe(3)
    expect(names).toContain(`${'a'.repeat(38)}-2`)
  })

  it('and name are left out where they do not fit', async () => {
    const { body } = await invite()
    const profile = { handle: 'mallory', name: '<script>', email: 'no address' }
    expect((await accept(body.link, person('a1'), { profile })).ok).toBe(true)
    const read = await world.http('GET', '/v1/tenants/acme/members/mallory', {
      token: world.tokens.owner,
    })
    expect(await read.json()).toMatchObject({ name: null, email: null })
  })
})
