// The Directory: which tenants there are, under which slug and id, and which jurisdiction keeps a place. One per installation.
// It knows a tenant before the tenant's actor exists, holds no personal data, and is asked only when a cache is cold.
import { DurableObject } from 'cloudflare:workers'
import { asc, eq, gt, or, sql } from 'drizzle-orm'
import { isReservedSlug, type Jurisdiction, PLATFORM_SLUG } from '../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/directory.ts'
import type { CreateTenant } from '../../schemas/tenant.ts'
import { PLATFORM_TENANT_ID } from '../auth/token.ts'
import { base32, deriveKey, hmacSha256 } from '../digest.ts'
import type { Env } from '../env.ts'
import { sweep } from '../sweep.ts'
import type { DirectoryApi, Page, PageRequest, TenantEntry } from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import { migrations } from './migrations/directory.ts'

const { tenants, places } = tables
const SWEEP_MILLISECONDS = 300_000
const ENTRY = {
  id: tenants.id,
  slug: tenants.slug,
  jurisdiction: tenants.jurisdiction,
  repository: tenants.repository,
  createdAt: tenants.createdAt,
}

export class Directory extends DurableObject<Env> implements DirectoryApi {
  readonly #database
  readonly #bySlugOrId

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#database = openDatabase(ctx.storage, tables, migrations)
    this.#bySlugOrId = this.#database
      .select(ENTRY)
      .from(tenants)
      .where(or(eq(tenants.slug, sql.placeholder('name')), eq(tenants.id, sql.placeholder('name'))))
      .prepare()
  }

  /** The id is a function of the key, so a database restored from before the request makes the same tenant again. */
  async createTenant(
    key: string,
    fingerprint: string,
    input: CreateTenant,
    now: string,
  ): Promise<Result<TenantEntry & { replayed: boolean }>> {
    const seed = hmacSha256(deriveKey(this.env.PLATFORM_KEY, 'tenant-id'), key)
    const entry: TenantEntry = {
      id: `ten_${input.jurisdiction}_${base32(seed, 16)}`,
      slug: input.slug,
      jurisdiction: input.jurisdiction,
      repository: input.repository,
      createdAt: now,
    }
    await this.#armSweep()
    return transaction(this.#database, (tx): Result<TenantEntry & { replayed: boolean }> => {
      const [before] = tx
        .select({ ...ENTRY, fingerprint: tenants.fingerprint })
        .from(tenants)
        .where(eq(tenants.requestKey, key))
        .all()
      if (before) {
        const { fingerprint: first, ...known } = before
        return first === fingerprint
          ? ok({ ...known, replayed: true })
          : refuse('idempotency-key-reused')
      }
      const repositoryKey = input.repository.toLowerCase()
      const isPlatform = input.slug === PLATFORM_SLUG
      if ((isReservedSlug(input.slug) && !isPlatform) || entry.id === PLATFORM_TENANT_ID) {
        return refuse('conflict', {
          detail: 'This slug is reserved: the platform or its clusters use it.',
        })
      }
      // The operators' own tenant keeps the platform's repository, and nobody else does.
      if (isPlatform !== (repositoryKey === this.env.PLATFORM_REPOSITORY.toLowerCase())) {
        return refuse('conflict', {
          detail: isPlatform
            ? 'The tenant platform keeps the platform’s own repository.'
            : 'This repository is the platform’s own.',
        })
      }
      const [taken] = tx
        .select({ slug: tenants.slug })
        .from(tenants)
        .where(or(eq(tenants.slug, input.slug), eq(tenants.repositoryKey, repositoryKey)))
        .all()
      if (taken) {
        const what = taken.slug === input.slug ? 'slug' : 'repository'
        return refuse('conflict', { detail: `Another tenant has this ${what}.` })
      }
      tx.insert(tenants)
        .values({ ...entry, repositoryKey, requestKey: key, fingerprint })
        .run()
      return ok({ ...entry, replayed: false })
    })
  }

  async resolveTenant(slugOrId: string): Promise<TenantEntry | null> {
    return this.#bySlugOrId.all({ name: slugOrId })[0] ?? null
  }

  async tenantByRepository(repository: string): Promise<TenantEntry | null> {
    const [entry] = this.#database
      .select(ENTRY)
      .from(tenants)
      .where(eq(tenants.repositoryKey, repository.toLowerCase()))
      .all()
    return entry ?? null
  }

  /** In the order of their slugs. */
  async listTenants({ limit, after }: PageRequest): Promise<Page<TenantEntry>> {
    const rows = this.#database
      .select(ENTRY)
      .from(tenants)
      .where(gt(tenants.slug, after ?? ''))
      .orderBy(asc(tenants.slug))
      .limit(limit + 1)
      .all()
    const items = rows.slice(0, limit)
    return { items, next: rows.length > limit ? (items.at(-1)?.slug ?? null) : null }
  }

  async registerPlace(
    kind: 'region' | 'site' | 'cluster',
    name: string,
    jurisdiction: Jurisdiction,
  ): Promise<Result<Jurisdiction>> {
    return transaction(this.#database, (tx): Result<Jurisdiction> => {
      tx.insert(places).values({ kind, name, jurisdiction }).onConflictDoNothing().run()
      const [row] = tx
        .select({ jurisdiction: places.jurisdiction })
        .from(places)
        .where(sql`${places.kind} = ${kind} and ${places.name} = ${name}`)
        .all()
      return row?.jurisdiction === jurisdiction
        ? ok(jurisdiction)
        : refuse('conflict', { detail: `A ${kind} of this name exists in another jurisdiction.` })
    })
  }

  async findPlace(kind: 'region' | 'site' | 'cluster', name: string): Promise<Jurisdiction | null> {
    const [row] = this.#database
      .select({ jurisdiction: places.jurisdiction })
      .from(places)
      .where(sql`${places.kind} = ${kind} and ${places.name} = ${name}`)
      .all()
    return row?.jurisdiction ?? null
  }

  /** Every jurisdiction that has a place or a tenant. */
  async jurisdictions(): Promise<Jurisdiction[]> {
    const ofPlaces = this.#database
      .selectDistinct({ jurisdiction: places.jurisdiction })
      .from(places)
      .all()
    const ofTenants = this.#database
      .selectDistinct({ jurisdiction: tenants.jurisdiction })
      .from(tenants)
      .all()
    const all = new Set([...ofPlaces, ...ofTenants].map(({ jurisdiction }) => jurisdiction))
    return [...all].sort()
  }

  async #armSweep(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + SWEEP_MILLISECONDS)
    }
  }

  /** Plain workerd has no cron: there the Directory itself sweeps. On Cloudflare the cron does too; twice is harmless. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + SWEEP_MILLISECONDS)
    await sweep(this.env)
  }
}
