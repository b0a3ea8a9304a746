// A write takes no query parameter that it does not know: a preview that is not offered is refused, never carried out.
import { beforeAll, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeAll(async () => {
  world = await createTenantWorld()
})

const WRITES: [string, string, object | undefined][] = [
  ['POST', '/v1/tenants/acme/tokens', { name: 'preview' }],
  ['POST', '/v1/tenants/acme/invitations', { roles: ['auditor'] }],
  ['PATCH', '/v1/tenants/acme', { name: 'Preview' }],
  ['POST', '/v1/tenants/acme/webhooks', { url: 'https://hooks.example.com/x' }],
]

describe.each(['validateOnly=true', 'nonsense=1'])('?%s', (query) => {
  it.each(WRITES)('%s %s is refused and does nothing', async (method, path, body) => {
    const sent = {
      token: world.tokens.owner,
      key: `${path}?${query}`,
      headers: { 'if-match': '*' },
    }
    const before = await (await world.http('GET', path, sent)).text()
    const refused = await world.http(method, `${path}?${query}`, { ...sent, body })
    const [name] = query.split('=')
    expect([refused.status, await refused.json()]).toEqual([
      422,
      expect.objectContaining({
        type: expect.stringContaining('/problems/invalid-parameters'),
        errors: [{ pointer: `/${name}`, detail: expect.any(String) }],
      }),
    ])
    expect(await (await world.http('GET', path, sent)).text()).toBe(before)
    // It was the query, and nothing else.
    expect((await world.http(method, path, { ...sent, body })).status).toBeLessThan(300)
  })

  it('is 401 for whoever is not known', async () => {
    const token = `${world.tokens.owner.slice(0, 60)}${'0'.repeat(20)}`
    const path = `/v1/tenants/acme/tokens?${query}`
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.AA'
    for (const each of [token, jwt])
      expect((await world.http('POST', path, { token: each, key: 'k', body: {} })).status).toBe(401)
  })
})

it('asks for no credential where the route asks for none', async () => {
  const sent = {
    body: 'grant_type=x',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
  expect((await world.http('POST', '/v1/token?validateOnly=true', sent)).status).toBe(422)
  expect((await world.http('POST', '/v1/token', sent)).status).toBe(400)
})

it('a preview that is offered is one', async () => {
  const sent = { token: world.tokens.requester, key: 'vm', body: world.vmRequest('seen') }
  const path = '/v1/tenants/acme/changes?validateOnly=true'
  expect((await world.http('POST', path, sent)).status).toBe(200)
})
