// Sessions in the Directory: who is let in where, and how long anything is kept.
import { beforeEach, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const session = (id: string, identity = A, hour = 12) => ({
  ...{ id, identity, issuer: 'demo', createdAt: `2026-11-21T${hour}:00:00.000Z` },
  expiresAt: `2026-11-21T${hour + 1}:00:00.000Z`,
})
const NOW = '2026-11-21T12:30:00.000Z'

let world: World
let tenantId: string
const directory = () => world.env.DIRECTORY.getByName('directory')
beforeEach(async () => {
  world = createWorld()
  tenantId = (await world.createTenant('acme')).id
  await directory().joinTenant(A, tenantId)
})

it('lets a session in where its person is a member, by slug or id, and nowhere else', async () => {
  await world.createTenant('others')
  await directory().startSession(session('s1'))
  for (const name of ['acme', tenantId])
    expect((await directory().enterTenant('s1', name, NOW))?.entry.id).toBe(tenantId)
  for (const name of ['others', 'never-was'])
    expect(await directory().enterTenant('s1', name, NOW)).toBeNull()
  expect(await directory().enterTenant('s2', 'acme', NOW)).toBeNull()
})

it('lets nobody in after the end, and names the tenants that have to hear of it, again if asked again', async () => {
  await directory().startSession(session('s1'))
  await directory().enterTenant('s1', 'acme', NOW)
  expect(await directory().endSession(B, 's1', NOW)).toBeNull()
  for (const _ of ['once', 'again'])
    expect((await directory().endSession(A, 's1', NOW))?.map(({ slug }) => slug)).toEqual(['acme'])
  expect(await directory().enterTenant('s1', 'acme', NOW)).toBeNull()
  await directory().startSession(session('s1'))
  expect(await directory().enterTenant('s1', 'acme', NOW)).toBeNull()
})

it('lets nobody in after the time, nor after he left the tenant', async () => {
  await directory().startSession(session('s1'))
  expect(await directory().enterTenant('s1', 'acme', '2026-11-21T13:00:00.000Z')).toBeNull()
  await directory().leaveTenant(A, tenantId)
  expect(await directory().enterTenant('s1', 'acme', NOW)).toBeNull()
})

it('forgets a person’s expired sessions with the next, and nobody else’s', async () => {
  await directory().startSession(session('s1'))
  await directory().startSession(session('s2', B))
  await directory().enterTenant('s1', 'acme', NOW)
  await directory().startSession(session('s3', A, 14))
  expect((await directory().listSessions(A, NOW)).map(({ id }) => id)).toEqual(['s3'])
  expect(await directory().endSession(A, 's1', NOW)).toBeNull()
  expect((await directory().listSessions(B, NOW)).map(({ id }) => id)).toEqual(['s2'])
})

it('of strangers who never come back, the sweep takes away what has expired, a bounded number at a time', async () => {
  const { surroundings } = world.directory.actors.get('directory') ?? {}
  const rows = (table: string) =>
    surroundings?.storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).toArray()[0]?.n
  const at = (id: string, hours: number) => ({
    ...session(id, `${id}-identity`),
    expiresAt: new Date(Date.now() + hours * 3_600_000).toISOString(),
  })
  await directory().startSession({ ...at('old', -1), identity: A })
  surroundings?.storage.sql.exec("INSERT INTO session_tenants VALUES ('old', ?)", tenantId)
  for (let one = 0; one < 1_200; one += 1) await directory().startSession(at(`past-${one}`, -1))
  await directory().startSession(at('live', 1))
  await world.directory.alarm('directory')
  expect(rows('sessions')).toBe(202)
  await world.directory.alarm('directory')
  expect(rows('sessions')).toBe(1)
  expect(rows('session_tenants')).toBe(0)
  const plan = surroundings?.storage.sql
    .exec(
      'EXPLAIN QUERY PLAN SELECT id FROM sessions WHERE expires_at < ? ORDER BY expires_at',
      '2',
    )
    .toArray()
  expect(JSON.stringify(plan)).toContain('sessions_expires_at')
})
