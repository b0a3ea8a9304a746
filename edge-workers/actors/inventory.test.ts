// Reservations: all or nothing, idempotent by change, an update counts once, and nobody learns a neighbour's numbers.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../functions/simulator/edge-world.ts'
import type { InventoryApi, ReservationItem } from './contracts.ts'

let world: World
let inventory: InventoryApi
beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('ml110-01'))
  await world.create('/v1/sites', siteOf('r630-01'))
  inventory = world.inventory.namespace.getByName('inventory-eu')
})

const GIB = 1024
/** 128 GB less 8 GiB reserve, in whole MiB. */
const HOST_MIB = Math.floor(128e9 / 2 ** 20) - 8 * GIB
let number = 0
const vm = (name: string, more: Partial<ReservationItem> = {}): ReservationItem => {
  number += 1
  return {
    name,
    role: 'vm',
    group: 'vm',
    site: 'ml110-01',
    host: 'ml110-01',
    cores: 2,
    memoryMiB: 4 * GIB,
    diskGiB: 20,
    vmId: 1000 + number,
    address: `192.168.11.${100 + (number % 150)}`,
    ...more,
  }
}
const mine = { changeId: 'chg_1', tenantId: 'ten_eu_acme', resource: 'web' }
const theirs = { changeId: 'chg_9', tenantId: 'ten_eu_dbis', resource: 'chain' }
const seen = async (tenantId = mine.tenantId, resource = 'other') =>
  (await inventory.snapshot({ tenantId, resource })).uses
const rulesOf = (result: Awaited<ReturnType<InventoryApi['reserve']>>) =>
  result.ok ? [] : (result.refusal.findings ?? []).map(({ rule }) => rule)

describe('reserving', () => {
  it('holds all or nothing', async () => {
    const items = [vm('a'), vm('b', { host: 'r630-01', site: 'r630-01', memoryMiB: HOST_MIB + 1 })]
    expect(rulesOf(await inventory.reserve({ ...mine, items }))).toEqual(['CAPACITY'])
    expect(await inventory.holds('chg_1')).toEqual({ held: 0 })
    expect(await seen()).toEqual([])
  })

  it('fills a host to the last MiB, never overcommits memory, and cores by the factor', async () => {
    const full = vm('a', { memoryMiB: HOST_MIB, cores: 128 })
    expect((await inventory.reserve({ ...mine, items: [full] })).ok).toBe(true)
    await inventory.settle('chg_1')
    const more = { ...mine, changeId: 'chg_2', resource: 'more' }
    const one = vm('b', { memoryMiB: 1, cores: 1 })
    expect(rulesOf(await inventory.reserve({ ...more, items: [one] }))).toEqual(['CAPACITY'])
    const cores = vm('c', { memoryMiB: HOST_MIB, cores: 129, host: 'r630-01', site: 'r630-01' })
    expect(rulesOf(await inventory.reserve({ ...more, items: [cores] }))).toEqual(['CAPACITY'])
  })

  it('is repeated without effect, and with other items replaces', async () => {
    const items = [vm('a'), vm('b')]
    for (let at = 0; at < 3; at += 1) {
      expect(await inventory.reserve({ ...mine, items })).toEqual({ ok: true, value: { held: 2 } })
    }
    expect((await seen())[0]?.held?.yours[0]?.use.vms).toBe(2)
    await inventory.reserve({ ...mine, items: [vm('c')] })
    expect((await seen())[0]?.held?.yours[0]?.use.vms).toBe(1)
  })

  it('that is refused keeps what the change held before', async () => {
    await inventory.reserve({ ...mine, items: [vm('a')] })
    const huge = [vm('a', { memoryMiB: HOST_MIB + 1 })]
    expect((await inventory.reserve({ ...mine, items: huge })).ok).toBe(false)
    expect(await inventory.holds('chg_1')).toEqual({ held: 1 })
  })

  it('refuses places that are gone, ids and addresses that are taken, also within one request', async () => {
    await inventory.reserve({
      ...theirs,
      items: [vm('x', { vmId: 500, address: '192.168.11.50' })],
    })
    const reserve = (...items: ReservationItem[]) => inventory.reserve({ ...mine, items })
    expect(rulesOf(await reserve(vm('a', { host: 'gone' })))).toEqual(['SITE-UNKNOWN'])
    expect(rulesOf(await reserve(vm('a', { host: 'r630-01' })))).toEqual(['SITE-UNKNOWN'])
    expect(rulesOf(await reserve(vm('a', { vmId: 500 })))).toEqual(['VMID-UNIQUE'])
    expect(rulesOf(await reserve(vm('a', { address: '192.168.11.50' })))).toEqual(['IP-UNIQUE'])
    expect(rulesOf(await reserve(vm('a', { vmId: 7 }), vm('b', { vmId: 7 })))).toEqual([
      'VMID-UNIQUE',
    ])
    const twin = '192.168.11.51'
    const elsewhere = vm('b', { address: twin, host: 'r630-01', site: 'r630-01' })
    expect(rulesOf(await reserve(vm('a', { address: twin }), elsewhere))).toEqual(['IP-UNIQUE'])
  })

  it('says “another tenant’s change” and never a neighbour’s numbers', async () => {
    const neighbour = vm('x', { memoryMiB: 77_777, cores: 11, diskGiB: 333 })
    await inventory.reserve({ ...theirs, items: [neighbour] })
    await inventory.claim('chg_9')
    const items = [vm('a', { memoryMiB: HOST_MIB - 50_000, vmId: neighbour.vmId })]
    const result = await inventory.reserve({ ...mine, items })
    expect(rulesOf(result)).toEqual(['CAPACITY', 'VMID-UNIQUE'])
    const text = JSON.stringify(result)
    expect(text).toContain('another tenant’s change')
    expect(text).not.toMatch(/77|333|dbis|chain|chg_9|numbers/)
    const own = await inventory.reserve({ ...mine, items: [vm('a', { memoryMiB: HOST_MIB + 1 })] })
    expect(JSON.stringify(own)).not.toContain('another tenant')
  })
})

describe('the life of a reservation', () => {
  const grow = { ...mine, changeId: 'chg_2' }
  const a = () => vm('a', { memoryMiB: 60_000, vmId: 1, address: '192.168.11.10' })
  const b = () => vm('b', { memoryMiB: 10_000, vmId: 2, address: '192.168.11.11' })

  it('an update counts once, at the larger size, until it is applied', async () => {
    await inventory.reserve({ ...mine, items: [a(), b()] })
    await inventory.settle('chg_1')
    const larger = { ...a(), memoryMiB: 90_000 }
    expect((await inventory.reserve({ ...grow, items: [larger, b()] })).ok).toBe(true)
    expect((await seen())[0]).toMatchObject({
      yours: { vms: 2, memoryMiB: 70_000 },
      held: { yours: [{ changeId: 'chg_2', use: { vms: 0, memoryMiB: 30_000 } }] },
    })
    await inventory.settle('chg_2')
    expect((await seen())[0]?.yours).toMatchObject({ vms: 2, memoryMiB: 100_000 })
    await inventory.prune({ ...mine, keep: ['a', 'b'] })
    expect((await seen())[0]?.yours).toMatchObject({ vms: 2, memoryMiB: 100_000 })
    expect(await inventory.holds('chg_1')).toEqual({ held: 0 })
  })

  it('a machine that shrinks or moves keeps its old room until it is applied', async () => {
    await inventory.reserve({ ...mine, items: [a()] })
    await inventory.settle('chg_1')
    const moved = { ...a(), host: 'r630-01', site: 'r630-01', memoryMiB: 20_000 }
    await inventory.reserve({ ...grow, items: [moved] })
    await inventory.settle('chg_2')
    const room = async () =>
      Object.fromEntries((await seen()).map(({ host, yours }) => [host, yours.memoryMiB]))
    expect(await room()).toEqual({ 'ml110-01': 60_000, 'r630-01': 20_000 })
    await inventory.prune({ ...mine, keep: ['a'] })
    expect(await room()).toEqual({ 'r630-01': 20_000 })
  })

  it('what is not kept goes, what other changes hold stays', async () => {
    await inventory.reserve({ ...mine, items: [a(), b()] })
    await inventory.settle('chg_1')
    await inventory.reserve({ ...grow, items: [b()] })
    await inventory.prune({ ...mine, keep: [] })
    expect((await seen())[0]?.held?.yours[0]?.use).toMatchObject({ vms: 1, memoryMiB: 10_000 })
    expect(await inventory.holds('chg_2')).toEqual({ held: 1 })
  })

  it('released once, it stays released; settled, it cannot be released', async () => {
    await inventory.reserve({ ...mine, items: [a()] })
    await inventory.release('chg_1')
    await inventory.release('chg_1')
    expect(await seen()).toEqual([])
    expect((await inventory.reserve({ ...mine, items: [a()] })).ok).toBe(false)
    await inventory.reserve({ ...grow, items: [a()] })
    await inventory.settle('chg_2')
    await inventory.release('chg_2')
    expect(await inventory.holds('chg_2')).toEqual({ held: 1 })
    expect(await inventory.reserve({ ...grow, items: [b()] })).toEqual({
      ok: true,
      value: { held: 1 },
    })
  })

  it('a release that overtakes its reservation wins', async () => {
    await inventory.release('chg_1')
    expect((await inventory.reserve({ ...mine, items: [a()] })).ok).toBe(false)
  })
})

describe('the snapshot', () => {
  it('splits yours from others and leaves out the resource that is planned', async () => {
    await inventory.reserve({ ...mine, items: [vm('a', { vmId: 1 })] })
    await inventory.reserve({
      ...mine,
      changeId: 'chg_2',
      resource: 'db',
      items: [vm('d', { vmId: 2 })],
    })
    await inventory.reserve({ ...theirs, items: [vm('a', { vmId: 3 }), vm('y', { vmId: 4 })] })
    for (const id of ['chg_1', 'chg_2', 'chg_9']) await inventory.settle(id)
    const { uses, takenVmIds, takenAddresses, sites } = await inventory.snapshot({
      tenantId: mine.tenantId,
      resource: 'web',
    })
    expect(uses).toMatchObject([{ host: 'ml110-01', yours: { vms: 1 }, others: { vms: 2 } }])
    expect(takenVmIds.sort()).toEqual([2, 3, 4])
    expect(takenAddresses).toHaveLength(3)
    expect(sites.map(({ name }) => name)).toEqual(['ml110-01', 'r630-01'])
  })
})

describe('storage that hosts share', () => {
  it('is one supply', async () => {
    const size = { value: 100, unit: 'GiB' }
    const host = (name: string) => ({
      name,
      cores: 32,
      memory: { value: 128, unit: 'GB' },
      storage: { datastore: 'ceph', kind: 'shared', size },
    })
    await world.create('/v1/sites', siteOf('twin', { hosts: [host('t1'), host('t2')] }))
    const on = (name: string, diskGiB: number) => vm(name, { site: 'twin', host: name, diskGiB })
    const items = [on('t1', 60), on('t2', 41)]
    expect(rulesOf(await inventory.reserve({ ...mine, items }))).toEqual(['CAPACITY'])
    expect((await inventory.reserve({ ...mine, items: [on('t1', 60), on('t2', 40)] })).ok).toBe(
      true,
    )
  })
})
