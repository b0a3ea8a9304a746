// How the edge reaches actors: each in the jurisdiction its name says. A jurisdiction the runtime cannot enforce is refused;
// the laptop alone goes on without, and says that it is simulated.
import { type Jurisdiction, Jurisdiction as JurisdictionSchema } from '../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { type ActorNamespace, type Env, isLaptop } from '../env.ts'
import { tracedStub } from '../trace/actors.ts'
import type { DirectoryApi, InventoryApi, TenantApi, TenantEntry } from './contracts.ts'
import type { LogApi } from './log-contracts.ts'
import type { RepositoryApi } from './repository-contracts.ts'

/** Jurisdictions of Cloudflare's Durable Objects that answer to one of ours. */
const ENFORCED: Partial<Record<Jurisdiction, string>> = { eu: 'eu' }

export interface Reached<Api> {
  stub: Api
  /** True where the runtime does not keep the object in its jurisdiction. */
  simulated: boolean
}

interface Kept {
  namespace: unknown
  simulated: boolean
}
/** Plain workerd throws on every jurisdiction; asking once per isolate is enough. */
const known = new WeakMap<object, Map<Jurisdiction, Kept | null>>()

const keep = <Api>(
  env: Env,
  namespace: ActorNamespace<Api>,
  jurisdiction: Jurisdiction,
): (Kept & { namespace: ActorNamespace<Api> }) | null => {
  const seen = known.get(namespace) ?? new Map<Jurisdiction, Kept | null>()
  known.set(namespace, seen)
  const before = seen.get(jurisdiction)
  if (before !== undefined) return before as (Kept & { namespace: ActorNamespace<Api> }) | null
  const name = ENFORCED[jurisdiction]
  const fallback = isLaptop(env) ? { namespace, simulated: true } : null
  let kept: (Kept & { namespace: ActorNamespace<Api> }) | null = fallback
  if (name !== undefined) {
    try {
      kept = { namespace: namespace.jurisdiction(name), simulated: false }
    } catch {
      kept = fallback
    }
  }
  seen.set(jurisdiction, kept)
  return kept
}

const reach = <Api>(
  env: Env,
  namespace: ActorNamespace<Api>,
  jurisdiction: Jurisdiction,
  name: string,
  actor: 'tenant' | 'inventory',
): Result<Reached<Api>> => {
  const kept = keep(env, namespace, jurisdiction)
  return kept
    ? ok({
        // Of a tenant its id, which is a pseudonym.
        stub: tracedStub(
          kept.namespace.getByName(name),
          ...([actor, actor === 'tenant' ? name : undefined] as const),
        ),
        simulated: kept.simulated,
      })
    : refuse('not-supported', {
        detail:
          'This installation cannot keep data in that jurisdiction (RESIDENCY-CONTROL-PLANE).',
      })
}

export const tenantStub = (
  env: Env,
  jurisdiction: Jurisdiction,
  tenantId: string,
): Result<Reached<TenantApi>> => reach(env, env.TENANT, jurisdiction, tenantId, 'tenant')

export const inventoryStub = (
  env: Env,
  jurisdiction: Jurisdiction,
): Result<Reached<InventoryApi>> =>
  reach(env, env.INVENTORY, jurisdiction, `inventory-${jurisdiction}`, 'inventory')

export const logStub = (env: Env): LogApi => tracedStub(env.LOG.getByName('log'), 'log')

export const directoryStub = (env: Env): DirectoryApi =>
  tracedStub(env.DIRECTORY.getByName('directory'), 'directory')

/** `repository`: owner/name. */
export const repositoryStub = (env: Env, repository: string): RepositoryApi =>
  tracedStub(env.REPOSITORY.getByName(repository), 'repository')

/** The jurisdiction a tenant id carries (`ten_eu_…`). */
export const jurisdictionOf = (tenantId: string): Jurisdiction =>
  JurisdictionSchema.parse(tenantId.slice(4, 6))

/**
 * Entries never change, so a positive answer holds for as long as the isolate lives; of an erased tenant its own actor says
 * that nobody is there.
 */
const MAX_ENTRIES = 10_000
const entries = new WeakMap<object, Map<string, TenantEntry>>()

/** Of one identity: only tenants that it is a member of. */
const ownEntries = new WeakMap<object, Map<string, TenantEntry>>()

/**
 * A tenant of this identity, by slug or id. Whether the membership still holds that tenant's actor says with every call;
 * negative answers are asked again every time.
 */
export const findOwnTenant = async (
  env: Env,
  identity: string,
  slugOrId: string,
): Promise<TenantEntry | null> => {
  const cache = ownEntries.get(env.DIRECTORY) ?? new Map<string, TenantEntry>()
  ownEntries.set(env.DIRECTORY, cache)
  const key = `${identity} ${slugOrId}`
  const cached = cache.get(key)
  if (cached) return cached
  const entry = await directoryStub(env).ownTenant(identity, slugOrId)
  if (!entry) return null
  if (cache.size >= MAX_ENTRIES) cache.clear()
  cache.set(key, entry)
  return entry
}

/** The same, asked anew: an entry is gone once its tenant is erased, and whoever comes to any tenant shall see that at once. */
export const findTenantNow = async (env: Env, slugOrId: string): Promise<TenantEntry | null> => {
  const entry = await directoryStub(env).resolveTenant(slugOrId)
  if (!entry) entries.get(env.DIRECTORY)?.delete(slugOrId)
  return entry
}

/** A tenant's entry by slug or id. Negative answers are asked again every time. */
export const findTenant = async (env: Env, slugOrId: string): Promise<TenantEntry | null> => {
  const cache = entries.get(env.DIRECTORY) ?? new Map<string, TenantEntry>()
  entries.set(env.DIRECTORY, cache)
  const cached = cache.get(slugOrId)
  if (cached) return cached
  const entry = await directoryStub(env).resolveTenant(slugOrId)
  if (!entry) return null
  if (cache.size >= MAX_ENTRIES) cache.clear()
  cache.set(slugOrId, entry)
  return entry
}
