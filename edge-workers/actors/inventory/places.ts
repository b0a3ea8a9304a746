// The places of an Inventory as rows: reading them, making them once per Idempotency-Key, and what must hold between them.
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { finding } from '../../../gitops/finding.ts'
import { type Here, judgePlace } from '../../../gitops/places.ts'
import { canonicalJson } from '../../../schemas/canonical-json.ts'
import type { Cluster, Kept, Region, Site } from '../../../schemas/place.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { Page, PageRequest, Versioned } from '../contracts.ts'
import { type Database, statement, type Transaction, transaction } from '../database.ts'
import { ledgerOf } from './ledger.ts'

const { places } = tables
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

const isNamed = (kind: Kind, name: string) => and(eq(places.kind, kind), eq(places.name, name))
/** Without what a change in Git took away. */
export const isThere = (kind: Kind) => and(eq(places.kind, kind), eq(places.removed, false))

export const readPlace = <K extends Kind>(tx: Tx, kind: K, name: string) => {
  const [row] = tx
    .select()
    .from(places)
    .where(and(isNamed(kind, name), isThere(kind)))
    .all()
  return row ? { ...row, value: row.value as PlaceOf[K] } : null
}

const placesOfKind = statement((tx: Tx) =>
  tx
    .select({ value: places.value })
    .from(places)
    .where(and(eq(places.kind, sql.placeholder('kind')), eq(places.removed, false)))
    .orderBy(asc(places.name))
    .prepare(),
)
export const allPlaces = <K extends Kind>(tx: Tx, kind: K): PlaceOf[K][] =>
  placesOfKind(tx)
    .all({ kind })
    .map(({ value }) => value as PlaceOf[K])

/** Of each kind that has places; a price book is none. */
export const namesOfPlaces = (tx: Pick<Tx, 'select'>): { kind: Kind; name: string }[] =>
  tx
    .select({ kind: places.kind, name: places.name })
    .from(places)
    .where(eq(places.removed, false))
    .orderBy(asc(places.kind), asc(places.name))
    .all()
    .flatMap(({ kind, name }) => (kind === 'price-book' ? [] : [{ kind, name }]))

/** Each place with everything that was said of it, by its kind and name in words. */
export const stateOfPlaces = (tx: Pick<Tx, 'select'>): Map<string, string> =>
  new Map(
    tx
      .select()
      .from(places)
      .where(eq(places.removed, false))
      .orderBy(asc(places.kind), asc(places.name))
      .all()
      .map(({ kind, name, value, webhookGeneration }) => [
        `${kind} ${name}`,
        canonicalJson([value, webhookGeneration]),
      ]),
  )

/** Those that the older state does not have, or has otherwise. */
export const forgottenPlaces = (
  known: ReadonlyMap<string, string>,
  older: ReadonlyMap<string, string>,
): string[] =>
  [...known].filter(([place, said]) => older.get(place) !== said).map(([place]) => place)

export const regionExists: Check<'site' | 'cluster'> = (tx, { region }) =>
  readPlace(tx, 'region', region) ? ok(null) : refusalOf([regionUnknown])

/** What the planner would say of a place, as the answer to a direct request. */
export const fits: Check<'region' | 'site'> = (tx, value) =>
  refusalOf(
    judgePlace(
      'hosts' in value ? { kind: 'site', value } : { kind: 'region', value },
      false,
      hereOf(tx, value.name),
    ),
  )

/** All that a place is judged by. */
export const hereOf = (tx: Tx, site: string): Here => ({
  regions: allPlaces(tx, 'region'),
  sites: allPlaces(tx, 'site'),
  clusters: allPlaces(tx, 'cluster'),
  ledger: ledgerOf(tx, { sites: [site] }),
})

const regionUnknown = finding('REGION-UNKNOWN', 'There is no such region.', { pointer: '/region' })
/** What is right in itself and collides with what stands. */
const CONFLICTS: readonly string[] = ['SITE-SHRINKS', 'PLACE-IN-USE']

const refusalOf = (findings: Finding[]): Result<null> => {
  const blocking = findings.filter(({ severity }) => severity === 'block')
  const errors = blocking.map(({ rule, message, pointer = '' }) => ({
    ...{ pointer, detail: message, rule },
  }))
  if (blocking.length === 0) return ok(null)
  if (blocking.some(({ rule }) => !CONFLICTS.includes(rule))) {
    return refuse('invalid-parameters', { errors })
  }
  const detail = 'The site would no longer hold what is reserved or stands there.'
  return refuse('conflict', { detail, findings: blocking, errors })
}

const KEPT_IN_GIT = {
  detail: 'This place is kept in Git: ask for a change in the tenant platform.',
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
    const [named] = tx.select().from(places).where(isNamed(kind, value.name)).all()
    if (named?.keptIn) return refuse('conflict', KEPT_IN_GIT)
    if (named) return refuse('conflict', { detail: `A ${kind} of this name exists already.` })
    const checked = check(tx, value)
    if (!checked.ok) return checked
    const row = { kind, name: value.name, value, version: 1, webhookGeneration: 1 }
    tx.insert(places)
      .values({ ...row, requestKey: key, fingerprint })
      .run()
    return ok({ value, version: 1, webhookGeneration: 1 })
  })
}

/** A place as it is shown: also whether a change in Git keeps it. */
export const shown = <K extends Kind>({
  value,
  keptIn,
}: Pick<typeof places.$inferSelect, 'keptIn'> & { value: PlaceOf[K] }): PlaceOf[K] & Kept =>
  keptIn === null ? value : { ...value, keptIn }

/** In name order. */
export const listPlaces = <K extends Kind>(
  database: InventoryDatabase,
  kind: K,
  { limit, after }: PageRequest,
): Page<PlaceOf[K] & Kept> => {
  const rows = database
    .select({ value: places.value, keptIn: places.keptIn })
    .from(places)
    .where(and(isThere(kind), gt(places.name, after ?? '')))
    .orderBy(asc(places.name))
    .limit(limit + 1)
    .all()
    .map(({ value, keptIn }) => shown<K>({ value: value as PlaceOf[K], keptIn }))
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
    if (row.keptIn !== null) return refuse('conflict', KEPT_IN_GIT)
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
