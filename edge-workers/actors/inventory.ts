// The Inventory actor: regions, sites, clusters of one jurisdiction, and which machines are held or stand on their hosts.
// One per jurisdiction. Holds are all-or-nothing and idempotent by change id; time alone frees nothing: of what has been held for
// long the tenant is asked whether it still wants it.
import { DurableObject } from 'cloudflare:workers'
import { Jurisdiction } from '../../schemas/ids.ts'
import type { Cluster, Kept, Region, Site, UpdateCluster } from '../../schemas/place.ts'
import type { Finding } from '../../schemas/plan.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
import { Outage, ok, type Result } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/inventory.ts'
import type { Env } from '../env.ts'
import { isolateCounters } from '../http/counters.ts'
import { wordsOfFailure } from './back-off.ts'
import {
  backUpActor,
  placedBefore,
  type RestoreAsked,
  requireLost,
  restoreActor,
} from './backup/platform.ts'
import { endUnanswered, noteUnanswered, readUnanswered } from './backup/stage.ts'
import type {
  InventoryApi,
  InventorySnapshot,
  KeepRecord,
  Page,
  PageRequest,
  ReservationItem,
  Versioned,
} from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import { askHolders } from './inventory/ask-holders.ts'
import {
  type Concerned,
  claim,
  isFirm,
  neighboursOf,
  openAtSite,
  openEverywhere,
  roomOf,
  unclaim,
} from './inventory/claims.ts'
import { type Heard, heardOf, noteHeard } from './inventory/heard.ts'
import type { HoldsJudged } from './inventory/holds-contracts.ts'
import { judgeRecord, keepRecord } from './inventory/kept.ts'
import {
  afterRound,
  nextQuestion,
  type OldHold,
  settleOldHold,
  takeOldHolds,
} from './inventory/old-holds.ts'
import {
  createPlace,
  fits,
  forgottenPlaces,
  listPlaces,
  namesOfPlaces,
  readPlace,
  regionExists,
  shown,
  stateOfPlaces,
  updatePlace,
} from './inventory/places.ts'
import { priceBookOf } from './inventory/price-book.ts'
import { holdsOf, prune, release, reserve, settle, snapshotOf } from './inventory/reservations.ts'
import { migrations } from './migrations/inventory.ts'
import { directoryStub, jurisdictionOf, tenantStub } from './stubs.ts'

type KnownCluster = Cluster & { webhookGeneration: number }

/** Seconds. */
const CLAIM_AGAIN_AFTER = 10

export class Inventory extends DurableObject<Env> implements InventoryApi {
  readonly #database

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#database = openDatabase(ctx.storage, tables, migrations)
    // An alarm that failed too often is gone.
    ctx.waitUntil(this.#arm())
  }

  async #arm(): Promise<void> {
    const due = nextQuestion(this.#database, Date.now())
    if (due === null) return
    const armed = await this.ctx.storage.getAlarm()
    if (armed === null || due < armed) await this.ctx.storage.setAlarm(due)
  }

  /** A few old holds, all their tenants at once: one that does not answer keeps no other waiting. */
  override async alarm(): Promise<void> {
    const old = takeOldHolds(this.#database, Date.now())
    const byTenant = Map.groupBy(old, ({ tenantId }) => tenantId)
    await Promise.all([...byTenant].map(([id, holds]) => this.#ask(id, holds)))
    const due = nextQuestion(this.#database, Date.now())
    if (due !== null) await this.ctx.storage.setAlarm(afterRound(due, Date.now()))
  }

  async #ask(tenantId: string, holds: OldHold[]): Promise<void> {
    try {
      const judged = await this.#judge(
        tenantId,
        holds.map(({ changeId }) => changeId),
      )
      for (const hold of holds) this.#tell(settleOldHold(this.#database, hold, judged, Date.now()))
    } catch (error) {
      isolateCounters.add('phoenix_retries_total', { of: 'inventory', kind: 'ask' })
      const about = { tenant: tenantId, error: wordsOfFailure(error) }
      console.log(JSON.stringify({ level: 'warn', event: 'old-holds-retry', ...about }))
    }
  }

  /** Rejects with whatever kept the tenant from answering. */
  async #judge(tenantId: string, changeIds: string[]): Promise<HoldsJudged> {
    const reached = tenantStub(this.env, jurisdictionOf(tenantId), tenantId)
    if (!reached.ok) throw new Outage('tenant', 'is out of reach')
    try {
      return await reached.value.stub.judgeHolds(changeIds)
    } catch (error) {
      // A database that is lost answers nobody. That its tenant was erased the Directory knows: nothing of it stands.
      if (await directoryStub(this.env).isErased(tenantId)) return { unknown: [], over: changeIds }
      throw error
    }
  }

  async wake(): Promise<void> {
    await this.#arm()
  }

  async createRegion(
    key: string,
    fingerprint: string,
    region: Region,
  ): Promise<Result<Versioned<Region>>> {
    return createPlace(this.#database, 'region', key, fingerprint, region, fits)
  }

  async listRegions(page: PageRequest): Promise<Page<Region & Kept>> {
    return listPlaces(this.#database, 'region', page)
  }

  async createSite(key: string, fingerprint: string, site: Site): Promise<Result<Versioned<Site>>> {
    return createPlace(this.#database, 'site', key, fingerprint, site, fits)
  }

  async readSite(name: string): Promise<Versioned<Site & Kept> | null> {
    const row = transaction(this.#database, (tx) => readPlace(tx, 'site', name))
    return row ? { value: shown<'site'>(row), version: row.version } : null
  }

  async updateSite(
    name: string,
    ifVersion: number | '*',
    change: Partial<Omit<Site, 'name' | 'region'>>,
  ): Promise<Result<Versioned<Site>>> {
    const updated = updatePlace(this.#database, 'site', { name, ifVersion }, change, fits)
    if (updated.ok) this.#tell(openAtSite(this.#database, name))
    return updated
  }

  async listSites(page: PageRequest): Promise<Page<Site & Kept>> {
    return listPlaces(this.#database, 'site', page)
  }

  async createCluster(
    key: string,
    fingerprint: string,
    cluster: Cluster,
  ): Promise<Result<Versioned<KnownCluster>>> {
    const created = createPlace(this.#database, 'cluster', key, fingerprint, cluster, regionExists)
    if (!created.ok) return created
    const { value, version, webhookGeneration } = created.value
    return ok({ value: { ...value, webhookGeneration }, version })
  }

  async readCluster(name: string): Promise<Versioned<KnownCluster> | null> {
    const row = transaction(this.#database, (tx) => readPlace(tx, 'cluster', name))
    if (!row) return null
    const { value, version, webhookGeneration } = row
    return { value: { ...value, webhookGeneration }, version }
  }

  async noteHeard(cluster: string, said: Heard): Promise<void> {
    noteHeard(this.#database, cluster, said)
  }

  async heardOf(cluster: string): Promise<Heard | null> {
    return heardOf(this.#database, cluster)
  }

  async updateCluster(
    name: string,
    ifVersion: number | '*',
    change: UpdateCluster,
  ): Promise<Result<Versioned<Cluster>>> {
    const updated = updatePlace(this.#database, 'cluster', { name, ifVersion }, change)
    if (updated.ok) this.#tell(openEverywhere(this.#database))
    return updated
  }

  async listClusters(page: PageRequest): Promise<Page<Cluster>> {
    return listPlaces(this.#database, 'cluster', page)
  }

  async readPriceBook(): Promise<PriceBook | null> {
    return priceBookOf(this.#database)
  }

  async judgeRecord(input: Pick<KeepRecord, 'record' | 'removing'>): Promise<Finding[]> {
    return judgeRecord(this.#database, input)
  }

  async keepRecord(input: KeepRecord): Promise<Result<{ taken: boolean }>> {
    const kept = keepRecord(this.#database, input)
    const { kind, value } = input.record
    if (kept.ok) {
      const concerned =
        kind === 'site' ? openAtSite(this.#database, value.name) : openEverywhere(this.#database)
      this.#tell(concerned)
    }
    return kept
  }

  async snapshot(input: Parameters<InventoryApi['snapshot']>[0]): Promise<InventorySnapshot> {
    return snapshotOf(this.#database, input)
  }

  async reserve(input: {
    changeId: string
    tenantId: string
    resource: string
    items: ReservationItem[]
  }): Promise<Result<{ held: number }>> {
    const reserved = reserve(this.#database, input, Date.now())
    await this.#arm()
    return reserved
  }

  async release(changeId: string): Promise<void> {
    const concerned = neighboursOf(this.#database, { changeId })
    if (release(this.#database, changeId)) this.#tell(concerned)
  }

  /** Rejects with Outage while somebody has not said again what he holds: his room is nobody else's. */
  async claim(changeId: string, { again = false } = {}): Promise<Result<{ held: number }>> {
    const isNew = !again && !isFirm(this.#database, changeId)
    if (isNew && readUnanswered(this.ctx.storage.sql) !== null)
      throw new Outage(
        'inventory',
        'was restored, and waits for what others hold',
        CLAIM_AGAIN_AFTER,
      )
    const { claimed, losers } = claim(this.#database, changeId, Date.now())
    this.#tell(losers)
    return claimed
  }

  async unclaim(changeId: string): Promise<void> {
    unclaim(this.#database, changeId)
    this.#tell(neighboursOf(this.#database, { changeId }))
  }

  async room(changeId: string): Promise<Finding[]> {
    return roomOf(this.#database, changeId)
  }

  /** Best effort: every open change looks for itself as well, at each decision and every few minutes. */
  #tell(concerned: Concerned[]): void {
    for (const [tenantId, changes] of Map.groupBy(concerned, (one) => one.tenantId)) {
      const reached = tenantStub(this.env, jurisdictionOf(tenantId), tenantId)
      if (!reached.ok) continue
      const told = reached.value.stub.roomChanged(changes.map(({ changeId }) => changeId))
      this.ctx.waitUntil(told.catch(() => undefined))
    }
  }

  async settle(changeId: string): Promise<void> {
    settle(this.#database, changeId)
  }

  async prune(input: { tenantId: string; resource: string; keep: string[] }): Promise<void> {
    const concerned = neighboursOf(this.#database, input)
    if (prune(this.#database, input)) this.#tell(concerned)
  }

  backUp(owner: string): Promise<boolean> {
    return backUpActor(this.ctx.storage, this.env, owner)
  }

  async restoreBackup(
    owner: string,
    asked: RestoreAsked,
  ): ReturnType<InventoryApi['restoreBackup']> {
    const { storage } = this.ctx
    let known = stateOfPlaces(this.#database)
    const also = (backup: string) => {
      const forgotten = forgottenPlaces(known, stateOfPlaces(this.#database))
      noteUnanswered(storage.sql, { backup, forgotten })
    }
    const judge = () => {
      known = stateOfPlaces(this.#database)
      return requireLost(storage, asked)
    }
    const from = { owner, backup: asked.backup, migrations, judge, also }
    const restored = placedBefore(storage, asked)
      ? ok(null)
      : await restoreActor(storage, this.env, from)
    if (!restored.ok) return restored
    const report = readUnanswered(storage.sql) ?? { backup: asked.backup, forgotten: [] }
    const jurisdiction = Jurisdiction.parse(owner.slice('inventory-'.length))
    const held = await askHolders(this.env, jurisdiction, () => this.tellPlaces(jurisdiction))
    if (held.ok) endUnanswered(storage.sql)
    await this.#arm()
    return ok(held.ok ? report : { ...report, untold: held })
  }

  /** One that another jurisdiction had first is that one's. */
  async tellPlaces(jurisdiction: Jurisdiction): Promise<void> {
    const directory = directoryStub(this.env)
    for (const { kind, name } of namesOfPlaces(this.#database))
      await directory.registerPlace(kind, name, jurisdiction)
  }

  async holds(changeId: string): Promise<{ held: number }> {
    return { held: holdsOf(this.#database, changeId) }
  }
}
