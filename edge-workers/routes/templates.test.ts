// The catalogue over HTTP: requests work as printed, browsers are led to the page, phases have no address.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { REGION, siteOf } from '../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import type { ExampleRequest, TemplateDetail } from '../../gitops/catalog.ts'
import { exampleSites } from '../../templates/example-inputs.ts'
import { systems, templates } from '../../templates/index.ts'
import { PLACE } from './arc-world.fixture.ts'

let world: TenantWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  const quota = { vms: 500, cores: 5000, memoryMiB: 1e7, diskGiB: 1e6 }
  world = await createTenantWorld({ tenant: { quota, basesOn: ['lab', 'other'] } })
  // A second cluster, so that requests must say which.
  const cluster = {
    region: 'eu-west-lab',
    engine: 'flux',
    proxmoxProviderConfig: 'p',
    standIn: true,
  }
  await world.create('/v1/clusters', { ...cluster, name: 'other', owner: 'acme' })
  for (const { name } of exampleSites) await world.create('/v1/sites', siteOf(name))
  const { operator: token, tokens } = world
  await world.http('PUT', '/v1/tenants/acme/azure-scope', { token, body: PLACE })
  for (const name of ['lab-arc', 'prod']) {
    const body = { name, cluster: 'lab', kind: 'managed' }
    const made = await world.send('POST', '/arc/clusters', { token: tokens.owner, body })
    expect(made.status).toBe(201)
  }
})

const read = async (name: string): Promise<TemplateDetail> => {
  const answer = await world.http('GET', `/v1/templates/${name}`, { token: world.tokens.auditor })
  expect(answer.status).toBe(200)
  return (await answer.json()) as TemplateDetail
}
const preview = async ({ method, path, headers, body }: ExampleRequest) => {
  // The world writes names of headers small.
  const small = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const options = { token: world.tokens.requester, headers: Object.fromEntries(small), body }
  const answer = await world.http(method, `${path}?validateOnly=true`, options)
  return { status: answer.status, body: await answer.text() }
}

describe('requests as printed', () => {
  it.each(templates.filter(({ records }) => records?.platform).map(({ name }) => name))(
    'work for %s, in the operators’ own tenant',
    async (name) => {
      const repository = 'platform/fleet'
      const operators = await createTenantWorld({
        slug: 'platform',
        tenant: { repository, basesOn: [] },
      })
      await operators.create('/v1/regions', { ...REGION, name: 'loc-az-hci', tier: 'core' })
      await operators.createTenant('dbis')
      const { requester: token } = operators.tokens
      for (const { request } of (await read(name)).examples) {
        const answer = await operators.http(request.method, request.path, {
          ...{ token, key: `printed-${name}`, body: request.body },
        })
        expect([answer.status, await answer.text()]).toEqual([202, expect.anything()])
      }
    },
  )

  const own = templates.filter(({ records }) => !records?.platform)
  it.each(own.map(({ name }) => name))('work for %s', async (name) => {
    for (const { request } of (await read(name)).examples) {
      const { status, body } = await preview(request)
      expect([status, body.slice(0, 300)]).toEqual([200, expect.anything()])
    }
  })

  it.each(systems.map(({ name }) => name))('are read for the system %s', async (name) => {
    for (const { request } of (await read(name)).examples) {
      const { status, body } = await preview(request)
      const { errors = [] } = JSON.parse(body) as { errors?: { rule?: string; detail: string }[] }
      expect([200, 422]).toContain(status)
      // Its shape is right: what stands in the way are rules, such as a system that must come first.
      expect(errors.filter(({ rule }) => rule === undefined)).toEqual([])
    }
  })
})

describe('an earlier version', () => {
  it('can be read as long as it is published', async () => {
    const old = await read('tenant-base?version=1.0.0')
    expect([old.version, old.versions]).toEqual(['1.0.0', ['1.1.0', '1.0.0']])
    expect(old.examples[0]?.request.body).toMatchObject({ version: '1.0.0' })
    expect((await read('tenant-base')).defaults).not.toEqual(old.defaults)
    const status = async (query: string) => {
      const { auditor: token } = world.tokens
      return (await world.http('GET', `/v1/templates/${query}`, { token })).status
    }
    expect(await status('tenant-base?version=9.9.9')).toBe(404)
    expect(await status('tenant-base?version=new')).toBe(422)
    expect(await status('tenant-base?edition=1.0.0')).toBe(422)
  })
})

describe('a browser', () => {
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  it('without a token is led to the page', async () => {
    const list = await world.http('GET', '/v1/templates', { headers: html })
    expect([list.status, list.headers.get('location')]).toEqual([302, '/templates'])
    const one = await world.http('GET', '/v1/templates/vault', { headers: html })
    expect([one.status, one.headers.get('location')]).toEqual([302, '/templates/vault'])
    expect(one.headers.get('vary')).toContain('accept')
  })

  it('with a token, or whoever asks for JSON, is answered in JSON', async () => {
    const { auditor } = world.tokens
    const sent = { token: auditor, headers: html }
    expect((await world.http('GET', '/v1/templates', sent)).status).toBe(200)
    const bare = await world.http('GET', '/v1/templates', { headers: { accept: '*/*' } })
    expect(bare.status).toBe(401)
  })
})

describe('not found', () => {
  it.each(['nothing', 'constructor', 'smom-dbis-138%2Fnodes', 'smom-dbis-138/nodes'])(
    'is %s',
    async (name) => {
      const { auditor: token } = world.tokens
      expect((await world.http('GET', `/v1/templates/${name}`, { token })).status).toBe(404)
    },
  )
})

it('keeps a place for the tenant in what an operator reads', async () => {
  const answer = await world.http('GET', '/v1/templates/redis', { token: world.operator })
  const { examples } = (await answer.json()) as TemplateDetail
  expect(examples[0]?.request.path).toBe('/v1/tenants/{tenant}/changes')
})
