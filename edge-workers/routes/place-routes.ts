// What the routes of places share: the list over several inventories, the beginning of every creation, and where a place is kept.
import type * as z from 'zod'
import type { Jurisdiction } from '../../schemas/ids.ts'
import { isOperator, type Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { InventoryApi, Page, PageRequest } from '../actors/contracts.ts'
import { directoryStub, findTenant, inventoryStub, jurisdictionOf } from '../actors/stubs.ts'
import { platformDoor } from '../auth/door.ts'
import type { Env } from '../env.ts'
import { requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { param, type RouteDoc } from '../http/route.ts'
import { defined } from './change-door.ts'

export const TAG = 'Places'
/** What a list shows to whom; who may ask is the table's. */
export const READERS = 'a tenant’s people see what their jurisdiction has, operators all'

const regionUnknown = () =>
  refuse('invalid-parameters', {
    errors: [{ pointer: '/region', detail: 'There is no such region.' }],
  })

/** The jurisdictions whose places this principal may see, in a fixed order. */
const jurisdictionsOf = async (env: Env, principal: Principal): Promise<Jurisdiction[]> =>
  isOperator(principal) ? directoryStub(env).jurisdictions() : [jurisdictionOf(principal.tenantId)]

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
export const listOf =
  <T extends { name: string }>(
    read: (inventory: InventoryApi, page: PageRequest) => Promise<Page<T>>,
    /** What of an item a tenant may see; operators see all of it. */
    show: (item: T, slug: string) => T = (item) => item,
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
    const found = await pageOver(c.env, jurisdictions, page.value, read)
    if (!found.ok || isOperator(who.value)) return answerPage(c, found, scope)
    const slug = (await findTenant(c.env, who.value.tenantId))?.slug ?? ''
    const items = found.value.items.map((item) => show(item, slug))
    return answerPage(c, ok({ ...found.value, items }), scope)
  }

interface Creation<T> {
  key: string
  print: string
  value: T
}

/** The handler's common beginning: operator, key, body. */
export const readCreation = async <T>(
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
export const inventoryOf = async (
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

/** The inventory that keeps a place, as far as this principal may know. */
export const keeperOf = async (
  env: Env,
  principal: Principal,
  kind: 'site' | 'cluster',
  name: string,
): Promise<Result<InventoryApi>> => {
  const jurisdiction = isOperator(principal)
    ? await directoryStub(env).findPlace(kind, name)
    : jurisdictionOf(principal.tenantId)
  if (!jurisdiction) return refuse('not-found')
  const reached = inventoryStub(env, jurisdiction)
  return reached.ok ? ok(reached.value.stub) : reached
}

/** The common beginning of every PATCH of a place: operator, version, body, and the inventory that keeps it. */
export const readPatch = async <T extends object>(
  c: AppContext,
  kind: 'site' | 'cluster',
  schema: z.ZodType<T>,
) => {
  const who = await platformDoor(c, 'platform.write')
  if (!who.ok) return who
  const version = requireIfMatch(c)
  if (!version.ok) return version
  const body = await readJson(c, schema)
  if (!body.ok) return body
  const name = param(c, kind)
  const inventory = await keeperOf(c.env, who.value, kind, name)
  if (!inventory.ok) return inventory
  return ok({
    inventory: inventory.value,
    name,
    version: version.value,
    change: defined(body.value),
  })
}

export const creates = (
  doc: Pick<RouteDoc, 'path' | 'summary' | 'description' | 'body' | 'bodyName' | 'answers'>,
): RouteDoc => ({
  ...doc,
  method: 'post',
  tag: TAG,
  action: 'platform.write',
  idempotencyKey: true,
  problems: ['conflict', 'not-supported'],
})

export const lists = (
  path: string,
  summary: string,
  name: string,
  schema: z.ZodType,
): RouteDoc => ({
  method: 'get',
  path,
  summary,
  tag: TAG,
  action: 'catalogue.read' as const,
  who: READERS,
  answers: { 200: { text: 'What there is, in name order.', schema, name, list: true } },
})
