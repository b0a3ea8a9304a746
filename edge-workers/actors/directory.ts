// The Directory: which tenants there are, under which slug and id, and which jurisdiction keeps a place. One per installation.
// It knows a tenant before the tenant's actor exists, holds no personal data, and is asked only when a cache is cold.
import { DurableObject } from 'cloudflare:workers'
import { and, asc, eq, gt, inArray, or, sql } from 'drizzle-orm'
import { isReservedSlug, type Jurisdiction, PLATFORM_SLUG } from '../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/directory.ts'
import type { CreateTenant } from '../../schemas/tenant.ts'
import { PLATFORM_TENANT_ID } from '../auth/token.ts'
import { base32, deriveKey, hmacSha256 } from '../digest.ts'
import type { Env } from '../env.ts'
import { sweep } from '../sweep.ts'
import {
  backUpActor,
  placedBefore,
  type RestoreAsked,
  requireLost,
  restoreActor,
} from './backup/platform.ts'
import { endUnanswered, noteUnanswered, readUnanswered } from './backup/stage.ts'
import { backUpPlatform } from './backup/sweep.ts'
import type { DirectoryApi, Page, PageRequest, SessionEntry, TenantEntry } from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import * as again from './directory/again.ts'
import type { TenantTold } from './directory/again-contracts.ts'
import { askEverybody } from './directory/ask-everybody.ts'
import { claimAzurePlace, holderOf, releaseOtherAzurePlaces } from './directory/azure-places.ts'
import { eraseTenant, erasuresOf, isErased, noteErasure } from './directory/erasures.ts'
import * as freeze from './directory/freeze.ts'
import type { FreezeApi, FreezeInput, LiftInput, Voters } from './directory/freeze-contracts.ts'
import * as issuing from './directory/issuers.ts'
import type { LinkedDids } from './directory/issuers-contracts.ts'
import { findPlace, jurisdictionsOf, registerPlace } from './directory/places.ts'
import * as signIns from './directory/sessions.ts'
import { takeVaultTurn } from './directory/vault-turns.ts'
import { migrations } from './migrations/directory.ts'

const { tenants, identities } = tables
const SWEEP_MILLISECONDS = 300_000
const SLUG_TAKEN = { detail: 'Another tenant has this slug.' }
/** Who was there first nobody can say yet. */
const UNANSWERED = {
  detail:
    'The directory was restored from a backup, and not everybody has said again what he is: an operator repeats the restore.',
  retryAfterSeconds: 10,
}
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
      .where(
        and(
          eq(tenants.state, 'active'),
          or(eq(tenants.slug, sql.placeholder('name')), eq(tenants.id, sql.placeholder('name'))),
        ),
      )
      .prepare()
  }

  /** The id is a function of the key, so a database restored from before the request makes the same tenant again. */
  async createTenant(
    key: string,
    fingerprint: string,
    input: CreateTenant,
    now: string,
  ): Promise<Result<TenantEntry & { replayed: boolean }>> {
    const seed = base32(hmacSha256(deriveKey(this.env.PLATFORM_KEY, 'tenant-id'), key), 16)
    const entry: TenantEntry = {
      id: again.idOfSeed(seed, input.jurisdiction),
      slug: input.slug,
      jurisdiction: input.jurisdiction,
      repository: input.repository,
      createdAt: now,
    }
    await this.#armSweep()
    return transaction(this.#database, (tx): Result<TenantEntry & { replayed: boolean }> => {
      const [before] = tx
        .select({ ...ENTRY, fingerprint: tenants.fingerprint, state: tenants.state })
        .from(tenants)
        .where(or(eq(tenants.requestKey, key), inArray(tenants.id, again.idsOfSeed(seed))))
        .all()
      if (before) {
        const { fingerprint: _, state, ...known } = before
        const first = again.fingerprintOf(tx, before, { key, fingerprint, input })
        // Its own first request does not bring an erased tenant back.
        if (first === fingerprint && state === 'erased') return refuse('conflict', SLUG_TAKEN)
        return first === fingerprint
          ? ok({ ...known, replayed: true })
          : refuse('idempotency-key-reused')
      }
      if (readUnanswered(this.ctx.storage.sql) !== null) return refuse('outage', UNANSWERED)
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

  async keepIssuer(issuer: string, tenantId: string): Promise<void> {
    issuing.keepIssuer(this.#database, issuer, tenantId)
  }

  async resolveIssuer(issuer: string): Promise<TenantEntry | null> {
    return issuing.resolveIssuer(this.#database, issuer)
  }

  async linkDid(issuer: string, tenantId: string, jwt: string): Promise<Result<null>> {
    return issuing.linkDid(this.#database, { issuer, tenantId, jwt, now: Date.now() })
  }

  async linkedDids(known: number): Promise<LinkedDids | null> {
    return issuing.linkedDids(this.#database, known)
  }

  async takeVaultTurn(vault: string): Promise<{ at: number }> {
    return takeVaultTurn(this.#database, vault, Date.now())
  }

  async claimAzurePlace(place: string, tenantId: string): Promise<Result<null>> {
    const isFree = holderOf(this.#database, place) === undefined
    if (isFree && readUnanswered(this.ctx.storage.sql) !== null) return refuse('outage', UNANSWERED)
    return claimAzurePlace(this.#database, place, tenantId) ? ok(null) : refuse('conflict')
  }

  async releaseOtherAzurePlaces(tenantId: string, kept: string): Promise<void> {
    releaseOtherAzurePlaces(this.#database, tenantId, kept)
  }

  async tenantByRepository(repository: string): Promise<TenantEntry | null> {
    const [entry] = this.#database
      .select(ENTRY)
      .from(tenants)
      .where(and(eq(tenants.repositoryKey, repository.toLowerCase()), eq(tenants.state, 'active')))
      .all()
    return entry ?? null
  }

  /** In the order of their slugs. */
  async listTenants({ limit, after }: PageRequest): Promise<Page<TenantEntry>> {
    const rows = this.#database
      .select(ENTRY)
      .from(tenants)
      .where(and(gt(tenants.slug, after ?? ''), eq(tenants.state, 'active')))
      .orderBy(asc(tenants.slug))
      .limit(limit + 1)
      .all()
    const items = rows.slice(0, limit)
    return { items, next: rows.length > limit ? (items.at(-1)?.slug ?? null) : null }
  }

  async ownTenant(identity: string, slugOrId: string): Promise<TenantEntry | null> {
    const [entry] = this.#database
      .select(ENTRY)
      .from(tenants)
      .innerJoin(identities, eq(identities.tenantId, tenants.id))
      .where(
        and(
          eq(identities.identity, identity),
          or(eq(tenants.slug, slugOrId), eq(tenants.id, slugOrId)),
        ),
      )
      .all()
    return entry ?? null
  }

  async tenantsOf(identity: string, { limit, after }: PageRequest): Promise<Page<TenantEntry>> {
    const rows = this.#database
      .select(ENTRY)
      .from(tenants)
      .innerJoin(identities, eq(identities.tenantId, tenants.id))
      .where(and(eq(identities.identity, identity), gt(tenants.slug, after ?? '')))
      .orderBy(asc(tenants.slug))
      .limit(limit + 1)
      .all()
    const items = rows.slice(0, limit)
    return { items, next: rows.length > limit ? (items.at(-1)?.slug ?? null) : null }
  }

  async joinTenant(identity: string, tenantId: string): Promise<void> {
    this.#database.insert(identities).values({ identity, tenantId }).onConflictDoNothing().run()
  }

  async leaveTenant(identity: string, tenantId: string): Promise<void> {
    this.#database
      .delete(identities)
      .where(and(eq(identities.identity, identity), eq(identities.tenantId, tenantId)))
      .run()
  }

  async startSession(session: SessionEntry): Promise<void> {
    await this.#armSweep()
    signIns.startSession(this.#database, session)
  }

  async enterTenant(
    sessionId: string,
    slugOrId: string,
    now: string,
  ): Promise<{ entry: TenantEntry; session: SessionEntry } | null> {
    const session = signIns.standingSession(this.#database, sessionId, now)
    const entry = session && (await this.ownTenant(session.identity, slugOrId))
    if (!entry) return null
    signIns.noteEntered(this.#database, sessionId, entry.id)
    return { entry, session }
  }

  async listSessions(identity: string, now: string): Promise<SessionEntry[]> {
    return signIns.listSessions(this.#database, identity, now)
  }

  async endSession(
    identity: string,
    sessionId: string,
    now: string,
  ): Promise<TenantEntry[] | null> {
    return signIns.endSession(this.#database, { identity, sessionId, now })
  }

  async noteErasure(tenantId: string, memberId: string, at: string): Promise<void> {
    noteErasure(this.#database, tenantId, memberId, at)
  }

  async erasuresOf(tenantId: string): Promise<{ memberId: string; at: string }[]> {
    return erasuresOf(this.#database, tenantId)
  }

  async eraseTenant(tenantId: string): Promise<void> {
    eraseTenant(this.#database, tenantId)
  }

  async isErased(tenantId: string): Promise<boolean> {
    return isErased(this.#database, tenantId)
  }

  async registerPlace(
    kind: 'region' | 'site' | 'cluster',
    name: string,
    jurisdiction: Jurisdiction,
  ): Promise<Result<Jurisdiction>> {
    return registerPlace(this.#database, kind, name, jurisdiction)
  }

  async findPlace(kind: 'region' | 'site' | 'cluster', name: string): Promise<Jurisdiction | null> {
    return findPlace(this.#database, kind, name)
  }

  async jurisdictions(): Promise<Jurisdiction[]> {
    return jurisdictionsOf(this.#database)
  }

  async frozen(): ReturnType<FreezeApi['frozen']> {
    return freeze.frozen(this.#database)
  }

  async readFreeze(voters: Voters | null): ReturnType<FreezeApi['readFreeze']> {
    return freeze.readFreeze(this.#database, voters)
  }

  async setFreeze(input: FreezeInput): Promise<Result<null>> {
    await this.#armSweep()
    const set = freeze.setFreeze(this.#database, this.env, input, new Date().toISOString())
    await freeze.noteFreezes(this.#database, this.env)
    return set
  }

  async liftFreeze(input: LiftInput): Promise<Result<null>> {
    const lifted = freeze.liftFreeze(this.#database, input, new Date().toISOString())
    await freeze.noteFreezes(this.#database, this.env)
    return lifted
  }

  backUp(owner: string): Promise<boolean> {
    return backUpActor(this.ctx.storage, this.env, owner)
  }

  async restoreBackup(
    owner: string,
    asked: RestoreAsked,
  ): ReturnType<DirectoryApi['restoreBackup']> {
    const { storage } = this.ctx
    let before = again.readOutliving(this.#database)
    const judge = (): Result<null> => {
      before = again.readOutliving(this.#database)
      // An older copy knows nothing of a freeze, and two people have to agree that it ends.
      return freeze.frozen(this.#database)
        ? refuse('conflict', { detail: freeze.FROZEN })
        : requireLost(storage, asked)
    }
    const also = (backup: string) => {
      again.putOutliving(this.#database, before)
      noteUnanswered(storage.sql, { backup, forgotten: [] })
    }
    const from = { owner, backup: asked.backup, migrations, judge, also }
    const here = placedBefore(storage, asked)
    const restored = here
      ? ok({ backup: here.backup })
      : await restoreActor(storage, this.env, from)
    if (!restored.ok) return restored
    await this.#armSweep()
    const told = await askEverybody(this.env, this, new Date().toISOString())
    // Whom another one displaced comes back by no repetition.
    if (told.ok || told.refusal.problem === 'conflict') endUnanswered(storage.sql)
    return told.ok ? restored : ok({ ...restored.value, untold: told })
  }

  async takeAgain(told: TenantTold): Promise<Result<null>> {
    return again.takeAgain(this.#database, told)
  }

  async #armSweep(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + SWEEP_MILLISECONDS)
    }
  }

  /** Plain workerd has no cron: there the Directory itself sweeps. On Cloudflare the cron does too; twice is harmless. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + SWEEP_MILLISECONDS)
    signIns.purgeSessions(this.#database, new Date().toISOString())
    await freeze.noteFreezes(this.#database, this.env)
    // First: a sweep takes as long as the slowest tenants take together, and an alarm may be ended before it is through.
    await backUpPlatform(this.env, this, await this.jurisdictions())
    await sweep(this.env)
  }
}
