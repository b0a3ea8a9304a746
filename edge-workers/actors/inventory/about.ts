// The places that one plan is about, found by their names: what it costs to read them does not follow how many there are.
import { and, asc, eq, sql } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { About, InventorySnapshot } from '../contracts.ts'
import { amongListed, statement } from '../database.ts'
import { allPlaces, isThere, type Kind, type PlaceOf, type Tx } from './places.ts'

const { places } = tables
type Places = Pick<InventorySnapshot, 'sites' | 'clusters' | 'regions'>

/** Without a name any cluster will do, and of more than one the planner takes none. */
const CLUSTERS_AT_MOST = 100

const named = statement((tx: Tx) =>
  tx
    .select({ value: places.value })
    .from(places)
    .where(
      and(
        eq(places.kind, sql.placeholder('kind')),
        eq(places.removed, false),
        amongListed(places.name, sql.placeholder('names')),
      ),
    )
    .orderBy(asc(places.name))
    .prepare(),
)
const read = <K extends Kind>(tx: Tx, kind: K, names: readonly string[]): PlaceOf[K][] =>
  named(tx)
    .all({ kind, names: JSON.stringify(names) })
    .map(({ value }) => value as PlaceOf[K])

const firstClusters = (tx: Tx): PlaceOf['cluster'][] =>
  tx
    .select({ value: places.value })
    .from(places)
    .where(isThere('cluster'))
    .orderBy(asc(places.name))
    .limit(CLUSTERS_AT_MOST)
    .all()
    .map(({ value }) => value as PlaceOf['cluster'])

/** By the index on the region inside the value, which SQLite leaves alone where it is told to order by name. */
const clustersIn = (tx: Tx, region: string): PlaceOf['cluster'][] =>
  tx
    .select({ value: places.value })
    .from(places)
    .where(and(isThere('cluster'), eq(sql`${places.value} ->> '$.region'`, region)))
    .all()
    .map(({ value }) => value as PlaceOf['cluster'])

export const placesAbout = (tx: Tx, { sites: wanted, clusters: asked, near }: About): Places => {
  const sites = read(tx, 'site', wanted)
  const clusters = asked === null ? firstClusters(tx) : read(tx, 'cluster', asked)
  const first = near ? sites.find(({ name }) => name === wanted[0]) : undefined
  const known = new Set(clusters.map(({ name }) => name))
  const beside = first ? clustersIn(tx, first.region).filter(({ name }) => !known.has(name)) : []
  const all = [...clusters, ...beside].sort((a, b) => (a.name < b.name ? -1 : 1))
  const around = new Set([...sites, ...all].map(({ region }) => region))
  return { sites, clusters: all, regions: read(tx, 'region', [...around]) }
}

export const everyPlace = (tx: Tx): Places => ({
  sites: allPlaces(tx, 'site'),
  clusters: allPlaces(tx, 'cluster'),
  regions: allPlaces(tx, 'region'),
})
