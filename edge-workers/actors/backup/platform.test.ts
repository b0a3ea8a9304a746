// Exports and restores of the platform's own actors, one in the middle of the other.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('an export that a restore takes the place of comes to an end, and so does the next', async () => {
  const world = await createTenantWorld()
  const store = createMemoryStore()
  const office = backupOffice(store, fetch)
  const restored: number[] = []
  let restoring = false
  const beside: typeof fetch = async (...asked) => {
    const answer = await office(...asked)
    if (!restoring || !String(asked[0]).endsWith('/put')) return answer
    restoring = false
    const body = { actor: 'directory', backup: 'newest', replace: true }
    const said = await world.http('POST', '/v1/platform/restore-backup', {
      ...{ token: world.operator, body },
    })
    restored.push(said.status)
    return answer
  }
  world.env.LOCAL = { fetch: beside }
  world.env.BACKUPS = 'functions'
  const sweep = async () => {
    vi.setSystemTime(Date.now() + 300_000)
    await world.directory.alarm('directory')
    return [...store.files.keys()].filter((name) => name.startsWith('directory/exports/')).length
  }
  expect(await sweep()).toBe(1)
  await world.createTenant('other', { repository: 'other/infrastructure' })
  restoring = true
  await sweep()
  expect(restored).toEqual([200])
  await world.createTenant('third', { repository: 'third/infrastructure' })
  expect(await sweep()).toBe(2)
})

it('takes no older log in the place of the sound one, and does where that is lost', async () => {
  const world = await createTenantWorld()
  world.env.LOCAL = { fetch: backupOffice(createMemoryStore(), fetch) }
  world.env.BACKUPS = 'functions'
  const rows = () => world.log.storageOf('log')?.sql.exec('SELECT * FROM leaves').toArray().length
  const grow = async () => {
    vi.setSystemTime(Date.now() + 300_000)
    await world.settle()
    await world.log.alarm('log')
    return rows() ?? 0
  }
  const restore = () =>
    world.http('POST', '/v1/platform/restore-backup', {
      ...{ token: world.operator, body: { actor: 'log', backup: 'newest' } },
    })
  await grow()
  const exported = await grow()
  expect(exported).toBeGreaterThan(0)
  await world.directory.alarm('directory')
  await world.propose(world.vmRequest('web'))
  await grow()
  const longer = await grow()
  expect(longer).toBeGreaterThan(exported)
  const refused = await restore()
  expect(refused.status).toBe(409)
  expect(await refused.text()).toContain('longer than that of this backup')
  expect(rows()).toBe(longer)
  world.log.lose('log')
  expect((await restore()).status).toBe(200)
  // That it was restored is a leaf as well.
  expect(rows()).toBe(exported + 1)
})
