// Whose a hold is, and what firm room is told to whom: the rows of an Inventory by themselves, without any change.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../../functions/simulator/edge-world.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { InventoryApi, ReservationItem } from '../contracts.ts'
import { openDatabase } from '../database.ts'
import { migrations } from '../migrations/inventory.ts'
import { claim, isFirm, neighboursOf, openAtSite, openEverywhere } from './claims.ts'
import { prune, release } from './reservations.ts'

let world: World
let inventory: InventoryApi
beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  for (const name of ['ml110-01', 'r630-01']) await world.create('/v1/sites', siteOf(name))
  inventory = world.inventory.namespace.getByName('inventory-eu')
})
const GIB = 1024
const HOST_MIB = Math.floor(128e9 / 2 ** 20) - 8 * GIB
const vm = (name: string, vmId: number, more: Partial<ReservationItem> = {}): ReservationItem => ({
  ...{ name, role: 'vm', group: 'vm', site: 'ml110-01', host: 'ml110-01' },
  ...{ cores: 2, memoryMiB: 4 * GIB, diskGiB: 20, vmId, address: `192.168.11.${vmId}` },
  ...more,
})
const mine = { changeId: 'chg_1', tenantId: 'ten_eu_acme', resource: 'web' }
const theirs = { changeId: 'chg_9', tenantId: 'ten_eu_dbis', resource: 'chain' }
const problemOf = (result: Awaited<ReturnType<InventoryApi['reserve' | 'claim']>>) =>
  result.ok ? null : result.refusal.problem
const rows = () => {
  const sql = world.inventory.actors.get('inventory-eu')?.surroundings.storage.sql
  if (!sql) throw new Error('the actor sleeps')
  return sql
    .exec(
      'SELECT change_id AS changeId, tenant_id AS tenantId, state FROM reservations ORDER BY change_id',
    )
    .toArray()
}

const databaseOf = () => {
  const storage = world.inventory.actors.get('inventory-eu')?.surroundings.state.storage
  if (!storage) throw new Error('the actor sleeps')
  return openDatabase(storage, tables, migrations)
}

describe('a reservation', () => {
  it('belongs to one resource of one tenant for good', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    for (const other of [{ tenantId: 'ten_eu_dbis' }, { resource: 'db' }]) {
      const refused = await inventory.reserve({ ...mine, ...other, items: [vm('b', 102)] })
      expect(problemOf(refused)).toBe('conflict')
    }
    expect(await inventory.holds('chg_1')).toEqual({ held: 1 })
  })

  it('is firm from its claim on, unless that is taken back', async () => {
    const seen: boolean[] = []
    const look = () => seen.push(isFirm(databaseOf(), 'chg_1'))
    look()
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    look()
    for (const step of ['claim', 'unclaim', 'claim', 'settle'] as const) {
      await inventory[step]('chg_1')
      look()
    }
    expect(seen).toEqual([false, false, true, false, true, true])
  })

  it('given back says so to whoever reserves for it again', async () => {
    await inventory.release('chg_1')
    expect(problemOf(await inventory.reserve({ ...mine, items: [vm('a', 101)] }))).toBe('conflict')
    expect(rows()).toMatchObject([{ changeId: 'chg_1', state: 'released' }])
    await inventory.settle('chg_1')
    expect(rows()).toMatchObject([{ changeId: 'chg_1', state: 'released' }])
  })

  it('that another revision makes is a mere hold again, whatever was claimed before', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    await inventory.claim('chg_1')
    expect(rows()).toMatchObject([{ state: 'claimed' }])
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    expect(rows()).toMatchObject([{ state: 'held' }])
  })

  it('that is settled is nobody’s to unclaim or to release', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    await inventory.claim('chg_1')
    await inventory.settle('chg_1')
    await inventory.unclaim('chg_1')
    await inventory.release('chg_1')
    expect(rows()).toMatchObject([{ state: 'settled' }])
    expect(await inventory.holds('chg_1')).toEqual({ held: 1 })
    await inventory.settle('chg_9')
    expect(rows()).toHaveLength(1)
  })
})

describe('a prune', () => {
  it('touches one resource of one tenant, and only what is settled', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101), vm('b', 102)] })
    await inventory.settle('chg_1')
    await inventory.reserve({ ...mine, changeId: 'chg_2', resource: 'db', items: [vm('a', 103)] })
    await inventory.settle('chg_2')
    await inventory.reserve({ ...theirs, resource: 'web', items: [vm('a', 104)] })
    await inventory.settle('chg_9')
    await inventory.reserve({ ...mine, changeId: 'chg_3', items: [vm('c', 105)] })
    await inventory.prune({ ...mine, keep: ['b'] })
    const held = async (id: string) => (await inventory.holds(id)).held
    const ids = ['chg_1', 'chg_2', 'chg_9', 'chg_3']
    expect(await Promise.all(ids.map(held))).toEqual([1, 1, 1, 1])
    await inventory.prune({ ...mine, keep: [] })
    expect(await Promise.all(ids.map(held))).toEqual([0, 1, 1, 1])
  })
})

describe('what is taken', () => {
  it('is everybody’s but the resource’s own, each once', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    await inventory.reserve({ ...mine, changeId: 'chg_2', resource: 'db', items: [vm('a', 102)] })
    await inventory.reserve({ ...theirs, resource: 'web', items: [vm('a', 103)] })
    const { takenVmIds, takenAddresses } = await inventory.snapshot(mine)
    expect([takenVmIds.sort(), takenAddresses.sort()]).toEqual([
      [102, 103],
      ['192.168.11.102', '192.168.11.103'],
    ])
  })

  it('is not listed where no machines are asked for, and counts at the sites asked for', async () => {
    await inventory.reserve({ ...theirs, items: [vm('a', 101)] })
    const at = { site: 'r630-01', host: 'r630-01' }
    await inventory.reserve({ ...theirs, changeId: 'chg_8', items: [vm('b', 102, at)] })
    for (const id of ['chg_8', 'chg_9']) await inventory.settle(id)
    const about = { sites: ['r630-01'], clusters: [], near: false, machines: false }
    const seen = await inventory.snapshot({ ...mine, about })
    expect(seen).toMatchObject({ takenVmIds: [], takenAddresses: [] })
    expect(seen.uses.map(({ host }) => host)).toEqual(['r630-01'])
  })
})

describe('a claim', () => {
  const big = (name: string, vmId: number) => vm(name, vmId, { memoryMiB: HOST_MIB - 6 * GIB })

  it('of nothing, or of what was given back, is refused', async () => {
    expect(problemOf(await inventory.claim('chg_1'))).toBe('conflict')
    await inventory.reserve({ ...mine, items: [vm('a', 101)] })
    await inventory.release('chg_1')
    expect(problemOf(await inventory.claim('chg_1'))).toBe('conflict')
  })

  it('takes the room from who comes second, once and for all until it is given back', async () => {
    await inventory.reserve({ ...mine, items: [big('a', 101)] })
    await inventory.reserve({ ...theirs, items: [big('b', 102)] })
    expect(await inventory.room('chg_9')).toEqual([])
    for (const again of [1, 2])
      expect(await inventory.claim('chg_1'), `${again}`).toEqual({ ok: true, value: { held: 1 } })
    expect((await inventory.room('chg_9')).map(({ rule }) => rule)).toEqual(['CAPACITY-LOST'])
    expect(await inventory.room('chg_1')).toEqual([])
    expect(problemOf(await inventory.claim('chg_9'))).toBe('plan-blocked')
    expect(rows()).toMatchObject([
      { changeId: 'chg_1', state: 'claimed' },
      { changeId: 'chg_9', state: 'held' },
    ])
    await inventory.unclaim('chg_1')
    expect(rows()).toMatchObject([{ changeId: 'chg_1', state: 'held' }, { changeId: 'chg_9' }])
    expect(await inventory.room('chg_9')).toEqual([])
    expect(problemOf(await inventory.claim('chg_9'))).toBeNull()
  })

  it('keeps whose it is, and asks for nothing of what is elsewhere', async () => {
    await inventory.reserve({ ...mine, items: [big('a', 101)] })
    const at = { site: 'r630-01', host: 'r630-01' }
    await inventory.reserve({ ...theirs, items: [{ ...big('b', 102), ...at }] })
    await inventory.claim('chg_1')
    expect(problemOf(await inventory.claim('chg_9'))).toBeNull()
    expect(rows()).toMatchObject([
      { changeId: 'chg_1', tenantId: mine.tenantId, state: 'claimed' },
      { changeId: 'chg_9', tenantId: theirs.tenantId, state: 'claimed' },
    ])
  })

  it('shows nothing of a change that is not there', async () => {
    expect(await inventory.room('chg_none')).toEqual([])
  })
})

describe('who is told', () => {
  const elsewhere = { site: 'r630-01', host: 'r630-01' }
  const ids = (concerned: { changeId: string }[]) =>
    concerned.map(({ changeId }) => changeId).sort()
  beforeEach(async () => {
    await inventory.reserve({ ...mine, items: [vm('a', 101), vm('b', 102)] })
    await inventory.reserve({ ...theirs, items: [vm('c', 103)] })
    await inventory.reserve({ ...theirs, changeId: 'chg_8', items: [vm('d', 104, elsewhere)] })
    await inventory.reserve({ ...theirs, changeId: 'chg_7', items: [vm('e', 105)] })
    await inventory.settle('chg_7')
  })

  it('of a place: the open changes there, each once and with its tenant', () => {
    expect(openAtSite(databaseOf(), 'ml110-01')).toEqual([
      { changeId: 'chg_1', tenantId: mine.tenantId },
      { changeId: 'chg_9', tenantId: theirs.tenantId },
    ])
    expect(ids(openAtSite(databaseOf(), 'r630-01'))).toEqual(['chg_8'])
    expect(openAtSite(databaseOf(), 'nowhere')).toEqual([])
  })

  it('of everything: every open change', () => {
    expect(ids(openEverywhere(databaseOf()))).toEqual(['chg_1', 'chg_8', 'chg_9'])
    expect(openEverywhere(databaseOf())).toContainEqual({
      changeId: 'chg_9',
      tenantId: theirs.tenantId,
    })
  })

  it('of a change, or of a resource: those beside it', () => {
    expect(ids(neighboursOf(databaseOf(), { changeId: 'chg_9' }))).toEqual(['chg_1', 'chg_9'])
    expect(ids(neighboursOf(databaseOf(), { changeId: 'chg_8' }))).toEqual(['chg_8'])
    expect(ids(neighboursOf(databaseOf(), { changeId: 'chg_none' }))).toEqual([])
    const { tenantId, resource } = mine
    expect(ids(neighboursOf(databaseOf(), { tenantId, resource }))).toEqual(['chg_1', 'chg_9'])
    for (const other of [
      { tenantId: theirs.tenantId, resource },
      { tenantId, resource: 'chain' },
    ])
      expect(neighboursOf(databaseOf(), other)).toEqual([])
  })

  it('of a claim: those that no longer fit beside it, and nobody else', async () => {
    const most = { memoryMiB: HOST_MIB - 20 * GIB }
    const big = { ...theirs, tenantId: 'ten_eu_big', resource: 'big', changeId: 'chg_5' }
    await inventory.reserve({ ...big, items: [vm('f', 106, most)] })
    await inventory.reserve({ ...big, changeId: 'chg_6', items: [vm('g', 107, most)] })
    const { claimed, losers } = claim(databaseOf(), 'chg_5', 0)
    expect(claimed).toEqual({ ok: true, value: { held: 1 } })
    expect(losers).toEqual([{ changeId: 'chg_6', tenantId: 'ten_eu_big' }])
    expect(claim(databaseOf(), 'chg_6', 0)).toMatchObject({ claimed: { ok: false }, losers: [] })
    expect(claim(databaseOf(), 'chg_none', 0)).toMatchObject({ claimed: { ok: false }, losers: [] })
  })

  it('of a release or a prune: nobody, unless firm room came back', async () => {
    expect(release(databaseOf(), 'chg_1')).toBe(false)
    expect(release(databaseOf(), 'chg_none')).toBe(false)
    claim(databaseOf(), 'chg_9', 0)
    expect(release(databaseOf(), 'chg_9')).toBe(true)
    expect(release(databaseOf(), 'chg_9')).toBe(false)
    const of = { tenantId: theirs.tenantId, resource: theirs.resource }
    expect(prune(databaseOf(), { ...of, keep: ['e'] })).toBe(false)
    expect(prune(databaseOf(), { ...of, keep: [] })).toBe(true)
    expect(prune(databaseOf(), { ...of, keep: [] })).toBe(false)
  })
})
