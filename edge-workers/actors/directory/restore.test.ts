// A Directory that was put back from an export: sign-ins are over, what was erased stays erased, and whoever told it anything since
// the export tells it again, those too whom it never heard of.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { REGION } from '../../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { DirectoryApi } from '../contracts.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const DAY = 86_400_000
const LATER = new Date(NOON + DAY).toISOString()
const PLACE = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  location: 'westeurope',
  entraTenantId: '99999999-2222-4333-8444-555555555555',
}

let world: TenantWorld
let directory: DirectoryApi
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
  directory = world.env.DIRECTORY.getByName('directory')
  world.env.LOCAL = { fetch: backupOffice(createMemoryStore(), fetch) }
  world.env.BACKUPS = 'functions'
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const sweep = async () => {
  vi.setSystemTime(Date.now() + 300_000)
  await world.directory.alarm('directory')
}
const restore = async () => {
  const said = await world.http('POST', '/v1/platform/restore-backup', {
    ...{ token: world.operator, body: { actor: 'directory', backup: 'newest', replace: true } },
  })
  return { status: said.status, text: await said.text() }
}
const lose = () => world.directory.lose('directory')
/** As if he had been bound to this identity when he was made a member. */
const bind = async (handle: string, identity: string) => {
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.state.storage.sql.exec(
      'UPDATE members SET identity = ? WHERE id = ?',
      ...[identity, await world.idOf(handle)],
    )
  await directory.joinTenant(identity, world.tenantId)
}
/** A tenant makes one when it is first asked for, and needs the back office for its keys. */
const makeIssuer = async (id: string) => {
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.state.storage.sql.exec(
      "INSERT INTO issuer (id, name, compat, keptBy, linkSchemes, createdAt, updatedAt, version) VALUES (?, 'A', 'strict', 'local', '{}', '', '', 1)",
      id,
    )
  await directory.keepIssuer(id, world.tenantId)
}
const inside = (identity: string) => directory.ownTenant(identity, 'acme')
const call = (
  method: string,
  path: string,
  { key = path, ...more }: { key?: string; body?: object } = {},
) =>
  world.http(method, path, {
    ...{ token: world.operator, key, headers: { 'if-match': '*' } },
    ...more,
  })
const putPlace = async (slug: string, resourceGroup: string) =>
  (await call('PUT', `/v1/tenants/${slug}/azure-scope`, { body: { ...PLACE, resourceGroup } }))
    .status
const created = (slug: string, more: object = {}) =>
  call('POST', '/v1/tenants', {
    key: `make ${slug}`.replace(' ', '-'),
    body: { slug, name: slug, jurisdiction: 'eu', repository: `${slug}/infrastructure`, ...more },
  })

describe('sign-ins', () => {
  const session = {
    ...{ id: 'ses_1', identity: 'olga at the provider', issuer: 'idp' },
    ...{ createdAt: new Date(NOON).toISOString(), expiresAt: LATER },
  }
  const enter = () => directory.enterTenant(session.id, 'acme', new Date().toISOString())
  const tenant = () => world.env.TENANT.getByName(world.tenantId)
  const open = (): unknown[] =>
    world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.state.storage.sql.exec('SELECT id FROM sessions WHERE endedAt IS NULL')
      .toArray() ?? []

  it.each([
    ['that has lost everything', true],
    ['that has lost nothing', false],
  ])('that have ended since do not stand again in a Directory %s', async (_, isLost) => {
    await bind('olga', session.identity)
    await directory.startSession(session)
    await sweep()
    expect(await enter()).not.toBeNull()
    await directory.endSession(session.identity, session.id, new Date().toISOString())
    if (isLost) lose()
    expect((await restore()).status).toBe(200)
    expect(await inside(session.identity)).not.toBeNull()
    expect(await enter()).toBeNull()
  })

  it('end where they were let in: the Directory could tell nobody of their end any more', async () => {
    await bind('olga', session.identity)
    await sweep()
    await directory.startSession(session)
    await tenant().openSession(session)
    expect(open()).toHaveLength(1)
    expect((await restore()).status).toBe(200)
    expect(open()).toHaveLength(0)
  })
})

describe('what the Directory was told since the export', () => {
  it('is told again: who joined, who left, a new issuer and a place in Azure', async () => {
    await bind('olga', 'olga at the provider')
    await bind('ada', 'ada at the provider')
    expect(await putPlace('acme', 'first')).toBe(200)
    await created('other')
    await sweep()
    await bind('rita', 'rita at the provider')
    expect(
      (await call('DELETE', `/v1/tenants/acme/members/${await world.idOf('ada')}`)).status,
    ).toBe(200)
    expect(await putPlace('acme', 'second')).toBe(200)
    await makeIssuer('iss_1')
    lose()
    expect((await restore()).status).toBe(200)
    expect(await inside('olga at the provider')).not.toBeNull()
    expect(await inside('rita at the provider')).not.toBeNull()
    expect(await inside('ada at the provider')).toBeNull()
    expect(await putPlace('other', 'second')).toBe(409)
    expect(await putPlace('other', 'first')).toBe(200)
    expect(await directory.resolveIssuer('iss_1')).toMatchObject({ slug: 'acme' })
  })

  it('comes back also where two tenants have changed places', async () => {
    await created('other')
    expect([await putPlace('acme', 'one'), await putPlace('other', 'two')]).toEqual([200, 200])
    await sweep()
    for (const [slug, place] of [
      ['acme', 'three'],
      ['other', 'one'],
      ['acme', 'two'],
    ] as const)
      expect(await putPlace(slug, place)).toBe(200)
    lose()
    expect((await restore()).status).toBe(200)
    await created('third')
    expect(await putPlace('other', 'two')).toBe(409)
    expect(await putPlace('third', 'one')).toBe(409)
    expect(await putPlace('third', 'two')).toBe(409)
    expect(await putPlace('third', 'three')).toBe(200)
  })

  it('comes back for a tenant that was made since, whose request may be sent again under its key', async () => {
    await sweep()
    const { id } = (await (await created('young')).json()) as { id: string }
    await world.directory.alarm('directory')
    await world.tenants.alarm(id)
    expect(await directory.resolveTenant('young')).toMatchObject({ id })
    lose()
    expect(await directory.resolveTenant('young')).toBeNull()
    expect((await restore()).status).toBe(200)
    expect(await directory.resolveTenant('young')).toMatchObject({
      id,
      repository: 'young/infrastructure',
    })
    expect(await directory.tenantByRepository('young/INFRASTRUCTURE')).toMatchObject({ id })
    expect((await created('young', { repository: 'young/elsewhere' })).status).toBe(422)
    const again = await created('young')
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([201, id])
    expect((await created('young', { repository: 'young/elsewhere' })).status).toBe(422)
  })

  it('comes back for places, from the Inventories that have them', async () => {
    await sweep()
    const region = { ...REGION, name: 'south' }
    expect((await call('POST', '/v1/regions', { body: region })).status).toBe(201)
    lose()
    expect((await restore()).status).toBe(200)
    expect(await directory.findPlace('region', 'south')).toBe('eu')
    expect(await directory.findPlace('site', 'lab-01')).toBe('eu')
  })

  it('is asked for until everybody has said it', async () => {
    await bind('olga', 'olga at the provider')
    await sweep()
    await bind('rita', 'rita at the provider')
    lose()
    const broken = world.tenants.wake(world.tenantId)
    const works = broken.tellDirectory
    broken.tellDirectory = () => Promise.reject(new Error('no'))
    expect(await restore()).toMatchObject({
      status: 503,
      text: expect.stringContaining('1 tenants have not said again what they are'),
    })
    expect(await inside('rita at the provider')).toBeNull()
    broken.tellDirectory = works
    expect((await restore()).status).toBe(200)
    expect(await inside('rita at the provider')).not.toBeNull()
  })
})

describe('what was erased', () => {
  const erase = async (handle: string) => {
    const id = await world.idOf(handle)
    expect((await call('DELETE', `/v1/tenants/acme/members/${id}`)).status).toBe(200)
    expect((await call('POST', `/v1/tenants/acme/members/${id}/erase`)).status).toBe(200)
    return id
  }
  const noted = async () =>
    (await directory.erasuresOf(world.tenantId)).map(({ memberId }) => memberId)

  it.each([
    ['that has lost everything', true],
    ['that has lost nothing', false],
  ])('of people stays erased in a Directory %s', async (_, isLost) => {
    await sweep()
    const id = await erase('ada')
    expect(await noted()).toEqual([id])
    if (isLost) lose()
    expect((await restore()).status).toBe(200)
    expect(await noted()).toEqual([id])
  })

  it.each([
    ['that has lost everything', true],
    ['that has lost nothing', false],
  ])('of tenants stays erased in a Directory %s', async (_, isLost) => {
    await bind('olga', 'olga at the provider')
    await sweep()
    const preview = await call('DELETE', '/v1/tenants/acme?validateOnly=true')
    const { destroys } = (await preview.json()) as { destroys: { digest: string } }
    await call('DELETE', '/v1/tenants/acme', { body: { confirm: destroys.digest } })
    vi.setSystemTime(Date.now() + 31 * DAY)
    await world.settle()
    expect(await directory.resolveTenant('acme')).toBeNull()
    if (isLost) lose()
    expect((await restore()).status).toBe(200)
    expect(await directory.isErased(world.tenantId)).toBe(true)
    expect(await directory.resolveTenant('acme')).toBeNull()
    expect(await inside('olga at the provider')).toBeNull()
    expect((await created('acme')).status).toBe(409)
  })
})
