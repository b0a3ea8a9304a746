// The Inventory actor: regions, sites, clusters of one jurisdiction, and which machines are held or stand on their hosts.
// One per jurisdiction. Holds are all-or-nothing and idempotent by change id; time alone frees nothing.
import { DurableObject } from 'cloudflare:workers'
import type { Cluster, Region, Site, UpdateCluster } from '../../schemas/place.ts'
import { ok, type Result } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/inventory.ts'
import type { Env } from '../env.ts'
import type {
  InventoryApi,
  InventorySnapshot,
  Page,
  PageRequest,
  ReservationItem,
  Versioned,
} from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import {
  createPlace,
  listPlaces,
  readPlace,
  regionExists,
  siteFits,
  siteStillHolds,
  updatePlace,
} from './inventory/places.ts'
import { holdsOf, prune, release, reserve, settle, snapshotOf } from './inventory/reservations.ts'
import { migrations } from './migrations/inventory.ts'

type KnownCluster = Cluster & { webhookGeneration: number }

export class Inventory extends DurableObject<Env> implements InventoryApi {
  readonly #database

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#database = openDatabase(ctx.storage, tables, migrations)
  }

  async createRegion(
    key: string,
    fingerprint: string,
    region: Region,
  ): Promise<Result<Versioned<Region>>> {
    return createPlace(this.#database, 'region', key, fingerprint, region)
  }

  async listRegions(page: PageRequest): Promise<Page<Region>> {
    return listPlaces(this.#database, 'region', page)
  }

  async createSite(key: string, fingerprint: string, site: Site): Promise<Result<Versioned<Site>>> {
    return createPlace(this.#database, 'site', key, fingerprint, site, siteFits)
  }

  async readSite(name: string): Promise<Versioned<Site> | null> {
    const row = transaction(this.#database, (tx) => readPlace(tx, 'site', name))
    return row ? { value: row.value, version: row.version } : null
  }

  async updateSite(
    name: string,
    ifVersion: number | '*',
    change: Partial<Omit<Site, 'name' | 'region'>>,
  ): Promise<Result<Versioned<Site>>> {
    return updatePlace(this.#database, 'site', { name, ifVersion }, change, siteStillHolds)
  }

  async listSites(page: PageRequest): Promise<Page<Site>> {
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

  async updateCluster(
    name: string,
    ifVersion: number | '*',
    change: UpdateCluster,
  ): Promise<Result<Versioned<Cluster>>> {
    return updatePlace(this.#database, 'cluster', { name, ifVersion }, change)
  }

  async listClusters(page: PageRequest): Promise<Page<Cluster>> {
    return listPlaces(this.#database, 'cluster', page)
  }

  async snapshot(input: { tenantId: string; resource: string }): Promise<InventorySnapshot> {
    return snapshotOf(this.#database, input)
  }

  async reserve(input: {
    changeId: string
    tenantId: string
    resource: string
    items: ReservationItem[]
  }): Promise<Result<{ held: number }>> {
    return reserve(this.#database, input)
  }

  async release(changeId: string): Promise<void> {
    release(this.#database, changeId)
  }

  async settle(changeId: string): Promise<void> {
    settle(this.#database, changeId)
  }

  async prune(input: { tenantId: string; resource: string; keep: string[] }): Promise<void> {
    prune(this.#database, input)
  }

  async holds(changeId: string): Promise<{ held: number }> {
    return { held: holdsOf(this.#database, changeId) }
  }
}
