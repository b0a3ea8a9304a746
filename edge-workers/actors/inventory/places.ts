// The places of an Inventory as rows: reading them, making them once per Idempotency-Key, and what must hold between them.
import { and, asc, eq, gt } from 'drizzle-orm'
import { stillHolds } from '../../../gitops/reservation.ts'
import type { Cluster, Region, Site } from '../../../schemas/place.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { Page, PageRequest, Versioned } from '../contracts.ts'
import { type Database, type Transaction, transaction } from '../database.ts'

const { machines, places } = tables
export type InventoryDatabase = Database<typeof tables>
export type Tx = Transaction<typeof tables>

export interface PlaceOf {
  region: Region
  site: Site
  cluster: Cluster
}
export type Kind = keyof PlaceOf

/** A check that needs the rows; its refusal leaves the key unused. */
export type Check<K extends Kind> = (tx: Tx, value: PlaceOf[K]) => Result<null>

export const readPlace = <K extends Kind>(tx: Tx, kind: K, name: string) => {
  const [row] = tx
    .select()
    .from(places)
    .where(and(eq(places.kind, kind), eq(places.name, name)))
    .all()
  return row ? { ...row, value: row.value as PlaceOf[K] } : null
}

export const allPlaces = <K extends Kind>(tx: Tx, kind: K): PlaceOf[K][] =>
  tx
    .select({ value: places.value })
    .from(places)
    .where(eq(places.kind, kind))
    .orderBy(asc(places.name))
    .all()
    .map(({ value }) => value as PlaceOf[K])

export const regionExists: Check<'site' | 'cluster'> = (tx, { region }) =>
  readPlace(tx, 'region', region)
    ? ok(null)
    : refuse('invalid-parameters', {
        errors: [{ pointer: '/region', detail: 'There is no such region.' }],
      })

const numberOf = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0)

/** Gateway and pool lie in the network, the pool the right way round. */
const isNetwork = ({ cidr, gateway, pool }: Site['network']): boolean => {
  const [base = '', bits = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const block = (address: string): number => Math.floor(numberOf(address) / size)
  const inside = [gateway, pool.first, pool.last].every((address) => block(address) === block(base))
  return inside && numberOf(pool.first) <= numberOf(pool.last)
}

/** Hosts are found by their name alone, and sites that name one network must describe the same one. */
export const siteFits: Check<'site'> = (tx, site) => {
  const region = regionExists(tx, site)
  if (!region.ok) return region
  const others = allPlaces(tx, 'site').filter(({ name }) => name !== site.name)
  const names = site.hosts.map(({ name }) => name)
  const elsewhere = new Set(others.flatMap(({ hosts }) => hosts.map(({ name }) => name)))
  const twice = names.findIndex((name, at) => elsewhere.has(name) || names.indexOf(name) !== at)
  if (twice !== -1) {
    const error = { pointer: `/hosts/${twice}/name`, detail: 'Another host has this name.' }
    return refuse('invalid-parameters', { errors: [error] })
  }
  if (!isNetwork(site.network)) {
    const detail = 'Gateway and pool must lie in the network, the first address before the last.'
    return refuse('invalid-parameters', { errors: [{ pointer: '/network', detail }] })
  }
  const twin = others.find(({ network }) => network.name === site.network.name)?.network
  if (twin && (twin.cidr !== site.network.cidr || twin.gateway !== site.network.gateway)) {
    const detail = 'Another site describes this network differently.'
    return refuse('invalid-parameters', { errors: [{ pointer: '/network', detail }] })
  }
  return ok(null)
}

/** The same request again is the same place as it is now; a refused one leaves its key unused. */
export const createPlace = <K extends Kind>(
  database: InventoryDatabase,
  kind: K,
  key: string,
  fingerprint: string,
  value: PlaceOf[K],
  check: Check<K> = () => ok(null),
): Result<Versioned<PlaceOf[K]> & { webhookGeneration: number }> => {
  type Created = Versioned<PlaceOf[K]> & { webhookGeneration: number }
  return transaction(database, (tx): Result<Created> => {
    const [before] = tx
      .select()
      .from(places)
      .where(and(eq(places.kind, kind), eq(places.requestKey, key)))
      .all()
    if (before) {
      if (before.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
      const { version, webhookGeneration } = before
      return ok({ value: before.value as PlaceOf[K], version, webhookGeneration })
    }
    if (readPlace(tx, kind, value.name)) {
      return refuse('conflict', { detail: `A ${kind} of this name exists already.` })
    }
    const checked = check(tx, value)
    if (!checked.ok) return checked
    const row = { kind, name: value.name, value, version: 1, webhookGeneration: 1 }
    tx.insert(places)
      .values({ ...row, requestKey: key, fingerprint })
      .run()
    return ok({ value, version: 1, webhookGeneration: 1 })
  })
}

/** In name order. */
export const listPlaces = <K extends Kind>(
  database: InventoryDatabase,
  kind: K,
  { limit, after }: PageRequest,
): Page<PlaceOf[K]> => {
  const rows = database
    .select({ value: places.value })
    .from(places)
    .where(and(eq(places.kind, kind), gt(places.name, after ?? '')))
    .orderBy(asc(places.name))
    .limit(limit + 1)
    .all()
    .map(({ value }) => value as PlaceOf[K])
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null }
}

/** Replaces what `change` names; a field that is null goes. */
export const updatePlace = <K extends Kind>(
  database: InventoryDatabase,
  kind: K,
  { name, ifVersion }: { name: string; ifVersion: number | '*' },
  change: object,
  check: Check<K> = () => ok(null),
): Result<Versioned<PlaceOf[K]>> =>
  transaction(database, (tx): Result<Versioned<PlaceOf[K]>> => {
    const row = readPlace(tx, kind, name)
    if (!row) return refuse('not-found')
    if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
    const fields = Object.entries({ ...row.value, ...change }).filter(([, field]) => field !== null)
    const value = Object.fromEntries(fields) as unknown as PlaceOf[K]
    const checked = check(tx, value)
    if (!checked.ok) return checked
    const version = row.version + 1
    tx.update(places)
      .set({ value, version })
      .where(and(eq(places.kind, kind), eq(places.name, name)))
      .run()
    return ok({ value, version })
  })

/** A site must still hold what is reserved or stands there. */
export const siteStillHolds: Check<'site'> = (tx, site) => {
  const fits = siteFits(tx, site)
  if (!fits.ok) return fits
  return stillHolds(site, tx.select().from(machines).all())
    ? ok(null)
    : refuse('conflict', {
        detail: 'The site would no longer hold what is reserved or stands there.',
      })
}
