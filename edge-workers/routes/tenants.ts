// /v1/tenants: operators create tenants, owners edit their own. The Directory knows a tenant first, its actor second;
// both steps may be repeated, so a creation that broke in between is finished by the same request.
import { isOperator, type Principal } from '../../schemas/principal.ts'
import { ok, type Result } from '../../schemas/result.ts'
import { CreateTenant, TenantView, UpdateTenant } from '../../schemas/tenant.ts'
import type { Page, PageRequest, TenantEntry, Versioned } from '../actors/contracts.ts'
import { directoryStub, findTenant, inventoryStub, tenantStub } from '../actors/stubs.ts'
import {
  type IdentityCaller,
  identityAtPlatform,
  identityCaller,
  platformDoor,
  tenantDoor,
} from '../auth/door.ts'
import type { Env } from '../env.ts'
import { repositoryUrl } from '../forge-address.ts'
import { answerPacked, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { registerTenantLifecycleRoutes } from './tenant-lifecycle.ts'

const TAG = 'Tenants'
const ONE = '/v1/tenants/{tenant}'
const view = { schema: TenantView, name: 'Tenant' }

/** What a list shows; the tenant itself has the rest. */
const TenantSummary = TenantView.pick({
  id: true,
  slug: true,
  jurisdiction: true,
  repository: true,
  createdAt: true,
})

const createTenant = async (
  { env, get }: AppContext,
  key: string,
  input: CreateTenant,
): Promise<Result<Versioned<TenantView>>> => {
  // Asked before anything is written: a jurisdiction that cannot be kept leaves no trace.
  const kept = inventoryStub(env, input.jurisdiction)
  if (!kept.ok) return kept
  const print = fingerprint(input, 'POST /v1/tenants')
  const now = get('clock')().toISOString()
  const entry = await directoryStub(env).createTenant(key, print, input, now)
  if (!entry.ok) return entry
  const { id, slug, jurisdiction, repository, createdAt } = entry.value
  const reached = tenantStub(env, jurisdiction, id)
  if (!reached.ok) return reached
  return reached.value.stub.initialise({
    id,
    slug,
    name: input.name,
    jurisdiction,
    jurisdictionSimulated: reached.value.simulated,
    repository,
    repositoryUrl: repositoryUrl(env, repository),
    quota: input.quota,
    createdAt,
    basesOn: input.basesOn,
  })
}

/** Whoever comes with an identity sees the tenants that he is a member of: none, one or several. */
const listOwnTenants = async (c: AppContext, caller: IdentityCaller): Promise<Response> => {
  const who = await identityAtPlatform(c, caller, 'tenant.read')
  const query = readQuery(c, NO_FILTER)
  if (!query.ok) return answerRefusal(c, query.refusal)
  const scope = { tenantId: caller.identity }
  const page = readPage(c, scope)
  if (!page.ok) return answerRefusal(c, page.refusal)
  const directory = directoryStub(c.env)
  const listed =
    who.ok && isOperator(who.value)
      ? directory.listTenants(page.value)
      : directory.tenantsOf(caller.identity, page.value)
  return answerPage(c, ok(await listed), scope)
}

/** Operators see every tenant, any other token exactly one. */
const listTenants = async (
  env: Env,
  who: Principal,
  page: PageRequest,
): Promise<Page<TenantEntry>> => {
  if (isOperator(who)) return directoryStub(env).listTenants(page)
  const own = page.after === null ? await findTenant(env, who.tenantId) : null
  return { items: own ? [own] : [], next: null }
}

export const registerTenantRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/tenants',
      summary: 'Create a tenant',
      tag: TAG,
      action: 'platform.write',
      idempotencyKey: true,
      body: CreateTenant,
      bodyName: 'CreateTenant',
      answers: { 201: { text: 'The tenant.', ...view } },
      problems: ['conflict', 'not-supported'],
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, CreateTenant)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const created = await createTenant(c, key.value, body.value)
      const headers = created.ok ? { location: `/v1/tenants/${created.value.value.slug}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants',
      summary: 'List tenants',
      tag: TAG,
      action: 'tenant.read',
      who: 'operators see all, an API token its tenant, a person its own tenants',
      answers: {
        200: { text: 'The tenants.', schema: TenantSummary, name: 'TenantSummary', list: true },
      },
    },
    async (c) => {
      const credential = c.get('credential')
      if (credential.ok && credential.value.kind === 'jwt') {
        const caller = await identityCaller(c, credential.value)
        return caller.ok ? listOwnTenants(c, caller.value) : answerRefusal(c, caller.refusal)
      }
      const who = await platformDoor(c, 'tenant.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const scope = { tenantId: who.value.tenantId }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      return answerPage(c, ok(await listTenants(c.env, who.value, page.value)), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a tenant',
      tag: TAG,
      action: 'tenant.read',
      answers: { 200: { text: 'The tenant.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      return answerPacked(c, await door.value.tenant.readTenant(door.value.caller))
    },
  )

  addRoute(
    app,
    {
      method: 'patch',
      path: ONE,
      summary: 'Change a tenant',
      description:
        'Its name; owners also its `settings`, replaced as a whole: the regions it keeps to among those that operators allow, rules of approval (the strictest that fits counts, and of the rules of then and now the stricter), how long things are kept. Operators also where its things may be, how many must approve a failover or stand behind an invoice, and the systems of other tenants that it may stand on. Its quota only in an installation without the tenant `platform`: with it a quota is a change of the template `tenant-quota` there.',
      tag: TAG,
      action: 'tenant.update',
      ifMatch: true,
      body: UpdateTenant,
      bodyName: 'UpdateTenant',
      answers: { 200: { text: 'The tenant as it is now.', ...view } },
      problems: ['conflict', 'not-supported'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateTenant)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.updateTenant(caller, version.value, body.value))
    },
  )

  registerTenantLifecycleRoutes(app)
}
