// A request that is followed: its spans reach a collector, each below the one that began it, from the request over the actors to a
// Function and to the forge; and nothing that somebody sent is in any of them.
import { decodeJwt } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { memoryForgeOverHttp } from '../../functions/simulator/memory-forge-http.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { traceInvocations } from '../../functions/trace.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import type { toOtlp } from '../../schemas/otlp.ts'
import { vaultVerbs } from '../../schemas/vault.ts'
import { WIRE_HEADER } from '../../schemas/wire.ts'
import { Directory } from '../actors/directory.ts'
import { Inventory } from '../actors/inventory.ts'
import { Log } from '../actors/log.ts'
import { Repository } from '../actors/repository.ts'
import { Tenant } from '../actors/tenant.ts'
import { traceActors } from './actors.ts'

const COLLECTOR = 'https://collector.example/v1/traces'
const OFFICE = 'http://127.0.0.1:1/api/'
const CANARY = 'canary-7f3a'
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = '00f067aa0ba902b7'
const followedBy = { traceparent: `00-${trace}-${parent}-01` }

let world: TenantWorld
/** What the collector got, as text and as spans. */
let told: string[] = []
let keys: (string | null)[] = []
let answers: () => Promise<Response>
const send: typeof fetch = async (input, init) => {
  if (String(input) !== COLLECTOR) throw new TypeError('not the collector')
  told.push(String(init?.body))
  keys.push(new Headers(init?.headers).get('x-key'))
  return answers()
}

/** The Functions behind their own hook, as functions/main.ts registers it; who is let in is the lock's tests' to say. */
const hooked =
  (office: typeof fetch): typeof fetch =>
  async (input, init) => {
    const headers = new Headers(init?.headers)
    const claims = decodeJwt(headers.get(WIRE_HEADER) ?? '')
    const hook = {
      invocationContext: {
        ...{ functionName: 'vault', options: { trigger: { type: 'httpTrigger' } } },
        extraInputs: { get: () => claims },
      },
      ...{ inputs: [{ headers }], functionHandler: () => office(input, init) },
    }
    traceInvocations({ OTLP_ENDPOINT: COLLECTOR }, send as never)(hook as never)
    return hook.functionHandler()
  }

beforeAll(async () => {
  traceActors(Directory, Inventory, Log, Repository, Tenant)
  const http = memoryForgeOverHttp()
  const forge = { apiUrl: http.apiUrl, token: 'app-token', fetch: http.fetch }
  world = await createTenantWorld({ forge })
  const { env } = world
  const vault = await createVaultWorld()
  const office = hooked(
    createFunctionsOffice([[vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))]]),
  )
  const beyond = env.LOCAL?.fetch as typeof fetch
  env.LOCAL = {
    fetch: (input, init) => {
      const url = String(input)
      if (url === COLLECTOR) return send(input, init)
      return url.startsWith(`${OFFICE}vault`) ? office(input, init) : beyond(input, init)
    },
  }
})

beforeEach(() => {
  ;[told, keys, answers] = [[], [], async () => new Response('{}')]
  Object.assign(world.env, { OTLP_ENDPOINT: COLLECTOR, OTLP_HEADERS: 'x-key=k', TRACE_RATIO: '0' })
})
afterEach(() => {
  delete world.env.OTLP_ENDPOINT
})

const spans = () =>
  told.flatMap((text) => {
    const { resourceSpans } = JSON.parse(text) as ReturnType<typeof toOtlp>
    return resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap((scope) =>
        scope.spans.map((span) => ({
          ...span,
          service: resource.attributes[0]?.value.stringValue,
        })),
      ),
    )
  })
const spanOf = (name: string) => {
  const found = spans().find((span) => span.name === name)
  if (!found) throw new Error(`no span ${name} of ${spans().map((span) => span.name)}`)
  return found
}
/** Names from the first of the trace down to this one. */
const wayTo = (name: string): string[] => {
  const known = new Map(spans().map((span) => [span.spanId, span]))
  const way: string[] = []
  for (let at = known.get(spanOf(name).spanId); at; at = known.get(at.parentSpanId))
    way.unshift(at.name)
  return way
}
let count = 0
const ask = (method: string, path: string, more: Parameters<typeof world.http>[2] = {}) => {
  count += 1
  return world.http(method, path, { token: world.tokens.owner, key: `t-${count}`, ...more })
}
/** However busy the machine is. */
const comes = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 60_000 })
const settled = (): Promise<void> => comes(() => expect(told.length).toBeGreaterThan(0))

describe('a followed request', () => {
  it('is told from the request to the Function, with the parents that they have', async () => {
    const body = { value: CANARY }
    const path = '/v1/tenants/acme/secrets/db-password'
    expect((await ask('PUT', path, { body, headers: followedBy })).status).toBe(200)
    await comes(() => spanOf('vault'))
    const [way] = [wayTo('vault')]
    expect(way[0]).toBe('PUT /v1/tenants/:tenant/secrets/:name')
    expect(way[1]).toMatch(/^tenant\.call secrets\./)
    expect(way[2]).toMatch(/^functions POST \/api\/vault\//)
    expect(way.slice(3)).toEqual(['vault'])
    expect(spanOf('vault')).toMatchObject({ kind: 2, service: 'phoenix-functions', status: {} })
    const first = spanOf(way[0] as string)
    expect(first).toMatchObject({ kind: 2, parentSpanId: parent, service: 'phoenix-edge' })
    expect(new Set(spans().map(({ traceId }) => traceId))).toEqual(new Set([trace]))
    expect(spanOf(way[1] as string).attributes).toEqual([
      { key: 'phoenix.tenant', value: { stringValue: world.tenantId } },
    ])
    expect(keys.filter((key) => key !== null)).toContain('k')
  })

  it('is told to the forge, by operation alone', async () => {
    delete world.env.OTLP_ENDPOINT
    const { id } = await world.propose(world.vmRequest(CANARY))
    await world.approve(id)
    world.env.OTLP_ENDPOINT = COLLECTOR
    const path = `/v1/tenants/acme/changes/${id}/merge`
    const merged = await ask('POST', path, { token: world.tokens.approver, headers: followedBy })
    expect(merged.status).toBe(200)
    await comes(() => spanOf('POST /v1/tenants/:tenant/changes/:id/merge'))
    expect(wayTo('forge PUT /repos/*/pulls/*/merge')).toEqual([
      'POST /v1/tenants/:tenant/changes/:id/merge',
      'tenant.mergeChange',
      'repository.merge',
      'forge PUT /repos/*/pulls/*/merge',
    ])
    expect(told.join()).not.toContain(CANARY)
    expect(told.join()).not.toContain(id)
  })

  it('says nothing of what was sent, wherever it stood', async () => {
    const headers = {
      ...{ ...followedBy, 'user-agent': CANARY, cookie: `phx=${CANARY}`, 'x-other': CANARY },
      ...{ tracestate: `a=${CANARY}`, 'x-request-id': `req-${CANARY}` },
    }
    const body = { value: CANARY, [CANARY]: CANARY }
    const at = (path: string) => `${path}?${CANARY}=${CANARY}`
    await ask('PUT', at(`/v1/tenants/acme/secrets/${CANARY}`), { body, headers })
    await ask('PUT', `/v1/tenants/acme/secrets/${CANARY}`, { body: { value: CANARY }, headers })
    await ask('GET', at(`/v1/tenants/${CANARY}/changes/${CANARY}`), { headers, key: CANARY })
    await ask('GET', `/${CANARY}/${CANARY}`, { headers, token: CANARY })
    await ask(CANARY.toUpperCase(), '/healthz', { headers })
    await settled()
    await comes(() => spanOf('_OTHER /*'))
    expect(spans().length).toBeGreaterThan(8)
    for (const secret of [CANARY, CANARY.toUpperCase(), world.tokens.owner, 'forge-token', 'acme'])
      expect(told.join()).not.toContain(secret)
  })
})

describe('who is followed', () => {
  it('is whom the caller says, and else the ratio', async () => {
    const get = async (headers: Record<string, string> = {}) =>
      (await ask('GET', '/healthz', { headers })).headers.get('traceparent')
    expect(await get()).toMatch(/-00$/)
    expect(await get({ traceparent: `00-${trace}-${parent}-00` })).toMatch(`00-${trace}-`)
    expect(told).toEqual([])
    world.env.TRACE_RATIO = '1'
    expect(await get({ traceparent: `00-${trace}-${parent}-00` })).toMatch(/-00$/)
    expect(told).toEqual([])
    expect(await get()).toMatch(/-01$/)
    // What is no traceparent decides nothing.
    expect(await get({ traceparent: `00-${'0'.repeat(32)}-${parent}-00` })).toMatch(/-01$/)
    expect(told).toHaveLength(2)
    expect(spans().map(({ parentSpanId }) => parentSpanId)).toEqual(['', ''])
  })

  it('is nobody without an endpoint, or with one that cannot be used', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const wrong of [undefined, '', `http://collector.example/${CANARY}`]) {
      Object.assign(world.env, { OTLP_ENDPOINT: wrong, TRACE_RATIO: '1' })
      const { status, headers } = await ask('GET', '/v1/tenants/acme', { headers: followedBy })
      expect([status, headers.get('traceparent')?.slice(0, 36)]).toEqual([200, `00-${trace}-`])
    }
    expect(told).toEqual([])
    expect(lines.mock.calls).toEqual([
      [JSON.stringify({ level: 'error', event: 'settings', wrong: 'OTLP_ENDPOINT' })],
    ])
    lines.mockRestore()
  })

  it('has his answer whatever the collector does', async () => {
    for (const broken of [
      () => Promise.reject(new Error('away')),
      async () => new Response('no', { status: 500 }),
      () => new Promise<Response>(() => undefined),
    ]) {
      answers = broken
      expect((await ask('GET', '/v1/tenants/acme', { headers: followedBy })).status).toBe(200)
    }
    expect(told.length).toBeGreaterThan(2)
  })

  it('is no more than a few in a second, whoever says so', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-21T12:00:00.000Z'))
    for (let sent = 0; sent < 60; sent += 1) await ask('GET', '/healthz', { headers: followedBy })
    clock.mockRestore()
    expect(told).toHaveLength(50)
  })

  it('is background work too, each piece as a trace of its own', async () => {
    world.env.TRACE_RATIO = '1'
    await world.insist(world.request(world.vmRequest('web-9')))
    told = []
    await world.settle()
    await comes(() => spanOf('outbox propose'))
    expect(wayTo('forge POST /repos/*/git/trees')).toEqual([
      ...['outbox propose', 'repository.propose', 'forge POST /repos/*/git/trees'],
    ])
  })
})

it('lets a followed call run nothing but methods of the actor', async () => {
  const traced = Reflect.get(Tenant.prototype, 'traced') as (
    ...input: unknown[]
  ) => Promise<unknown>
  for (const name of ['constructor', 'alarm', 'traced', 'toString', 'nothing', '__proto__'])
    await expect(traced.call({ env: {} }, followedBy.traceparent, name, [])).rejects.toThrow(
      'no such method',
    )
})
