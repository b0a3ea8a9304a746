// What engines report: only of commits that `live` has had and clusters that are targets, and never backwards.
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../schemas/change.ts'
import type { ResourceView } from '../../../schemas/resource.ts'

type Landed = ChangeView & { id: string }
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const resource = async (name = 'web') =>
  (await world.send('GET', `/resources/${name}`)).body as unknown as ResourceView
const land = async (body: object): Promise<Landed> => {
  const landed = await world.land((await world.propose(body)).id)
  return { ...landed, id: landed.id ?? '' }
}
const update = (cores: number) => world.vmRequest('web', { cores }, { action: 'update' })
const taken = (value: boolean) => ({ ok: true, value: { taken: value } })
const refusal = (problem: string) =>
  expect.objectContaining({ ok: false, refusal: expect.objectContaining({ problem }) })

describe('a change in live', () => {
  it('goes from promoted through applying to applied, and its resource to healthy', async () => {
    const web = await land(world.vmRequest('web'))
    expect(web.state).toBe('promoted')
    expect((await resource()).health.state).toBe('progressing')
    expect(await world.report(web, 'progressing')).toEqual(taken(true))
    expect((await world.read(web.id)).state).toBe('applying')
    await world.report(web, 'healthy')
    const done = await world.read(web.id)
    expect(done).toMatchObject({
      state: 'applied',
      targets: [{ state: 'healthy', simulated: true }],
    })
    expect(done.simulated.join()).toContain('simulated')
    expect((await resource()).health).toEqual({
      ...{ state: 'healthy', message: 'every target is healthy', simulated: true },
    })
  })

  it('fails, and is applied when the engine gets there after all', async () => {
    const web = await land(world.vmRequest('web'))
    await world.report(web, 'failed', { message: 'no such node' })
    expect(await world.read(web.id)).toMatchObject({
      ...{ state: 'failed', reason: '60-web on lab: no such node' },
    })
    expect((await resource()).health.state).toBe('degraded')
    await world.report(web, 'healthy')
    expect((await world.read(web.id)).state).toBe('applied')
  })

  it('stays applied when it degrades later; the resource and the ETag show it', async () => {
    const { id, ...web } = await world.apply(world.vmRequest('web'))
    const path = `/v1/tenants/acme/changes/${id}`
    const etag = async () =>
      (await world.http('GET', path, { token: world.tokens.auditor })).headers.get('etag')
    const before = await etag()
    await world.report(web, 'degraded', { message: 'disk full' })
    expect(await world.read(id)).toMatchObject({
      state: 'applied',
      targets: [{ state: 'degraded' }],
    })
    expect((await resource()).health).toMatchObject({ state: 'degraded', message: 'disk full' })
    expect(await etag()).not.toBe(before)
    await world.report(web, 'healthy')
    expect((await resource()).health.state).toBe('healthy')
  })
})

describe('a report', () => {
  it('of a commit that live never had, of another cluster or component, is refused', async () => {
    const web = await land(world.vmRequest('web'))
    const other = await world.propose(world.vmRequest('db'))
    for (const revision of ['0'.repeat(40), other.commit?.sha ?? '', web.commit?.sha ?? ''])
      expect(await world.report(web, 'healthy', { revision })).toEqual(refusal('unknown-revision'))
    expect(await world.report(web, 'healthy', { cluster: 'other' })).toEqual(refusal('not-found'))
    expect(await world.report(web, 'healthy', { component: '60-db' })).toEqual(refusal('not-found'))
    expect((await world.read(web.id)).state).toBe('promoted')
  })

  it('that was refused may be sent again when its commit has arrived', async () => {
    const digest = `sha256:${'d'.repeat(64)}`
    const { id } = await world.propose(world.vmRequest('web'))
    const early = await world.report({ name: 'web', liveSha: '1'.repeat(40) }, 'healthy', {
      digest,
    })
    expect(early).toEqual(refusal('unknown-revision'))
    const web = await world.land(id)
    expect(await world.report(web, 'healthy', { digest })).toEqual(taken(true))
    expect(await world.report(web, 'healthy', { digest })).toEqual(refusal('webhook-replayed'))
  })

  it('at a later commit of live counts for everything before it', async () => {
    const web = await land(world.vmRequest('web'))
    const db = await land(world.vmRequest('db'))
    await world.report({ name: 'web', liveSha: db.liveSha }, 'healthy')
    expect((await world.read(web.id)).state).toBe('applied')
    expect((await world.read(db.id)).state).toBe('promoted')
  })

  it('at the change’s own commit comes too late after one at a later commit', async () => {
    const web = await land(world.vmRequest('web'))
    const db = await land(world.vmRequest('db'))
    await world.report({ name: 'web', liveSha: db.liveSha }, 'healthy')
    expect(await world.report(web, 'degraded')).toEqual(taken(false))
    expect((await resource()).health.state).toBe('healthy')
    expect((await world.read(web.id)).targets).toMatchObject([{ state: 'healthy' }])
  })

  it('at an earlier commit says nothing about what came after', async () => {
    const web = await world.apply(world.vmRequest('web'))
    const bigger = await land(update(2))
    expect(await world.report(web, 'healthy')).toEqual(taken(false))
    expect((await world.read(bigger.id)).state).toBe('promoted')
  })
})

describe('order', () => {
  /** Two versions of one resource in live; then reports about the first in any order and number. */
  const twoVersions = async () => {
    const each = await createTenantWorld()
    const first = await each.apply(each.vmRequest('web'))
    const { id } = await each.propose(each.vmRequest('web', { cores: 2 }, { action: 'update' }))
    const second = { ...(await each.land(id)), id }
    const truth = async () => {
      const health = ((await each.send('GET', '/resources/web')).body as unknown as ResourceView)
        .health
      const { state, reason, targets } = await each.read(second.id)
      return { state, reason, targets, health }
    }
    return { each, first, second, truth }
  }

  it('a late report about an older revision never takes back a newer one', async () => {
    const states = ['progressing', 'healthy', 'degraded', 'failed'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...states),
        fc.array(fc.constantFrom(...states), { maxLength: 6 }),
        async (now, late) => {
          const { each, first, second, truth } = await twoVersions()
          await each.report(second, now)
          const before = await truth()
          for (const state of late) await each.report(first, state)
          expect(await truth()).toEqual(before)
        },
      ),
      { numRuns: 12, seed: 11 },
    )
  })

  it('a report said twice in other words of the same is as if said once', async () => {
    const states = ['progressing', 'healthy', 'degraded', 'failed'] as const
    for (const state of states) {
      const { each, second, truth } = await twoVersions()
      await each.report(second, state)
      const once = await truth()
      for (let twice = 0; twice < 2; twice += 1) await each.report(second, state)
      expect(await truth()).toEqual(once)
    }
  })
})

describe('a decommission', () => {
  it('goes in two pull requests, and afterwards nothing is left: no resource, no machine, no hold', async () => {
    await world.apply(world.vmRequest('web'))
    const uses = async () =>
      (await world.inventoryStub.snapshot({ tenantId: world.tenantId, resource: 'none' })).uses
    expect((await uses())[0]?.yours.vms).toBe(1)
    const removal = { action: 'delete', template: 'virtual-machine', name: 'web' }
    expect((await world.request(removal)).status).toBe(422)
    const preview = await world.send('POST', '/changes?validateOnly=true', { body: removal })
    const confirm = preview.body.plan?.destroys?.digest
    const first = await land({ ...removal, confirm })
    expect((await resource()).state).toBe('decommissioning')
    await world.report(first, 'healthy')
    await world.settle()
    const [second] = (await world.send('GET', '/changes?state=proposed')).body.items ?? []
    expect(second).toMatchObject({ action: 'delete', name: 'web', requester: world.ids.rita })
    const landed = await world.land(second?.id ?? '')
    expect((await resource()).state).toBe('decommissioning')
    await world.report(landed, 'healthy')
    await world.settle()
    expect((await world.read(second?.id ?? '')).state).toBe('applied')
    expect((await world.send('GET', '/resources/web')).status).toBe(404)
    expect(await uses()).toEqual([])
    expect((await world.request(world.vmRequest('web'))).status).toBe(202)
  })
})
