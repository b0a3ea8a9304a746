// Crash point C4: what cannot be rendered again as it was planned ends, says why and leaves nothing outside.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('a change whose template is another by the time it is proposed fails, and gives its room back', async () => {
  const world = await createTenantWorld()
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  // As after a release in between: what is rendered now has another digest than what was planned.
  world.tenants
    .storageOf(world.tenantId)
    ?.sql.exec(`UPDATE plans SET plan = json_set(plan, '$.files[0].digest', 'sha256:00')`)
  await world.settle()
  const { state, reason } = await world.read(id)
  expect({ state, reason }).toEqual({
    state: 'failed',
    reason: 'its template changed before it was proposed: ask again',
  })
  expect([...world.memory.branches.keys()].sort()).toEqual(['live', 'main'])
  expect(world.memory.pulls).toEqual([])
  expect(await world.inventoryStub.holds(id)).toEqual({ held: 0 })
})
