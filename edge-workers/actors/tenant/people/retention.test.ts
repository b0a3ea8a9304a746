// What has ended is forgotten after its time, and not before; what is alive stays however old it is.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const DAY = 86_400_000
const at = (days: number) => new Date(START + days * DAY).toISOString()

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const sql = () => {
  const found = world.tenants.actors.get(world.tenantId)
  if (!found) throw new Error('nobody has come to this tenant yet')
  return found.surroundings.storage.sql
}
const insert = (table: string, row: Record<string, unknown>) => {
  const names = Object.keys(row)
  const places = names.map(() => '?').join(', ')
  sql().exec(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, ...Object.values(row))
}
const idsIn = (table: string): unknown[] =>
  sql()
    .exec(`SELECT id FROM ${table} WHERE id LIKE 'x-%' ORDER BY id`)
    .toArray()
    .map(({ id }) => id)

const session = (id: string, ends: object) => {
  const row = { memberId: world.ids.rita, issuer: 'lab', createdAt: at(-999), lastSeenAt: at(-999) }
  insert('sessions', { id, ...row, expiresAt: at(999), ...ends })
}
const token = (id: string, ends: object) => {
  const row = { name: id, member: world.ids.rita, person: 1, role: 'requester', scopes: '[]' }
  const rest = { lineage: '[]', secretDigest: id, createdAt: at(-999), version: 1 }
  insert('tokens', { id, ...row, ...rest, idempotencyKey: id, fingerprint: '', ...ends })
}
const invitation = (id: string, ends: object) => {
  const row = { roles: '["auditor"]', secretDigest: id, createdAt: at(-999), createdBy: 'x' }
  const rest = { version: 1, idempotencyKey: id, fingerprint: '' }
  insert('invitations', { id, ...row, ...rest, expiresAt: at(999), ...ends })
}
const challenge = (id: string, ends: object) =>
  insert('forge_challenges', {
    ...{ id, memberId: world.ids.rita, method: 'signature', expiresAt: at(999), ...ends },
  })

const fill = (days: number) => {
  const [gone, kept] = [new Date(START - days * DAY - 1).toISOString(), at(-days)]
  for (const [name, end] of [
    ['gone', gone],
    ['kept', kept],
  ] as const) {
    session(`x-${name}-1`, { endedAt: end })
    session(`x-${name}-2`, { expiresAt: end })
    token(`x-${name}-1`, { revokedAt: end })
    token(`x-${name}-2`, { expiresAt: end, workload: 'wkl_1' })
    invitation(`x-${name}-1`, { acceptedAt: end })
    invitation(`x-${name}-2`, { revokedAt: end })
    invitation(`x-${name}-3`, { expiresAt: end })
    challenge(`x-${name}-1`, { usedAt: end })
    challenge(`x-${name}-2`, { expiresAt: end })
  }
  session('x-kept-3', {})
  token('x-kept-3', {})
  invitation('x-kept-4', {})
}
const KEPT = {
  sessions: ['x-kept-1', 'x-kept-2', 'x-kept-3'],
  tokens: ['x-kept-1', 'x-kept-2', 'x-kept-3'],
  invitations: ['x-kept-1', 'x-kept-2', 'x-kept-3', 'x-kept-4'],
  forge_challenges: ['x-kept-1', 'x-kept-2'],
}
const kept = () => Object.fromEntries(Object.keys(KEPT).map((table) => [table, idsIn(table)]))

it('after ninety days where the owners say nothing, to the millisecond', async () => {
  fill(90)
  await world.tenant.wake()
  expect(kept()).toEqual(KEPT)
  vi.setSystemTime(START + 1)
  await world.tenant.wake()
  expect(kept()).toEqual({
    ...{ sessions: ['x-kept-3'], tokens: ['x-kept-3'], invitations: ['x-kept-4'] },
    forge_challenges: [],
  })
})

it('after as many days as the owners say', async () => {
  const settings = { retention: { endedDays: 2 } }
  const path = `/v1/tenants/acme`
  const sent = { token: world.tokens.owner, headers: { 'if-match': '*' }, body: { settings } }
  expect((await world.http('PATCH', path, sent)).status).toBe(200)
  fill(2)
  await world.tenant.wake()
  expect(kept()).toEqual(KEPT)
})

it('but a key stays used: it makes nothing a second time', async () => {
  const post = async (path: string, body: object, token: string) => {
    const sent = { token, key: 'same', body }
    const made = await world.http('POST', `/v1/tenants/acme/${path}`, sent)
    return { status: made.status, body: (await made.json()) as { id: string; token: string } }
  }
  const { owner, requester } = world.tokens
  const token = () => post('tokens', { name: 'CI' }, requester)
  const invitation = () => post('invitations', { roles: ['auditor'] }, owner)
  const old = await token()
  const offered = await invitation()
  expect([old.status, offered.status]).toEqual([201, 201])
  const headers = { 'if-match': '*' }
  await world.http('DELETE', `/v1/tenants/acme/tokens/${old.body.id}`, {
    token: requester,
    headers,
  })
  vi.setSystemTime(START + 95 * DAY)
  await world.tenant.wake()
  expect(sql().exec('SELECT id FROM tokens WHERE id = ?', old.body.id).toArray()).toEqual([])
  expect((await token()).status).toBe(409)
  expect((await invitation()).status).toBe(409)
  const asked = await world.http('GET', '/v1/tenants/acme/me', { token: old.body.token })
  expect(asked.status).toBe(401)
})

it('of a tenant that its actor has not heard of yet, nothing is asked', async () => {
  const stub = world.tenants.namespace.getByName('ten_eu_bbbbbbbbbbbbbbbb')
  await expect(stub.wake()).resolves.toEqual({ due: 0 })
})
