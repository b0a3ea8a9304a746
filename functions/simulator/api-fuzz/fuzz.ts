// Sends random requests for every documented operation to a whole edge in this process, and holds every answer against the
// document. A seed says everything: the same seed sends the same requests.
import { REGION, siteOf } from '../edge-world.ts'
import type { TenantWorld } from '../tenant-world.ts'
import { type Answer, createChecks } from './check.ts'
import { type ApiDocument, type DocumentedOperation, readDocument } from './document.ts'
import { type Dice, pick } from './mutate.ts'
import { createBodies, createRequests, type FuzzRequest, type Pools } from './requests.ts'
import { CHANGES, codes, newWorld, poolsOf, specOf } from './world.ts'

export interface FuzzReport {
  seed: number
  requests: number
  operations: number
  /** Operations that never answered 2xx. */
  neverSucceeded: string[]
  statuses: Record<string, number>
  /** One line each. */
  faults: string[]
}

/** After so many requests the world is made anew: what they did to it would refuse all that follows. */
const REQUESTS_PER_WORLD = 500
const FAULTS_AT_MOST = 20
const IDS_AT_MOST = 200

/** What lists show and what was made is named in later requests. */
const learn = (pools: Pools, { path }: DocumentedOperation, { status, text, headers }: Answer) => {
  if (status >= 300 || !headers.get('content-type')?.includes('json')) return
  const body = JSON.parse(text) as { items?: unknown[] }
  const shown = pools.shown.get(path) ?? []
  pools.shown.set(path, shown)
  for (const item of Array.isArray(body.items) ? body.items : [body]) {
    const { id, name, month } = item as Record<string, unknown>
    for (const each of [id ?? month ?? name])
      if (typeof each === 'string' && !shown.includes(each)) {
        shown.push(each)
        pools.ids.push(each)
      }
  }
  if (shown.length > IDS_AT_MOST) shown.shift()
  while (pools.ids.length > IDS_AT_MOST) pools.ids.shift()
}

const examplesOf = (world: TenantWorld): Record<string, (dice: Dice) => unknown> => ({
  [`POST ${CHANGES}`]: (dice) => ({
    ...world.vmRequest(dice(5) === 0 ? 'standing' : `vm-${dice(40)}`),
    action: pick(dice, ['create', 'create', 'create', 'update', 'delete', 'failover']),
  }),
  [`POST ${CHANGES}/{id}/approvals`]: () => ({}),
  [`POST ${CHANGES}/{id}/merge`]: () => ({}),
  [`POST ${CHANGES}/{id}/revisions`]: () => ({}),
  'POST /v1/tenants/{tenant}/service-accounts': (dice) => ({
    handle: `robot-${dice(30)}`,
    roles: [pick(dice, ['requester', 'auditor'])],
  }),
  'POST /v1/tenants/{tenant}/invitations': (dice) => ({
    roles: [pick(dice, ['auditor', 'owner'])],
  }),
  'POST /v1/tenants/{tenant}/members': (dice) => ({ handle: `m-${dice(30)}`, roles: ['auditor'] }),
  'POST /v1/tenants/{tenant}/webhooks': (dice) => ({ url: `https://hooks.example.com/${dice(9)}` }),
  'PATCH /v1/tenants/{tenant}/webhooks/{id}': (dice) => ({ enabled: dice(2) === 0 }),
  'POST /v1/token': () => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlLmNvbSJ9.AA',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    audience: 'acme',
  }),
  'POST /v1/tenants/{tenant}/workloads': (dice) => ({
    ...{ name: `ci-${dice(30)}`, serviceAccount: 'robot', issuer: 'https://issuer.example.com' },
    claims: { sub: `repo:acme/app-${dice(9)}:ref:refs/heads/main` },
  }),
  'POST /v1/tenants/{tenant}/credential-configurations': (dice) => ({
    ...{ name: `card-${dice(99)}`, display: [{ name: 'Card' }], claims: [{ path: ['level'] }] },
  }),
  'POST /v1/tenants/{tenant}/credential-offers': (dice) => ({
    ...{ configurations: ['pass'], claims: { level: dice(9) }, deferred: dice(2) === 0 },
  }),
  'POST /v1/tenants/{tenant}/credential-offers/{id}/renew': () => ({}),
  'PATCH /v1/tenants/{tenant}/credential-configurations/{name}': (dice) => ({
    validitySeconds: 3_600 + dice(9),
  }),
  'POST /i/{issuer}/oid4vci/token': () => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code',
    'pre-authorized_code': codes.pop() ?? 'a',
  }),
  'POST /v1/tenants/{tenant}/presentation-requests': (dice) => ({
    purpose: 'To see',
    mode: pick(dice, ['cross-device', 'same-device']),
    dcql_query: {
      credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: [`t${dice(9)}`] } }],
    },
  }),
  'POST /v1/tenants/{tenant}/trusted-issuers': (dice) => ({
    ...{ name: 'An issuer', kind: 'jwt-vc-issuer' },
    value: `https://issuer.example.com/${dice(99)}`,
  }),
  'PUT /v1/tenants/{tenant}/secrets/{name}': (dice) => ({
    ...(dice(2) === 0 ? { value: `v${dice(9)}` } : { generate: { alphabet: 'hex', length: 32 } }),
    rotateDays: 1 + dice(30),
  }),
  'PATCH /v1/tenants/{tenant}/secrets/{name}': (dice) => ({ enabled: dice(2) === 0 }),
  'POST /v1/tenants/{tenant}/secrets/{name}/purge': () => ({ confirm: 'standing' }),
  'POST /v1/tenants/{tenant}/keys/{name}/purge': () => ({ confirm: 'standing' }),
  'PATCH /v1/tenants/{tenant}': (dice) => ({ name: `Acme ${dice(9)}` }),
  'POST /v1/tenants/{tenant}/forge-accounts/challenges': () => ({ login: 'olga' }),
  'POST /v1/sites': (dice) => siteOf(`site-${dice(99)}`),
  'PATCH /v1/sites/{site}': () => ({ standIn: true }),
  'POST /v1/clusters': (dice) => ({
    ...{ name: `cluster-${dice(99)}`, region: REGION.name, engine: 'flux', standIn: true },
  }),
  'PATCH /v1/clusters/{cluster}': () => ({ standIn: true }),
  'POST /v1/tenants/{tenant}/tokens': (dice) => ({ name: `token ${dice(100)}` }),
  'POST /v1/tenants/{tenant}/tokens/{id}/rotate': () => ({}),
  'PATCH /v1/tenants/{tenant}/members/{id}': (dice) => ({
    roles: [pick(dice, ['owner', 'admin', 'requester', 'approver', 'auditor'])],
  }),
  'POST /v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations': (dice) => ({
    ...{ name: `follow-${dice(99)}`, spec: specOf(dice) },
  }),
  'PATCH /v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations/{configuration}': (dice) => ({
    spec: specOf(dice),
  }),
  'POST /v1/tenants/{tenant}/rollouts': (dice) => ({
    system: pick(dice, ['loc_az_hci', 'sankofa', 'smom-dbis-138', 'dbis_core', 'the_order']),
  }),
})

const answerOf = async (response: Response): Promise<Answer> => {
  const { status, headers } = response
  // A stream of events has no end of its own.
  if (headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status, headers, text: '' }
  }
  return { status, headers, text: await response.text() }
}

const sendTo = async (world: TenantWorld, request: FuzzRequest): Promise<Answer> => {
  const { method, address, headers, body } = request
  const init = { method, headers, ...(body === undefined ? {} : { body }) }
  return answerOf(await world.app.request(address, init, world.env))
}

const shown = ({ headers, address, body }: FuzzRequest): string => {
  const { authorization: _secret, ...rest } = headers
  return JSON.stringify({ address, headers: rest, body }).slice(0, 600)
}

export const fuzzApi = async ({
  seed,
  requests,
  onProgress = () => undefined,
}: {
  seed: number
  requests: number
  onProgress?: (sent: number) => void
}): Promise<FuzzReport> => {
  const statuses: Record<string, number> = {}
  const faults: FuzzReport['faults'] = []
  const succeeded = new Set<DocumentedOperation>()
  let world = await newWorld()
  let pools = await poolsOf(world)
  const document: ApiDocument = await readDocument({ send: world.http })
  const check = createChecks(document)
  const bodies = createBodies(seed, (property) =>
    property === 'site' ? ['lab-01', 'lab-02'] : property === 'cluster' ? ['lab'] : undefined,
  )
  const examples = examplesOf(world)
  const next = createRequests({ seed, bodies, examples })
  const { operations } = document
  for (let sent = 0; sent < requests && faults.length < FAULTS_AT_MOST; sent += 1) {
    if (sent > 0 && sent % REQUESTS_PER_WORLD === 0) {
      world = await newWorld()
      pools = await poolsOf(world)
      onProgress(sent)
    }
    // In turn, so that no operation is left out; the dice say everything else.
    const operation = operations[sent % operations.length] as DocumentedOperation
    const request = next(operation, pools)
    const answer = await sendTo(world, request)
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    if (answer.status < 300) succeeded.add(operation)
    learn(pools, operation, answer)
    for (const fault of check(operation, request, answer))
      faults.push(
        `request ${sent}: ${operation.method} ${operation.path}: ${fault} <- ${shown(request)}`,
      )
    if (sent % 50 === 49) await world.settle().catch(() => undefined)
  }
  return {
    ...{ seed, requests, operations: operations.length },
    neverSucceeded: operations
      .filter((operation) => !succeeded.has(operation))
      .map(({ method, path }) => `${method} ${path}`),
    ...{ statuses, faults },
  }
}
