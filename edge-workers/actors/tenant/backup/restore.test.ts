// A tenant's backups over HTTP: when one is made, what a restore refuses, and what is there after it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  backupOffice,
  createMemoryStore,
  type MemoryStore,
  type OnFile,
} from '../../../../functions/simulator/backup-store.ts'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { BackupView, RestoreReport } from '../../../../schemas/backup.ts'
import { confirmTokens } from './lost-world.fixture.ts'

let world: TenantWorld
let store: MemoryStore
let onFile: OnFile

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  store = createMemoryStore()
  onFile = () => undefined
  world = await createTenantWorld()
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice(store, beyond, (verb, name) => onFile(verb, name)) }
  world.env.BACKUPS = 'functions'
  await world.tenant.wake()
  await world.settle()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const exportsOf = () => [...store.files.keys()].filter((name) => name.includes('/exports/'))
const list = async (token = world.operator) => {
  const response = await world.http('GET', '/v1/tenants/acme/backups', { token })
  return {
    status: response.status,
    items: ((await response.json()) as { items: BackupView[] }).items,
  }
}
const restore = async (body: object = { backup: 'newest' }, token = world.operator) => {
  const response = await world.http('POST', '/v1/tenants/acme/restore-backup', { token, body })
  const text = (await response.json()) as RestoreReport & { detail?: string }
  if (response.status === 200) await confirmTokens(world)
  return { status: response.status, body: text }
}
const takeNow = async () => {
  pass(300_001)
  await world.tenant.wake()
  await world.settle()
}
/** What comes later is in no export. */
const closeStore = () => {
  onFile = (verb) => {
    if (verb === 'put') throw new TypeError('network')
  }
}
const sizeOf = async () => {
  const storage = world.tenants.storageOf(world.tenantId)
  return Number(storage?.sql.exec('SELECT count(*) AS n FROM log_leaves').one().n)
}
const lastStep = () =>
  world.tenants
    .storageOf(world.tenantId)
    ?.sql.exec(
      'SELECT * FROM transitions WHERE changeId = ? ORDER BY seq DESC LIMIT 1',
      world.tenantId,
    )
    .one()

describe('an export', () => {
  it('is made at the first step, then five minutes later where something has happened', async () => {
    expect(exportsOf()).toHaveLength(1)
    await world.propose(world.vmRequest('web'))
    await world.settle()
    expect(exportsOf()).toHaveLength(1)
    pass(299_000)
    await world.settle()
    expect(exportsOf()).toHaveLength(1)
    pass(1_100)
    await world.settle()
    expect(exportsOf()).toHaveLength(2)
    const { items } = await list()
    expect(items.map(({ state }) => state)).toEqual(['kept', 'kept'])
    expect(items[0]).toMatchObject({ id: exportsOf()[1]?.split('/').at(-1) })
    for (let round = 0; round < 5; round += 1) await takeNow()
    // Nothing happens: the poll of the pull request leaves no step.
    expect(exportsOf()).toHaveLength(2)
  })

  it('is tried again while the store does not answer, and everything else goes on', async () => {
    onFile = () => {
      throw new TypeError('network')
    }
    const { id } = await world.propose(world.vmRequest('web'))
    pass(300_001)
    await world.settle()
    expect((await world.land(id)).state).toBe('promoted')
    expect((await list()).items[0]).toMatchObject({ state: 'writing', digest: null })
    expect(exportsOf()).toHaveLength(1)
    onFile = () => undefined
    for (let round = 0; round < 3; round += 1) await takeNow()
    const digest = expect.stringMatching(/^sha256:/)
    expect((await list()).items[0]).toMatchObject({ state: 'kept', digest })
  })

  it('is shown to operators only', async () => {
    for (const token of Object.values(world.tokens)) {
      expect((await list(token)).status).toBe(403)
      expect((await restore({ backup: 'newest' }, token)).status).toBe(403)
    }
  })

  it('has nobody’s name, secret or request in what is stored', async () => {
    await world.propose(world.vmRequest('very-secret-name'))
    await takeNow()
    for (const [name, file] of store.files)
      for (const word of ['rita', 'very-secret-name', 'virtual-machine', 'acme'])
        expect(`${name}${Buffer.from(file).toString('latin1')}`).not.toContain(word)
  })
})

describe('a restore', () => {
  it('brings everything back into an object that lost its database', async () => {
    const applied = await world.apply(world.vmRequest('web'))
    await takeNow()
    const size = await sizeOf()
    world.tenants.lose(world.tenantId)
    const restored = await restore()
    expect(restored).toMatchObject({ status: 200, body: { logSize: size, recovered: 0 } })
    expect((await world.read(applied.id)).state).toBe('applied')
    // That it was, that two accounts at the forge are proved anew, and that four tokens count again.
    expect(await sizeOf()).toBe(size + 7)
    // What it had signed and shown beyond the backup nobody knows.
    expect(lastStep()).toMatchObject({ to: 'adopted' })
    // And its life goes on.
    expect((await world.apply(world.vmRequest('next'))).state).toBe('applied')
  })

  it('refuses what is not there, and a database that is newer than the backup', async () => {
    await takeNow()
    const unknown = '20260101T000000000Z-0000000001'
    expect((await restore({ backup: unknown })).status).toBe(404)
    expect((await restore({ backup: '../x' })).status).toBe(422)
    await world.propose(world.vmRequest('web'))
    expect((await restore()).status).toBe(409)
    expect((await world.send('GET', '/changes')).body.items).toHaveLength(1)
  })

  it('shorter than what was published is refused until somebody adopts it, and then says so in the log', async () => {
    await takeNow()
    closeStore()
    const { id } = await world.propose(world.vmRequest('web'))
    pass(10_000)
    await world.settle()
    const published = await world.env.LOG.getByName('log').headOf(world.tenantId)
    world.tenants.lose(world.tenantId)
    const refused = await restore()
    expect(refused).toMatchObject({ status: 409 })
    expect(refused.body.detail).toContain(`${published?.size} were published`)
    const { status, body } = await restore({ backup: 'newest', adopt: true })
    expect(status).toBe(200)
    expect(body).toMatchObject({ publishedSize: published?.size, recovered: 1 })
    expect(body.logSize).toBeLessThan(published?.size ?? 0)
    const sized = world.tenants
      .storageOf(world.tenantId)
      ?.sql.exec('SELECT * FROM transitions WHERE "to" = ?', 'adopted')
      .one()
    expect(sized?.reason).toContain(`${body.logSize} leaves`)
    expect(sized?.reason).toContain(`${published?.size} were published`)
    for (let round = 0; round < 2; round += 1) {
      pass(10_000)
      await world.settle()
    }
    // What was published stays what it was, and the log that goes on has heads of its own.
    expect(await world.env.LOG.getByName('log').headOf(world.tenantId)).toEqual(published)
    const name = `${world.tenantId}/${String(sized?.at).replaceAll(/\D/g, '')}`
    expect((await world.env.LOG.getByName('log').headOf(name))?.size).toBe(await sizeOf())
    expect(await world.read(id)).toMatchObject({ state: 'proposed', requester: world.ids.rita })
    // After it was lost again the copy from before is as good as any, and so is the one from after.
    expect((await world.land(id)).state).toBe('promoted')
  })

  it('finds in Git what was asked, approved and promoted after the backup', async () => {
    await takeNow()
    closeStore()
    const { id } = await world.apply(world.vmRequest('web'))
    const open = await world.propose(world.vmRequest('open'))
    pass(10_000)
    await world.settle()
    world.tenants.lose(world.tenantId)
    expect((await restore({ backup: 'newest', adopt: true })).body.recovered).toBe(2)
    expect(await world.read(id)).toMatchObject({ state: 'promoted', name: 'web' })
    const { body } = await world.send('GET', '/resources/web')
    expect(body).toMatchObject({ name: 'web', change: id })
    await world.report(await world.read(id), 'healthy')
    expect((await world.read(id)).state).toBe('applied')
    expect((await world.read(open.id)).state).toBe('proposed')
    expect((await world.land(open.id)).state).toBe('promoted')
    expect(world.memory.pulls).toHaveLength(2)
  })

  it('is the same change again for whoever repeats a request that only he remembers', async () => {
    await takeNow()
    closeStore()
    const sent = { key: 'remembered', body: world.vmRequest('web') }
    const first = await world.request(sent.body, { key: sent.key })
    expect(first.status).toBe(202)
    world.tenants.lose(world.tenantId)
    await restore({ backup: 'newest', adopt: true })
    expect((await world.send('GET', `/changes/${first.body.id}`)).status).toBe(404)
    const again = await world.request(sent.body, { key: sent.key })
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } })
    await world.settle()
    expect((await world.read(first.body.id ?? '')).state).toBe('proposed')
    expect(world.memory.pulls).toHaveLength(1)
    const other = await world.request(world.vmRequest('else'), { key: sent.key })
    expect(other.body.type).toContain('idempotency-key-reused')
  })

  it('does not bring back who was erased', async () => {
    await takeNow()
    closeStore()
    const ada = await world.idOf('ada')
    const erased = await world.http('POST', `/v1/tenants/acme/members/${ada}/erase`, {
      token: world.operator,
    })
    const gone =
      erased.status < 300
        ? erased
        : await world.http('DELETE', `/v1/tenants/acme/members/${ada}`, {
            token: world.operator,
            headers: { 'if-match': '*' },
          })
    expect(gone.status).toBeLessThan(300)
    await world.env.DIRECTORY.getByName('directory').noteErasure(
      world.tenantId,
      ada,
      new Date().toISOString(),
    )
    world.tenants.lose(world.tenantId)
    expect((await restore({ backup: 'newest', adopt: true })).status).toBe(200)
    const row = world.tenants
      .storageOf(world.tenantId)
      ?.sql.exec('SELECT * FROM members WHERE id = ?', ada)
      .one()
    expect(row).toMatchObject({ state: 'erased', handle: null })
    const profiles = world.tenants.storageOf(world.tenantId)?.sql
    expect(profiles?.exec('SELECT * FROM profiles WHERE memberId = ?', ada).toArray()).toEqual([])
  })

  it('is refused for another tenant’s backup, and for one that was touched', async () => {
    await takeNow()
    const [name = '', file = new Uint8Array()] =
      [...store.files].findLast(([one]) => one.includes('/exports/')) ?? []
    const { id } = await world.createTenant('other', { basesOn: [] })
    const stolen = name.replace(world.tenantId, id)
    store.files.set(stolen, file)
    const response = await world.http('POST', '/v1/tenants/other/restore-backup', {
      ...{ token: world.operator, body: { backup: 'newest' } },
    })
    expect(response.status).toBe(409)
    const touched = new Uint8Array(file)
    touched[touched.length - 1] = (touched.at(-1) ?? 0) ^ 1
    store.files.set(name, touched)
    world.tenants.lose(world.tenantId)
    expect((await restore({ backup: 'newest', adopt: true })).status).toBe(409)
  })
})

describe('what the platform keeps', () => {
  it('is exported after a sweep, and comes back', async () => {
    await world.directory.alarm('directory')
    const owners = new Set(exportsOf().map((name) => name.split('/')[0]))
    expect([...owners].sort()).toEqual(['directory', 'inventory-eu', 'log', world.tenantId])
    world.directory.lose('directory')
    world.inventory.lose('inventory-eu')
    expect((await list()).status).toBe(404)
    for (const actor of ['log', 'directory', 'inventory-eu']) {
      const response = await world.http('POST', '/v1/platform/restore-backup', {
        ...{ token: world.operator, body: { actor, backup: 'newest' } },
      })
      expect(response.status, actor).toBe(200)
    }
    const leaves = world.log
      .storageOf('log')
      ?.sql.exec(`SELECT leaf FROM leaves WHERE tenantId = 'event' ORDER BY "index"`)
      .toArray()
      .map(({ leaf }) => JSON.parse(String(leaf)))
    expect(leaves?.map(({ event, owner, actor }) => [event, owner, actor])).toEqual(
      ['log', 'directory', 'inventory-eu'].map((owner) => ['restored', owner, 'usr_operator']),
    )
    expect((await list()).status).toBe(200)
    expect((await world.apply(world.vmRequest('web'))).state).toBe('applied')
  })

  it('asks about its holds where it is an Inventory that was lost', async () => {
    await world.propose(world.vmRequest('web'))
    await world.directory.alarm('directory')
    world.inventory.lose('inventory-eu')
    const body = { actor: 'inventory-eu', backup: 'newest' }
    const sent = { token: world.operator, body }
    expect((await world.http('POST', '/v1/platform/restore-backup', sent)).status).toBe(200)
    expect(world.inventory.alarmOf('inventory-eu')).toBeLessThanOrEqual(Date.now() + 6 * 3_600_000)
  })
})
