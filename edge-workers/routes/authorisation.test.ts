// Who may do what, over HTTP: every route of the OpenAPI document, with every role and with none, held against the one table
// in schemas/principal.ts. A route that is new in the document and not in the list here fails.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { REGION, siteOf } from '../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { type Action, actions, mayDo, type Role, scopesOf } from '../../schemas/principal.ts'
import { mintToken, secretFrom } from '../auth/token.ts'

const ROLES: Role[] = ['owner', 'admin', 'requester', 'approver', 'auditor', 'operator']
const CHANGES = '/v1/tenants/{tenant}/changes'
const CHANGE = `${CHANGES}/{id}`
const ROLLOUTS = '/v1/tenants/{tenant}/rollouts'
const ROLLOUT = `${ROLLOUTS}/{id}`
const NEVER = `chg_${'a'.repeat(26)}`
const IF_MATCH = { 'if-match': '*' }

interface Row {
  /** Null: no credential is asked for. */
  action: Action | null
  /** Sent so that the request is right in everything but who sends it. `tag` is different each time. */
  body?: (tag: string) => object
  headers?: Record<string, string>
  /** Only who asked for the change. */
  requesterOnly?: boolean
  /** A change of its own for each try, in this state. */
  needs?: 'proposed' | 'approved' | 'applied'
}

const vm = (name: string) => ({
  ...{ action: 'create', template: 'virtual-machine', name },
  parameters: { site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})
const EXPECTED: Record<string, Row> = {
  'get /healthz': { action: null },
  'get /readyz': { action: null },
  'get /metrics': { action: 'platform.write' },
  'get /problems': { action: null },
  'get /problems/{name}': { action: null },
  'get /rules': { action: null },
  'get /rules/{id}': { action: null },
  'get /v1/policy-packs': { action: null },
  'get /v1/policy-packs/{name}': { action: null },
  'get /docs': { action: null },
  'get /v1/openapi.json': { action: null },
  'get /v1/log/keys': { action: null },
  'get /v1/templates': { action: 'catalogue.read' },
  'get /v1/templates/{name}': { action: 'catalogue.read' },
  'get /v1/price-book': { action: 'catalogue.read' },
  'get /regions': { action: null },
  'get /v1/region-catalogue': { action: 'catalogue.read' },
  'get /v1/regions': { action: 'catalogue.read' },
  'post /v1/regions': { action: 'platform.write', body: (tag) => ({ ...REGION, name: tag }) },
  'get /v1/sites': { action: 'catalogue.read' },
  'post /v1/sites': { action: 'platform.write', body: (tag) => siteOf(tag) },
  'get /v1/sites/{site}': { action: 'catalogue.read' },
  'patch /v1/sites/{site}': {
    ...{ action: 'platform.write', body: () => ({ standIn: true }), headers: IF_MATCH },
  },
  'get /v1/clusters': { action: 'catalogue.read' },
  'post /v1/clusters': {
    action: 'platform.write',
    body: (tag) => ({ name: tag, region: REGION.name, engine: 'flux', standIn: true }),
  },
  'get /v1/clusters/{cluster}': { action: 'catalogue.read' },
  'patch /v1/clusters/{cluster}': {
    ...{ action: 'platform.write', body: () => ({ standIn: true }), headers: IF_MATCH },
  },
  'get /v1/clusters/{cluster}/entry-points': { action: 'platform.write' },
  'post /v1/tenants': {
    action: 'platform.write',
    body: (tag) => ({ slug: tag, name: tag, jurisdiction: 'eu', repository: `${tag}/x` }),
  },
  'get /v1/tenants': { action: 'tenant.read' },
  'get /v1/tenants/{tenant}': { action: 'tenant.read' },
  'patch /v1/tenants/{tenant}': {
    ...{ action: 'tenant.update', body: (tag) => ({ name: tag }), headers: IF_MATCH },
  },
  'delete /v1/tenants/{tenant}': { action: 'tenant.update' },
  'post /v1/tenants/{tenant}/tokens': {
    ...{ action: 'tokens.write', body: (tag) => ({ name: tag, member: tag, role: 'auditor' }) },
  },
  'get /v1/tenants/{tenant}/tokens': { action: 'tokens.read' },
  'get /v1/tenants/{tenant}/tokens/{id}': { action: 'tokens.read' },
  'delete /v1/tenants/{tenant}/tokens/{id}': { action: 'tokens.write', headers: IF_MATCH },
  [`post ${CHANGES}`]: { action: 'changes.create', body: vm },
  [`get ${CHANGES}`]: { action: 'changes.read' },
  [`get ${CHANGE}`]: { action: 'changes.read' },
  [`get ${CHANGE}/plan`]: { action: 'changes.read' },
  [`get ${CHANGE}/files`]: { action: 'changes.read' },
  [`get ${CHANGE}/diff`]: { action: 'changes.read' },
  [`get ${CHANGE}/events`]: { action: 'changes.read' },
  [`post ${CHANGE}/approvals`]: { action: 'changes.approve', needs: 'proposed' },
  [`post ${CHANGE}/merge`]: { action: 'changes.merge', needs: 'approved' },
  [`post ${CHANGE}/reject`]: { action: 'changes.reject', needs: 'proposed' },
  [`post ${CHANGE}/cancel`]: { action: 'changes.revise', needs: 'proposed', requesterOnly: true },
  [`post ${CHANGE}/revisions`]: {
    ...{ action: 'changes.revise', needs: 'proposed', requesterOnly: true },
  },
  [`post ${CHANGE}/revert`]: { action: 'changes.revise', needs: 'applied' },
  'get /v1/tenants/{tenant}/evidence/{pack}': { action: 'evidence.read' },
  [`post ${ROLLOUTS}`]: {
    ...{ action: 'rollouts.create', body: () => ({ system: 'smom-dbis-138' }) },
  },
  [`get ${ROLLOUTS}`]: { action: 'rollouts.read' },
  [`get ${ROLLOUT}`]: { action: 'rollouts.read' },
  [`get ${ROLLOUT}/runbook`]: { action: 'rollouts.read' },
  [`get ${ROLLOUT}/documents/{name}`]: { action: 'rollouts.read' },
  [`post ${ROLLOUT}/pause`]: { action: 'rollouts.order' },
  [`post ${ROLLOUT}/resume`]: { action: 'rollouts.order' },
  [`post ${ROLLOUT}/abort`]: { action: 'rollouts.order' },
  [`post ${ROLLOUT}/phases/{phase}/tasks/{task}`]: {
    ...{ action: 'rollouts.report', body: () => ({ inputs: {} }) },
  },
  [`post ${ROLLOUT}/prerequisites/{prerequisite}`]: {
    ...{ action: 'rollouts.report', body: () => ({ state: 'met' }) },
  },
  'get /v1/tenants/{tenant}/resources': { action: 'resources.read' },
  'get /v1/tenants/{tenant}/resources/{name}': { action: 'resources.read' },
  'get /v1/tenants/{tenant}/invoices/{month}': { action: 'invoices.read' },
  'post /webhooks/github': { action: null },
  'post /webhooks/argocd/{cluster}': { action: null },
  'post /webhooks/flux/{cluster}': { action: null },
}

interface Documented {
  security: unknown[]
}
let world: TenantWorld
let documented: Map<string, Documented>
/** A token of each role; the requester's is rita's, who asks for every change here. */
const tokens = {} as Record<Role, string>
let standing = ''
let tries = 0
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld({
    tenant: { quota: { vms: 500, cores: 500, memoryMiB: 1e6, diskGiB: 1e5 } },
  })
  const { owner, requester, approver, auditor } = world.tokens
  const admin = await world.tokenOf('adam', 'admin')
  Object.assign(tokens, { owner, admin, requester, approver, auditor, operator: world.operator })
  standing = (await world.apply(vm('standing'))).id ?? ''
  await world.createTenant('dbis', { basesOn: ['lab'] })
  const document = (await (await world.http('GET', '/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, Documented>>
  }
  documented = new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => [`${method} ${path}`, route] as const),
    ),
  )
})

afterAll(() => vi.useRealTimers())

const problem = (body: string) => /problems\/([a-z-]+)"/.exec(body)?.[1] ?? null
interface To {
  tenant?: string
  id?: string
  site?: string
}
/** Sends a route's request, right in everything but perhaps the sender. */
const send = async (route: string, token: string | undefined, to: To = {}) => {
  const { body, headers } = EXPECTED[route] ?? {}
  const [method = '', path = ''] = route.split(' ')
  tries += 1
  const isToken = path.includes('/tokens/')
  const nobodys = isToken ? `tok${'a'.repeat(16)}` : `rol_${'a'.repeat(26)}`
  const id = to.id ?? (isToken || path.includes('/rollouts/') ? nobodys : standing)
  const address = path
    .replace('{tenant}', to.tenant ?? 'acme')
    .replace('{id}', path.startsWith('/rules') ? 'QUOTA' : id)
    .replace(
      '{name}',
      path.includes('templates')
        ? 'virtual-machine'
        : path.includes('problems')
          ? 'forbidden'
          : path.includes('policy-packs')
            ? 'gdpr'
            : 'standing',
    )
    .replace('{pack}', 'gdpr')
    .replace('{site}', to.site ?? 'lab-01')
    .replace('{cluster}', 'lab')
    .replace('{month}', '2026-11')
  const sent = body?.(`x${tries}`)
  const response = await world.http(method.toUpperCase(), address, {
    ...(token === undefined ? {} : { token }),
    ...{ key: `try-${tries}`, headers: { 'x-request-id': 'twin-0001', ...headers } },
    ...(sent === undefined ? {} : { body: sent }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A change in the state that a route needs, asked for by rita. */
const changeFor = async ({ needs }: Row): Promise<string> => {
  tries += 1
  if (needs === undefined) return standing
  // A change is some eight writes, and the forge is given 80 a minute.
  vi.setSystemTime(Date.now() + 10_000)
  if (needs === 'applied') return (await world.apply(vm(`c${tries}`))).id ?? ''
  const { id } = await world.propose(vm(`c${tries}`))
  if (needs === 'approved') await world.approve(id)
  return id
}

describe('the document', () => {
  it('and the list here name the same routes, and ask for a credential on the same ones', () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(EXPECTED).sort())
    for (const [route, { security }] of documented)
      expect(security.length === 0, route).toBe(EXPECTED[route]?.action === null)
  })

  it('has every route of the API that the app answers', () => {
    const answered = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && /^\/(?:v1|webhooks)\//.test(path))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect([...documented.keys()]).toEqual(expect.arrayContaining(answered))
  })
})

describe.each(Object.keys(EXPECTED))('%s', (route) => {
  const row = EXPECTED[route] as Row
  const { action } = row

  it('without a credential', async () => {
    const { status, text, headers } = await send(route, undefined)
    if (action !== null) {
      expect([status, problem(text)]).toEqual([401, 'unauthenticated'])
      expect(headers.get('www-authenticate')).toContain('Bearer')
    } else if (route.includes('/webhooks/')) {
      expect([status, problem(text)]).toEqual([401, 'signature-invalid'])
    } else expect([200, 503]).toContain(status)
  })

  if (action === null) return

  it.each(ROLES)('as %s', async (role) => {
    const id = /tokens|rollouts/.test(route) ? undefined : await changeFor(row)
    const { status, text } = await send(route, tokens[role], id === undefined ? {} : { id })
    const allowed =
      mayDo({ role, scopes: scopesOf(role) }, action) &&
      !(row.requesterOnly && role !== 'requester')
    if (!allowed) {
      expect([status, problem(text)]).toEqual([403, 'forbidden'])
      return
    }
    // What is not there, not built or not to be had is said only to who may know.
    const fine = /(?:tokens|rollouts)\/\{id\}/.test(route)
      ? [404]
      : route === `post ${ROLLOUTS}`
        ? // What it stands on is missing here.
          [422]
        : route.startsWith('delete')
          ? [501]
          : [200, 201, 202]
    expect(fine, `${status} ${text.slice(0, 300)}`).toContain(status)
  })

  it('with every role but without the scope', async () => {
    for (const role of ROLES.filter((each) => each !== 'operator')) {
      const scopes = scopesOf(role).filter((scope) => scope !== actions[action].scope)
      const token = await world.tokenOf(`m-${role}`, role as Exclude<Role, 'operator'>, { scopes })
      const { status, text } = await send(route, token, {
        id: /(?:tokens|rollouts)\//.test(route) ? undefined : standing,
      } as To)
      expect([status, problem(text)], role).toEqual([403, 'forbidden'])
    }
  })

  it('with a credential that is none', async () => {
    const real = tokens.owner
    const parts = { tokenId: `tok${'b'.repeat(16)}`, secret: secretFrom(new Uint8Array(32)) }
    const expiresAt = new Date(Date.now() - 1000).toISOString()
    const none = {
      mistyped: `${real.slice(0, -1)}${real.endsWith('0') ? '1' : '0'}`,
      'of no tenant': mintToken({ ...parts, tenantId: 'ten_eu_aaaaaaaaaaaaaaaa' }),
      'of no member': mintToken({ ...parts, tenantId: world.tenantId }),
      'the operator’s with another secret': mintToken({
        ...parts,
        ...{ tenantId: 'ten_eu_platformaaaaaaaa', tokenId: 'tokoperatoraaaaaaaa' },
      }),
      expired: await world.tokenOf('olga', 'owner', { expiresAt }),
      'of another scheme': 'Basic b2xnYTpwYXNz',
    }
    for (const [what, token] of Object.entries(none)) {
      const { status, text } = await send(route, token)
      expect([status, problem(text)], what).toEqual([401, 'unauthenticated'])
    }
  })
})

/** All that a stranger can see of an answer. */
const shown = async (route: string, token: string, to: To) => {
  const { status, headers, text } = await send(route, token, to)
  return { status, text, headers: [...headers].filter(([name]) => name !== 'traceparent') }
}

describe('what is somebody else’s', () => {
  const inTenant = Object.keys(EXPECTED).filter((route) => route.includes('{tenant}'))

  it.each(inTenant)(
    '%s answers for a foreign tenant as for one that never was, whoever asks',
    async (route) => {
      for (const role of ROLES.filter((each) => each !== 'operator')) {
        const foreign = await shown(route, tokens[role], { tenant: 'dbis' })
        const never = await shown(route, tokens[role], { tenant: 'none' })
        expect(foreign.status, role).toBe(404)
        expect(foreign, role).toEqual(never)
      }
    },
  )

  it.each(inTenant.filter((route) => route.includes('{id}')))(
    '%s answers for a foreign tenant’s object as for one that never was',
    async (route) => {
      const { token: theirs } = await world.createToken('dbis', 'owner')
      const isToken = route.includes('/tokens/')
      const never = isToken ? `tok${'z'.repeat(16)}` : NEVER
      const known = isToken ? await firstToken(theirs) : await theirChange(theirs)
      for (const role of ROLES.filter((each) => each !== 'operator')) {
        const foreign = await shown(route, tokens[role], { id: known })
        expect([403, 404], role).toContain(foreign.status)
        expect(foreign, role).toEqual(await shown(route, tokens[role], { id: never }))
      }
    },
  )

  const firstToken = async (token: string) => {
    const list = await world.http('GET', '/v1/tenants/dbis/tokens', { token })
    return ((await list.json()) as { items: { id: string }[] }).items[0]?.id ?? ''
  }
  const theirChange = async (token: string) => {
    tries += 1
    const made = await world.http('POST', '/v1/tenants/dbis/changes', {
      ...{ token, key: `theirs-${tries}`, body: vm(`theirs-${tries}`) },
    })
    expect(made.status).toBe(202)
    return ((await made.json()) as { id: string }).id
  }

  it('a site of another jurisdiction is one that never was', async () => {
    await world.create('/v1/regions', { ...REGION, name: 'ch-lab', jurisdiction: 'ch' })
    const { network, ...rest } = siteOf('alps-01')
    await world.create('/v1/sites', {
      ...rest,
      region: 'ch-lab',
      network: { ...network, name: 'alps' },
    })
    for (const role of ROLES.filter((each) => each !== 'operator')) {
      const foreign = await shown('get /v1/sites/{site}', tokens[role], { site: 'alps-01' })
      expect(foreign.status, role).toBe(404)
      expect(foreign).toEqual(await shown('get /v1/sites/{site}', tokens[role], { site: 'none' }))
    }
    expect((await send('get /v1/sites/{site}', world.operator, { site: 'alps-01' })).status).toBe(
      200,
    )
  })
})

describe('a token', () => {
  it('can give nobody more than its own role may give', async () => {
    const give = (token: string, role: string) => {
      tries += 1
      const body = { name: 'x', member: 'x', role }
      return world.http('POST', '/v1/tenants/acme/tokens', { token, key: `give-${tries}`, body })
    }
    expect((await give(tokens.admin, 'owner')).status).toBe(403)
    expect((await give(tokens.owner, 'owner')).status).toBe(201)
    expect((await give(tokens.owner, 'operator')).status).toBe(422)
  })

  it('has no scope that its role has not', async () => {
    const body = { name: 'x', member: 'x', role: 'auditor', scopes: ['changes:approve'] }
    const sent = { token: tokens.owner, key: 'too-much', body }
    expect((await world.http('POST', '/v1/tenants/acme/tokens', sent)).status).toBe(422)
  })
})
