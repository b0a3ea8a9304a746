// Tables of the Log actor: the platform's log of tenants' heads, what was signed over it and where that was put.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { SigningAlgorithm } from '../log.ts'

/** The newest head of each tenant's log that is known. A smaller one is never taken. */
export const heads = sqliteTable('heads', {
  tenantId: text().primaryKey(),
  size: integer().notNull(),
  root: text().notNull(),
  at: text().notNull(),
  /** Its leaf in the platform's log; null: not appended yet. */
  leafIndex: integer(),
})

/** Append-only, held by triggers. */
export const leaves = sqliteTable(
  'leaves',
  {
    index: integer().primaryKey(),
    tenantId: text().notNull(),
    size: integer().notNull(),
    leaf: text().notNull(),
    hash: text().notNull(),
  },
  (table) => [index('leaves_tenant').on(table.tenantId, table.size)],
)

export const nodes = sqliteTable(
  'nodes',
  {
    level: integer().notNull(),
    index: integer().notNull(),
    hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
)

export const checkpoints = sqliteTable('checkpoints', {
  size: integer().primaryKey(),
  root: text().notNull(),
  note: text().notNull(),
  at: text().notNull(),
  cosigned: integer({ mode: 'boolean' }).notNull(),
  /** Commit of the platform's repository that holds it. */
  commit: text(),
})

export const keys = sqliteTable('keys', {
  /** Name and key id, as signature lines have them. */
  id: text().primaryKey(),
  name: text().notNull(),
  algorithm: text().$type<SigningAlgorithm>().notNull(),
  publicKey: text().notNull(),
  from: text().notNull(),
  until: text(),
  simulated: integer({ mode: 'boolean' }).notNull(),
})

export const anchors = sqliteTable(
  'anchors',
  {
    size: integer().notNull(),
    kind: text().$type<'evm' | 'file'>().notNull(),
    reference: text().notNull(),
    at: text().notNull(),
    independent: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.size, table.kind] })],
)

/** What is due next, by name: append, cosign, publish, anchor. */
export const work = sqliteTable('work', {
  kind: text().primaryKey(),
  dueAt: integer().notNull(),
  attempts: integer().notNull(),
  /** Also read: of `cosign` it decides whether the edge's signature alone may be published (actors/log/checkpoints.ts). */
  lastError: text(),
})
