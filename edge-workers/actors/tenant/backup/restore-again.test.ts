// A restore that breaks off, what was under way when the database was lost, and which log goes on after it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeStorage } from '../../../../functions/simulator/actor-storage.ts'
import { backupOffice, createMemoryStore } from '../../../../functions/simulator/backup-store.ts'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { RestoreReport } from '../../../../schemas/backup.ts'
import { Outage } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { openDatabase } from '../../database.ts'
import { migrations } from '../../migrations/tenant.ts'
import type { TenantContext } from '../context.ts'
import { compareAgain } from '../log/standing.ts'
import { beforePersonalData, isAgreed } from '../people/erasures.ts'
import { confirmTokens } from './lost-world.fixture.ts'

let world: TenantWorld
let storing: boolean

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createTenantWorld()
  storing = true
  const stop = (verb: string) => {
    if (verb === 'put' && !storing) throw new TypeError('network')
  }
  world.env.LOCAL = {
    fetch: backupOffice(createMemoryStore(), world.env.LOCAL?.fetch ?? fetch, stop),
  }
  world.env.BACKUPS = 'functions'
  await takeNow()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const takeNow = async () => {
  vi.setSystemTime(Date.now() + 300_001)
  await world.tenant.wake()
  await world.settle()
}
const restore = async (body: object = { backup: 'newest', adopt: true }) => {
  const response = await world.http('POST', '/v1/tenants/acme/restore-backup', {
    ...{ token: world.operator, body },
  })
  const text = (await response.json()) as RestoreReport & { detail?: string }
  if (response.status === 200) await confirmTokens(world)
  return { status: response.status, body: text }
}
const isDown = () => Promise.reject(new Outage('forge', 'does not answer'))
const lastStep = () =>
  world.tenants
    .storageOf(world.tenantId)
    ?.sql.exec(
      'SELECT "to" FROM transitions WHERE changeId = ? ORDER BY seq DESC LIMIT 1',
      world.tenantId,
    )
    .one().to

describe('a restore that breaks off', () => {
  it('lets nobody in and sends nothing out, and ends when it is repeated: nothing is there twice', async () => {
    storing = false
    const first = await world.request(world.vmRequest('web'), { key: 'k1' })
    const id = first.body.id ?? ''
    await world.settle()
    expect((await world.land(id)).state).toBe('promoted')
    world.tenants.lose(world.tenantId)
    world.memory.setIntercept(isDown)
    expect((await restore()).status).toBe(503)
    world.memory.setIntercept(null)
    for (const evicted of [false, true]) {
      if (evicted) world.tenants.evict(world.tenantId)
      const early = await world.request(world.vmRequest('web'), { key: 'k1' })
      expect(early.status).toBe(503)
      expect(early.body.detail).toContain('is being restored')
      vi.setSystemTime(Date.now() + 60_000)
      const calls = world.memory.calls.length
      await world.tenant.wake()
      await world.settle()
      expect(world.memory.calls).toHaveLength(calls)
    }
    const other = '20260101T000000000Z-0000000001'
    expect((await restore({ backup: other, adopt: true })).status).toBe(409)
    expect(await restore()).toMatchObject({ status: 200, body: { recovered: 1 } })
    const again = await world.request(world.vmRequest('web'), { key: 'k1' })
    expect(again).toMatchObject({ status: 202, body: { id, state: 'promoted' } })
    await world.settle()
    expect(world.memory.pulls).toHaveLength(1)
  })

  it('goes on from where the forge’s limits stopped it', async () => {
    storing = false
    const ids: string[] = []
    for (const name of ['one', 'two', 'three', 'four'])
      ids.push((await world.propose(world.vmRequest(name))).id)
    world.tenants.lose(world.tenantId)
    const once = async () => {
      let left = 25
      world.memory.setIntercept((_, run) => {
        left -= 1
        return left < 0 ? isDown() : run()
      })
      const answer = await restore()
      // The repository stays away from a forge that did not answer.
      vi.setSystemTime(Date.now() + 60_000)
      return answer
    }
    const answers = [await once()]
    while (answers.at(-1)?.status === 503 && answers.length < 12) answers.push(await once())
    world.memory.setIntercept(null)
    expect(answers.at(0)?.status).toBe(503)
    expect(answers.at(-1)).toMatchObject({ status: 200, body: { recovered: 4 } })
    for (const id of ids) expect((await world.read(id)).state).toBe('proposed')
  })
})

describe('what was under way when the database was lost', () => {
  it('has the check of what is known again, though the forge’s turned green since', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await takeNow()
    storing = false
    await world.approve(id)
    const green = () => world.memory.gates.get(world.memory.pulls[0]?.headSha ?? '')
    expect(green()).toBe(true)
    world.tenants.lose(world.tenantId)
    expect((await restore()).status).toBe(200)
    await world.settle()
    const { state, gate } = await world.read(id)
    expect([state, gate.state, green()]).toEqual(['proposed', 'red', false])
  })

  it('waits where it was merged and not promoted, until it is approved again', async () => {
    storing = false
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    expect((await world.decide('merge', id)).status).toBe(200)
    world.tenants.lose(world.tenantId)
    expect((await restore()).status).toBe(200)
    await world.settle()
    const waiting = await world.read(id)
    expect(waiting).toMatchObject({ state: 'merged' })
    expect(waiting.reason).toContain('approve it again')
    expect(world.memory.pulls).toHaveLength(1)
    const own = await world.decide('approvals', id, { token: world.tokens.requester })
    expect(own.status).toBe(403)
    expect((await world.decide('approvals', id)).status).toBe(201)
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('is not taken as ours where somebody pushed to it by hand', async () => {
    storing = false
    const { id } = await world.propose(world.vmRequest('web'))
    const branch = world.memory.pulls[0]?.headBranch ?? ''
    world.tenants.lose(world.tenantId)
    world.memory.person.push(branch, 'extra.yaml', 'by: hand\n')
    expect((await restore()).status).toBe(200)
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
    const approved = await world.decide('approvals', id)
    expect(approved.status).toBe(409)
    expect(approved.body.detail).toContain('not what was planned')
  })
})

describe('the log after a restore', () => {
  it('keeps its name only where the database in place was the same', async () => {
    expect((await restore({ backup: 'newest' })).status).toBe(200)
    expect(lastStep()).toBe('restored')
    await takeNow()
    world.tenants.lose(world.tenantId)
    expect((await restore({ backup: 'newest' })).status).toBe(200)
    expect(lastStep()).toBe('adopted')
  })

  it('is another one where what was published is not what the backup has', async () => {
    const real = world.env.LOG.getByName('log')
    const published = await real.headOf(world.tenantId)
    const headOf = async (name: string) =>
      name === world.tenantId && published ? { ...published, root: 'f'.repeat(64) } : null
    const stub = new Proxy(real, {
      get: (on, name) => (name === 'headOf' ? headOf : Reflect.get(on, name)),
    })
    const log = world.env.LOG
    world.env.LOG = { ...log, getByName: () => stub } as typeof log
    world.tenants.lose(world.tenantId)
    const refused = await restore({ backup: 'newest' })
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('is not what the backup has')
    expect((await restore()).status).toBe(200)
    expect(lastStep()).toBe('adopted')
  })
})

describe('what was agreed on erasures', () => {
  it('does not hold for another database', async () => {
    const storage = fakeStorage() as unknown as DurableObjectStorage
    const directory = { erasuresOf: async () => [] }
    const context = {
      db: openDatabase(storage, tables, migrations, { onWrite: () => undefined }),
      env: { DIRECTORY: { getByName: () => directory } },
      tenant: () => ({ id: world.tenantId }),
      tenantChanged: () => undefined,
    } as unknown as TenantContext
    await beforePersonalData(context)
    expect(isAgreed(context)).toBe(true)
    compareAgain(context)
    expect(isAgreed(context)).toBe(false)
    const asking = beforePersonalData(context)
    compareAgain(context)
    await asking
    expect(isAgreed(context)).toBe(false)
  })
})
