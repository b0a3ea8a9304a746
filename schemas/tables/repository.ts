// The Repository actor's tables: its spending of the forge's limits. What is true of a change stands in the Tenant.
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'

/** Writes per minute, kept for an hour: GitHub allows 80 content requests a minute and 500 an hour. */
export const writes = sqliteTable('writes', {
  minute: integer().primaryKey(),
  count: integer().notNull(),
})
