// What an engine says is out of sync or degraded shows on the resource, with the objects it names, and goes when it is content.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../../schemas/change.ts'
import type { ResourceView } from '../../../../schemas/resource.ts'

let world: TenantWorld
let web: ChangeView
beforeEach(async () => {
  world = await createTenantWorld()
  web = await world.apply(world.vmRequest('web'))
})
const resource = async () =>
  (await world.send('GET', '/resources/web')).body as unknown as ResourceView
const OUT = [{ what: 'Deployment acme/web', how: 'out-of-sync' as const }]
const page = async (path: string) => {
  const headers = { cookie: `phoenix_token=${world.tokens.requester}`, accept: 'text/html' }
  return (await world.http('GET', path, { headers })).text()
}

describe('an engine that finds the cluster out of sync', () => {
  it('after the commit was healthy: shows, on the page too, and goes with the next healthy report', async () => {
    await world.report(web, 'progressing', { differs: OUT, message: 'out of sync' })
    const { drift, health } = await resource()
    expect(drift).toMatchObject({
      ...{ at: web.liveSha, digest: null, simulated: true, more: 0 },
      differences: [
        { where: 'cluster', what: 'lab/60-web: Deployment acme/web', how: 'out-of-sync' },
      ],
    })
    expect(health.state).toBe('healthy')
    expect((await world.read(web.id ?? '')).state).toBe('applied')
    expect(await page('/t/acme/resources/web')).toContain('Not as approved')
    await world.report(web, 'healthy')
    expect((await resource()).drift).toBeNull()
    expect(await page('/t/acme/resources/web')).not.toContain('Not as approved')
  })

  it('names what it said last, and no more', async () => {
    await world.report(web, 'progressing', { differs: OUT })
    const since = (await resource()).drift?.since
    await world.report(web, 'progressing', {
      differs: [{ what: 'Service acme/web', how: 'out-of-sync' }],
    })
    const { drift } = await resource()
    expect(drift?.differences.map(({ what }) => what)).toEqual(['lab/60-web: Service acme/web'])
    expect(drift?.since).toBe(since)
  })
})

describe('a degraded component', () => {
  it('is drift with the engine’s words where it names no object', async () => {
    await world.report(web, 'degraded', { message: 'Flux applied the commit; it is not healthy' })
    expect((await resource()).drift?.differences).toEqual([
      {
        ...{ where: 'cluster', what: 'lab/60-web', how: 'degraded' },
        message: 'Flux applied the commit; it is not healthy',
      },
    ])
    await world.report(web, 'healthy')
    expect((await resource()).drift).toBeNull()
  })

  it('of a commit that is older than what stands says nothing of it', async () => {
    const newer = await world.apply(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    await world.report(web, 'degraded')
    expect((await resource()).drift).toBeNull()
    expect(newer.state).toBe('applied')
  })
})

it('a part of a resource has none of its own, and a commit being applied is none', async () => {
  await world.report(web, 'progressing')
  expect((await resource()).drift).toBeNull()
})
