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
