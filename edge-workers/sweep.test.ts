// The sweep wakes everybody, and one tenant's failure stops nobody else's.
import { expect, it } from 'vitest'
import { createWorld } from '../functions/simulator/edge-world.ts'
import { sweep } from './sweep.ts'

it('wakes every tenant and counts those that failed', async () => {
  const world = createWorld()
  const ids: string[] = []
  for (const slug of ['a', 'b', 'c']) ids.push((await world.createTenant(slug)).id)
  const broken = world.tenants.actors.get(ids[1] ?? '')?.actor
  if (broken) broken.wake = () => Promise.reject(new Error('no'))
  const report = await sweep(world.env)
  expect(report).toMatchObject({ tenants: 3, failed: 1 })
  for (const id of ids) expect(world.tenants.calls).toContain(`${id}.wake`)
})

it('wakes every inventory, that of a jurisdiction too whose tenants are all erased', async () => {
  const world = createWorld()
  const { id } = await world.createTenant('a')
  await world.directory.namespace.getByName('directory').eraseTenant(id)
  expect(await sweep(world.env)).toMatchObject({ tenants: 0, failed: 0 })
  expect(world.inventory.calls).toContain('inventory-eu.wake')
  const broken = world.inventory.actors.get('inventory-eu')?.actor
  if (broken) broken.wake = () => Promise.reject(new Error('no'))
  expect(await sweep(world.env)).toMatchObject({ failed: 1 })
})
