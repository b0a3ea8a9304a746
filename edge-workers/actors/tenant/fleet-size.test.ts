// A tenant in all 325 regions of the catalogue's size, through the product: places, tenant and fleet asked for over HTTP.
import { expect, it } from 'vitest'
import { CLUSTER, createTenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { REGIONS_AT_MOST } from '../../../schemas/fleet.ts'
import type { RolloutView } from '../../../schemas/rollout.ts'

const REGIONS = 325
const nameOf = (prefix: string, index: number): string =>
  `${prefix}-${String(index).padStart(3, '0')}`
const names = (prefix: string, count = REGIONS): string[] =>
  Array.from({ length: count }, (_, index) => nameOf(prefix, index))

it('previews a fleet of 325 regions, and writes nothing', async () => {
  const world = await createTenantWorld({ tenant: { basesOn: [CLUSTER, ...names('on')] } })
  for (const index of names('at').keys()) {
    const region = nameOf('at', index)
    await world.create('/v1/regions', {
      ...{ name: region, jurisdiction: 'eu', tier: 'edge', standIn: true },
    })
    await world.create('/v1/clusters', {
      ...{ name: nameOf('on', index), region, engine: 'argocd', standIn: true },
    })
  }
  const response = await world.http('POST', '/v1/tenants/acme/rollouts?validateOnly=true', {
    token: world.tokens.requester,
    body: {
      ...{ system: 'fleet', name: 'edge' },
      parameters: {
        template: 'application',
        parameters: { image: 'ghcr.io/stefanprodan/podinfo:6.7.1' },
        regions: names('at'),
      },
    },
  })
  const body = (await response.json()) as RolloutView
  expect(response.status, JSON.stringify(body).slice(0, 2000)).toBe(200)
  // One for 20 regions, and the canary before them.
  expect(body.phases.length).toBeGreaterThanOrEqual(Math.ceil(REGIONS / 20))
  expect(body.findings.filter(({ severity }) => severity === 'block')).toEqual([])
  const changes = await world.send('GET', '/changes')
  expect(changes.body.items).toEqual([])
})

it('is refused more bases than a fleet may have regions', async () => {
  const world = await createTenantWorld()
  const ask = (count: number, slug: string) =>
    world.http('POST', '/v1/tenants', {
      ...{ token: world.operator, key: `bases-${count}` },
      body: {
        ...{ slug, name: 'Many', jurisdiction: 'eu', repository: `${slug}/infrastructure` },
        basesOn: names('on', count),
      },
    })
  expect((await ask(REGIONS_AT_MOST, 'many')).status).toBe(201)
  const refused = await ask(REGIONS_AT_MOST + 1, 'more')
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('/basesOn')
})
