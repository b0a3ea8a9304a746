// What must not get through, sent to the whole laptop: each request gets its problem document, never a 5xx, and after
// each of them the tenant's changes, events, resources and tokens and the forge's branches and pull requests are as before.
import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ChangeView } from '../../schemas/change.ts'
import type { Finding } from '../../schemas/plan.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import {
  type Answer,
  caller,
  changesOf,
  expectStatus,
  forgeOf,
  problemOf,
  type RunningLaptop,
  readEvents,
  type Send,
  type Sent,
  startTestLaptop,
  until,
} from './story-client.ts'

const CHANGES = '/v1/tenants/dbis/changes'
const MIB = 1_048_576

let laptop: RunningLaptop
let secrets: Secrets
let as: Record<
  | 'nobody'
  | 'operator'
  | 'owner'
  | 'rita'
  | 'anton'
  | 'auditor'
  /** Rita again, with a token that may approve. */
  | 'ritaToo'
  | 'robot'
  | 'reader'
  | 'revoked'
  | 'expired'
  /** Owner of another tenant. */
  | 'stranger',
  Send
>
let changes: ReturnType<typeof changesOf>
let forge: ReturnType<typeof forgeOf>
/** Applied, proposed by Rita, proposed by the owner. */
let applied: ChangeView
let open: ChangeView
let owners: ChangeView
let before: unknown
const problems = new Set<string>()

const machine = (name: string, more: object = {}) => ({
  action: 'create',
  template: 'virtual-machine',
  name,
  parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' }, ...more },
})
const network = (parameters: object) => ({
  action: 'create',
  template: 'besu-network',
  name: 'chain',
  parameters: { sites: ['r630-01', 'ml110-01'], ...parameters },
})

const propose = async (who: Send, name: string): Promise<ChangeView> => {
  const answer = await who('POST', CHANGES, { body: machine(name), key: `bad-input-${name}` })
  const { id } = expectStatus(answer, 202, ChangeView)
  return changes.when(String(id), 'a red gate', ({ gate }) => gate.state === 'red')
}
const decide = (who: Send, { id }: ChangeView, what: string, sent: Sent = {}) =>
  who('POST', `${CHANGES}/${id}/${what}`, { key: freshKey(), ...sent })

const Token = z.object({ id: z.string(), token: z.string() })

/** Everybody who sends something here, and another tenant. */
const gather = async (): Promise<typeof as> => {
  const { url, tokens } = laptop.local
  const operator = caller(url, tokens.operator)
  const owner = caller(url, tokens.owner)
  const other = {
    slug: 'other',
    name: 'Other',
    jurisdiction: 'eu',
    repository: 'other/infrastructure',
  }
  expect((await operator('POST', '/v1/tenants', { body: other, key: 'other' })).status).toBe(201)
  const make = async (name: string, body: object, tenant = 'dbis') => {
    const path = `/v1/tenants/${tenant}/tokens`
    const answer = await operator('POST', path, { body: { name, ...body }, key: `token-${name}` })
    const { id, token } = expectStatus(answer, 201, Token)
    return { id, send: caller(url, token) }
  }
  const join = async (kind: string, body: { handle: string; roles: string[] }, tenant = 'dbis') => {
    const path = `/v1/tenants/${tenant}/${kind}`
    const answer = await operator('POST', path, { body, key: `join-${body.handle}` })
    expect(answer.status).toBe(201)
  }
  await join('members', { handle: 'rosa', roles: ['requester'] })
  await join('service-accounts', { handle: 'robot', roles: ['requester', 'auditor'] })
  await join('members', { handle: 'sam', roles: ['owner'] }, 'other')
  const both = { headers: { 'if-match': '*' }, body: { roles: ['requester', 'approver'] } }
  const rita = '/v1/tenants/dbis/members/rita'
  expect((await operator('PATCH', rita, both)).status).toBe(200)
  const expiresAt = new Date(Date.now() + 1_000).toISOString()
  const expired = await make('Expired', { member: 'anton', expiresAt })
  const revoked = await make('Revoked', { member: 'anton' })
  expect((await revoked.send('GET', CHANGES)).status).toBe(200)
  const path = `/v1/tenants/dbis/tokens/${revoked.id}`
  expect((await owner('DELETE', path, { headers: { 'if-match': '*' } })).status).toBe(200)
  await until('the token to be past', async () =>
    (await expired.send('GET', CHANGES)).status === 401 ? true : null,
  )
  const scopes = ['changes:read']
  return {
    operator,
    owner,
    nobody: caller(url, null),
    rita: caller(url, tokens.requester),
    anton: caller(url, tokens.approver),
    auditor: caller(url, tokens.auditor),
    ritaToo: (await make('Rita', { member: 'rita' })).send,
    robot: (await make('Robot', { member: 'robot' })).send,
    reader: (await make('Reader', { member: 'rosa', scopes })).send,
    expired: expired.send,
    stranger: (await make('Stranger', { member: 'sam' }, 'other')).send,
    revoked: revoked.send,
  }
}

beforeAll(async () => {
  laptop = await startTestLaptop()
  secrets = await loadSecrets(laptop.home)
  const { url, tokens, forgeTokens, clusters } = laptop.local
  as = await gather()
  changes = changesOf(caller(url, tokens.auditor), 'dbis')
  forge = forgeOf(laptop.local, forgeTokens.administrator)

  const standing = await propose(as.rita, 'standing')
  await decide(as.anton, standing, 'approvals')
  await decide(as.anton, standing, 'merge')
  applied = await changes.when(String(standing.id), 'applied', ({ state }) => state === 'applied')
  const branch = applied.pullRequest?.branch ?? ''
  await until('no branch', async () => ((await forge.tip(branch)) === null ? true : null))
  open = await propose(as.rita, 'open')
  owners = await propose(as.owner, 'owners')
  expect((await sendStatus(clusters[0]?.webhookSecret, argocd())).status).toBe(202)
  before = await everything()
})
afterAll(() => laptop?.stop())

/** Resources without what grows by itself: how long they have been watched. */
const withoutTime = (body: unknown): unknown =>
  Resources.parse(body).items.map(({ availability: _, ...resource }) => resource)
const Resources = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) })

/** Whatever a request could have written. The version in an ETag counts every event of a change. */
const everything = async () => {
  const { url, tokens } = laptop.local
  const items = await changes.list()
  const versions = await Promise.all(
    items.map(async ({ id }) => (await as.auditor('GET', `${CHANGES}/${id}`)).headers.get('etag')),
  )
  const events = await readEvents(`${url}${CHANGES}/${applied.id}/events`, tokens.auditor, {
    isLast: ({ event }) => event === 'end',
  })
  const Tokens = z.object({ items: z.array(z.object({ id: z.string(), revokedAt: z.unknown() })) })
  const [resources, held, tenants, refs, pulls] = await Promise.all([
    as.auditor('GET', '/v1/tenants/dbis/resources'),
    as.owner('GET', '/v1/tenants/dbis/tokens'),
    as.operator('GET', '/v1/tenants'),
    forge.refs(),
    forge.pulls(),
  ])
  return {
    ...{ items, versions, events, refs, pulls },
    resources: withoutTime(resources.body),
    tokens: expectStatus(held, 200, Tokens),
    tenants: tenants.body,
  }
}

afterEach(async () => {
  expect(await everything()).toEqual(before)
})

const refusal = (answer: Answer) => {
  const problem = problemOf(answer)
  problems.add(problem.type)
  expect(problem.instance).toBe(answer.headers.get('x-request-id'))
  return problem
}
const named = (answer: Answer): [number, string] => {
  const { status, name } = refusal(answer)
  return [status, name]
}
let keys = 0
const freshKey = () => {
  keys += 1
  return `bad-input-fresh-${keys}`
}
const post = (sent: Sent, who = as.rita) => who('POST', CHANGES, { key: freshKey(), ...sent })

describe('a body that cannot be read', () => {
  const text = JSON.stringify(machine('vm'))
  it.each<[string, string]>([
    ['nothing', ''],
    ['half an object', text.slice(0, -1)],
    ['two values', `${text}${text}`],
    ['a byte order mark', `\uFEFF${text}`],
    ['the same key twice', text.replace('{', '{"name":"other",')],
    ['half a surrogate pair', text.replace('"vm"', '"\\ud800"')],
    ['a number without end', text.replace('"cores":1', '"cores":1e999')],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s', async (_, raw) => {
    expect(named(await post({ raw }))).toEqual([400, 'malformed-request'])
  })

  it.each<[string, BodyInit]>([
    ['1 MiB and a byte', `${text}${' '.repeat(MIB + 1 - text.length)}`],
    [
      '1 MiB and a byte of unannounced length',
      new Blob([`${text}${' '.repeat(MIB + 1 - text.length)}`]).stream(),
    ],
  ])('%s', async (_, raw) => {
    expect(named(await post({ raw }))).toEqual([413, 'payload-too-large'])
  })

  it('another media type, or a compressed one', async () => {
    for (const headers of [
      { 'content-type': 'text/yaml' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-encoding': 'gzip' },
    ])
      expect(named(await post({ raw: text, headers }))).toEqual([415, 'unsupported-media-type'])
  })

  it('no Idempotency-Key, or one that is none', async () => {
    expect(named(await as.rita('POST', CHANGES, { raw: text }))).toEqual([
      400,
      'idempotency-key-missing',
    ])
    for (const key of ['two words', 'k'.repeat(256)])
      expect(named(await post({ raw: text, key }))).toEqual([400, 'malformed-request'])
  })
})

describe('a body that does not fit', () => {
  const own = (value: string) => JSON.parse(`{"${value}":{"admin":true}}`)
  it.each<[string, unknown, string]>([
    ['an unknown field', { ...machine('vm'), approved: true }, '/approved'],
    ['an unknown parameter', machine('vm', { root: true }), '/parameters/root'],
    ['a number for a name', { ...machine('vm'), name: 7 }, '/name'],
    ['a list for a name', { ...machine('vm'), name: ['vm'] }, '/name'],
    ['text for a number', machine('vm', { cores: '1' }), '/parameters/cores'],
    ['a fraction of a core', machine('vm', { cores: 1.5 }), '/parameters/cores'],
    ['more cores than exist', machine('vm', { cores: 2 ** 53 }), '/parameters/cores'],
    ['a list for an object', { ...machine('vm'), parameters: [] }, '/parameters'],
    ['an unknown action', { ...machine('vm'), action: 'merge' }, '/action'],
    ['no name', { ...machine('vm'), name: undefined }, '/name'],
    ['a name that climbs', machine('../../live'), '/name'],
    ['a site that climbs', machine('vm', { site: '../ml110-01' }), '/parameters/site'],
    ['a cluster that climbs', machine('vm', { cluster: '../weu-aks' }), '/parameters/cluster'],
    ['a template that climbs', { ...machine('vm'), template: '../virtual-machine' }, '/template'],
    ['a template that does not exist', { ...machine('vm'), template: 'mainframe' }, '/template'],
    [
      'an inherited name for a template',
      { ...machine('vm'), template: 'constructor' },
      '/template',
    ],
    ['a name of two YAML lines', machine('vm\nkind: Secret'), '/name'],
    ['a name with a NUL', machine('vm\u0000'), '/name'],
    ['a name with a next line', machine('vm\u0085x'), '/name'],
    ['a name in look-alike letters', machine('vм'), '/name'],
    [
      'a package of two lines',
      machine('vm', { packages: ['curl\nruncmd: [x]'] }),
      '/parameters/packages/0',
    ],
    [
      'a document end in a key',
      machine('vm', { sshAuthorizedKeys: ['ssh-ed25519 x\n---'] }),
      '/parameters/sshAuthorizedKeys/0',
    ],
    [
      'a __proto__ key',
      { ...machine('vm'), parameters: own('__proto__') },
      '/parameters/__proto__',
    ],
    ['a constructor key', { ...machine('vm'), ...own('constructor') }, '/constructor'],
  ])('%s', async (_, body, pointer) => {
    for (const query of ['', '?validateOnly=true']) {
      const answer = await as.rita('POST', `${CHANGES}${query}`, { body, key: freshKey() })
      const problem = refusal(answer)
      expect([problem.status, problem.name]).toEqual([422, 'invalid-parameters'])
      expect(problem.errors?.map((error) => error.pointer)).toContain(pointer)
    }
  })

  it('a query parameter that does not exist, or is no answer', async () => {
    for (const query of [
      'validateOnly=maybe',
      'dryRun=true',
      'validateOnly=true&validateOnly=false',
    ])
      expect(
        named(
          await as.rita('POST', `${CHANGES}?${query}`, { body: machine('vm'), key: freshKey() }),
        ),
      ).toEqual([422, 'invalid-parameters'])
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=1e2',
      'cursor=x',
      'name=a%27--',
      'state=any',
    ])
      expect(named(await as.rita('GET', `${CHANGES}?${query}`))).toEqual([
        422,
        'invalid-parameters',
      ])
  })
})

describe('a request whose plan is blocked', () => {
  const findings = async (body: unknown): Promise<Finding[]> => {
    const problem = refusal(await post({ body }))
    expect([problem.status, problem.name]).toEqual([422, 'plan-blocked'])
    return problem.findings?.filter(({ severity }) => severity === 'block') ?? []
  }
  const numbersOf = ({ numbers }: Finding): Record<string, number> => numbers ?? {}

  it('by a site that does not exist', async () => {
    expect(await findings(machine('vm', { site: 'nowhere-01' }))).toMatchObject([
      { rule: 'SITE-UNKNOWN' },
    ])
  })

  it('by the quota, with the numbers', async () => {
    const groups = [
      {
        role: 'validator',
        count: 51,
        cores: 1,
        memory: { value: 1, unit: 'GiB' },
        disk: { value: 10, unit: 'GiB' },
      },
    ]
    const found = (await findings(network({ groups }))).find(({ rule }) => rule === 'QUOTA')
    if (!found) throw new Error('no QUOTA finding')
    expect(numbersOf(found)).toEqual({ limit: 50, used: 1, reserved: 2, asked: 51 })
  })

  it('by the capacity of a host, with the numbers', async () => {
    const memory = { value: 200, unit: 'GiB' }
    const [found, ...more] = await findings(machine('vm', { memory }))
    if (!found) throw new Error('no finding')
    expect([found.rule, more]).toEqual(['CAPACITY', []])
    const { askedMemoryMiB = 0, hostMemoryMiB = 0 } = numbersOf(found)
    expect(askedMemoryMiB).toBe(200 * 1024)
    expect(hostMemoryMiB).toBeLessThan(askedMemoryMiB)
  })

  it('by a name that stands, an unknown resource, an open change', async () => {
    expect(await findings(machine('standing'))).toMatchObject([{ rule: 'NAME-UNIQUE' }])
    const gone = { action: 'delete', template: 'virtual-machine', name: 'never-was' }
    expect(await findings(gone)).toMatchObject([{ rule: 'RESOURCE-UNKNOWN' }])
    expect(named(await post({ body: machine('open') }))).toEqual([409, 'open-change'])
  })
})

describe('a tenant or an object that is not the caller’s', () => {
  /** Everything a caller can see of an answer, but for what counts requests. */
  const shown = ({ status, headers, body }: Answer) => ({
    status,
    headers: [...headers.keys()].filter((name) => name !== 'retry-after').sort(),
    body: { ...(body as object), instance: '' },
  })
  it.each<[string, string, Sent]>([
    ['GET', '', {}],
    ['GET', '/changes', {}],
    ['POST', '/changes', { body: machine('vm'), key: 'k' }],
    ['POST', '/changes', { raw: 'not JSON', key: 'k' }],
    ['GET', '/resources', {}],
    ['GET', '/resources/standing', {}],
    ['GET', '/tokens', {}],
    ['PATCH', '', { body: { name: 'Mine' }, headers: { 'if-match': '*' } }],
  ])('looks like one that never was: %s %s', async (method, path, sent) => {
    const foreign = await as.stranger(method, `/v1/tenants/dbis${path}`, sent)
    const never = await as.stranger(method, `/v1/tenants/never-was${path}`, sent)
    expect(named(foreign)).toEqual([404, 'not-found'])
    expect(shown(foreign)).toEqual(shown(never))
  })

  it('change ids of others are as unknown as invented ones, in every form', async () => {
    const real = await as.stranger('GET', `/v1/tenants/other/changes/${open.id}`)
    const invented = await as.stranger('GET', `/v1/tenants/other/changes/chg_${'a'.repeat(26)}`)
    expect(named(real)).toEqual([404, 'not-found'])
    expect(shown(real)).toEqual(shown(invented))
    for (const id of ['__proto__', '..%2F..%2Fother', '%00', `${open.id}'--`, 'chg_'])
      expect(named(await as.rita('GET', `${CHANGES}/${id}`))).toEqual([404, 'not-found'])
    expect(named(await decide(as.stranger, open, 'approvals'))).toEqual([404, 'not-found'])
  })

  it('inherited names are no objects', async () => {
    for (const path of [
      '/v1/templates/__proto__',
      '/v1/templates/constructor',
      '/problems/toString',
      '/rules/hasOwnProperty',
      '/v1/tenants/dbis/resources/__proto__',
      '/v1/sites/constructor',
    ])
      expect(named(await as.rita('GET', path)), path).toEqual([404, 'not-found'])
  })
})

describe('a caller who may not', () => {
  it('is unknown: no token, a wrong one, a revoked one, an expired one, one in the address', async () => {
    const { url, tokens } = laptop.local
    const wrong = `${tokens.approver.slice(0, -1)}${tokens.approver.endsWith('0') ? '1' : '0'}`
    for (const who of [
      as.nobody,
      as.revoked,
      as.expired,
      caller(url, wrong),
      caller(url, 'phx_'),
    ]) {
      expect(named(await who('GET', CHANGES))).toEqual([401, 'unauthenticated'])
      expect(named(await decide(who, open, 'approvals'))).toEqual([401, 'unauthenticated'])
    }
    const inAddress = await as.nobody('GET', `${CHANGES}?access_token=${tokens.owner}`)
    expect(named(inAddress)).toEqual([401, 'unauthenticated'])
  })

  it('has another role, or a token that may do less than its role', async () => {
    for (const who of [as.auditor, as.anton, as.reader, as.operator])
      expect(named(await post({ body: machine('vm') }, who))).toEqual([403, 'forbidden'])
    for (const who of [as.auditor, as.rita, as.robot, as.reader])
      for (const what of ['approvals', 'merge', 'reject'])
        expect(named(await decide(who, open, what)), what).toEqual([403, 'forbidden'])
    for (const what of ['revisions', 'cancel'])
      expect(named(await decide(as.owner, open, what, { key: freshKey() }))).toEqual([
        403,
        'forbidden',
      ])
    const tenant = { slug: 'mine', name: 'Mine', jurisdiction: 'eu', repository: 'mine/infra' }
    for (const who of [as.owner, as.rita])
      expect(named(await who('POST', '/v1/tenants', { body: tenant, key: freshKey() }))).toEqual([
        403,
        'forbidden',
      ])
    // Nobody makes a token for another person, and nobody more of his own than he comes with.
    for (const [who, body] of [
      [as.rita, { member: 'olga' }],
      [as.owner, { member: 'anton' }],
      [as.rita, { scopes: ['changes:approve'] }],
      [as.reader, {}],
    ] as const) {
      const sent = { body: { name: 'More', ...body }, key: freshKey() }
      expect(named(await who('POST', '/v1/tenants/dbis/tokens', sent))).toEqual([403, 'forbidden'])
    }
  })

  it('asked for the change himself, with whichever of his tokens', async () => {
    for (const [who, change] of [
      [as.ritaToo, open],
      [as.owner, owners],
    ] as const) {
      for (const what of ['approvals', 'merge'])
        expect(named(await decide(who, change, what))).toEqual([403, 'separation-of-duties'])
    }
  })

  it('means another head, or comes too early or too late', async () => {
    const headSha = applied.commit?.sha
    for (const [change, what, body] of [
      [open, 'approvals', { headSha }],
      [open, 'merge', {}],
      [applied, 'approvals', {}],
      [applied, 'merge', {}],
      [applied, 'reject', {}],
    ] as const)
      expect(named(await decide(as.anton, change, what, { body }))).toEqual([409, 'wrong-state'])
    const body = { headSha: 'HEAD' }
    expect(named(await decide(as.anton, open, 'approvals', { body }))).toEqual([
      422,
      'invalid-parameters',
    ])
  })

  it('does not say which version he read', async () => {
    const path = '/v1/tenants/dbis'
    const body = { name: 'New name' }
    expect(named(await as.owner('PATCH', path, { body }))).toEqual([428, 'precondition-required'])
    for (const tag of ['"v0"', 'W/"v1"', '"v1", "v2"'])
      expect(named(await as.owner('PATCH', path, { body, headers: { 'if-match': tag } }))).toEqual([
        412,
        'precondition-failed',
      ])
  })
})

const argocd = ({
  path = 'rendered/loc-mgmt/60-standing',
  revision = applied.mergeSha,
  repository = 'dbis/infrastructure',
} = {}) =>
  JSON.stringify({
    app: {
      metadata: { name: 'dbis-60-standing' },
      spec: { source: { repoURL: `${laptop.local.forgeUrl}/${repository}.git`, path } },
      status: {
        sync: { status: 'Synced', revision },
        health: { status: 'Healthy' },
        operationState: { phase: 'Succeeded', syncResult: { revision } },
      },
    },
  })
const flux = (revision: string | null) =>
  JSON.stringify({
    involvedObject: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      name: '60-standing',
      namespace: 'dbis',
    },
    severity: 'info',
    timestamp: '2026-08-01T10:00:00Z',
    message: 'Reconciliation finished',
    reason: 'ReconciliationSucceeded',
    metadata: { revision: `live@sha1:${revision}`, repository: 'dbis/infrastructure' },
    reportingController: 'kustomize-controller',
  })
const sendStatus = (secret: string | undefined, raw: string, path = '/webhooks/argocd/loc-mgmt') =>
  as.nobody('POST', path, { raw, headers: { authorization: `Bearer ${secret}` } })
const sendFlux = (secret: string, raw: string, path = '/webhooks/flux/weu-aks') => {
  const signature = createHmac('sha256', secret).update(raw).digest('hex')
  return as.nobody('POST', path, { raw, headers: { 'x-signature': `sha256=${signature}` } })
}
const secretOf = (name: string): string =>
  laptop.local.clusters.find((cluster) => cluster.name === name)?.webhookSecret ?? ''

describe('a report of an engine', () => {
  it('that is not proved: no secret, a wrong one, another cluster’s, an unknown cluster, the other engine', async () => {
    const [own, others] = [secretOf('loc-mgmt'), secretOf('weu-aks')]
    const refused = [
      await as.nobody('POST', '/webhooks/argocd/loc-mgmt', { raw: argocd() }),
      await sendStatus('wrong', argocd()),
      await sendStatus(others, argocd()),
      await sendStatus(own, argocd(), '/webhooks/argocd/nowhere'),
      await sendStatus(own, argocd(), '/webhooks/argocd/weu-aks'),
      await sendStatus(own, argocd(), '/webhooks/flux/loc-mgmt'),
      await sendFlux(own, flux(applied.mergeSha)),
      await sendFlux(own, flux(applied.mergeSha), '/webhooks/flux/loc-mgmt'),
    ]
    expect(refused.map(named)).toEqual(refused.map(() => [401, 'signature-invalid']))
    const [first] = refused.map(({ body }) => ({ ...(body as object), instance: '' }))
    for (const { body } of refused) expect({ ...(body as object), instance: '' }).toEqual(first)
  })

  it('that is sent again', async () => {
    const answer = await sendStatus(secretOf('loc-mgmt'), argocd())
    expect(named(answer)).toEqual([409, 'webhook-replayed'])
  })

  it('on a commit that was never made, or never promoted', async () => {
    const secret = secretOf('loc-mgmt')
    for (const revision of ['f'.repeat(40), open.commit?.sha ?? '', applied.commit?.sha ?? ''])
      expect(named(await sendStatus(secret, argocd({ revision })))).toEqual([
        422,
        'unknown-revision',
      ])
    for (const repository of ['other/infrastructure', 'never/was'])
      expect(named(await sendStatus(secret, argocd({ repository })))).toEqual([
        422,
        'unknown-revision',
      ])
  })

  it('on the platform’s own repository, which is nothing of a tenant’s', async () => {
    const answer = await sendStatus(
      secretOf('loc-mgmt'),
      argocd({ repository: 'platform/fleet', path: 'rendered/loc-mgmt/60-standing' }),
    )
    expect(answer).toMatchObject({ status: 202, body: { taken: false } })
  })

  it('on what is not rendered to the cluster', async () => {
    const answer = await sendFlux(secretOf('weu-aks'), flux(applied.mergeSha))
    expect(named(answer)).toEqual([404, 'not-found'])
    const path = 'rendered/weu-aks/60-standing'
    expect(named(await sendStatus(secretOf('loc-mgmt'), argocd({ path })))).toEqual([
      400,
      'malformed-request',
    ])
    const unknown = await sendStatus(
      secretOf('loc-mgmt'),
      argocd({ path: 'rendered/loc-mgmt/60-never-was' }),
    )
    expect(named(unknown)).toEqual([404, 'not-found'])
  })

  it('that is no report', async () => {
    for (const raw of ['', '{', 'null', '[]', '{"app":{}}', '{"__proto__":{}}'])
      expect(refusal(await sendStatus(secretOf('loc-mgmt'), raw)).status).toBeLessThan(423)
    const long = await sendStatus('wrong', ' '.repeat(MIB + 1))
    expect(named(long)).toEqual([413, 'payload-too-large'])
  })
})

describe('a webhook of the forge', () => {
  const sendHook = (raw: string, signature: Record<string, string>) =>
    as.nobody('POST', '/webhooks/github', {
      raw,
      headers: { 'x-github-event': 'pull_request', ...signature },
    })
  const sign = (text: string, secret = secrets.forgeWebhookSecret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
  })
  const event = (more: object = {}) =>
    JSON.stringify({
      action: 'closed',
      repository: { full_name: 'dbis/infrastructure' },
      sender: { login: 'forge-admin' },
      pull_request: {
        number: open.pullRequest?.number,
        merged: true,
        state: 'closed',
        head: { sha: open.pullRequest?.headSha },
      },
      ...more,
    })

  it('that is not signed by it', async () => {
    const text = event()
    const sha1 = createHmac('sha1', secrets.forgeWebhookSecret).update(text).digest('hex')
    for (const signature of [
      {},
      sign(text, 'wrong'),
      sign(`${text} `),
      { 'x-hub-signature-256': 'sha256=' },
      { 'x-hub-signature': `sha1=${sha1}` },
    ])
      expect(named(await sendHook(text, signature))).toEqual([401, 'signature-invalid'])
  })

  it('that is signed and cannot be read', async () => {
    for (const text of ['', '{', '[]', '{"pull_request":{"number":"1"}}'])
      expect(named(await sendHook(text, sign(text)))).toEqual([400, 'malformed-request'])
  })

  it('that the forge sends again', async () => {
    const Deliveries = z.array(z.object({ id: z.int(), event: z.string(), status_code: z.int() }))
    const list = async () =>
      expectStatus(await forge.send('GET', '/hooks/1/deliveries?per_page=100'), 200, Deliveries)
    const known = await list()
    const taken = known.find(({ event: name }) => name === 'pull_request')
    expect(taken?.status_code).toBe(202)
    await forge.send('POST', `/hooks/1/deliveries/${taken?.id}/attempts`)
    const again = await until('the second delivery', async () => {
      const fresh = (await list()).filter(({ id }) => !known.some((one) => one.id === id))
      return fresh.find(({ status_code }) => status_code > 0) ?? null
    })
    expect(again.status_code).toBe(409)
  })

  it('that lies about a merge is looked up and not believed', async () => {
    const app = forgeOf(laptop.local, secrets.forgeTokens.app)
    const used = async () =>
      Number((await app.send('GET', '/git/ref/heads/main')).headers.get('x-ratelimit-used'))
    const start = await used()
    let own = 0
    const text = event()
    expect(await sendHook(text, sign(text))).toMatchObject({ status: 202, body: { taken: true } })
    await until('Phoenix to ask the forge', async () => {
      own += 1
      return (await used()) > start + own ? true : null
    })
    expect((await changes.read(String(open.id))).state).toBe('proposed')
  })
})

it('every problem that was met has a page of its own', async () => {
  expect(problems.size).toBeGreaterThan(15)
  for (const type of problems) {
    const page = await fetch(type)
    expect([type, page.status]).toEqual([type, 200])
  }
})
