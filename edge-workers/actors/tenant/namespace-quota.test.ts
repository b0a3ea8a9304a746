// Pods over HTTP: what the namespace's quota could never start is refused with the numbers, until the base is raised.
import { beforeEach, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

const application = (name: string, max: number) => ({
  ...{ action: 'create', template: 'application', name },
  parameters: { image: 'registry.example/portal:1', replicas: { min: 1, max } },
})
const base = (action: 'create' | 'update', cpu: string) => ({
  ...{ action, template: 'tenant-base', name: 'base' },
  parameters: { quota: { cpu } },
})
interface Refused {
  type?: string
  findings?: { rule: string; numbers?: Record<string, number>; pointer?: string }[]
}
/** The status, and what of the namespace's quota was found. */
const outcome = async (body: object) => {
  const { status, body: answer } = await world.request(body)
  const { findings = [] } = answer as Refused
  return [status, ...findings.filter(({ rule }) => rule === 'NAMESPACE-QUOTA')]
}
/** All the way to `applied`: until then the resource has an open change. */
const apply = async (body: object) => {
  const landed = await world.land((await world.propose(body)).id)
  for (const { cluster, component } of landed.targets)
    await world.report(landed, 'healthy', { cluster, component })
  await world.settle()
}

it('an application whose autoscaler could ask for more than the base allows is refused', async () => {
  const numbers = { limit: 24_000, used: 0, reserved: 0, asked: 40_500 }
  await apply(base('create', '24'))
  expect(await outcome(application('portal', 80))).toMatchObject([422, { numbers }])
  await apply(base('update', '64'))
  expect(await outcome(application('portal', 80))).toEqual([202])
})

it('what is accepted and what stands count against what comes after', async () => {
  await apply(base('create', '32'))
  expect(await outcome(application('one', 31))).toEqual([202])
  expect(await outcome(application('two', 31))).toEqual([202])
  const reserved = { limit: 32_000, used: 0, reserved: 32_000, asked: 1000 }
  expect(await outcome(application('three', 1))).toMatchObject([422, { numbers: reserved }])
})

it('a base is not lowered below what stands', async () => {
  await apply(base('create', '40'))
  await apply(application('portal', 59))
  const numbers = { limit: 29_000, used: 30_000, reserved: 0, asked: 0 }
  expect(await outcome(base('update', '29'))).toMatchObject([
    422,
    { numbers, pointer: '/parameters/quota/cpu' },
  ])
  expect(await outcome(base('update', '30'))).toEqual([202])
  // The lowered limit is held back from the moment it is accepted.
  expect(await outcome(application('other', 1))).toMatchObject([
    422,
    { numbers: { limit: 40_000, used: 30_000, reserved: 10_000, asked: 1000 } },
  ])
})

it('what others use does not void an approval', async () => {
  const { id } = await world.propose(application('one', 4))
  await world.approve(id)
  expect(await outcome(application('two', 4))).toEqual([202])
  await world.insist(world.decide('merge', id))
  await world.settle()
  expect((await world.read(id)).state).toBe('promoted')
})

it('shows the lines where a plan is read', async () => {
  const { id } = await world.propose(application('portal', 4))
  const page = await world.http('GET', `/v1/tenants/acme/changes/${id}/plan`, {
    token: world.tokens.approver,
  })
  const { quota } = (await page.json()) as { quota: object[] }
  expect(quota).toContainEqual({
    ...{ kind: 'podCpuMilli', limit: 96_000, used: 0, reserved: 0, asked: 2500, fits: true },
  })
  const [pull] = world.memory.pulls
  expect(pull?.body).toContain('| cores of pods | 96 | 0 | 0 | 2.5 | fits |')
})
