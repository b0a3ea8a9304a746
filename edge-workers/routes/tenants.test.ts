// Tenants over HTTP: who creates, who reads, who edits, and what is refused.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
})

const acme = { slug: 'acme', name: 'Acme', jurisdiction: 'eu', repository: 'acme/infrastructure' }
const post = (body: unknown, key = 'k1', token = world.operator) =>
  world.send('POST', '/v1/tenants', { token, key, body })

describe('creating a tenant', () => {
  it('answers 201 with its place, its version and the marks of a laptop', async () => {
    const response = await post(acme)
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/tenants/acme')
    expect(response.headers.get('etag')).toBe('"v1"')
    const body = await response.json()
    expect(body).toMatchObject({ slug: 'acme', repository: 'acme/infrastructure' })
    expect(body).toMatchObject({ repositoryUrl: 'http://127.0.0.1:1/acme/infrastructure.git' })
  })

  it('is the same tenant again under the same key, and 422 with another body', async () => {
    const first = await (await post(acme)).json()
    expect(await (await post(acme)).json()).toEqual(first)
    const other = await post({ ...acme, slug: 'other', repository: 'other/x' })
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({
      type: 'http://127.0.0.1:8787/problems/idempotency-key-reused',
    })
  })

  it('finishes what broke between the Directory and the actor', async () => {
    await post(acme)
    const [id = ''] = world.tenants.actors.keys()
    world.tenants.actors.clear()
    expect((await post(acme)).status).toBe(201)
    expect([...world.tenants.actors.keys()]).toEqual([id])
  })

  it('refuses a slug or repository that somebody has, and the platform’s own slug', async () => {
    await post(acme)
    expect((await post({ ...acme, repository: 'a/b' }, 'k2')).status).toBe(409)
    expect(
      (await post({ ...acme, slug: 'b', repository: 'ACME/Infrastructure' }, 'k3')).status,
    ).toBe(409)
    expect((await post({ ...acme, slug: 'platform', repository: 'c/d' }, 'k4')).status).toBe(409)
  })

  it('is the operator’s alone', async () => {
    await post(acme)
    const { token } = await world.createToken('acme', 'owner')
    expect((await post({ ...acme, slug: 'b', repository: 'b/b' }, 'k2', token)).status).toBe(403)
  })
})

describe('a jurisdiction the runtime cannot keep', () => {
  it('is simulated on a laptop and says so', async () => {
    const body = await (await post({ ...acme, jurisdiction: 'ch' })).json()
    expect(body).toMatchObject({ jurisdiction: 'ch', jurisdictionSimulated: true })
  })

  it('is refused elsewhere, and leaves nothing behind', async () => {
    world = createWorld({ laptop: false })
    const response = await post({ ...acme, jurisdiction: 'ch' })
    expect(response.status).toBe(422)
    expect(world.directory.calls).toEqual([])
    expect((await post(acme)).status).toBe(201)
  })
})

describe('reading and editing', () => {
  it('shows a tenant’s people their own tenant only', async () => {
    await world.createTenant('acme')
    await world.createTenant('dbis')
    const { token } = await world.createToken('acme', 'auditor')
    const all = await (await world.send('GET', '/v1/tenants', { token: world.operator })).json()
    expect(all).toMatchObject({ items: [{ slug: 'acme' }, { slug: 'dbis' }], next: null })
    const own = await (await world.send('GET', '/v1/tenants', { token })).json()
    expect(own).toMatchObject({ items: [{ slug: 'acme' }], next: null })
  })

  it('renames under If-Match and answers 304 to who knows the version', async () => {
    await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    const read = await world.send('GET', '/v1/tenants/acme', { token })
    const etag = read.headers.get('etag') ?? ''
    const headers = { 'if-match': etag }
    const sent = { token, body: { name: 'Acme Ltd' } }
    expect((await world.send('PATCH', '/v1/tenants/acme', sent)).status).toBe(428)
    const renamed = await world.send('PATCH', '/v1/tenants/acme', { ...sent, headers })
    expect(renamed.status).toBe(200)
    expect(await renamed.json()).toMatchObject({ name: 'Acme Ltd' })
    expect((await world.send('PATCH', '/v1/tenants/acme', { ...sent, headers })).status).toBe(412)
    const known = { 'if-none-match': renamed.headers.get('etag') ?? '' }
    const again = await world.send('GET', '/v1/tenants/acme', { token, headers: known })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  it('lets operators set the quota, and nobody else', async () => {
    await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    const quota = { vms: 1, cores: 2, memoryMiB: 3, diskGiB: 4 }
    const patch = (who: string, body: object) =>
      world.send('PATCH', '/v1/tenants/acme', {
        ...{ token: who, body, headers: { 'if-match': '*' } },
      })
    expect((await patch(token, { quota })).status).toBe(403)
    expect(await (await patch(world.operator, { quota })).json()).toMatchObject({ quota })
    expect((await patch(world.operator, {})).status).toBe(422)
  })
})

describe('a jurisdiction', () => {
  const bodiesWith = async (field: string): Promise<string[]> => {
    const document = (await (await world.send('GET', '/v1/openapi.json')).json()) as {
      paths: Record<string, Record<string, { requestBody?: { content: object } }>>
      components: { schemas: Record<string, { properties?: object }> }
    }
    const named = Object.entries(document.components.schemas)
      .filter(([, { properties = {} }]) => Object.hasOwn(properties, field))
      .map(([name]) => `#/components/schemas/${name}"`)
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) => {
        const body = JSON.stringify(requestBody ?? null)
        const takes = body.includes(`"${field}"`) || named.some((name) => body.includes(name))
        return takes ? [`${method} ${path}`] : []
      }),
    )
  }

  it('is taken by the routes that make tenants and regions, and by no other', async () => {
    expect(await bodiesWith('jurisdiction')).toEqual(['post /v1/regions', 'post /v1/tenants'])
  })

  it('stays what it was: in the id, in the tenant, and where its actor lives', async () => {
    const kept = vi.spyOn(world.env.TENANT, 'jurisdiction')
    const { id } = await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    for (const asker of [token, world.operator]) {
      const headers = { 'if-match': '*' }
      const body = { name: 'Acme', jurisdiction: 'us' }
      const refused = await world.send('PATCH', '/v1/tenants/acme', { token: asker, headers, body })
      expect(refused.status).toBe(422)
    }
    const now = await world.send('GET', '/v1/tenants/acme', { token })
    expect(await now.json()).toMatchObject({ id, jurisdiction: 'eu' })
    expect(id).toMatch(/^ten_eu_/)
    expect(kept.mock.calls.flat()).toEqual(['eu'])
  })
})
