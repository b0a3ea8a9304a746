// A tenant moves to another resource group, and the Directory does not answer in the moment in which it gives the old one back.
import { afterEach, expect, it, vi } from 'vitest'
import { Directory } from '../actors/directory.ts'
import { createArcWorld, PLACE } from './arc-world.fixture.ts'

afterEach(() => void vi.useRealTimers())

it('gives the place that it left back, when the request is sent again', async () => {
  const on = await createArcWorld()
  await on.world.createTenant('other')
  const moved = { ...PLACE, resourceGroup: 'phoenix-acme-2' }
  expect((await on.put('acme', PLACE)).status).toBe(200)
  vi.spyOn(Directory.prototype, 'releaseOtherAzurePlaces').mockRejectedValueOnce(new Error('reset'))
  expect((await on.put('acme', moved)).status).toBeGreaterThanOrEqual(500)
  expect((await on.put('acme', moved)).status).toBe(200)
  const taken = await on.put('other', PLACE)
  expect([taken.status, taken.text]).toEqual([200, expect.anything()])
})
