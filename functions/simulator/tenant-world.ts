// One tenant with its people, two sites and a cluster on the edge in a plain process, over a forge in memory unless told
// otherwise. Alarms ring when a test says so; the key service is the laptop's stand-in.
import { registerConsoleRoutes } from '../../edge-workers/console/routes.tsx'
import type { Env } from '../../edge-workers/env.ts'
import { registerBillingRoutes } from '../../edge-workers/routes/billing.ts'
import { registerChangeRoutes } from '../../edge-workers/routes/changes.ts'
import { registerResourceRoutes } from '../../edge-workers/routes/resources.ts'
import { registerRolloutRoutes } from '../../edge-workers/routes/rollouts.ts'
import { registerWebhookRoutes } from '../../edge-workers/routes/webhooks.ts'
import type { GitHubOptions } from '../../gitops/forges/github.ts'
import type { ChangeView } from '../../schemas/change.ts'
import type { Forge } from '../../schemas/ports.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
import type { StatusReport } from '../../schemas/status.ts'
import { IDENTIFY_NODES_PATH, IdentifyNodes } from '../../schemas/wire.ts'
import { simulateIdentity } from '../local/node-identities.ts'
import { createWorld, REGION, siteOf, type TokenWishes } from './edge-world.ts'
import { createMemoryForge } from './memory-forge.ts'

export const CLUSTER = 'lab'
export const REPOSITORY = 'acme/infrastructure'
const MOST_ALARMS = 100

export interface Answered {
  status: number
  body: ChangeView & { type?: string; detail?: string; items?: ChangeView[]; next?: string | null }
}

/** What a back office with a key service answers; anything else goes to `beyond`. */
const localFetch =
  (beyond: typeof fetch): typeof fetch =>
  async (input, init) => {
    if (new URL(String(input)).pathname !== IDENTIFY_NODES_PATH) return beyond(input, init)
    const text = await new Response(init?.body ?? null).text()
    const { tenant, network, nodes } = IdentifyNodes.parse(JSON.parse(text))
    return Response.json({
      identities: nodes.map((node) => simulateIdentity(tenant, network, node)),
    })
  }

const unreachable: typeof fetch = () => Promise.reject(new TypeError('nothing is reachable here'))

export interface TenantWorldOptions {
  /** A started forge instead of the one in memory. */
  forge?: { apiUrl: string; token: string; fetch: typeof fetch }
  /** What the Functions answer beyond node keys; absent: nobody is there. */
  office?: typeof fetch
  /** Absent: `acme`. `platform` is the operators' own, with their repository. */
  slug?: string
  /** More of the tenant, for instance its quota. */
  tenant?: object
  /** More of each site. */
  site?: object
  /** Of the platform's repository, where the log is published. Absent: the same as the tenant's. */
  platform?: Forge
  around?: NonNullable<Parameters<typeof createWorld>[0]>['around']
  /** What an instance of the Repository gets for the forge in memory. */
  reach?: (env: Env, forge: Forge) => Forge
}

export const createTenantWorld = async ({
  forge,
  office,
  slug = 'acme',
  tenant: more = {},
  site = {},
  platform,
  around,
  reach = (_, forge) => forge,
}: TenantWorldOptions = {}) => {
  const memory = createMemoryForge()
  const connect = ({ repository }: GitHubOptions, env: Env): Forge =>
    reach(env, (repository === env.PLATFORM_REPOSITORY && platform) || memory.forge)
  const world = createWorld({
    register: (app) => {
      registerChangeRoutes(app)
      registerResourceRoutes(app)
      registerBillingRoutes(app)
      registerRolloutRoutes(app)
      registerWebhookRoutes(app)
      registerConsoleRoutes(app)
    },
    env: {
      LOCAL: { fetch: localFetch(office ?? forge?.fetch ?? unreachable) },
      ...(forge ? { FORGE_API_URL: forge.apiUrl, FORGE_TOKEN: forge.token } : {}),
    },
    ...(forge ? {} : { connect }),
    ...(around ? { around } : {}),
  })
  await world.create('/v1/regions', REGION)
  for (const name of ['lab-01', 'lab-02']) await world.create('/v1/sites', siteOf(name, site))
  const cluster = { name: CLUSTER, region: REGION.name, engine: 'argocd', standIn: true }
  await world.create('/v1/clusters', { ...cluster, proxmoxProviderConfig: 'proxmox' })
  const { id: tenantId } = await world.createTenant(slug, { basesOn: [CLUSTER], ...more })
  /** A token of the member with this handle, who is made if need be; his account on the forge may be linked at once. */
  /** Pseudonyms of those who have had a token, by handle. */
  const known = new Map<string, string>()
  const tokenOf = async (
    member: string,
    role: Parameters<typeof world.createToken>[1],
    { forgeLogin, ...more }: TokenWishes & { forgeLogin?: string } = {},
  ): Promise<string> => {
    const made = await world.createToken(slug, role, { member, ...more })
    known.set(member, made.member)
    if (forgeLogin !== undefined) world.linkForgeAccount(tenantId, made.member, forgeLogin)
    return made.token
  }
  const tokens = {
    owner: await tokenOf('olga', 'owner'),
    requester: await tokenOf('rita', 'requester', { forgeLogin: 'rita' }),
    approver: await tokenOf('anton', 'approver', { forgeLogin: 'anton' }),
    auditor: await tokenOf('ada', 'auditor'),
  }
  /** The pseudonym of the member with this handle. */
  const idOf = async (handle: string): Promise<string> => {
    const found = await world.send('GET', `/v1/tenants/${slug}/members/${handle}`, {
      token: world.operator,
    })
    return ((await found.json()) as { id: string }).id
  }
  const idAtHand = (handle: string): string => known.get(handle) ?? ''
  const ids = { rita: idAtHand('rita'), anton: idAtHand('anton'), olga: idAtHand('olga') }
  const tenant = world.tenants.namespace.getByName(tenantId)
  const inventory = world.inventory.namespace.getByName('inventory-eu')

  /** The tenant's alarm once, if it is due. False when there was nothing to do. */
  const ring = async (): Promise<boolean> => {
    const due = world.tenants.alarmOf(tenantId)
    if (due === null || due > Date.now()) return false
    await world.tenants.alarm(tenantId)
    return true
  }
  /** Rings until nothing is due. */
  const settle = async (): Promise<void> => {
    for (let rung = 0; await ring(); rung += 1)
      if (rung > MOST_ALARMS) throw new Error('the outbox never comes to rest')
  }

  let keys = 0
  const send = async (
    method: string,
    path: string,
    {
      token = tokens.requester,
      key,
      body,
      headers,
    }: { token?: string; key?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answered> => {
    keys += 1
    const response = await world.send(method, `/v1/tenants/${slug}${path}`, {
      ...{ token, key: key ?? `key-${keys}` },
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    })
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }
  const insist = async (asked: Promise<Answered>): Promise<ChangeView & { id: string }> => {
    const { status, body } = await asked
    if (status >= 300 || body.id === null) throw new Error(`${status} ${JSON.stringify(body)}`)
    return { ...body, id: body.id }
  }

  const vmRequest = (name: string, parameters: object = {}, rest: object = {}) => ({
    ...{ action: 'create', template: 'virtual-machine', name },
    parameters: { site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' }, ...parameters },
    ...rest,
  })
  const request = (body: object, more: { key?: string; token?: string } = {}) =>
    send('POST', '/changes', { body, ...more })
  const decide = (
    what: string,
    id: string,
    { token = tokens.approver, ...more }: { token?: string; key?: string; body?: unknown } = {},
  ) => send('POST', `/changes/${id}/${what}`, { token, ...more })
  const read = (id: string) => insist(send('GET', `/changes/${id}`))

  let books = 0
  /** As the last promoted change of the operators' repository says. */
  const keepBook = async (value: PriceBook, removing = false) => {
    books += 1
    const changeId = `chg_${'b'.repeat(26 - String(books).length)}${books}`
    const record = { kind: 'price-book' as const, value }
    const kept = await inventory.keepRecord({ changeId, order: books, record, removing })
    if (!kept.ok) throw new Error(`the book was refused: ${kept.refusal.problem}`)
  }

  let reports = 0
  /** What an engine says of the component of a change; at its place in `live` unless told otherwise. */
  const report = async (
    change: Pick<ChangeView, 'name' | 'liveSha'>,
    state: StatusReport['state'],
    more: Partial<StatusReport> & { digest?: string } = {},
  ) => {
    reports += 1
    const { digest = `sha256:${reports.toString(16).padStart(64, '0')}`, ...rest } = more
    return tenant.reportStatus({
      bodyDigest: digest,
      report: {
        ...{ cluster: CLUSTER, repository: REPOSITORY, component: `60-${change.name}` },
        ...{ revision: change.liveSha ?? '', state, message: state, simulated: true, ...rest },
      },
    })
  }
  let hints = 0
  /** A webhook of the forge about a pull request. */
  const hint = async (kind: string, more: Partial<Parameters<typeof tenant.forgeHint>[0]> = {}) => {
    hints += 1
    return tenant.forgeHint({
      bodyDigest: `sha256:${(0xf000 + hints).toString(16).padStart(64, '0')}`,
      ...{ kind, pullNumber: 1, headSha: null, merged: false, pushedRef: null, senderIsApp: false },
      ...more,
    })
  }

  /** Asks and waits for the pull request. */
  const propose = async (body: object): Promise<ChangeView & { id: string }> => {
    const { id } = await insist(request(body))
    await settle()
    return read(id)
  }
  const approve = async (id: string) => {
    const approved = await insist(decide('approvals', id))
    await settle()
    return approved
  }
  /** Approves, merges, promotes. */
  const land = async (id: string) => {
    await approve(id)
    await insist(decide('merge', id))
    await settle()
    return read(id)
  }
  /** All the way to `applied`. */
  const apply = async (body: object) => {
    const landed = await land((await propose(body)).id)
    await report(landed, 'healthy')
    await settle()
    return read(landed.id)
  }

  return {
    ...world,
    /** Any address; `send` is below the tenant's own. */
    http: world.send,
    memory,
    tenantId,
    tenant,
    inventoryStub: inventory,
    keepBook,
    tokens,
    tokenOf,
    idOf,
    /** Pseudonyms of the people every test has. */
    ids,
    ring,
    settle,
    send,
    insist,
    vmRequest,
    request,
    decide,
    read,
    report,
    hint,
    propose,
    approve,
    land,
    apply,
  }
}
export type TenantWorld = Awaited<ReturnType<typeof createTenantWorld>>
