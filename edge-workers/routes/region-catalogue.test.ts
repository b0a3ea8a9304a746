// The catalogue of regions over HTTP: 325 in pages, by tier and jurisdiction, stand-ins marked; and its page.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'
import type { CatalogueRegion } from '../../schemas/region-catalogue.ts'

let world: World
let token: string
beforeEach(async () => {
  world = createWorld()
  await world.createTenant('acme')
  token = (await world.createToken('acme', 'auditor')).token
})

const read = async (path: string) => {
  const response = await world.send('GET', path, { token })
  expect(response.status).toBe(200)
  return (await response.json()) as { items: CatalogueRegion[]; next: string | null }
}
const all = async (query = '') => {
  const items: CatalogueRegion[] = []
  let path: string | null = `/v1/region-catalogue?limit=100${query}`
  while (path !== null) {
    const page: Awaited<ReturnType<typeof read>> = await read(path)
    items.push(...page.items)
    path = page.next
  }
  return items
}

describe('GET /v1/region-catalogue', () => {
  it('lists all 325 in pages, each once', async () => {
    const items = await all()
    expect(items).toHaveLength(325)
    expect(new Set(items.map(({ name }) => name)).size).toBe(325)
    expect(items.find(({ name }) => name === 'westeurope')).toMatchObject({
      ...{ country: 'nl', jurisdiction: 'eu', tier: 'core', standIn: false },
      ...{ pairedWith: 'northeurope', availabilityPercent: 99.99 },
    })
    expect(items.find(({ name }) => name === 'edge-de-berlin')).toMatchObject({
      ...{ standIn: true, availabilityPercent: 99.5, latency: 'metro' },
    })
  })

  it('filters by tier and jurisdiction, through every page', async () => {
    const regional = await all('&tier=regional')
    expect(regional).toHaveLength(60)
    const edge = await all('&tier=edge&jurisdiction=us')
    expect(edge.length).toBeGreaterThan(20)
    expect(new Set(edge.map(({ tier, jurisdiction }) => `${tier} ${jurisdiction}`))).toEqual(
      new Set(['edge us']),
    )
  })

  it('refuses a tier that is none, with its pointer', async () => {
    const response = await world.send('GET', '/v1/region-catalogue?tier=galactic', { token })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/tier' }] })
  })
})

describe('the page', () => {
  it('marks stand-ins, and says what each tier promises', async () => {
    const response = await world.send('GET', '/regions')
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.match(/>stand-in</g)).toHaveLength(268)
    for (const target of ['99.99 %', '99.9 %', '99.5 %']) expect(text).toContain(target)
    const core = await (await world.send('GET', '/regions?tier=core')).text()
    expect(core).not.toContain('>stand-in<')
    expect(core).toContain('12 regions')
  })
})

describe('a region that an operator creates', () => {
  const create = async (body: object) => {
    const response = await world.send('POST', '/v1/regions', {
      ...{
        token: world.operator,
        key: JSON.stringify(body).slice(0, 200).replaceAll(' ', ''),
        body,
      },
    })
    const { errors = [] } = (await response.json()) as { errors?: { rule: string }[] }
    return [response.status, ...errors.map(({ rule }) => rule)]
  }

  it('agrees with the catalogue where that knows it, and is free where it does not', async () => {
    const westeurope = { name: 'westeurope', jurisdiction: 'eu', tier: 'core' }
    expect(await create({ ...westeurope, tier: 'edge' })).toEqual([422, 'REGION-CATALOGUE'])
    expect(await create(westeurope)).toEqual([201])
    const far = { name: 'eastus', jurisdiction: 'eu', tier: 'regional' }
    expect(await create(far)).toEqual([422, 'REGION-CATALOGUE'])
    // What was refused has left the name to its own jurisdiction.
    expect(await create({ ...far, jurisdiction: 'us' })).toEqual([201])
    expect(await create({ name: 'loc-az-hci', jurisdiction: 'eu', tier: 'core' })).toEqual([201])
  })
})
