// Whoever leaves and comes back is who he was: the same person never approves, by another pseudonym, what he asked for himself.
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { InvoiceView } from '../../../../schemas/invoice.ts'
import type { MemberDetail } from '../../../../schemas/member.ts'
import { AUDIENCE, createProvider, type TestProvider } from '../../../auth/oidc/provider.fixture.ts'

let world: TenantWorld
let provider: TestProvider
beforeAll(async () => {
  // A name of its own: what is known of a provider's keys outlives a file of tests.
  provider = await createProvider('https://idp-returning.example.com')
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

const pass = (milliseconds: number) => {
  vi.setSystemTime(Date.now() + milliseconds)
  world.advance(milliseconds / 1000)
  provider.time = Date.now()
}
const signIn = (sub = 'xena') => provider.sign({ sub }, { typ: 'at+jwt' })
const any = { headers: { 'if-match': '*' } }
const invite = async (...roles: string[]) => {
  const sent = { token: world.tokens.owner, body: { roles } }
  const made = (await world.send('POST', '/invitations', sent)).body as unknown as { link: string }
  return made.link.split('/').at(-1) ?? ''
}
const accept = async (invitation: string, more: object = {}, sub = 'xena') => {
  const sent = { token: await signIn(sub), body: { invitation, ...more } }
  const answer = await world.http('POST', '/v1/invitations/accept', sent)
  return {
    status: answer.status,
    body: (await answer.json()) as { member: string; handle: string },
  }
}
const join = async (...roles: string[]) => {
  const { status, body } = await accept(await invite(...roles), { handle: 'xena' })
  expect(status).toBe(200)
  return body.member
}
const erase = async (id: string, token: string) =>
  (await world.send('POST', `/members/${id}/erase`, { token, ...any })).status
const remove = async (id: string) =>
  (await world.send('DELETE', `/members/${id}`, { token: world.tokens.owner, ...any })).status
const member = async (id: string) =>
  (await world.send('GET', `/members/${id}`, { token: world.tokens.owner }))
    .body as unknown as MemberDetail
const THEIR_OWN = [403, 'separation-of-duties']
const approves = async (id: string) => {
  const { status, body } = await world.decide('approvals', id, { token: await signIn() })
  return [status, body.type?.split('/').at(-1)]
}
const askedBy = async (token: string) => {
  const { id } = await world.insist(world.request(world.vmRequest('own'), { token }))
  await world.settle()
  return id
}

describe('whoever comes back does not approve what he asked for', () => {
  it('after he erased himself, with an invitation that was open all the while', async () => {
    const id = await join('requester')
    const second = await invite('approver')
    const change = await askedBy(await signIn())
    expect(await erase(id, await signIn())).toBe(200)
    const back = await accept(second, { handle: 'yara' })
    expect(back).toMatchObject({ status: 200, body: { member: id, handle: 'yara' } })
    expect(await approves(change)).toEqual(THEIR_OWN)
    const merged = await world.decide('merge', change, { token: await signIn() })
    expect(merged.status).toBe(403)
    expect((await world.read(change)).state).toBe('proposed')
    expect((await world.land(change)).state).toBe('promoted')
  })

  it('after he was removed and invited again', async () => {
    const id = await join('requester')
    const change = await askedBy(await signIn())
    expect(await remove(id)).toBe(200)
    expect(await join('approver')).toBe(id)
    expect(await approves(change)).toEqual(THEIR_OWN)
  })

  it('nor what a machine asked for by a token of his', async () => {
    const id = await join('admin')
    await world.ensureMember('acme', 'robot', 'requester', false)
    const body = { name: 'Robot', member: 'robot' }
    const made = await world.send('POST', '/tokens', { token: await signIn(), body })
    const { token } = made.body as unknown as { token: string }
    expect(await remove(id)).toBe(200)
    expect(await join('approver')).toBe(id)
    expect(await approves(await askedBy(token))).toEqual(THEIR_OWN)
  })

  it('nor attests an invoice for a second party', async () => {
    const id = await join('owner')
    pass(Date.parse('2026-12-02T00:00:00Z') - Date.now())
    const path = '/invoices/2026-11'
    const issued = await world.send('POST', `${path}/issue`, { token: world.operator })
    const { digest } = issued.body as unknown as InvoiceView
    const attest = async (party: string) => {
      const sent = { token: await signIn(), body: { digest, party } }
      const { status, body } = await world.send('POST', `${path}/attestations`, sent)
      return [status, body.type?.split('/').at(-1)]
    }
    expect((await attest('tenant'))[0]).toBe(201)
    expect(await erase(id, await signIn())).toBe(200)
    expect(await join('auditor')).toBe(id)
    expect(await attest('auditor')).toEqual(THEIR_OWN)
  })

  it('nor as a member whom an operator makes again', async () => {
    const body = (handle: string, role: string) => ({
      ...{ handle, roles: [role], name: 'Xena Y' },
      signIn: { issuer: 'test', subject: 'xena' },
    })
    const make = async (key: string, handle: string, role: string) => {
      const sent = { token: world.operator, key, body: body(handle, role) }
      const { status, body: made } = await world.send('POST', '/members', sent)
      return { status, member: made as unknown as MemberDetail }
    }
    const first = await make('one', 'xena', 'requester')
    const { id } = first.member
    const change = await askedBy(await signIn())
    expect(await remove(id)).toBe(200)
    const again = await make('two', 'yara', 'approver')
    expect(again.status).toBe(201)
    expect(again.member).toMatchObject({ id, handle: 'yara', roles: ['approver'], signsIn: true })
    expect(await approves(change)).toEqual(THEIR_OWN)
    // A repeat of either says what is, and brings nobody back.
    expect(await remove(id)).toBe(200)
    for (const [key, handle, role] of [
      ['one', 'xena', 'requester'],
      ['two', 'yara', 'approver'],
    ] as const)
      expect((await make(key, handle, role)).member).toMatchObject({ id, state: 'removed' })
    expect((await make('two', 'yara', 'requester')).status).toBe(422)
    expect((await world.http('GET', '/v1/tenants/acme/me', { token: await signIn() })).status).toBe(
      404,
    )
  })
})

describe('the time in between', () => {
  it.each(['removed', 'erased'] as const)('lets nobody in by the identity: %s', async (state) => {
    const id = await join('requester', 'approver')
    const old = await signIn()
    if (state === 'removed') await remove(id)
    else await erase(id, await signIn())
    expect(await member(id)).toMatchObject({ state, signsIn: false })
    for (const token of [old, await signIn()])
      expect((await world.http('GET', '/v1/tenants/acme/me', { token })).status).toBe(404)
    // Not even where the Directory, restored from before, believes that he is a member.
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const [row] = rows?.exec('SELECT identity FROM members WHERE id = ?', id).toArray() ?? []
    const identity = String(row?.identity)
    expect(identity).toMatch(/^[0-9a-f]{64}$/)
    await world.env.DIRECTORY.getByName('directory').joinTenant(identity, world.tenantId)
    const byToken = { kind: 'identity', identity, expiresAt: Date.now() + 1000 } as const
    expect((await world.tenant.whoAmI(byToken, 'self.read')).ok).toBe(false)
    const session = {
      ...{ id: 'ses-1', identity, issuer: 'test', createdAt: new Date().toISOString() },
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }
    await world.tenant.openSession(session)
    const caller = { kind: 'session', sessionId: 'ses-1', identity } as const
    expect((await world.tenant.whoAmI(caller, 'self.read')).ok).toBe(false)
  })

  it.each(['removed', 'erased'] as const)('brings back nothing of before: %s', async (state) => {
    const profile = { handle: 'xena', name: 'Xena Oldname', email: 'old@example.com' }
    const { member: id } = (await accept(await invite('requester'), profile)).body
    const body = { name: 'Mine' }
    const made = await world.send('POST', '/tokens', { token: await signIn(), body })
    const { token } = made.body as unknown as { token: string }
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const [row] = rows?.exec('SELECT identity FROM members WHERE id = ?', id).toArray() ?? []
    const identity = String(row?.identity)
    const session = {
      ...{ id: 'ses-1', identity, issuer: 'test', createdAt: new Date().toISOString() },
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }
    await world.tenant.openSession(session)
    const caller = { kind: 'session', sessionId: 'ses-1', identity } as const
    expect((await world.tenant.whoAmI(caller, 'self.read')).ok).toBe(true)
    world.linkForgeAccount(world.tenantId, id, 'xena-on-forge')
    if (state === 'removed') await remove(id)
    else await erase(id, await signIn())
    pass(1000)
    const again = await accept(await invite('auditor'), { handle: 'xena' })
    expect(again).toMatchObject({ status: 200, body: { member: id, handle: 'xena' } })
    expect(await member(id)).toMatchObject({
      ...{ state: 'active', roles: ['auditor'], signsIn: true, forgeLogin: null, endedAt: null },
      ...{ name: null, email: null },
    })
    await world.tenant.openSession(session)
    expect((await world.tenant.whoAmI(caller, 'self.read')).ok).toBe(false)
    expect((await world.http('GET', '/v1/tenants/acme/me', { token })).status).toBe(401)
    const me = await world.http('GET', '/v1/tenants/acme/me', { token: await signIn() })
    expect(await me.json()).toMatchObject({ member: id, roles: ['auditor'] })
  })

  it('revives no invitation of his', async () => {
    const id = await join('owner')
    const sent = { token: await signIn(), body: { roles: ['approver'] } }
    const made = await world.send('POST', '/invitations', sent)
    const { link } = made.body as unknown as { link: string }
    expect(await remove(id)).toBe(200)
    pass(1000)
    expect(await join('owner')).toBe(id)
    const taken = await accept(link.split('/').at(-1) ?? '', {}, 'somebody-else')
    expect(taken.status).toBe(404)
  })
})

describe('a restored database', () => {
  const wakeAnew = async () => {
    world.tenants.evict(world.tenantId)
    await world.tenant.wake()
  }
  it('does not erase again whoever came back after his erasure', async () => {
    const id = await join('requester')
    await erase(id, await signIn())
    expect(await join('auditor')).toBe(id)
    await wakeAnew()
    expect(await member(id)).toMatchObject({ state: 'active', handle: 'xena' })
  })

  it('erases him again where the copy is of his first life, or of the one that he erased last', async () => {
    const id = await join('requester')
    const sql = () => {
      const found = world.tenants.actors.get(world.tenantId)
      if (!found) throw new Error('nobody has come to this tenant yet')
      return found.surroundings.storage.sql
    }
    const copyOf = () => sql().exec('SELECT * FROM members WHERE id = ?', id).toArray()[0] ?? {}
    const putBack = (copy: Record<string, unknown>) => {
      const columns = Object.keys(copy)
      sql().exec('DELETE FROM erasures')
      const version = Number(copy.version)
      sql().exec('DELETE FROM transitions WHERE changeId = ? AND version > ?', id, version)
      sql().exec(
        `UPDATE members SET ${columns.map((name) => `"${name}" = ?`).join(', ')} WHERE id = ?`,
        ...(Object.values(copy) as string[]),
        id,
      )
    }
    const first = copyOf()
    pass(1000)
    await erase(id, await signIn())
    pass(1000)
    await join('auditor')
    const second = copyOf()
    putBack(first)
    await wakeAnew()
    expect(await member(id)).toMatchObject({ state: 'erased', handle: null })
    pass(1000)
    await join('auditor')
    await erase(id, await signIn())
    putBack(second)
    await wakeAnew()
    expect(await member(id)).toMatchObject({ state: 'erased', handle: null })
  })
})
