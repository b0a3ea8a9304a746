// Tables of an Inventory: the places of one jurisdiction and who uses them.
// A machine's row belongs to the change that asked for it; what a host carries is derived, never stored.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Cluster, Region, Site } from '../place.ts'
import type { PriceBook } from '../price-book.ts'

/** Idempotency keys never expire, so the row of a place is also the record of the request that made it. */
export const places = sqliteTable(
  'places',
  {
    kind: text('kind').$type<'region' | 'site' | 'cluster' | 'price-book'>().notNull(),
    name: text('name').notNull(),
    value: text('value', { mode: 'json' }).$type<Region | Site | Cluster | PriceBook>().notNull(),
    version: integer('version').notNull(),
    /** Of a cluster's webhook secret: the next generation voids the one before. */
    webhookGeneration: integer('webhook_generation').notNull(),
    requestKey: text('request_key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** The change whose record in Git says this; null while only the operators' routes have. */
    keptIn: text('kept_in'),
    /** That change's place in `live` of its repository: an older one that comes late is nothing any more. */
    keptOrder: integer('kept_order'),
    /** Its record is gone. The row stays, so that no route brings back what Git took away. */
    removed: integer('removed', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.name] }),
    uniqueIndex('places_request').on(table.kind, table.requestKey),
    index('places_region').on(table.kind, sql`${table.value} ->> '$.region'`),
  ],
)

/** When a cluster's engine was last heard of: noted once in a while, and lost with nothing. */
export const heard = sqliteTable('heard', {
  cluster: text('cluster').primaryKey(),
  at: text('at').notNull(),
  /** What it said of what it was asked to apply. */
  state: text('state').notNull(),
})

/** What a tenant is asked about: what is settled stands on a host, and what was given back is nothing. The index has it so, word for word. */
export const MAY_BE_OLD = sql.raw("state in ('held', 'claimed')")

/**
 * One row per change that ever reserved, written anew when it is claimed: `sequence` orders what was merged. A resource has
 * one open change at a time, so the latest also says how big a machine is now.
 */
export const reservations = sqliteTable(
  'reservations',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    changeId: text('change_id').notNull().unique(),
    tenantId: text('tenant_id').notNull(),
    resource: text('resource').notNull(),
    /** Held by an open change, claimed for its merge, settled by its promotion; or given back. */
    state: text('state').$type<'held' | 'claimed' | 'settled' | 'released'>().notNull(),
    /**
     * When the tenant is asked whether it still wants this, in milliseconds since the epoch. Moved by whatever the tenant says
     * of it, so it also tells whether a row is still the one that was asked about.
     */
    askAt: integer('ask_at').notNull().default(0),
    /** How often in a row it was asked for nothing. */
    unanswered: integer('unanswered').notNull().default(0),
  },
  (table) => [index('reservations_ask').on(table.askAt).where(MAY_BE_OLD)],
)

export const machines = sqliteTable(
  'machines',
  {
    changeId: text('change_id').notNull(),
    name: text('name').notNull(),
    tenantId: text('tenant_id').notNull(),
    resource: text('resource').notNull(),
    site: text('site').notNull(),
    host: text('host').notNull(),
    cores: integer('cores').notNull(),
    memoryMiB: integer('memory_mib').notNull(),
    diskGiB: integer('disk_gib').notNull(),
    vmId: integer('vm_id').notNull(),
    address: text('address').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.changeId, table.name] }),
    index('machines_resource').on(table.tenantId, table.resource),
    index('machines_host').on(table.site, table.host),
  ],
)
