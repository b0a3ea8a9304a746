// The Repository actor's tables: its spending of the forge's limits. What is true of a change stands in the Tenant.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Writes per minute as the release before this one counted them; nothing reads it any more. */
export const writes = sqliteTable('writes', {
  minute: integer().primaryKey(),
  count: integer().notNull(),
})

/** Requests to the forge by the second in which they were paid for, kept for a little over an hour. */
export const spent = sqliteTable(
  'spent',
  {
    second: integer().notNull(),
    repository: text().notNull(),
    writes: integer().notNull(),
    reads: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.second, table.repository] })],
)

/** One row: until when the forge itself asked us to stay away, in seconds since the epoch, and how often in a row. */
export const pause = sqliteTable('pause', {
  id: integer().primaryKey(),
  until: integer().notNull(),
  refusals: integer().notNull(),
})
