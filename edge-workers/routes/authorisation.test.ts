// Who may do what, over HTTP: every route of the OpenAPI document names its action, and what it answers to every role, to no
// credential and to one without the scope is held against the one table in schemas/principal.ts. The routes come from the
// document; what is given here by hand is only what a right request needs, and what a right one is answered where that is
// no success.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { REGION, siteOf } from '../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import {
  type Action,
  actions,
  mayDo,
  type Role,
  type Scope,
  scopesOf,
  type TenantRole,
} from '../../schemas/principal.ts'
import { mintToken, secretFrom } from '../auth/token.ts'
import { otherDoors } from '../http/route.ts'

const ROLES = ['owner', 'admin', 'requester', 'approver', 'auditor', 'operator'] as const
const PEOPLE = ROLES.filter((role) => role !== 'operator')
const CHANGES = '/v1/tenants/{tenant}/changes'
const CHANGE = `${CHANGES}/{id}`
const ROLLOUTS = '/v1/tenants/{tenant}/rollouts'
const ROLLOUT = `${ROLLOUTS}/{id}`
const NEVER = 'a'.repeat(26)

interface Given {
  /** Sent so that the request is right in everything but who sends it. `tag` is different each time. */
  body?: (tag: string) => object
  /** Path parameters besides the tenant. */
  at?: Record<string, string>
  query?: string
  /** A change of its own for each try, in this state. */
  needs?: 'proposed' | 'approved' | 'applied'
  /** What has to be taken back after a success. */
  undo?: string
  /** What whoever may is answered. Absent: a success, or 404 where the object is nobody's. */
  fine?: (role: Role) => number[]
}

const vm = (name: string) => ({
  ...{ action: 'create', template: 'virtual-machine', name },
  parameters: { site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})
const FLUX = { namespace: 'acme', kustomizations: [{ name: 'a', path: 'clusters/lab' }] }
const always =
  (...statuses: number[]) =>
  () =>
    statuses
const GIVEN: Record<string, Given> = {
  'post /v1/tenants/{tenant}/restore-backup': {
    body: () => ({ backup: 'newest' }),
    // Nothing is kept here.
    fine: always(422),
  },
  // None is under way.
  'post /v1/tenants/{tenant}/abandon-restore': { fine: always(409) },
  'get /v1/platform/backups': { query: '?actor=log', fine: always(422) },
  'post /v1/platform/restore-backup': {
    body: () => ({ actor: 'log', backup: 'newest' }),
    fine: always(422),
  },
  // Not set before the next route, and needed by the one after.
  'get /v1/tenants/{tenant}/azure-scope': { fine: always(200, 404) },
  'put /v1/tenants/{tenant}/azure-scope': {
    body: () => ({
      ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'acme' },
      ...{ location: 'westeurope', entraTenantId: '00000000-0000-4000-8000-00000000beef' },
    }),
  },
  'post /v1/tenants/{tenant}/arc/machines': {
    body: (tag) => ({ name: tag, kind: 'vm' }),
    fine: always(201, 409),
  },
  'post /v1/tenants/{tenant}/arc/clusters': {
    body: (tag) => ({ name: tag, cluster: 'lab', kind: 'managed' }),
    fine: always(201, 409),
  },
  'post /v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations': {
    body: (tag) => ({ name: tag, spec: FLUX }),
  },
  'patch /v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations/{configuration}': {
    body: () => ({ spec: FLUX }),
  },
  // No vault is reachable here.
  'put /v1/tenants/{tenant}/secrets/{name}': {
    ...{ body: () => ({ value: 'x' }), fine: always(503) },
  },
  'patch /v1/tenants/{tenant}/secrets/{name}': { body: () => ({ enabled: false }) },
  'patch /v1/tenants/{tenant}/keys/{name}': { body: () => ({ enabled: false }) },
  'post /v1/tenants/{tenant}/keys': { body: (tag) => ({ name: tag, kind: 'EC-P256' }) },
  ...Object.fromEntries(
    ['secrets', 'keys'].map((kind) => [
      `post /v1/tenants/{tenant}/${kind}/{name}/purge`,
      { body: () => ({ confirm: 'never-was' }) },
    ]),
  ),
  // Nothing has been signed here yet.
  'get /v1/log/checkpoint': { fine: always(404) },
  'get /v1/log/proofs/inclusion': { fine: always(422) },
  'get /v1/log/proofs/consistency': { fine: always(422) },
  'get /readyz': { fine: always(200, 503) },
  'get /problems/{name}': { at: { name: 'forbidden' } },
  'get /rules/{id}': { at: { id: 'QUOTA' } },
  'get /v1/policy-packs/{name}': { at: { name: 'gdpr' } },
  'get /v1/templates/{name}': { at: { name: 'virtual-machine' } },
  'post /v1/regions': { body: (tag) => ({ ...REGION, name: tag }) },
  // Frozen until the next route lifts it: nobody but the root credential is an operator here.
  'put /v1/freeze': { body: () => ({ reason: 'A try.' }) },
  'post /v1/sites': { body: (tag) => siteOf(tag) },
  'get /v1/sites/{site}': { at: { site: 'lab-01' } },
  'patch /v1/sites/{site}': { at: { site: 'lab-01' }, body: () => ({ standIn: true }) },
  'post /v1/clusters': {
    body: (tag) => ({ name: tag, region: REGION.name, engine: 'flux', standIn: true }),
  },
  'get /v1/clusters/{cluster}': { at: { cluster: 'lab' } },
  'patch /v1/clusters/{cluster}': { at: { cluster: 'lab' }, body: () => ({ standIn: true }) },
  'get /v1/clusters/{cluster}/entry-points': { at: { cluster: 'lab' } },
  'post /v1/tenants': {
    body: (tag) => ({ slug: tag, name: tag, jurisdiction: 'eu', repository: `${tag}/x` }),
  },
  'patch /v1/tenants/{tenant}': { body: (tag) => ({ name: tag }) },
  'delete /v1/tenants/{tenant}': { fine: always(422) },
  'post /v1/tenants/{tenant}/suspend': {
    ...{ body: () => ({ reason: 'A try.' }), undo: '/v1/tenants/acme/resume' },
  },
  'post /v1/tenants/{tenant}/members': { body: (tag) => ({ handle: tag, roles: ['auditor'] }) },
  'post /v1/tenants/{tenant}/service-accounts': {
    body: (tag) => ({ handle: tag, roles: ['auditor'] }),
  },
  'post /v1/tenants/{tenant}/invitations': { body: () => ({ roles: ['auditor'] }) },
  'post /v1/invitations/accept': { body: () => ({ invitation: 'phi_none' }) },
  'patch /v1/tenants/{tenant}/members/{id}': { body: () => ({ roles: ['auditor'] }) },
  'post /v1/tenants/{tenant}/tokens': {
    body: (tag) => ({ name: tag }),
    // The installation's own credential is nobody's: it has to say for whom.
    fine: (role) => [role === 'operator' ? 422 : 201],
  },
  'post /v1/tenants/{tenant}/workloads': {
    body: (tag) => ({
      ...{ name: tag, serviceAccount: 'robot', issuer: 'https://issuer.example.org' },
      claims: { sub: tag },
    }),
  },
  'post /v1/tenants/{tenant}/components': {
    body: (tag) => ({ kind: 'server', manufacturer: 'Made', model: 'One', serial: tag }),
  },
  'post /v1/tenants/{tenant}/components/{id}/steps': {
    body: () => ({ to: 'transferred', custodian: 'Carriers' }),
  },
  // A form, and this is none.
  'post /v1/token': { body: () => ({}) },
  'post /v1/tenants/{tenant}/forge-accounts/challenges': { body: (tag) => ({ login: tag }) },
  'post /v1/tenants/{tenant}/forge-accounts': {
    body: () => ({ challenge: `fch_${NEVER}`, signature: 'none' }),
    fine: always(404, 409, 422),
  },
  'post /v1/tenants/{tenant}/webhooks': {
    body: (tag) => ({ url: `https://hooks.example.org/${tag}` }),
  },
  'patch /v1/tenants/{tenant}/webhooks/{id}': { body: (tag) => ({ description: tag }) },
  'patch /v1/tenants/{tenant}/issuer': { body: (tag) => ({ name: tag }) },
  'post /v1/tenants/{tenant}/issuer/keys/{kid}/retire': { body: (tag) => ({ reason: tag }) },
  // Nothing is connected to Entra Verified ID here.
  ...Object.fromEntries(
    ['get', 'rotate', 'verify'].map((verb) => [
      verb === 'get'
        ? 'get /v1/tenants/{tenant}/issuer/authority'
        : `post /v1/tenants/{tenant}/issuer/authority/${verb}`,
      { fine: always(409) },
    ]),
  ),
  'post /v1/tenants/{tenant}/credential-configurations': {
    body: (tag) => ({ name: tag, display: [{ name: tag }], claims: [{ path: ['name'] }] }),
  },
  'patch /v1/tenants/{tenant}/credential-configurations/{name}': {
    body: () => ({ validitySeconds: 3_600 }),
  },
  ...Object.fromEntries(
    ['revoke', 'suspend', 'reinstate'].map((verb) => [
      `post /v1/tenants/{tenant}/credentials/{id}/${verb}`,
      { body: () => ({ reason: 'A try.' }) },
    ]),
  ),
  // Of an issuer that never was.
  ...Object.fromEntries(
    [
      ...['openid-credential-issuer', 'oauth-authorization-server', 'jwt-vc-issuer'].map(
        (name) => `/.well-known/${name}/i/{issuer}`,
      ),
      ...['openid-credential-issuer', 'oauth-authorization-server'].map(
        (name) => `/i/{issuer}/.well-known/${name}`,
      ),
      ...['did.json', 'root.pem', 'types/{name}', 'status-lists/{list}'].map(
        (end) => `/i/{issuer}/${end}`,
      ),
      '/i/{issuer}/entra/did.json',
      ...['did.json', 'did-configuration.json'].map((end) => `/.well-known/${end}`),
    ].map((path) => [`get ${path}`, { fine: always(404) }]),
  ),
  'post /v1/tenants/{tenant}/credential-offers': {
    body: () => ({ configurations: ['none'] }),
    fine: always(422),
  },
  ...Object.fromEntries(
    ['token', 'nonce', 'credential', 'deferred', 'notification'].map((name) => [
      `post /i/{issuer}/oid4vci/${name}`,
      { body: () => ({}), fine: always(404) },
    ]),
  ),
  'get /i/{issuer}/oid4vci/offers/{id}': { fine: always(404) },
  ...Object.fromEntries(
    ['requests/{reference}', 'responses/{id}'].map((name) => [
      `post /i/{issuer}/oid4vp/${name}`,
      { body: () => ({}), fine: always(400, 404) },
    ]),
  ),
  'post /i/{issuer}/entra/callbacks': {
    body: (tag) => ({ requestId: tag, requestStatus: 'request_retrieved', state: tag }),
    fine: always(404),
  },
  'post /v1/tenants/{tenant}/presentation-requests': {
    body: (tag) => ({
      purpose: tag,
      dcql_query: {
        credentials: [{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [tag] } }],
      },
    }),
  },
  'post /v1/tenants/{tenant}/trusted-issuers': {
    body: (tag) => ({
      ...{ name: tag, kind: 'jwt-vc-issuer', value: `https://issuer.example.org/${tag}` },
    }),
  },
  [`post ${CHANGES}`]: { body: vm },
  [`post ${CHANGE}/approvals`]: { needs: 'proposed' },
  // No rule here asks for a credential.
  [`post ${CHANGE}/approval-requests`]: { needs: 'proposed', fine: always(409) },
  [`post ${CHANGE}/merge`]: { needs: 'approved' },
  [`post ${CHANGE}/reject`]: { needs: 'proposed' },
  [`post ${CHANGE}/cancel`]: { needs: 'proposed' },
  [`post ${CHANGE}/revisions`]: { needs: 'proposed' },
  [`post ${CHANGE}/revert`]: { needs: 'applied' },
  'get /v1/tenants/{tenant}/evidence/{pack}': { at: { pack: 'gdpr' } },
  // What it stands on is missing here.
  [`post ${ROLLOUTS}`]: { body: () => ({ system: 'smom-dbis-138' }), fine: always(422) },
  [`post ${ROLLOUT}/phases/{phase}/tasks/{task}`]: { body: () => ({ inputs: {} }) },
  [`post ${ROLLOUT}/prerequisites/{prerequisite}`]: { body: () => ({ state: 'met' }) },
  'get /v1/tenants/{tenant}/log/proofs/inclusion': { query: '?index=0' },
  'get /v1/tenants/{tenant}/log/proofs/consistency': { query: '?from=1' },
  'get /v1/tenants/{tenant}/log/bundle': { query: '?subject=none', fine: always(404) },
  'get /v1/tenants/{tenant}/resources/{name}': { at: { name: 'standing' } },
  'get /v1/tenants/{tenant}/invoices/{month}': { at: { month: '2026-11' } },
  // Of the month that runs there is a draft only.
  'post /v1/tenants/{tenant}/invoices/{month}/issue': {
    ...{ at: { month: '2026-11' }, fine: always(409) },
  },
  'post /v1/tenants/{tenant}/invoices/{month}/attestations': {
    ...{ at: { month: '2026-11' }, body: () => ({ digest: `sha256:${'0'.repeat(64)}` }) },
    fine: always(409),
  },
}

interface Documented {
  security: unknown[]
  parameters?: { name: string; in: string; required?: boolean }[]
  requestBody?: { required?: boolean }
  responses: Record<string, unknown>
  'x-phoenix-action'?: string
}
const readDocument = async (): Promise<Map<string, Documented>> => {
  const { http } = await createTenantWorld()
  const answer = await http('GET', '/v1/openapi.json')
  // It is made of the table: a route with an action that is in none has no document.
  if (answer.status !== 200) throw new Error('a route names no action that there is')
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Documented>> }
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => [`${method} ${path}`, route] as const),
    ),
  )
}
const documented = await readDocument()
const routeOf = (route: string): Documented => {
  const found = documented.get(route)
  if (!found) throw new Error(`the document has no ${route}`)
  return found
}
/** Null: the route has another door than the table. */
const actionOf = (route: string): Action | null => {
  const name = routeOf(route)['x-phoenix-action'] ?? ''
  return Object.hasOwn(actions, name) ? (name as Action) : null
}
const inTable = [...documented.keys()].filter((route) => actionOf(route) !== null)
const elsewhere = [...documented.keys()].filter((route) => actionOf(route) === null)

let world: TenantWorld
/** A token of each role; the requester's is rita's, who asks for every change here. */
const tokens = {} as Record<Role, string>
let expired = ''
let standing = ''
let tries = 0
const narrow = new Map<string, Promise<string>>()
/** Of somebody with this role, with every scope of it but one. */
const tokenWithout = (scope: Scope, role: TenantRole): Promise<string> => {
  const known = narrow.get(`${role} ${scope}`)
  if (known) return known
  const scopes = scopesOf(role).filter((each) => each !== scope)
  const made = world.tokenOf(`m-${role}`, role, { scopes })
  narrow.set(`${role} ${scope}`, made)
  return made
}
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld({
    tenant: { quota: { vms: 500, cores: 500, memoryMiB: 1e6, diskGiB: 1e5 } },
  })
  const { owner, requester, approver, auditor } = world.tokens
  const admin = await world.tokenOf('adam', 'admin')
  await world.ensureMember('acme', 'robot', 'requester', false)
  Object.assign(tokens, { owner, admin, requester, approver, auditor, operator: world.operator })
  standing = (await world.apply(vm('standing'))).id ?? ''
  await world.createTenant('dbis', { basesOn: ['lab'] })
  const expiresAt = new Date(Date.now() + 1000).toISOString()
  expired = await world.tokenOf('olga', 'owner', { expiresAt })
  vi.setSystemTime(Date.now() + 1000)
})

afterAll(() => vi.useRealTimers())

const problem = (body: string) => /problems\/([a-z-]+)"/.exec(body)?.[1] ?? null
interface To {
  tenant?: string
  id?: string
  at?: Record<string, string>
}
const isOfChange = (path: string) => path.startsWith(`${CHANGES}/`)
/** Sends a route's request, right in everything but perhaps the sender. */
const send = async (route: string, token: string | undefined, to: To = {}) => {
  const { parameters = [], requestBody } = routeOf(route)
  const { body, at = {}, query = '' } = GIVEN[route] ?? {}
  if (requestBody?.required && !body) throw new Error(`give ${route} a body in GIVEN`)
  const [method = '', path = ''] = route.split(' ')
  tries += 1
  const id = isOfChange(path) ? standing : NEVER
  const values: Record<string, string | undefined> = {
    ...{ id, ...at, tenant: to.tenant ?? 'acme', ...to.at },
    ...(to.id === undefined ? {} : { id: to.id }),
  }
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'never-was')
  const sent = body?.(`x${tries}`)
  const conditional = parameters.some(({ name }) => name === 'If-Match')
  const response = await world.http(method.toUpperCase(), `${address}${query}`, {
    ...(token === undefined ? {} : { token }),
    key: `try-${tries}`,
    headers: { 'x-request-id': 'twin-0001', ...(conditional ? { 'if-match': '*' } : {}) },
    ...(sent === undefined ? {} : { body: sent }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A change in the state that a route needs, asked for by rita. */
const changeFor = async ({ needs }: Given): Promise<string | undefined> => {
  tries += 1
  if (needs === undefined) return undefined
  // A change is some eight writes, and the forge is given 80 a minute.
  vi.setSystemTime(Date.now() + 10_000)
  if (needs === 'applied') return (await world.apply(vm(`c${tries}`))).id ?? ''
  const { id } = await world.propose(vm(`c${tries}`))
  if (needs === 'approved') await world.approve(id)
  return id
}
const toChange = async (given: Given): Promise<To> => {
  const id = await changeFor(given)
  return id === undefined ? {} : { id }
}

/** The object that the path names is nobody's: what is given names none. */
const isNobodys = (route: string): boolean => {
  const { at = {} } = GIVEN[route] ?? {}
  const [, path = ''] = route.split(' ')
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const known = (name: string) =>
    name === 'tenant' || at[name] !== undefined || (name === 'id' && isOfChange(path))
  return !names.every(known)
}

describe('the document', () => {
  it.each([...documented.keys()])('says which row of the table %s is', (route) => {
    const { 'x-phoenix-action': action = '', security } = routeOf(route)
    const door = Object.hasOwn(otherDoors, action)
      ? otherDoors[action as keyof typeof otherDoors]
      : null
    expect(door !== null || Object.hasOwn(actions, action), `${action} is in no table`).toBe(true)
    expect(security.length > 0).toBe(door?.bearer ?? true)
  })

  it('has every route of the API that the app answers', () => {
    const answered = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && /^\/(?:v1|webhooks)\//.test(path))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect([...documented.keys()]).toEqual(expect.arrayContaining(answered))
  })

  it('has every route that something is given for here', () => {
    expect([...documented.keys()]).toEqual(expect.arrayContaining(Object.keys(GIVEN)))
  })
})

describe('a route outside the table', () => {
  it.each(elsewhere)('%s keeps to its own door', async (route) => {
    const { status, text, headers } = await send(route, undefined)
    const door = routeOf(route)['x-phoenix-action']
    if (door === 'open') expect(GIVEN[route]?.fine?.('auditor') ?? [200]).toContain(status)
    else if (door === 'signed') expect([status, problem(text)]).toEqual([401, 'signature-invalid'])
    else if (door === 'identity') {
      expect([status, problem(text)]).toEqual([401, 'unauthenticated'])
      expect(headers.get('www-authenticate')).toContain('Bearer')
    } else {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
  })
})

describe.each(inTable)('%s', (route) => {
  const given = GIVEN[route] ?? {}
  const action = actionOf(route) as Action
  const { condition } = actions[action]

  it('without a credential', async () => {
    const { status, text, headers } = await send(route, undefined)
    expect([status, problem(text)]).toEqual([401, 'unauthenticated'])
    expect(headers.get('www-authenticate')).toContain('Bearer')
  })

  it.each(ROLES)('as %s', async (role) => {
    const { status, text } = await send(route, tokens[role], await toChange(given))
    const allowed =
      mayDo({ roles: [role], scopes: scopesOf(role) }, action) &&
      (condition !== 'requester-of-change' || role === 'requester')
    if (!allowed) {
      expect([status, problem(text)]).toEqual([403, 'forbidden'])
      return
    }
    // What is not there or not to be had is said only to who may know.
    const succeeds = isNobodys(route) ? [404] : [200, 201, 202]
    const fine = given.fine?.(role) ?? succeeds
    expect(fine, `${status} ${text.slice(0, 300)}`).toContain(status)
    if (given.undo === undefined || status >= 300) return
    const undone = await world.http('POST', given.undo, { token: world.operator })
    expect(undone.status).toBe(200)
  })

  it('with every role but without the scope', async () => {
    for (const role of PEOPLE) {
      const { status, text } = await send(route, await tokenWithout(actions[action].scope, role))
      expect([status, problem(text)], role).toEqual([403, 'forbidden'])
    }
  })

  it('with a credential that is none', async () => {
    const real = tokens.owner
    const parts = { tokenId: `tok${'b'.repeat(16)}`, secret: secretFrom(new Uint8Array(32)) }
    const none = {
      mistyped: `${real.slice(0, -1)}${real.endsWith('0') ? '1' : '0'}`,
      'of no tenant': mintToken({ ...parts, tenantId: 'ten_eu_aaaaaaaaaaaaaaaa' }),
      'of no member': mintToken({ ...parts, tenantId: world.tenantId }),
      'the operator’s with another secret': mintToken({
        ...parts,
        ...{ tenantId: 'ten_eu_platformaaaaaaaa', tokenId: 'tokoperatoraaaaaaaa' },
      }),
      expired,
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
  const inTenant = inTable.filter((route) => route.includes('{tenant}'))

  it.each(inTenant)(
    '%s answers for a foreign tenant as for one that never was, whoever asks',
    async (route) => {
      for (const role of PEOPLE) {
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
      const { token, id: tokenId, member } = await world.createToken('dbis', 'owner')
      const known = route.includes('/tokens/')
        ? tokenId
        : route.includes('/members/')
          ? member
          : await theirChange(token)
      const never = `${known.slice(0, -16)}${'z'.repeat(16)}`
      for (const role of PEOPLE) {
        const foreign = await shown(route, tokens[role], { id: known })
        expect([403, 404], role).toContain(foreign.status)
        expect(foreign, role).toEqual(await shown(route, tokens[role], { id: never }))
      }
    },
  )

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
    const site = (name: string) => ({ at: { site: name } })
    for (const role of PEOPLE) {
      const foreign = await shown('get /v1/sites/{site}', tokens[role], site('alps-01'))
      expect(foreign.status, role).toBe(404)
      expect(foreign).toEqual(await shown('get /v1/sites/{site}', tokens[role], site('none')))
    }
    expect((await send('get /v1/sites/{site}', world.operator, site('alps-01'))).status).toBe(200)
  })
})
