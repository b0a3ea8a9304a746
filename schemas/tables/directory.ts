// Tables of the Directory: which tenants there are and which jurisdiction keeps a place. Pseudonyms and names of places only.
import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Jurisdiction } from '../ids.ts'

export const tenants = sqliteTable(
  'tenants',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    jurisdiction: text('jurisdiction').$type<Jurisdiction>().notNull(),
    repository: text('repository').notNull(),
    /** `owner/name` in lower case: forges do not tell the cases apart. */
    repositoryKey: text('repository_key').notNull().unique(),
    /** Idempotency key of the request that created it; keys never expire, so the row is the record. */
    requestKey: text('request_key').notNull().unique(),
    fingerprint: text('fingerprint').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [index('tenants_jurisdiction').on(table.jurisdiction)],
)

export const places = sqliteTable(
  'places',
  {
    kind: text('kind').$type<'region' | 'site' | 'cluster'>().notNull(),
    name: text('name').notNull(),
    jurisdiction: text('jurisdiction').$type<Jurisdiction>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.name] })],
)
