// Residency through the product: operators say where a tenant's things may be, and what would be elsewhere is refused.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { Finding, Plan } from '../../../schemas/plan.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

const patch = async (body: object, token = world.operator) => {
  const response = await world.http('PATCH', '/v1/tenants/acme', {
    ...{ token, body, headers: { 'if-match': '*' } },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const vaultIn = (location: string, name = 'keys') => ({
  ...{ action: 'create', template: 'key-vault', name },
  parameters: {
    ...{ location, azureName: `acme-${name}` },
    entraTenantId: '00000000-0000-0000-0000-000000000001',
  },
})
const findingsOf = (body: unknown) => (body as { findings?: Finding[] }).findings ?? []
const errorsOf = (body: unknown) =>
  ((body as { errors?: { rule: string; pointer: string }[] }).errors ?? []).map(
    ({ rule, pointer }) => [rule, pointer],
  )
const opened = () => world.memory.pulls.length

describe('a tenant', () => {
  it('has its own jurisdiction and nothing else until operators say more', async () => {
    const { body } = await world.send('GET', '')
    expect(body).toMatchObject({ residency: { allow: ['eu'] }, failoverApprovals: 2 })
    const refused = await world.request(vaultIn('eastus'))
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({
      errors: expect.arrayContaining([
        expect.objectContaining({
          rule: 'REGION-ALLOWED',
          detail: expect.stringContaining('eastus'),
        }),
      ]),
    })
    // The vault, and the group that it is in.
    const where = ['REGION-ALLOWED', '/parameters/location']
    expect(errorsOf(refused.body)).toEqual([where, where])
    expect(opened()).toBe(0)
    expect((await world.request(vaultIn('westeurope'))).status).toBe(202)
  })

  it('is allowed more, and less, by its operators; quota and residency do not touch each other', async () => {
    const before = (await world.send('GET', '')).body as unknown as { quota: object }
    const set = await patch({ residency: { allow: ['eu', 'us'], denyRegions: ['westeurope'] } })
    expect(set).toMatchObject({
      status: 200,
      body: { residency: { allow: ['eu', 'us'] }, quota: before.quota },
    })
    expect((await world.request(vaultIn('eastus'))).status).toBe(202)
    expect((await world.request(vaultIn('westeurope', 'other'))).status).toBe(422)
    const quota = { vms: 1, cores: 2, memoryMiB: 4096, diskGiB: 50 }
    expect((await patch({ quota, failoverApprovals: 3 })).body).toMatchObject({
      ...{ quota, failoverApprovals: 3 },
      residency: { allow: ['eu', 'us'], denyRegions: ['westeurope'] },
    })
    expect((await patch({ residency: null })).body).toMatchObject({
      ...{ quota, failoverApprovals: 3, residency: { allow: ['eu'] } },
    })
  })

  it('does not say so itself', async () => {
    for (const body of [
      { residency: { allow: ['eu', 'us'] } },
      { residency: null },
      { failoverApprovals: 2 },
    ])
      expect((await patch(body, world.tokens.owner)).status).toBe(403)
  })

  it.each([
    ['without its own jurisdiction', { allow: ['us'] }, '/residency/allow'],
    [
      'with a region that nobody knows',
      { allow: ['eu'], denyRegions: ['atlantis'] },
      '/residency/denyRegions/0',
    ],
    ['with an empty list', { allow: ['eu'], regions: [] }, '/residency/regions'],
    ['with a jurisdiction that is none', { allow: ['xx'] }, '/residency/allow/0'],
    ['twice', { allow: ['eu', 'eu'] }, '/residency/allow'],
  ])('is not set %s', async (_title, residency, pointer) => {
    const { status, body } = await patch({ residency })
    expect(status).toBe(422)
    expect(body).toMatchObject({ errors: [{ pointer }] })
    expect((await world.send('GET', '')).body).toMatchObject({ residency: { allow: ['eu'] } })
  })

  it('approves for the circle that it was shown: a narrower one voids the approval', async () => {
    const { id } = await world.propose(vaultIn('westeurope'))
    await world.approve(id)
    await patch({ residency: { allow: ['eu'], denyRegions: ['westeurope'] } })
    expect((await world.decide('merge', id)).status).toBe(409)
    expect(world.memory.calls).not.toContain('mergePull')
  })
})

describe('the_order', () => {
  const rollOut = (parameters: object) =>
    world.send('POST', '/rollouts?validateOnly=true', {
      body: { system: 'the_order', parameters: { domain: 'order.example.org', ...parameters } },
    })
  const denied = async (parameters: object) =>
    findingsOf((await rollOut(parameters)).body).filter(({ rule }) => rule === 'REGION-ALLOWED')

  it('with acrGeoReplica eastus is refused, even of a tenant that is allowed the United States', async () => {
    await patch({ residency: { allow: ['eu', 'us'] } })
    const { status, body } = await rollOut({ acrGeoReplica: 'eastus' })
    expect(status).toBe(422)
    const [found, ...more] = findingsOf(body).filter(({ rule }) => rule === 'REGION-ALLOWED')
    expect(more).toEqual([])
    expect(found?.message).toMatch(/geo-replica .* in eastus \(us\): the system denies/)
    expect(found).toMatchObject({ pointer: '/spec/location', numbers: { denied: 1, allowed: 1 } })
    expect(found?.file).toMatch(/\.yaml$/)
    expect(found?.message).toContain('allowed: eu')
    // The finding is about the file; the error is about what was asked.
    expect(errorsOf(body)).toEqual([['REGION-ALLOWED', '/parameters/acrGeoReplica']])
    expect(opened()).toBe(0)
  })

  it('with northeurope passes', async () => {
    expect(await denied({ acrGeoReplica: 'northeurope' })).toEqual([])
  })
})

it('the plan in the answer has the rows', async () => {
  const { body } = await world.send('POST', '/changes?validateOnly=true', {
    body: vaultIn('westeurope'),
  })
  const { residency } = body.plan as Plan
  expect(residency).toContainEqual(
    expect.objectContaining({ kind: 'vault', place: 'westeurope', jurisdiction: 'eu' }),
  )
  expect(residency).toContainEqual(
    expect.objectContaining({ kind: 'control-plane', jurisdiction: 'eu', verdict: 'allowed' }),
  )
})
