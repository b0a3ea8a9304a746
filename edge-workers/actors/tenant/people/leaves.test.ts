// What happens to people and credentials is in the tenant's log: a leaf for each step, pseudonyms and roles only.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { parseInvitation } from '../../../auth/token.ts'
import { sha256Hex } from '../../../digest.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const rows = () =>
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.storage.sql.exec('SELECT * FROM transitions ORDER BY seq')
    .toArray() ?? []
const leavesOf = () =>
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.storage.sql.exec('SELECT seq, leaf FROM log_leaves')
    .toArray() ?? []
const stepsOf = (id: string) =>
  rows()
    .filter(({ changeId }) => changeId === id)
    .map(({ version, from, to, actor, reason }) => ({ version, from, to, actor, reason }))
let keys = 0
const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  keys += 1
  const answer = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token: world.tokens.owner, key: `key-${keys}`, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  if (answer.status >= 300) throw new Error(await answer.text())
  return (await answer.json()) as T
}

it('from the invitation to the erasure of a person', async () => {
  const { olga } = world.ids
  const made = await send<{ id: string; link: string }>('POST', '/invitations', {
    roles: ['requester'],
  })
  const parsed = parseInvitation(made.link.split('/').at(-1) ?? '')
  const accepted = await world.tenant.acceptInvitation({
    ...{
      invitationId: made.id,
      secretDigest: parsed?.secretDigest ?? '',
      identity: 'e'.repeat(64),
    },
    ...{ profile: { handle: 'grace', name: 'Grace Hopper' }, validateOnly: false },
  })
  const id = accepted.ok ? (accepted.value.member ?? '') : ''
  await send('PATCH', '/members/grace', { roles: ['auditor'] })
  await send('DELETE', '/members/grace')
  await send('POST', `/members/${id}/erase`)
  expect(stepsOf(made.id)).toEqual([
    { version: 1, from: 'none', to: 'invited', actor: olga, reason: 'requester' },
    { version: 2, from: 'invited', to: 'accepted', actor: id, reason: null },
  ])
  expect(stepsOf(id)).toEqual([
    { version: 1, from: 'none', to: 'joined', actor: id, reason: `${made.id} requester` },
    { version: 2, from: 'joined', to: 'changed', actor: olga, reason: 'auditor' },
    { version: 3, from: 'joined', to: 'removed', actor: olga, reason: null },
    { version: 4, from: 'removed', to: 'erased', actor: olga, reason: null },
  ])
  expect(JSON.stringify(rows())).not.toMatch(/grace|hopper/i)
})

it('of tokens: issued, rotated, revoked, and revoked with their member', async () => {
  const { olga } = world.ids
  const bot = await send<{ id: string }>('POST', '/service-accounts', {
    ...{ handle: 'bot', roles: ['requester'] },
  })
  const old = await send<{ id: string }>('POST', '/tokens', { name: 'CI', member: bot.id })
  const fresh = await send<{ id: string }>('POST', `/tokens/${old.id}/rotate`)
  await send('DELETE', `/tokens/${old.id}`)
  await send('DELETE', '/members/bot')
  const words = (id: string) => stepsOf(id).map(({ version, to, reason }) => [version, to, reason])
  expect(words(old.id)).toEqual([
    [1, 'issued', bot.id],
    [2, 'rotated', fresh.id],
    [3, 'revoked', null],
  ])
  expect(words(fresh.id)).toEqual([
    [1, 'issued', bot.id],
    [2, 'revoked', null],
  ])
  expect(stepsOf(fresh.id).map(({ actor }) => actor)).toEqual([olga, olga])
  expect(JSON.stringify(rows())).not.toContain('CI')
})

it('a repeated request and a refused one leave none', async () => {
  const body = { roles: ['auditor'] }
  const sent = { token: world.tokens.owner, key: 'same', body }
  for (let time = 0; time < 3; time += 1)
    await world.http('POST', '/v1/tenants/acme/invitations', sent)
  await world.http('POST', '/v1/tenants/acme/invitations', {
    ...{ token: world.tokens.requester, key: 'other', body },
  })
  expect(rows().filter(({ to }) => to === 'invited')).toHaveLength(1)
})

it('each leaf is the hash of its own step (RFC 6962, section 2.1)', async () => {
  await send('POST', '/invitations', { roles: ['auditor'] })
  const kept = new Map(leavesOf().map(({ seq, leaf }) => [seq, String(leaf)]))
  expect(kept.size).toBe(rows().length)
  for (const { seq, leafHash, changeId: subject, reason: _, ...event } of rows()) {
    const leaf = kept.get(seq) ?? ''
    expect(leafHash).toBe(sha256Hex(`\u0000${leaf}`))
    expect(JSON.parse(leaf)).toMatchObject({ subject, ...event })
  }
})
