// The tenant's log (RFC 6962), its hardware and its backups.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { ComponentState } from '../../component.ts'
import type { LeafType } from '../../log.ts'

/** Append-only, held by triggers: a leaf that was written is not written again and not taken away. */
export const logLeaves = sqliteTable(
  'log_leaves',
  {
    /** From 0. */
    index: integer().primaryKey(),
    /** The step that it stands for. */
    seq: integer().notNull(),
    type: text().$type<LeafType>().notNull(),
    subject: text().notNull(),
    /** Exactly what was hashed: RFC 8785 canonical JSON. */
    leaf: text().notNull(),
    hash: text().notNull(),
  },
  (table) => [
    uniqueIndex('log_leaves_seq').on(table.seq),
    index('log_leaves_subject').on(table.subject),
  ],
)

/** Hashes of complete subtrees: level 1 is over two leaves. What an append needs and a proof walks. */
export const logNodes = sqliteTable(
  'log_nodes',
  {
    level: integer().notNull(),
    index: integer().notNull(),
    hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
)

/** Heads that were signed: a log never signs a size smaller than the last. */
export const logCheckpoints = sqliteTable('log_checkpoints', {
  size: integer().primaryKey(),
  root: text().notNull(),
  note: text().notNull(),
  at: text().notNull(),
})

export const components = sqliteTable(
  'components',
  {
    id: text().primaryKey(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    kind: text().notNull(),
    manufacturer: text().notNull(),
    model: text().notNull(),
    serialDigest: text().notNull(),
    state: text().$type<ComponentState>().notNull(),
    custodian: text(),
    site: text(),
    host: text(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('components_key').on(table.idempotencyKey),
    uniqueIndex('components_serial').on(table.serialDigest),
    index('components_created').on(table.createdAt, table.id),
  ],
)

/** What was said with each step of a component: its leaf holds a digest of it. */
export const componentSteps = sqliteTable(
  'component_steps',
  {
    componentId: text().notNull(),
    version: integer().notNull(),
    /** Of the step, so that a repeat is found. */
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    about: text(),
    evidence: text({ mode: 'json' }).$type<string[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.componentId, table.version] }),
    uniqueIndex('component_steps_key').on(table.componentId, table.idempotencyKey),
  ],
)

export const backups = sqliteTable(
  'backups',
  {
    id: text().primaryKey(),
    at: text().notNull(),
    logSize: integer().notNull(),
    bytes: integer().notNull(),
    digest: text().notNull(),
    state: text().$type<'writing' | 'kept' | 'failed'>().notNull(),
  },
  (table) => [index('backups_at').on(table.at)],
)
