// What a plan reads follows the change and not the tenant: counted in fleets of 340, 3,260 and 32,500 regions.
import { describe, expect, it } from 'vitest'
import {
  createBigTenant,
  groupOf,
  groupParameters,
  type Watched,
  watch,
} from '../../../functions/simulator/big-tenant.fixture.ts'
import type { TenantWorld } from '../../../functions/simulator/tenant-world.ts'

const SIZES = [340, 3260, 32_500]
const SLOPE_AT_MOST = 1.3

const preview = async (world: TenantWorld, body: object) => {
  const answered = await world.send('POST', '/changes?validateOnly=true', { body })
  expect(answered.status, JSON.stringify(answered.body)).toBe(200)
  return answered.body.plan
}

const machine = (world: TenantWorld) => preview(world, world.vmRequest('web'))
const region = (world: TenantWorld) =>
  preview(world, {
    ...{ action: 'update', template: 'fleet-group', name: groupOf(0) },
    parameters: groupParameters(0, 7),
  })

const watchEach = async (run: (world: TenantWorld) => Promise<unknown>) => {
  const seen: Watched[] = []
  for (const size of SIZES) {
    const world = await createBigTenant(size)
    // The first request wakes the actor, which reads the tenant's own row once.
    await run(world)
    seen.push(await watch(world, () => run(world)))
  }
  return seen
}

describe.each([
  // Free ids and addresses are found among everybody's machines, of which a fleet has none. Who could approve is found among
  // all people of the tenant: their number does not grow with what stands.
  ['one machine', machine, ['machines', 'members']],
  ['one region of a fleet', region, ['members']],
] as const)('a preview of %s', (_, run, scans) => {
  it('reads as much in 32,500 regions as in 340, and goes through no other table', async () => {
    const seen = await watchEach(run)
    const [small] = seen
    expect(small?.rows).toBeGreaterThan(0)
    for (const each of seen) {
      expect(each.rows).toBeLessThanOrEqual((small?.rows ?? 0) * SLOPE_AT_MOST)
      expect(each.characters).toBeLessThanOrEqual((small?.characters ?? 0) * SLOPE_AT_MOST)
      expect(each.scans).toEqual(scans)
    }
  })
})

describe('a preview of one region', () => {
  it('is about that region', async () => {
    const plan = await region(await createBigTenant(340))
    expect(plan?.fleet).toMatchObject({ changed: 1, unchanged: 19 })
  })
})
