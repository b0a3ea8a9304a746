// What happens while a Directory or a Log is put back from an export, and what somebody else has lost or given out by then.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { DirectoryApi } from '../contracts.ts'

let world: TenantWorld
let directory: DirectoryApi
/** Done once, before a piece of an export is given out. */
let meanwhile: (() => Promise<unknown>) | null
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
  world = await createTenantWorld()
  directory = world.env.DIRECTORY.getByName('directory')
  meanwhile = null
  const store = createMemoryStore()
  const get = async (name: string) => {
    const isPiece = name.includes('/pieces/')
    const now = isPiece ? meanwhile : null
    if (isPiece) meanwhile = null
    await now?.()
    return store.get(name)
  }
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice({ ...store, get }, beyond) }
  world.env.BACKUPS = 'functions'
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const sweep = async () => {
  vi.setSystemTime(Date.now() + 300_001)
  await world.directory.alarm('directory')
}
const call = (method: string, path: string, body?: object, key = 'k') =>
  world.http(method, path, {
    ...{ token: world.operator, key, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
const restore = async (actor = 'directory', replace = true) => {
  const said = await call('POST', '/v1/platform/restore-backup', {
    actor,
    backup: 'newest',
    replace,
  })
  return { status: said.status, text: await said.text() }
}
const created = async (slug: string, more: object = {}, key = `make-${slug}`) => {
  const body = { slug, name: slug, jurisdiction: 'eu', repository: `${slug}/infrastructure` }
  return call('POST', '/v1/tenants', { ...body, ...more }, key)
}
const idOf = async (made: Response) => ((await made.json()) as { id: string }).id
const rows = () => world.log.storageOf('log')?.sql.exec('SELECT * FROM leaves').toArray().length
const grow = async () => {
  vi.setSystemTime(Date.now() + 300_001)
  await world.settle()
  await world.log.alarm('log')
  return rows() ?? 0
}
const young = async () => {
  const id = await idOf(await created('young'))
  await world.directory.alarm('directory')
  await world.tenants.alarm(id)
  return id
}

it('a freeze that begins while the files of a backup are fetched is not lost', async () => {
  await sweep()
  meanwhile = () => call('PUT', '/v1/freeze', { reason: 'Storage is being moved.' })
  expect(await restore()).toMatchObject({ status: 409, text: expect.stringContaining('frozen') })
  expect(await directory.frozen()).not.toBeNull()
})

it('what is erased while the files of a backup are fetched stays erased', async () => {
  await sweep()
  meanwhile = () => directory.noteErasure(world.tenantId, 'mem_x', new Date().toISOString())
  expect((await restore()).status).toBe(200)
  expect(await directory.erasuresOf(world.tenantId)).toHaveLength(1)
})

it('a member who was removed after the backup of a tenant comes back by no restore of the Directory', async () => {
  const ada = await world.idOf('ada')
  const rows = world.tenants.storageOf(world.tenantId)?.sql
  rows?.exec('UPDATE members SET identity = ? WHERE id = ?', 'ada at the provider', ada)
  await directory.joinTenant('ada at the provider', world.tenantId)
  for (let round = 0; round < 2; round += 1) {
    vi.setSystemTime(Date.now() + 300_001)
    await world.tenant.wake()
    await world.settle()
  }
  expect((await call('DELETE', `/v1/tenants/acme/members/${ada}`)).status).toBe(200)
  await sweep()
  world.tenants.lose(world.tenantId)
  const said = await call('POST', '/v1/tenants/acme/restore-backup', {
    ...{ backup: 'newest', adopt: true },
  })
  expect(await said.json()).toMatchObject({ unknownMembers: [ada] })
  expect((await restore()).status).toBe(200)
  expect(await directory.ownTenant('ada at the provider', 'acme')).toBeNull()
})

it('asks no tenant twice, nor one that is none, where a log goes on as another one', async () => {
  for (let round = 0; round < 2; round += 1) {
    vi.setSystemTime(Date.now() + 300_001)
    await world.tenant.wake()
    await world.settle()
  }
  await sweep()
  world.tenants.lose(world.tenantId)
  const body = { backup: 'newest', adopt: true }
  expect((await call('POST', '/v1/tenants/acme/restore-backup', body)).status).toBe(200)
  vi.setSystemTime(Date.now() + 300_001)
  await world.tenant.wake()
  await world.settle()
  expect((await restore()).status).toBe(200)
  expect([...world.tenants.actors.keys()]).toEqual([world.tenantId])
})

it('a key that made a tenant, which only the log knew, makes no other one elsewhere', async () => {
  await sweep()
  await young()
  world.directory.lose('directory')
  expect((await restore()).status).toBe(200)
  const other = { jurisdiction: 'ch', repository: 'other/infrastructure' }
  expect((await created('other', other, 'make-young')).status).toBe(422)
  expect((await created('young')).status).toBe(201)
})

it('nobody takes the slug of a tenant that has not said yet that it is there', async () => {
  await sweep()
  const id = await young()
  world.directory.lose('directory')
  let taken: Response | undefined
  world.tenants.setIntercept(async (name, run) => {
    if (name === `${world.tenantId}.tellDirectory` && !taken)
      taken = await created('young', { repository: 'thief/infrastructure' }, 'thief')
    return run()
  })
  const restored = await restore()
  expect(taken?.status).toBe(503)
  expect(restored.status).toBe(200)
  expect(await directory.resolveTenant('young')).toMatchObject({ id })
  expect((await created('third')).status).toBe(201)
})

it('nobody takes the place in Azure of a tenant that has not said yet that it has it', async () => {
  await created('other')
  await sweep()
  const place = {
    ...{ subscriptionId: '11111111-2222-4333-8444-555555555555', location: 'westeurope' },
    ...{ entraTenantId: '99999999-2222-4333-8444-555555555555', resourceGroup: 'mine' },
  }
  expect((await call('PUT', '/v1/tenants/acme/azure-scope', place)).status).toBe(200)
  let taken: Response | undefined
  world.tenants.setIntercept(async (name, run) => {
    if (name === `${world.tenantId}.tellDirectory` && !taken)
      taken = await call('PUT', '/v1/tenants/other/azure-scope', place)
    return run()
  })
  const restored = await restore()
  expect(taken?.status).toBe(503)
  expect(restored.status).toBe(200)
})

it('a freeze that came with the backup keeps nobody from asking those again who have not answered', async () => {
  await call('PUT', '/v1/freeze', { reason: 'Storage is being moved.' })
  await sweep()
  await call('DELETE', '/v1/freeze')
  world.directory.lose('directory')
  const broken = world.tenants.wake(world.tenantId)
  const works = broken.tellDirectory
  broken.tellDirectory = () => Promise.reject(new Error('no'))
  expect((await restore()).status).toBe(503)
  broken.tellDirectory = works
  expect((await restore('directory', false)).status).toBe(200)
  expect(await directory.frozen()).not.toBeNull()
})

it('a sound log that has only just woken is replaced by no older one', async () => {
  await grow()
  await grow()
  await world.directory.alarm('directory')
  await world.propose(world.vmRequest('web'))
  await grow()
  const longer = await grow()
  world.log.evict('log')
  expect((await restore('log')).status).toBe(409)
  expect(rows()).toBe(longer)
})

it('a log that grows while the files of a backup are fetched is not made shorter', async () => {
  await grow()
  const exported = await grow()
  await world.directory.alarm('directory')
  expect(rows()).toBe(exported)
  let longer = 0
  meanwhile = async () => {
    await world.propose(world.vmRequest('web'))
    await grow()
    longer = await grow()
  }
  expect((await restore('log')).status).toBe(409)
  expect(longer).toBeGreaterThan(exported)
  expect(rows()).toBe(longer)
})

it('an Inventory that is restored while the Directory is away says so', async () => {
  await sweep()
  for (const silent of ['registerPlace', 'listTenants']) {
    world.directory.setIntercept((name, run) =>
      name.endsWith(silent) ? Promise.reject(new Error('away')) : run(),
    )
    expect(await restore('inventory-eu')).toMatchObject({
      status: 503,
      text: expect.stringContaining('It is restored'),
    })
  }
  world.directory.setIntercept(null)
  expect((await restore('inventory-eu')).status).toBe(200)
})

it('the platform’s log says that it was restored, also while not everybody has answered', async () => {
  await sweep()
  const broken = world.tenants.wake(world.tenantId)
  broken.tellDirectory = () => Promise.reject(new Error('no'))
  const before = rows() ?? 0
  expect((await restore()).status).toBe(503)
  expect(rows()).toBe(before + 1)
})

it('a tenant whose slug went to another one before the restore keeps nobody waiting for good', async () => {
  await sweep()
  world.directory.lose('directory')
  const newcomer = await idOf(await created('acme', { repository: 'new/one' }, 'newcomer'))
  await world.directory.alarm('directory')
  await world.tenants.alarm(newcomer)
  expect(await restore()).toMatchObject({
    status: 409,
    text: expect.stringContaining('1 tenants'),
  })
  expect(await directory.resolveTenant('acme')).toMatchObject({ id: world.tenantId })
  expect((await created('third')).status).toBe(201)
})

it('a Directory that is lost makes no export of its own: it would be the newest', async () => {
  await sweep()
  world.directory.lose('directory')
  await created('newcomer')
  await sweep()
  expect((await restore()).status).toBe(200)
  expect(await directory.resolveTenant('acme')).toMatchObject({ id: world.tenantId })
  await created('third')
  await sweep()
  world.directory.lose('directory')
  expect((await restore()).status).toBe(200)
  expect(await directory.resolveTenant('third')).not.toBeNull()
})

it('a sign-in that begins while tenants are asked stands everywhere', async () => {
  const identity = 'olga at the provider'
  const sqlite = world.tenants.storageOf(world.tenantId)?.sql
  sqlite?.exec('UPDATE members SET identity = ? WHERE id = ?', identity, await world.idOf('olga'))
  await directory.joinTenant(identity, world.tenantId)
  await sweep()
  const signIn = async (id: string) => {
    const [createdAt, expiresAt] = [0, 3_600_000].map((later) =>
      new Date(Date.now() + later).toISOString(),
    ) as [string, string]
    await directory.startSession({ id, identity, issuer: 'idp', createdAt, expiresAt })
    await world.tenant.openSession({ id, identity, issuer: 'idp', createdAt, expiresAt })
  }
  const comesIn = async (sessionId: string) =>
    (await world.tenant.whoAmI({ kind: 'session', sessionId, identity }, 'tenant.read')).ok
  await signIn('ses_before')
  let begun = false
  world.tenants.setIntercept(async (name, run) => {
    if (name.endsWith('tellDirectory') && !begun) {
      begun = true
      vi.setSystemTime(Date.now() + 1)
      await signIn('ses_since')
    }
    return run()
  })
  expect((await restore()).status).toBe(200)
  expect([await comesIn('ses_before'), await comesIn('ses_since')]).toEqual([false, true])
})
