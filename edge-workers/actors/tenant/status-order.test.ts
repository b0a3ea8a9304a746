// Reports at the edges of `live`: before Phoenix ever moved it, and within one commit, where nothing says which came first.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const refusal = (problem: string) =>
  expect.objectContaining({ ok: false, refusal: expect.objectContaining({ problem }) })
const taken = (value: boolean) => ({ ok: true, value: { taken: value } })

describe('before anything was promoted', () => {
  const base = () => ({ name: 'tenant', liveSha: world.memory.branches.get('live') ?? '' })
  const ofBase = { component: '10-tenant' }

  it('the base of the first commit may report, and changes nothing', async () => {
    expect(await world.report(base(), 'healthy', ofBase)).toEqual(taken(false))
    const digest = `sha256:${'e'.repeat(64)}`
    expect(await world.report(base(), 'healthy', { ...ofBase, digest })).toEqual(taken(false))
    const again = await world.report(base(), 'healthy', { ...ofBase, digest })
    expect(again).toEqual(refusal('webhook-replayed'))
  })

  it('asks the forge for that commit once', async () => {
    await world.report(base(), 'healthy', ofBase)
    const calls = world.memory.calls.length
    expect(calls).toBeGreaterThan(0)
    await world.report(base(), 'healthy', ofBase)
    expect(world.memory.calls).toHaveLength(calls)
  })

  it('anything else there is unknown, and so is the base elsewhere', async () => {
    expect(await world.report(base(), 'healthy')).toEqual(refusal('not-found'))
    const elsewhere = { ...ofBase, cluster: 'other' }
    expect(await world.report(base(), 'healthy', elsewhere)).toEqual(refusal('not-found'))
    const later = { ...base(), liveSha: '2'.repeat(40) }
    expect(await world.report(later, 'healthy', ofBase)).toEqual(refusal('unknown-revision'))
  })
})

describe('within one commit', () => {
  it('that it is being applied is no news once it was healthy, that it is degraded is', async () => {
    const web = await world.apply(world.vmRequest('web'))
    const version = async () => (await world.read(web.id)).targets[0]?.state
    expect(await world.report(web, 'progressing')).toEqual(taken(false))
    expect(await version()).toBe('healthy')
    expect(await world.report(web, 'degraded')).toEqual(taken(true))
    expect(await world.report(web, 'progressing')).toEqual(taken(true))
    expect(await version()).toBe('progressing')
    expect((await world.read(web.id)).state).toBe('applied')
  })
})
