// Regions, sites and clusters over HTTP.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../functions/simulator/edge-world.ts'

let world: World
beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
})

const post = (path: string, body: unknown, key = 'k') =>
  world.send('POST', path, { token: world.operator, key, body })
const cluster = { name: 'edge-1', region: REGION.name, engine: 'flux', standIn: true }

describe('a site', () => {
  it('is created with every default shown and its stand-in mark', async () => {
    const response = await post('/v1/sites', siteOf('ml110-01'))
    expect([response.status, response.headers.get('location')]).toEqual([201, '/v1/sites/ml110-01'])
    expect(await response.json()).toMatchObject({ standIn: true, hosts: [{ cpuOvercommit: 4 }] })
  })

  it('needs a region that exists, hosts of its own, and the same network as its twins', async () => {
    await post('/v1/sites', siteOf('ml110-01'), 'k1')
    const pointers = async (body: unknown, key: string) => {
      const response = await post('/v1/sites', body, key)
      const { errors } = (await response.json()) as { errors: { pointer: string }[] }
      return [response.status, errors.map(({ pointer }) => pointer)]
    }
    const far = siteOf('b', { region: 'nowhere' })
    expect(await pointers(far, 'k2')).toEqual([422, ['/region']])
    const { hosts, network } = siteOf('ml110-01')
    expect(await pointers(siteOf('b', { hosts }), 'k3')).toEqual([422, ['/hosts/0/name']])
    const other = { ...network, cidr: '10.0.0.0/24' }
    expect(await pointers(siteOf('b', { network: other }), 'k4')).toEqual([422, ['/network']])
    expect((await post('/v1/sites', siteOf('b'), 'k4')).status).toBe(201)
  })

  it.each([8, 4])('with a host of %i GiB that keeps 8 for itself is refused', async (value) => {
    const [host] = siteOf('a').hosts
    const hosts = [
      { ...host, memory: { value, unit: 'GiB' }, memoryReserve: { value: 8, unit: 'GiB' } },
    ]
    const response = await post('/v1/sites', siteOf('a', { hosts }))
    const { errors } = (await response.json()) as { errors: { rule: string; pointer: string }[] }
    expect([response.status, errors]).toMatchObject([
      422,
      [{ rule: 'HOST-RESERVE', pointer: '/hosts/0/memory' }],
    ])
    expect(errors).toHaveLength(1)
  })

  it.each([
    ['a gateway elsewhere', { gateway: '10.0.0.1' }],
    ['a pool that leaves it', { pool: { first: '192.168.11.100', last: '192.168.12.1' } }],
    ['a pool the wrong way round', { pool: { first: '192.168.11.9', last: '192.168.11.8' } }],
  ])('refuses a network with %s', async (_, more) => {
    const { network } = siteOf('a')
    const response = await post('/v1/sites', siteOf('a', { network: { ...network, ...more } }))
    expect(response.status).toBe(422)
  })

  it('is the same again under the same key; another body or another key is refused', async () => {
    const first = await (await post('/v1/sites', siteOf('ml110-01'))).json()
    expect(await (await post('/v1/sites', siteOf('ml110-01'))).json()).toEqual(first)
    expect((await post('/v1/sites', siteOf('r630-01'))).status).toBe(422)
    expect((await post('/v1/sites', siteOf('ml110-01'), 'k2')).status).toBe(409)
  })

  it('keeps what a PATCH does not name, and is not shrunk below what stands on it', async () => {
    await post('/v1/sites', siteOf('ml110-01'))
    const inventory = world.inventory.namespace.getByName('inventory-eu')
    const machine = { role: 'vm', group: 'vm', cores: 2, memoryMiB: 65_536, diskGiB: 20 }
    const place = { site: 'ml110-01', host: 'ml110-01', vmId: 1, address: '192.168.11.10' }
    await inventory.reserve({
      changeId: 'chg_1',
      tenantId: 'ten_eu_a',
      resource: 'a',
      items: [{ name: 'a', ...machine, ...place }],
    })
    const patch = (body: unknown) =>
      world.send('PATCH', '/v1/sites/ml110-01', {
        token: world.operator,
        body,
        headers: { 'if-match': '*' },
      })
    const [host] = siteOf('ml110-01').hosts
    const smaller = { hosts: [{ ...host, memory: { value: 64, unit: 'GB' } }] }
    expect((await patch(smaller)).status).toBe(409)
    expect((await patch({ hosts: [{ ...host, name: 'other' }] })).status).toBe(409)
    const larger = await patch({ hosts: [{ ...host, memory: { value: 256, unit: 'GB' } }] })
    expect(larger.status).toBe(200)
    expect(await larger.json()).toMatchObject({
      standIn: true,
      hosts: [{ memory: { value: 256 } }],
    })
    expect((await patch({ name: 'x' })).status).toBe(422)
  })
})

describe('a cluster', () => {
  it('is told its webhook secret by the answer to its POST, every time the same', async () => {
    const first = (await (await post('/v1/clusters', cluster)).json()) as { webhookSecret: string }
    expect(first.webhookSecret).toMatch(/^[0-9a-f]{64}$/)
    expect(await (await post('/v1/clusters', cluster)).json()).toEqual(first)
    const second = await (await post('/v1/clusters', { ...cluster, name: 'edge-2' }, 'k2')).json()
    expect(second).not.toMatchObject({ webhookSecret: first.webhookSecret })
    const list = await world.send('GET', '/v1/clusters', { token: world.operator })
    expect(await list.text()).not.toContain(first.webhookSecret)
  })

  it('has an owner, whom the operator sets and no other tenant sees', async () => {
    await post('/v1/clusters', cluster)
    await world.createTenant('acme')
    await world.createTenant('other')
    const patch = (body: object) =>
      world.send('PATCH', '/v1/clusters/edge-1', {
        ...{ token: world.operator, headers: { 'if-match': '*' }, body },
      })
    expect(await (await patch({ owner: 'acme' })).json()).toMatchObject({ owner: 'acme' })
    for (const path of ['/v1/clusters', '/v1/clusters/edge-1']) {
      const seenBy = async (slug: string) => {
        const { token } = await world.createToken(slug, 'requester', { member: `m${path.length}` })
        return (await world.send('GET', path, { token })).text()
      }
      expect(await seenBy('acme')).toContain('"owner":"acme"')
      expect(await seenBy('other')).not.toContain('acme')
    }
    expect(await (await patch({ owner: null })).json()).not.toHaveProperty('owner')
    expect((await patch({ engine: 'argocd' })).status).toBe(422)
  })

  it('is read with the tag that changes it, once', async () => {
    await post('/v1/clusters', cluster)
    await world.createTenant('acme')
    const path = '/v1/clusters/edge-1'
    const read = await world.send('GET', path, { token: world.operator })
    expect(await read.json()).toEqual(cluster)
    const tag = read.headers.get('etag') ?? ''
    expect(tag).toMatch(/^"v[0-9]+"$/)
    const claim = () =>
      world.send('PATCH', path, {
        ...{ token: world.operator, headers: { 'if-match': tag }, body: { owner: 'acme' } },
      })
    expect([(await claim()).status, (await claim()).status]).toEqual([200, 412])
    const headers = { 'if-none-match': tag }
    expect((await world.send('GET', path, { token: world.operator, headers })).status).toBe(200)
    expect((await world.send('GET', '/v1/clusters/none', { token: world.operator })).status).toBe(
      404,
    )
  })
})

describe('a tenant', () => {
  it('reads the places of its own jurisdiction and writes none', async () => {
    await post('/v1/sites', siteOf('ml110-01'))
    await world.create('/v1/regions', { ...REGION, name: 'ch-a', jurisdiction: 'ch' })
    const { hosts } = siteOf('zrh-01')
    await world.create('/v1/sites', siteOf('zrh-01', { region: 'ch-a', hosts }))
    await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'requester')
    const names = async (path: string) => {
      const list = await (await world.send('GET', path, { token })).json()
      return (list as { items: { name: string }[] }).items.map(({ name }) => name)
    }
    expect(await names('/v1/regions')).toEqual([REGION.name])
    expect(await names('/v1/sites')).toEqual(['ml110-01'])
    const status = async (path: string) => (await world.send('GET', path, { token })).status
    expect(await status('/v1/sites/ml110-01')).toBe(200)
    expect(await status('/v1/sites/zrh-01')).toBe(404)
    expect(await status('/v1/sites/nowhere')).toBe(404)
    const response = await world.send('POST', '/v1/regions', { token, key: 'x', body: REGION })
    expect(response.status).toBe(403)
  })
})

describe('the catalogue', () => {
  it('shows parameters as JSON Schema, with defaults and examples', async () => {
    const list = await world.send('GET', '/v1/templates', { token: world.operator })
    expect(list.status).toBe(200)
    const { items } = (await list.json()) as { items: { name: string }[] }
    for (const { name } of items) {
      const template = await world.send('GET', `/v1/templates/${name}`, { token: world.operator })
      expect(await template.json()).toMatchObject({
        name,
        parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
      })
    }
    const besu = await world.send('GET', '/v1/templates/besu-network', { token: world.operator })
    expect(await besu.json()).toMatchObject({
      defaults: { chainId: 138, besu: { version: '26.3.0' } },
    })
    const none = await world.send('GET', '/v1/templates/constructor', { token: world.operator })
    expect(none.status).toBe(404)
  })
})
