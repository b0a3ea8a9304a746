// A change that was acknowledged, reserved, and is in no backup and not in Git: nobody knows of its hold but the Inventory, which
// gives it back once the tenant, restored, says that it does not know it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Outage } from '../../../../schemas/result.ts'
import { sweep } from '../../../sweep.ts'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

const HOUR = 3_600_000
let world: LostWorld
let id: string
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
  world = await createLostWorld()
  world.memory.setIntercept(() => Promise.reject(new Outage('forge', 'does not answer')))
  const accepted = await world.request(world.vmRequest('web'), { key: 'k1' })
  id = accepted.body.id ?? ''
  await world.settle()
  world.lose()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const held = async () => (await world.inventoryStub.holds(id)).held
const days = async (many: number) => {
  for (let hour = 0; hour < many * 24; hour += 6) {
    vi.setSystemTime(Date.now() + 6 * HOUR)
    const due = world.inventory.alarmOf('inventory-eu')
    if (due !== null && due <= Date.now()) await world.inventory.alarm('inventory-eu')
    await sweep(world.env)
    await world.settle()
  }
}
const restored = async () => {
  world.memory.setIntercept(null)
  vi.setSystemTime(Date.now() + 60_000)
  expect((await world.restore()).status).toBe(200)
}

it('is kept while the database is lost or its restore is under way', async () => {
  expect(await held()).toBe(1)
  await days(3)
  expect(await held()).toBe(1)
  expect((await world.restore()).status).toBe(503)
  await days(3)
  expect(await held()).toBe(1)
})

it('goes once the tenant is restored without it', async () => {
  await restored()
  await days(2)
  expect(await held()).toBe(0)
})

it.each([0, 2])('is made anew by its request under its key, %i days later', async (later) => {
  await restored()
  await confirmTokens(world)
  await days(later)
  const again = await world.request(world.vmRequest('web'), { key: 'k1' })
  expect(again.body.id).toBe(id)
  await world.settle()
  expect((await world.read(id)).state).toBe('proposed')
  await days(2)
  expect(await held()).toBe(1)
})
