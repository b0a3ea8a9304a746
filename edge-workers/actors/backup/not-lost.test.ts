// What is not lost is put back only by whoever says so; what then is forgotten is named; and while somebody has not said again what
// he holds, his room is nobody else's.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { sha256Hex } from '../../digest.ts'

let world: TenantWorld
const read: string[] = []
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
  world = await createTenantWorld()
  const store = createMemoryStore()
  read.length = 0
  const get = (name: string) => {
    read.push(name)
    return store.get(name)
  }
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice({ ...store, get }, beyond) }
  world.env.BACKUPS = 'functions'
  await sweep()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const sweep = async () => {
  vi.setSystemTime(Date.now() + 300_001)
  await world.directory.alarm('directory')
}
const call = (method: string, path: string, body?: object) =>
  world.http(method, path, {
    ...{
      token: world.operator,
      key: sha256Hex(path + JSON.stringify(body)),
      headers: { 'if-match': '*' },
    },
    ...(body === undefined ? {} : { body }),
  })
const restore = async (actor: string, more: object = {}) => {
  const said = await call('POST', '/v1/platform/restore-backup', {
    ...{ actor, backup: 'newest', ...more },
  })
  return { status: said.status, body: (await said.json()) as Record<string, unknown> }
}
const region = (name: string) =>
  call('POST', '/v1/regions', { name, jurisdiction: 'eu', tier: 'edge' }).then(
    ({ status }) => status,
  )
/** Answers nothing while it is asked what it holds. */
const silent = () => {
  const tenant = world.tenants.wake(world.tenantId)
  const works = tenant.holdAgain
  tenant.holdAgain = () => Promise.reject(new Error('no'))
  return () => {
    tenant.holdAgain = works
  }
}

describe('a sound one', () => {
  it.each(['directory', 'inventory-eu'])(
    '%s is replaced only where that is asked for',
    async (actor) => {
      const refused = await restore(actor)
      expect(refused).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('replace') },
      })
      expect((await restore(actor, { replace: true })).status).toBe(200)
    },
  )

  it('an Inventory names what it forgets', async () => {
    expect(await region('later')).toBe(201)
    const { status, body } = await restore('inventory-eu', { replace: true })
    expect([status, body.forgotten]).toEqual([200, ['region later']])
    expect(await region('later')).toBe(201)
  })
})

describe('the backups of one', () => {
  const list = async (query: string) => {
    const said = await call('GET', `/v1/platform/backups?${query}`)
    return {
      status: said.status,
      body: (await said.json()) as {
        items: { id: string; at: string }[]
        next: string | null
        errors?: object[]
      },
    }
  }

  it('are listed for operators, newest first and in pages, also where it is lost; an older one is put back by its id', async () => {
    await region('later')
    await sweep()
    const { items } = (await list('actor=inventory-eu')).body
    expect(items.map(({ at }) => at)).toEqual([
      '2026-11-21T12:10:00.002Z',
      '2026-11-21T12:05:00.001Z',
    ])
    const first = (await list('actor=inventory-eu&limit=1')).body
    expect(first.items).toEqual(items.slice(0, 1))
    const second = await call('GET', first.next ?? '')
    expect(await second.json()).toMatchObject({ items: items.slice(1), next: null })
    world.inventory.lose('inventory-eu')
    expect((await list('actor=inventory-eu')).body.items).toEqual(items)
    expect((await restore('inventory-eu', { backup: items[1]?.id })).status).toBe(200)
    expect(await (await call('GET', '/v1/regions')).text()).not.toContain('later')
  })

  it('are of an actor that there is, and one that is not there is told by its pointer', async () => {
    expect((await list('actor=nobody')).body.errors).toMatchObject([{ pointer: '/actor' }])
    const backup = '20200101T000000000Z-0000000000'
    expect(await restore('directory', { backup, replace: true })).toMatchObject({
      ...{ status: 404, body: { errors: [{ pointer: '/backup' }] } },
    })
    expect((await restore('inventory-xx')).body).toMatchObject({ errors: [{ pointer: '/actor' }] })
  })
})

describe('one that waits for somebody', () => {
  it('asks him again where it is sent again, replaces nothing, and still names what was forgotten', async () => {
    await region('later')
    const speak = silent()
    expect((await restore('inventory-eu', { replace: true })).status).toBe(503)
    expect(await region('latest')).toBe(201)
    speak()
    read.length = 0
    const again = await restore('inventory-eu')
    expect(again).toMatchObject({ status: 200, body: { forgotten: ['region later'] } })
    expect(read).toEqual([])
    expect(await (await call('GET', '/v1/regions')).text()).toContain('latest')
    // It is over: it is sound again.
    expect((await restore('inventory-eu')).status).toBe(409)
  })

  it('gives no new room to a merge meanwhile, and leaves what was taken before', async () => {
    const web = await world.propose(world.vmRequest('web'))
    const db = await world.propose(world.vmRequest('db'))
    for (const { id } of [web, db]) await world.approve(id)
    expect((await world.land(web.id)).state).toBe('promoted')
    await sweep()
    const speak = silent()
    expect((await restore('inventory-eu', { replace: true })).status).toBe(503)
    const merged = await world.decide('merge', db.id)
    expect(merged.status).toBe(503)
    const { claim } = world.inventoryStub
    expect(await claim(web.id)).toMatchObject({ ok: true })
    speak()
    expect((await restore('inventory-eu')).status).toBe(200)
    expect((await world.land(db.id)).state).toBe('promoted')
  })
})
