// Nobody sees anybody else, generated from the OpenAPI document: every route, every parameter in its path, and in that place
// what is another tenant's, what was and is gone, and what never was. All three are answered alike: status, body and headers.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type ApiDocument,
  type DocumentedOperation,
  readDocument,
} from '../../functions/simulator/api-fuzz/document.ts'
import {
  CLUSTER,
  createTenantWorld,
  type TenantWorld,
} from '../../functions/simulator/tenant-world.ts'
import { arbitraryFromSchema } from '../../functions/verify/templates/arbitrary-from-schema.ts'
import type { ChangeView } from '../../schemas/change.ts'
import type { IssuerIdentityView } from '../../schemas/credential.ts'
import { identityOf } from '../auth/oidc/identity.ts'
import { createProvider } from '../auth/oidc/provider.fixture.ts'

const OWN = 'acme'
const OTHER = 'bravo'
const TENANT = '/v1/tenants/{tenant}'
type Role = 'owner' | 'requester' | 'approver'
const LISTS = ['changes', 'resources', 'rollouts', 'members', 'tokens', 'workloads']
  .concat(['webhooks', 'invitations', 'sessions', 'components'])
  .concat(['presentation-requests', 'trusted-issuers'])
  .concat(['credential-configurations', 'credentials'])
  .concat(['credential-offers', 'issuances', 'secrets', 'keys', 'arc/machines', 'arc/clusters'])
  .map((name) => `/${name}`)
/** Parameters that are words everybody may know and nobody owns; compared in the place of the tenant only. */
const COMMON = new Map([
  [`${TENANT}/evidence/{pack}`, 'a policy pack of the platform'],
  [`${TENANT}/invoices/{month}`, 'a month'],
  [`${TENANT}/rollouts/{id}/documents/{name}`, 'a document of the catalogue’s system'],
  [`${TENANT}/rollouts/{id}/phases/{phase}`, 'a phase of the catalogue’s system'],
  [`${TENANT}/rollouts/{id}/phases/{phase}/tasks/{task}`, 'a task of the catalogue’s system'],
  [`${TENANT}/rollouts/{id}/prerequisites/{prerequisite}`, 'a prerequisite of the system'],
])
/** They make what they name, whoever else has something of that name. */
const MAKING = new Set([`PUT ${TENANT}/secrets/{name} name`])
const PASSING_HEADERS = new Set(['date', 'x-request-id', 'traceparent'])

let world: TenantWorld
let document: ApiDocument
/** What somebody of acme comes with, by who he is. */
let callers: Record<string, string>
let others: { id: string; tokens: Record<Role, string>; known: Map<string, Set<string>> }
const figures = { routes: 0, places: 0, probes: 0, pairs: 0 }

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  document = await readDocument({ send: world.http })
  callers = { ...world.tokens, identity: await accessToken() }
  const { id } = await world.createTenant(OTHER, { basesOn: [CLUSTER] })
  const tokenOf = async (role: Role) => (await world.createToken(OTHER, role)).token
  const tokens = {
    ...{ owner: await tokenOf('owner'), requester: await tokenOf('requester') },
    approver: await tokenOf('approver'),
  }
  others = { id, tokens, known: new Map() }
  await fillOther()
  await harvest()
})

afterAll(() => {
  vi.useRealTimers()
  console.log(JSON.stringify(figures))
})

/** Of an identity provider, for an owner of acme. */
const accessToken = async (): Promise<string> => {
  const provider = await createProvider('https://idp.isolation.example')
  provider.time = Date.now()
  const { LOCAL } = world.env
  world.env.LOCAL = {
    fetch: (input, init) =>
      String(input).startsWith(provider.issuer)
        ? provider.fetch(input, init)
        : (LOCAL?.fetch ?? fetch)(input, init),
  }
  const audience = 'https://api.phoenix.example'
  world.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'idp', label: 'Idp', issuer: provider.issuer, clientId: 'phoenix', audience },
  ])
  await world.create(`/v1/tenants/${OWN}/members`, {
    ...{ handle: 'ida', roles: ['owner'], signIn: { issuer: 'idp', subject: 'ida' } },
  })
  const token = await provider.sign({ aud: audience, sub: 'ida' }, { typ: 'at+jwt' })
  expect((await world.http('GET', `/v1/tenants/${OWN}/changes`, { token })).status).toBe(200)
  return token
}

const inOther = (path: string) => `/v1/tenants/${OTHER}${path}`
let keys = 0
/** Insists: what was not made would be compared with nothing. */
const post = async <T = { id: string }>(path: string, body: object, by: Role = 'owner') => {
  keys += 1
  const sent = { token: others.tokens[by], key: `other-${keys}`, body }
  const answer = await world.http('POST', inOther(path), sent)
  const text = await answer.text()
  expect(`${answer.status}`, `${path} ${text}`).toMatch(/^2/)
  return JSON.parse(text) as T
}
const settle = async () => {
  for (let due = 0; due <= Date.now(); due = world.tenants.alarmOf(others.id) ?? Infinity)
    await world.tenants.alarm(others.id)
}
const read = async (path: string) => {
  const answer = await world.http('GET', inOther(path), { token: others.tokens.owner })
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as ChangeView & { items: Record<string, unknown>[] }
}

const land = async (id: string) => {
  for (const decision of ['approvals', 'merge']) {
    await post(`/changes/${id}/${decision}`, {}, 'approver')
    await settle()
  }
}

/** A resource that really stands. */
const stand = async (name: string) => {
  const { id } = await post('/changes', world.vmRequest(name), 'requester')
  await settle()
  await land(id)
  const { liveSha } = await read(`/changes/${id}`)
  const told = await world.tenants.namespace.getByName(others.id).reportStatus({
    bodyDigest: `sha256:${'7'.repeat(64)}`,
    report: {
      ...{ cluster: CLUSTER, repository: `${OTHER}/infrastructure`, component: `60-${name}` },
      ...{ revision: liveSha ?? '', state: 'healthy', message: 'healthy', simulated: true },
    },
  })
  expect(told).toMatchObject({ ok: true, value: { taken: true } })
  await settle()
  expect((await read(`/changes/${id}`)).state).toBe('applied')
}

/** Somebody who signed in and went there. */
const signIn = async () => {
  const issuer = { issuer: 'https://idp.isolation.example' }
  const identity = identityOf(world.env, issuer, 'theirs')
  const signIn = { issuer: 'idp', subject: 'theirs' }
  await world.create(inOther('/members'), { handle: 'theo', roles: ['auditor'], signIn })
  const directory = world.env.DIRECTORY.getByName('directory')
  const [createdAt, expiresAt] = ['2026-11-21T12:00:00.000Z', '2026-11-21T20:00:00.000Z']
  const session = { id: `ses_${'t'.repeat(26)}`, identity, issuer: 'idp', createdAt, expiresAt }
  await directory.startSession(session)
  const entered = await directory.enterTenant(session.id, OTHER, createdAt)
  if (!entered) throw new Error('not let in')
  await world.tenants.namespace.getByName(others.id).openSession(entered.session)
}

/** As the end of an issuance writes it. */
const issue = () => {
  const found = world.tenants.actors.get(others.id)
  found?.surroundings.state.storage.sql.exec(
    `INSERT INTO credentials (id, configuration, driver, offerId, status, issuedAt, expiresAt, updatedAt, version)
     VALUES (?, 'their-badge', 'openid4vci', '', 'valid', ?, ?, ?, 1)`,
    ...[`crd_${'t'.repeat(26)}`, ...Array(3).fill('2026-11-21T12:00:00.000Z')],
  )
}

/** No vault is reachable here: as if it had taken it. */
const keepSecret = () => {
  const found = world.tenants.actors.get(others.id)
  found?.surroundings.state.storage.sql.exec(
    `INSERT INTO secrets (id, name, state, createdBy, createdAt, updatedAt, version)
     VALUES (?, 'their-secret', 'active', 'usr_theirs', ?, ?, 1)`,
    ...[`sec_${'t'.repeat(26)}`, ...Array(2).fill('2026-11-21T12:00:00.000Z')],
  )
}

/** A place in Azure, and what is in it. */
const fillAzure = async () => {
  const place = await world.http('PUT', inOther('/azure-scope'), {
    token: world.operator,
    body: {
      ...{ subscriptionId: '00000000-0000-4000-8000-000000000002', resourceGroup: 'theirs' },
      ...{ location: 'westeurope', entraTenantId: '00000000-0000-4000-8000-00000000beef' },
    },
  })
  expect(place.status).toBe(200)
  await post('/arc/machines', { name: 'their-machine', kind: 'vm' })
  const arc = { name: 'their-arc', cluster: CLUSTER, kind: 'managed' }
  const { cluster } = await post<{ cluster: { id: string } }>('/arc/clusters', arc)
  const spec = { namespace: OTHER, kustomizations: [{ name: 'a', path: 'clusters/lab' }] }
  const flux = { name: 'their-flux', spec }
  const { id } = await post(`/arc/clusters/${cluster.id}/flux-configurations`, flux)
  await settle()
  await land(id)
}

/** Everybody has these. */
const BUILT_IN = new Set(['phoenix-member', 'phoenix-approver'])

/** One of everything that a tenant can have, and some of it gone again. */
const fillOther = async () => {
  await post('/changes', world.vmRequest('theirs'), 'requester')
  const gone = await post('/changes', world.vmRequest('theirs-gone'), 'requester')
  await settle()
  await post(`/changes/${gone.id}/cancel`, {}, 'requester')
  await settle()
  await stand('theirs-stands')
  const token = await post('/tokens', { name: 'gone' })
  const revoked = await world.http('DELETE', inOther(`/tokens/${token.id}`), {
    ...{ token: others.tokens.owner, headers: { 'if-match': '*' } },
  })
  expect(revoked.status).toBe(200)
  const parameters = { template: 'application', regions: ['eu-west-lab'] }
  const image = { image: 'ghcr.io/stefanprodan/podinfo:6.7.1' }
  const fleet = { system: 'fleet', name: 'their-fleet' }
  await post(
    '/rollouts',
    { ...fleet, parameters: { ...parameters, parameters: image } },
    'requester',
  )
  await settle()
  await post('/service-accounts', { handle: 'robot', roles: ['requester'] })
  await post('/invitations', { roles: ['auditor'] })
  await post('/workloads', {
    ...{ name: 'ci', serviceAccount: 'robot', issuer: 'https://issuer.example.com' },
    claims: { sub: 'repo:bravo/app:ref:refs/heads/main' },
  })
  await post('/components', { kind: 'disk', manufacturer: 'Made', model: 'One', serial: 'theirs' })
  await post('/credential-configurations', {
    ...{ name: 'their-badge', display: [{ name: 'Badge' }], claims: [] },
  })
  issue()
  await post('/credential-offers', { configurations: ['their-badge'] })
  const theirs = { id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: ['theirs'] } }
  await post('/presentation-requests', { purpose: 'x', dcql_query: { credentials: [theirs] } })
  const issuer = { kind: 'jwt-vc-issuer', value: 'https://issuer.example.com' }
  await post('/trusted-issuers', { name: 'theirs', ...issuer })
  keepSecret()
  await post('/keys', { name: 'their-key', kind: 'EC-P256' })
  await fillAzure()
  await signIn()
  const [member] = (await read('/members')).items.filter(({ handle }) => handle === 'owner-1')
  world.linkForgeAccount(others.id, String(member?.id), 'their-login')
  // The last: nothing is sent, because no alarm rings any more.
  const { id } = await post('/webhooks', { url: 'https://hooks.example.com/phoenix' })
  await post(`/webhooks/${id}/test`, {})
}

/** Ids and names that the other tenant's own lists show, by the address of the list. */
const harvest = async () => {
  const namesIn = async (address: string) =>
    (await read(address)).items
      .flatMap(({ id, name, handle }) => [id, name, handle])
      .filter((value): value is string => typeof value === 'string' && !BUILT_IN.has(value))
  for (const list of LISTS) others.known.set(`${TENANT}${list}`, new Set(await namesIn(list)))
  const known = (list: string) => others.known.get(`${TENANT}${list}`) ?? new Set<string>()
  // Lists of their own they do not have, or not one for all.
  others.known.set(`${TENANT}/forge-accounts`, known('/members'))
  const deliveries = new Set<string>()
  for (const id of known('/webhooks'))
    for (const name of await namesIn(`/webhooks/${id}/deliveries`)) deliveries.add(name)
  others.known.set(`${TENANT}/webhooks/{id}/deliveries`, deliveries)
  const configurations = new Set<string>()
  for (const id of known('/arc/clusters'))
    if (id.startsWith('acl_'))
      for (const name of await namesIn(`/arc/clusters/${id}/flux-configurations`))
        if (name.startsWith('flx_')) configurations.add(name)
  others.known.set(`${TENANT}/arc/clusters/{id}/flux-configurations`, configurations)
  const { keys } = (await read('/issuer')) as unknown as IssuerIdentityView
  others.known.set(`${TENANT}/issuer/keys`, new Set(keys.map(({ kid }) => kid)))
  const changes = (await read('/changes')).items as unknown as ChangeView[]
  const approvals = changes.flatMap((change) => change.approvals.map(({ id }) => id))
  others.known.set(`${TENANT}/changes/{id}/approvals`, new Set(approvals))
  const requests = known('/presentation-requests')
  others.known.set(`${TENANT}/changes/{id}/approval-requests`, new Set(requests))
}

/** A name of the same form that nobody has: told apart from a real one by nothing but its not being there. */
const neverLike = (known: string): string =>
  /^[a-z]{3}_?[a-z2-7]{16,26}$/.test(known)
    ? known.replace(/[a-z2-7]{8}$/, known.endsWith('aaaaaaaa') ? 'bbbbbbbb' : 'aaaaaaaa')
    : `${known.slice(0, 20)}-never`

const SPEC = { namespace: 'a', kustomizations: [{ name: 'a', path: 'clusters/a' }] }
/** Where what is generated is refused before anybody looks whose it is. */
const BODIES: Record<string, object> = {
  [`PATCH ${TENANT}/members/{id}`]: { roles: ['auditor'] },
  [`POST ${TENANT}/arc/clusters/{id}/flux-configurations`]: { name: 'a', spec: SPEC },
  [`PATCH ${TENANT}/arc/clusters/{id}/flux-configurations/{configuration}`]: { spec: SPEC },
}
const bodyOf = ({ body, method, path }: DocumentedOperation): unknown =>
  body === null
    ? undefined
    : (BODIES[`${method} ${path}`] ??
      fc.sample(arbitraryFromSchema(body), { numRuns: 1, seed: 3 })[0])

const shown = async (operation: DocumentedOperation, address: string, token: string) => {
  figures.probes += 1
  const body = bodyOf(operation)
  const response = await world.http(operation.method, address, {
    ...{ token, key: 'the-same' },
    headers: { 'if-match': '*', 'x-request-id': 'twin-0001' },
    ...(body === undefined ? {} : { body }),
  })
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (stream) await response.body?.cancel()
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !PASSING_HEADERS.has(name)),
    text: stream ? '' : await response.text(),
  }
}

const at = (path: string, names: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'none')

describe('another tenant', () => {
  it('is one that never was, in the place of the tenant on every route and for every role', async () => {
    const operations = document.operations.filter(({ path }) => path.includes('{tenant}'))
    expect(operations.length).toBeGreaterThan(40)
    for (const operation of operations) {
      figures.routes += 1
      for (const token of Object.values(callers)) {
        const probe = (tenant: string) => {
          const rest = {
            id: `chg_${'a'.repeat(26)}`,
            name: 'theirs',
            month: '2026-11',
            pack: 'gdpr',
          }
          return shown(operation, at(operation.path, { ...rest, tenant }), token)
        }
        const never = await probe('none')
        const label = `${operation.method} ${operation.path}`
        expect(never.status, label).toBe(404)
        for (const tenant of [OTHER, others.id, 'ten_eu_aaaaaaaaaaaaaaaa', 'platform']) {
          figures.places += 1
          expect(await probe(tenant), `${label} ${tenant}`).toEqual(never)
        }
      }
    }
  })
})

describe('another tenant’s things', () => {
  const placesOf = ({ method, path, pathParameters }: DocumentedOperation) =>
    pathParameters
      .filter((name) => name !== 'tenant')
      .map((name) => ({
        ...{ name, label: `${method} ${path} ${name}` },
        ...{ upTo: path.slice(0, path.indexOf(`{${name}}`) + name.length + 2) },
        list: path.slice(0, path.indexOf(`/{${name}}`)),
      }))

  it('were really made, of every kind', () => {
    for (const [list, names] of others.known) expect(names.size, list).toBeGreaterThan(0)
  })

  it('are things that never were, in every place of every route and for every role', async () => {
    const operations = document.operations.filter(({ path }) => /\{tenant\}.*\{/.test(path))
    expect(operations.length).toBeGreaterThan(20)
    const [theirDelivery = 'none'] = others.known.get(`${TENANT}/webhooks/{id}/deliveries`) ?? []
    // Its own webhook, so that a delivery is looked for at all.
    const hook = { url: 'https://hooks.example.com/own' }
    const own = await world.create<{ id: string }>(
      `/v1/tenants/${OWN}/webhooks`,
      hook,
      callers.owner,
    )
    const change = await world.insist(world.request(world.vmRequest('own-change')))
    const compared = new Set<string>()
    const found404 = new Set<string>()
    for (const operation of operations) {
      for (const { name, label, list } of placesOf(operation)) {
        for (const token of Object.values(callers)) {
          for (const foreign of others.known.get(list) ?? []) {
            const id = operation.path.startsWith(`${TENANT}/changes/`) ? change.id : own.id
            const beside = { tenant: OWN, id, delivery: theirDelivery, phase: 'canary' }
            const probe = (value: string) =>
              shown(operation, at(operation.path, { ...beside, [name]: value }), token)
            const answer = await probe(foreign)
            figures.places += 1
            compared.add(label)
            if (answer.status === 404) found404.add(label)
            expect(answer.status, `${label}=${foreign}`).toBeGreaterThanOrEqual(400)
            const never = await probe(neverLike(foreign))
            const sameText = answer.text.replaceAll(foreign, '*')
            expect({ ...answer, text: sameText }, `${label}=${foreign}`).toEqual({
              ...never,
              text: never.text.replaceAll(neverLike(foreign), '*'),
            })
          }
        }
      }
    }
    figures.pairs = compared.size
    const all = operations.flatMap(placesOf)
    const left = all.filter(({ label }) => !compared.has(label)).map(({ upTo }) => upTo)
    expect([...new Set(left)].sort()).toEqual([...COMMON.keys()].sort())
    // Somebody may do it at all: what is refused to every role says nothing of whether the thing is there.
    const never404 = [...compared].filter((label) => !found404.has(label))
    expect(never404.filter((label) => !MAKING.has(label))).toEqual([])
  })
})
