// The doors: a credential is proved before anything is said, strangers make no actors, and other tenants do not exist.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'
import { registerChangeRoutes } from '../routes/changes.ts'
import { registerResourceRoutes } from '../routes/resources.ts'
import { mintToken, OPERATOR_TOKEN_ID, PLATFORM_TENANT_ID, secretFrom } from './token.ts'

let world: World
let acme: { id: string; slug: string }
let dbis: { id: string; slug: string }
let owner: { id: string; token: string }
beforeEach(async () => {
  world = createWorld({
    register: (app) => {
      registerChangeRoutes(app)
      registerResourceRoutes(app)
    },
  })
  acme = await world.createTenant('acme')
  dbis = await world.createTenant('dbis')
  owner = await world.createToken('acme', 'owner')
})

const secret = secretFrom(new Uint8Array(32).fill(9))
const tokenOf = (tenantId: string, tokenId: string) => mintToken({ tenantId, tokenId, secret })
const watch = () => {
  const before = [world.directory.calls.length, world.tenants.calls.length]
  return () => ({
    directory: world.directory.calls.slice(before[0]),
    tenants: world.tenants.calls.slice(before[1]),
  })
}

describe('a credential', () => {
  it('that is missing is 401 and says how to come back', async () => {
    const response = await world.send('GET', '/v1/tenants/acme')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="phoenix"')
  })

  it('with a wrong check asks nobody', async () => {
    const calls = watch()
    const token = `${owner.token.slice(0, -1)}${owner.token.endsWith('0') ? '1' : '0'}`
    expect((await world.send('GET', '/v1/tenants/acme', { token })).status).toBe(401)
    expect(calls()).toEqual({ directory: [], tenants: [] })
  })

  it('of a tenant that never was makes no actor', async () => {
    const token = tokenOf('ten_eu_zzzzzzzzzzzzzzzz', 'tokabcdefghijklmnop')
    for (const path of ['/v1/tenants/acme', '/v1/templates', '/v1/tenants']) {
      const response = await world.send('GET', path, { token })
      expect(response.status, path).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('invalid_token')
    }
    expect([...world.tenants.actors.keys()].sort()).toEqual([acme.id, dbis.id].sort())
  })

  it('with a wrong secret is 401 everywhere, before and after validation', async () => {
    const token = tokenOf(acme.id, owner.id)
    expect((await world.send('GET', '/v1/tenants/acme', { token })).status).toBe(401)
    expect((await world.send('GET', '/v1/tenants/dbis', { token })).status).toBe(401)
    expect((await world.send('GET', '/v1/templates', { token })).status).toBe(401)
  })

  it('that claims to be the operator’s needs the operator’s secret and id', async () => {
    const wrong = tokenOf(PLATFORM_TENANT_ID, OPERATOR_TOKEN_ID)
    expect((await world.send('GET', '/v1/tenants', { token: wrong })).status).toBe(401)
    expect((await world.send('GET', '/v1/tenants/acme', { token: wrong })).status).toBe(401)
    expect((await world.send('GET', '/v1/tenants', { token: world.operator })).status).toBe(200)
  })

  it('that was revoked stops at once', async () => {
    const { token, id } = await world.createToken('acme', 'auditor')
    const path = `/v1/tenants/acme/tokens/${id}`
    expect((await world.send('GET', '/v1/tenants/acme', { token })).status).toBe(200)
    const read = await world.send('GET', path, { token: owner.token })
    const headers = { 'if-match': read.headers.get('etag') ?? '' }
    expect((await world.send('DELETE', path, { token: owner.token })).status).toBe(428)
    const revoked = await world.send('DELETE', path, { token: owner.token, headers })
    expect(revoked.status).toBe(200)
    expect((await world.send('GET', '/v1/tenants/acme', { token })).status).toBe(401)
  })
})

describe('the own tenant', () => {
  it('is reached by slug and by id, in one call to its actor', async () => {
    for (const name of ['acme', acme.id]) {
      const calls = watch()
      expect((await world.send('GET', `/v1/tenants/${name}`, { token: owner.token })).status).toBe(
        200,
      )
      expect(calls().tenants).toEqual([`${acme.id}.readTenant`])
    }
  })

  it('costs the Directory nothing once it is known', async () => {
    await world.send('GET', '/v1/tenants/acme', { token: owner.token })
    const calls = watch()
    await world.send('GET', '/v1/tenants/acme', { token: owner.token })
    expect(calls().directory).toEqual([])
  })

  it('refuses what the role may not do', async () => {
    const { token } = await world.createToken('acme', 'auditor')
    const body = { handle: 'robot', roles: ['requester'] }
    const path = '/v1/tenants/acme/service-accounts'
    expect((await world.send('POST', path, { token, key: 'k', body })).status).toBe(403)
  })
})

describe('a tenant that is not yours', () => {
  const shown = async (method: string, path: string) => {
    const calls = watch()
    const response = await world.send(method, path, {
      token: owner.token,
      key: 'k',
      body: method === 'GET' ? undefined : {},
      headers: { 'if-match': '*', 'x-request-id': 'twin-0001' },
    })
    const headers = [...response.headers].filter(([name]) => name !== 'traceparent')
    return { status: response.status, body: await response.text(), headers, calls: calls() }
  }

  it('answers exactly as one that never was, on every route with a tenant in it', async () => {
    await world.send('GET', '/v1/tenants/acme', { token: owner.token })
    const routes = world.app.routes.filter(
      ({ method, path }) => method !== 'ALL' && path.startsWith('/v1/tenants/:tenant'),
    )
    expect(routes.length).toBeGreaterThan(10)
    for (const { method, path } of routes) {
      const at = (tenant: string) =>
        path
          .replace(':tenant', tenant)
          .replaceAll(/:(?:id|name)/g, 'chg_aaaaaaaaaaaaaaaaaaaaaaaaaa')
      const foreign = await shown(method, at('dbis'))
      const never = await shown(method, at('none'))
      expect(foreign.status, `${method} ${path}`).toBe(404)
      expect(foreign, `${method} ${path}`).toEqual(never)
      expect(await shown(method, at(dbis.id)), `${method} ${path}`).toEqual(never)
      expect(await shown(method, at('ten_eu_aaaaaaaaaaaaaaaa'))).toEqual(never)
      expect(await shown(method, at('%2F..%2Facme'))).toEqual(never)
    }
  })

  it('is a plain 404 for the operator where none is, without making an actor', async () => {
    const before = world.tenants.actors.size
    for (const name of ['none', 'ten_eu_aaaaaaaaaaaaaaaa', PLATFORM_TENANT_ID, 'a..b']) {
      const response = await world.send('GET', `/v1/tenants/${name}`, { token: world.operator })
      expect(response.status, name).toBe(404)
    }
    expect(world.tenants.actors.size).toBe(before)
  })
})
