// /v1/regions, /v1/sites, /v1/clusters: where things can stand. Operators write; tenants read what their jurisdiction has.
import * as z from 'zod'
import type { Jurisdiction } from '../../schemas/ids.ts'
import { Cluster, Region, Site } from '../../schemas/place.ts'
import type { Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { InventoryApi, Page, PageRequest } from '../actors/contracts.ts'
import { directoryStub, inventoryStub, jurisdictionOf } from '../actors/stubs.ts'
import { clusterWebhookSecret } from '../auth/cluster-secret.ts'
import { platformDoor } from '../auth/door.ts'
import type { Env } from '../env.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param, type RouteDoc } from '../http/route.ts'

const TAG = 'Places'
const READERS = 'tenants (what their jurisdiction has), operators (all)'

/** Fields that are left out stay as they are; `standIn` must not fall back to its default. */
const UpdateSite = z.strictObject({
  hosts: Site.shape.hosts.optional(),
  network: Site.shape.network.optional(),
  image: Site.shape.image.optional(),
  standIn: z.boolean().optional(),
})

const NewCluster = z.strictObject({
  ...Cluster.shape,
  /** With which the cluster's engine signs its reports; only in this answer. */
  webhookSecret: z.string(),
})

const regionUnknown = () =>
  refuse('invalid-parameters', {
    errors: [{ pointer: '/region', detail: 'There is no such region.' }],
  })

/** The jurisdictions whose places this principal may see, in a fixed order. */
const jurisdictionsOf = async (env: Env, principal: Principal): Promise<Jurisdiction[]> =>
  principal.role === 'operator'
    ? directoryStub(env).jurisdictions()
    : [jurisdictionOf(principal.tenantId)]

/** One page over several inventories; the position is `<jurisdiction>/<name>`. Reads one item more to know whether to go on. */
const pageOver = async <T extends { name: string }>(
  env: Env,
  jurisdictions: Jurisdiction[],
  { limit, after }: PageRequest,
  read: (inventory: InventoryApi, page: PageRequest) => Promise<Page<T>>,
): Promise<Result<Page<T>>> => {
  const [from = '', name = null] = after?.split('/') ?? []
  const found: { item: T; position: string }[] = []
  for (const jurisdiction of jurisdictions.filter((candidate) => candidate >= from)) {
    const reached = inventoryStub(env, jurisdiction)
    if (!reached.ok) return reached
    const page = await read(reached.value.stub, {
      limit: limit + 1 - found.length,
      after: jurisdiction === from ? name : null,
    })
    found.push(...page.items.map((item) => ({ item, position: `${jurisdiction}/${item.name}` })))
    if (found.length > limit) break
  }
  const shown = found.slice(0, limit)
  const next = found.length > limit ? (shown.at(-1)?.position ?? null) : null
  return ok({ items: shown.map(({ item }) => item), next })
}

/** The handler of a list of places. */
const listOf =
  <T extends { name: string }>(
    read: (inventory: InventoryApi, page: PageRequest) => Promise<Page<T>>,
  ) =>
  async (c: AppContext): Promise<Response> => {
    const who = await platformDoor(c, 'catalogue.read')
    if (!who.ok) return answerRefusal(c, who.refusal)
    const query = readQuery(c, NO_FILTER)
    if (!query.ok) return answerRefusal(c, query.refusal)
    const scope = { tenantId: who.value.tenantId }
    const page = readPage(c, scope)
    if (!page.ok) return answerRefusal(c, page.refusal)
    const jurisdictions = await jurisdictionsOf(c.env, who.value)
    return answerPage(c, await pageOver(c.env, jurisdictions, page.value, read), scope)
  }

interface Creation<T> {
  key: string
  print: string
  value: T
}

/** The handler's common beginning: operator, key, body. */
const readCreation = async <T>(
  c: AppContext,
  schema: z.ZodType<T>,
): Promise<Result<Creation<T>>> => {
  const who = await platformDoor(c, 'platform.write')
  if (!who.ok) return who
  const key = requireIdempotencyKey(c)
  if (!key.ok) return key
  const body = await readJson(c, schema)
  if (!body.ok) return body
  const print = fingerprint(body.value, `POST ${c.req.path}`)
  return ok({ key: key.value, print, value: body.value })
}

/** The inventory that keeps a region, with the new place's name registered there. */
const inventoryOf = async (
  env: Env,
  kind: 'site' | 'cluster',
  { name, region }: { name: string; region: string },
): Promise<Result<InventoryApi>> => {
  const jurisdiction = await directoryStub(env).findPlace('region', region)
  if (!jurisdiction) return regionUnknown()
  const reached = inventoryStub(env, jurisdiction)
  if (!reached.ok) return reached
  const registered = await directoryStub(env).registerPlace(kind, name, jurisdiction)
  return registered.ok ? ok(reached.value.stub) : registered
}

/** Where a site is kept, as far as this principal may know. */
const inventoryOfSite = async (
  env: Env,
  principal: Principal,
  site: string,
): Promise<Result<InventoryApi>> => {
  const jurisdiction =
    principal.role === 'operator'
      ? await directoryStub(env).findPlace('site', site)
      : jurisdictionOf(principal.tenantId)
  if (!jurisdiction) return refuse('not-found')
  const reached = inventoryStub(env, jurisdiction)
  return reached.ok ? ok(reached.value.stub) : reached
}

const creates = (
  doc: Pick<RouteDoc, 'path' | 'summary' | 'description' | 'body' | 'bodyName' | 'answers'>,
): RouteDoc => ({
  ...doc,
  method: 'post',
  tag: TAG,
  who: 'operator',
  idempotencyKey: true,
  problems: ['conflict', 'not-supported'],
})

const lists = (path: string, summary: string, name: string, schema: z.ZodType): RouteDoc => ({
  method: 'get',
  path,
  summary,
  tag: TAG,
  who: READERS,
  answers: { 200: { text: 'What there is, in name order.', schema, name, list: true } },
})

const registerRegionRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/regions', 'List regions', 'Region', Region),
    listOf((inventory, page) => inventory.listRegions(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/regions',
      summary: 'Create a region',
      body: Region,
      bodyName: 'CreateRegion',
      answers: { 201: { text: 'The region.', schema: Region, name: 'Region' } },
    }),
    async (c) => {
      const creation = await readCreation(c, Region)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      const reached = inventoryStub(c.env, value.jurisdiction)
      if (!reached.ok) return answerRefusal(c, reached.refusal)
      const registered = await directoryStub(c.env).registerPlace(
        'region',
        value.name,
        value.jurisdiction,
      )
      if (!registered.ok) return answerRefusal(c, registered.refusal)
      const created = await reached.value.stub.createRegion(key, print, value)
      return answerVersioned(c, created, { status: 201 })
    },
  )
}

const registerSiteRoutes = (app: App): void => {
  const view = { schema: Site, name: 'Site' }
  addRoute(
    app,
    lists('/v1/sites', 'List sites', 'Site', Site),
    listOf((inventory, page) => inventory.listSites(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/sites',
      summary: 'Create a site',
      body: Site,
      bodyName: 'CreateSite',
      answers: { 201: { text: 'The site.', ...view } },
    }),
    async (c) => {
      const creation = await readCreation(c, Site)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      const inventory = await inventoryOf(c.env, 'site', value)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const created = await inventory.value.createSite(key, print, value)
      const headers = { location: `/v1/sites/${value.name}` }
      return answerVersioned(c, created, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/sites/{site}',
      summary: 'Read a site',
      tag: TAG,
      who: READERS,
      answers: { 200: { text: 'The site.', ...view } },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const inventory = await inventoryOfSite(c.env, who.value, param(c, 'site'))
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const site = await inventory.value.readSite(param(c, 'site'))
      return answerVersioned(c, site ? ok(site) : refuse('not-found'))
    },
  )
  addRoute(
    app,
    {
      method: 'patch',
      path: '/v1/sites/{site}',
      summary: 'Change a site',
      description: 'Replaces hosts, network or image whole. Refused below what is reserved there.',
      tag: TAG,
      who: 'operator',
      ifMatch: true,
      body: UpdateSite,
      bodyName: 'UpdateSite',
      answers: { 200: { text: 'The site as it is now.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateSite)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const name = param(c, 'site')
      const inventory = await inventoryOfSite(c.env, who.value, name)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const given = Object.entries(body.value).filter(([, field]) => field !== undefined)
      const change = Object.fromEntries(given)
      return answerVersioned(c, await inventory.value.updateSite(name, version.value, change))
    },
  )
}

const registerClusterRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/clusters', 'List clusters', 'Cluster', Cluster),
    listOf((inventory, page) => inventory.listClusters(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/clusters',
      summary: 'Register a cluster',
      description: 'The answer holds the secret with which the cluster’s engine signs its reports.',
      body: Cluster,
      bodyName: 'CreateCluster',
      answers: { 201: { text: 'The cluster.', schema: NewCluster, name: 'NewCluster' } },
    }),
    async (c) => {
      const creation = await readCreation(c, Cluster)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      const inventory = await inventoryOf(c.env, 'cluster', value)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const created = await inventory.value.createCluster(key, print, value)
      return answer(c, created, {
        status: 201,
        show: ({ value: { webhookGeneration, ...cluster } }) => ({
          ...cluster,
          webhookSecret: clusterWebhookSecret(c.env, cluster.name, webhookGeneration),
        }),
      })
    },
  )
}

export const registerPlaceRoutes = (app: App): void => {
  registerRegionRoutes(app)
  registerSiteRoutes(app)
  registerClusterRoutes(app)
}
