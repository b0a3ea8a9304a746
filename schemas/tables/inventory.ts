// Tables of an Inventory: the places of one jurisdiction and who uses them.
// A machine's row belongs to the change that asked for it; what a host carries is derived, never stored.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Cluster, Region, Site } from '../place.ts'

/** Idempotency keys never expire, so the row of a place is also the record of the request that made it. */
export const places = sqliteTable(
  'places',
  {
    kind: text('kind').$type<'region' | 'site' | 'cluster'>().notNull(),
    name: text('name').notNull(),
    value: text('value', { mode: 'json' }).$type<Region | Site | Cluster>().notNull(),
    version: integer('version').notNull(),
    /** Of a cluster's webhook secret: the next generation voids the one before. */
    webhookGeneration: integer('webhook_generation').notNull(),
    requestKey: text('request_key').notNull(),
    fingerprint: text('fingerprint').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.name] }),
    uniqueIndex('places_request').on(table.kind, table.requestKey),
  ],
)

/**
 * One row per change that ever reserved. A resource has one open change at a time, so `sequence` also orders what was
 * settled: the latest says how big a machine is now.
 */
export const reservations = sqliteTable('reservations', {
  sequence: integer('sequence').primaryKey({ autoIncrement: true }),
  changeId: text('change_id').notNull().unique(),
  tenantId: text('tenant_id').notNull(),
  resource: text('resource').notNull(),
  state: text('state').$type<'held' | 'settled' | 'released'>().notNull(),
})

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
