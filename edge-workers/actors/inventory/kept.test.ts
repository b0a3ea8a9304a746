// What a promoted record of the operators' repository does to an Inventory: once, in the order of `live`, or not at all.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../../functions/simulator/edge-world.ts'
import { Site } from '../../../schemas/place.ts'
import { PriceBook } from '../../../schemas/price-book.ts'
import type { InventoryApi, KeepRecord } from '../contracts.ts'

let world: World
let inventory: InventoryApi
beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  inventory = world.inventory.namespace.getByName('inventory-eu')
})

const ofSite = (order: number, gigabytes: number, removing = false): KeepRecord => {
  const [host] = siteOf('a').hosts
  const hosts = [{ ...host, memory: { value: gigabytes, unit: 'GB' } }]
  const value = Site.parse(siteOf('a', { hosts }))
  return { changeId: `chg_${order}`, order, record: { kind: 'site', value }, removing }
}
const memory = async () => (await inventory.readSite('a'))?.value.hosts[0]?.memory.value ?? null
const reserve = (memoryMiB: number) =>
  inventory.reserve({
    ...{ changeId: 'chg_machine', tenantId: 'ten_eu_acme', resource: 'web' },
    items: [
      {
        ...{ name: 'web', role: 'vm', group: 'vm', site: 'a', host: 'a', cores: 1, memoryMiB },
        ...{ diskGiB: 1, vmId: 1, address: '192.168.11.100' },
      },
    ],
  })

describe('a record of a site', () => {
  it('makes the site, and changes it; the same again changes nothing', async () => {
    for (const again of [1, 2]) {
      expect(await inventory.keepRecord(ofSite(1, 64)), `${again}`).toMatchObject({ ok: true })
    }
    expect(await inventory.readSite('a')).toMatchObject({ version: 1, value: { keptIn: 'chg_1' } })
    await inventory.keepRecord(ofSite(2, 128))
    expect(await memory()).toBe(128)
    expect(await inventory.readSite('a')).toMatchObject({ version: 2, value: { keptIn: 'chg_2' } })
  })

  it('that comes late has no say, also after the place is gone', async () => {
    await inventory.keepRecord(ofSite(2, 128))
    expect(await inventory.keepRecord(ofSite(1, 64))).toMatchObject({ value: { taken: false } })
    expect(await memory()).toBe(128)
    await inventory.keepRecord(ofSite(4, 128, true))
    expect(await inventory.keepRecord(ofSite(3, 64))).toMatchObject({ value: { taken: false } })
    expect(await memory()).toBeNull()
  })

  it('is refused below what stands there, and taken once there is room', async () => {
    await inventory.keepRecord(ofSite(1, 128))
    await reserve(65_536)
    for (const refused of [ofSite(2, 64), ofSite(2, 128, true)]) {
      expect(await inventory.keepRecord(refused)).toMatchObject({ ok: false })
    }
    expect(await memory()).toBe(128)
    await inventory.release('chg_machine')
    expect(await inventory.keepRecord(ofSite(2, 64))).toMatchObject({ ok: true })
    expect(await memory()).toBe(64)
  })

  it('is not what a planner reads of it: a snapshot has the site alone', async () => {
    await inventory.keepRecord(ofSite(1, 64))
    const { sites } = await inventory.snapshot({ tenantId: 'ten_eu_acme', resource: 'web' })
    expect(sites).toEqual([ofSite(1, 64).record.value])
  })
})

describe('a price book', () => {
  const ofBook = (order: number, name: string, removing = false): KeepRecord => ({
    ...{ changeId: `chg_${order}`, order, removing },
    record: {
      kind: 'price-book',
      value: PriceBook.parse({
        ...{ name, version: '1', date: '2026-11-01', currency: 'EUR', standIn: true },
        ...{ jurisdictions: ['eu'], ownHardware: [], azure: [] },
      }),
    },
  })
  const installed = async () =>
    (await inventory.snapshot({ tenantId: 'ten_eu_acme', resource: 'web' })).priceBook?.name ?? null

  it('is the one that planners read, until it is taken away; then another may come', async () => {
    await inventory.keepRecord(ofBook(1, 'first'))
    expect(await installed()).toBe('first')
    expect(await inventory.keepRecord(ofBook(2, 'second'))).toMatchObject({
      refusal: { findings: [{ rule: 'PRICE-BOOK-UNIQUE', pointer: '/jurisdictions' }] },
    })
    expect(await installed()).toBe('first')
    await inventory.keepRecord(ofBook(3, 'first', true))
    expect(await installed()).toBeNull()
    await inventory.keepRecord(ofBook(4, 'second'))
    // What comes late of the first one takes nothing away.
    await inventory.keepRecord(ofBook(5, 'first', true))
    expect(await installed()).toBe('second')
  })
})

describe('rows of an earlier release', () => {
  it('are read as they are, without what came later', async () => {
    await world.create('/v1/sites', siteOf('b'))
    const site = await inventory.readSite('b')
    expect(site?.value).not.toHaveProperty('qdevice')
    expect(site?.value).not.toHaveProperty('keptIn')
    expect(Object.keys(site?.value.hosts[0] ?? {})).not.toContain('images')
  })
})
