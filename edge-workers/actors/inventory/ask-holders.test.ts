// An Inventory that was put back asks its tenants what they hold; who does not answer is told to the operator, and asked again.
import { beforeEach, expect, it, vi } from 'vitest'
import { createWorld, type World } from '../../../functions/simulator/edge-world.ts'
import { askHolders } from './ask-holders.ts'

let world: World
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = createWorld()
})

it('asks every tenant of the jurisdiction, and no other', async () => {
  const own = [await world.createTenant('acme'), await world.createTenant('dbis')]
  const other = await world.createTenant('other', { jurisdiction: 'us' })
  expect(await askHolders(world.env, 'eu', async () => undefined)).toMatchObject({ ok: true })
  for (const { id } of own) expect(world.tenants.calls).toContain(`${id}.holdAgain`)
  expect(world.tenants.calls).not.toContain(`${other.id}.holdAgain`)
})

it('asks the others too where one does not answer, and says how many are missing', async () => {
  const [one, two] = [await world.createTenant('acme'), await world.createTenant('dbis')]
  const broken = world.tenants.wake(one.id)
  const first = broken.holdAgain
  broken.holdAgain = () => Promise.reject(new Error('no'))
  expect(await askHolders(world.env, 'eu', async () => undefined)).toMatchObject({
    refusal: { problem: 'outage', detail: expect.stringContaining('1 tenants') },
  })
  expect(world.tenants.calls).toContain(`${two.id}.holdAgain`)
  broken.holdAgain = first
  expect(await askHolders(world.env, 'eu', async () => undefined)).toMatchObject({ ok: true })
})

it('waits for nobody whose tenant the Directory knows and whose actor nobody has come to', async () => {
  const { id } = await world.createTenant('acme')
  world.tenants.lose(id)
  expect(await askHolders(world.env, 'eu', async () => undefined)).toMatchObject({ ok: true })
})
