// Decisions across versions: what a version move or a raised quota does to approvals, and what a revert goes back to.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { findTemplate } from '../../../templates/index.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const base = (action: 'create' | 'update', more: object = {}) => ({
  ...{ action, template: 'tenant-base', name: 'base', parameters: {}, ...more },
})
/** All the way to `applied`, whatever components it has. */
const apply = async (body: object) => {
  const landed = await world.land((await world.propose(body)).id)
  for (const { cluster, component } of landed.targets)
    await world.report(landed, 'healthy', { cluster, component })
  await world.settle()
  return world.read(landed.id)
}
const application = (max: number) => ({
  ...{ action: 'create', template: 'application', name: 'portal' },
  parameters: { image: 'registry.example/portal:1', replicas: { min: 1, max } },
})
const rows = () => {
  const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
  if (!sql) throw new Error('the actor sleeps')
  return sql
}

it('an update of a phase that nobody has is refused', async () => {
  const [example] = findTemplate('the_order/data')?.examples ?? []
  const { parameters } = example ?? {}
  const refused = await world.request({
    ...{ action: 'update', template: 'the_order/data', name: 'x', parameters },
  })
  expect([refused.status, (refused.body as { errors?: object[] }).errors]).toEqual([
    422,
    [expect.objectContaining({ pointer: '/name', rule: 'RESOURCE-UNKNOWN' })],
  ])
})

describe('an approval', () => {
  it('survives that the base moves to a newer version', async () => {
    await apply(base('create', { version: '1.0.0' }))
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await apply(base('update', { version: '1.1.0' }))
    await world.insist(world.decide('merge', id))
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('survives that the base allows more, and is not enough where it allows less', async () => {
    await apply(base('create', { parameters: { quota: { cpu: '8' } } }))
    const { id } = await world.propose(application(4))
    await world.approve(id)
    await apply(base('update', { parameters: { quota: { cpu: '16' } } }))
    // No change of the base may do this; the row is bent to show that it is asked.
    const bend = (to: string) =>
      rows().exec(
        `UPDATE resources SET parameters = json_set(parameters, '$.quota.cpu', '${to}') WHERE name = 'base'`,
      )
    bend('1')
    const refused = await world.decide('merge', id)
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'It would be blocked now: NAMESPACE-QUOTA.',
    ])
    bend('16')
    await world.insist(world.decide('merge', id))
  })
})

describe('a plan of an earlier Phoenix', () => {
  it('lacks what snapshots have gained since, and is approved, merged and promoted all the same', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const later = ['baseVersions', 'namespaces', 'takenPaths', 'takenBases', 'takenNames']
    later.push('takenChainIds', 'exceptions')
    const paths = later.map((field) => `'$.${field}'`).join(', ')
    rows().exec(`UPDATE plans SET snapshot = json_remove(snapshot, ${paths})`)
    expect((await world.land(id)).state).toBe('promoted')
  })
})

describe('a revert', () => {
  const { stringify } = JSON
  const revert = (id: string) =>
    world.insist(world.decide('revert', id, { token: world.tokens.requester }))

  it('of a version move goes back to the version before', async () => {
    await apply(base('create', { version: '1.0.0' }))
    const moved = await apply(base('update', { version: '1.1.0' }))
    expect(moved.state).toBe('applied')
    const back = await revert(moved.id ?? '')
    await world.settle()
    const { body } = await world.send('GET', `/changes/${back.id}/plan`)
    expect(stringify(body)).toContain('"template":{"name":"tenant-base","version":"1.0.0"}')
  })
})
