// The database of an actor: drizzle over the object's own SQLite, migrated when the object wakes.
// It does not use drizzle's migrator: that hides the SQL error and skips a migration older than the last one applied.
import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type DrizzleSqliteDODatabase, drizzle } from 'drizzle-orm/durable-sqlite'

/** One step of a schema, as `npm run migrations` wrote it. */
export interface Migration {
  tag: string
  statements: string[]
}

export type Database<Schema extends Record<string, unknown>> = DrizzleSqliteDODatabase<Schema>
/** What a transaction's callback works on. */
export type Transaction<Schema extends Record<string, unknown>> = Parameters<
  Parameters<Database<Schema>['transaction']>[0]
>[0]

/** Applies what is missing, all of it or nothing, and keeps the journal of what was applied. */
export const migrate = (storage: DurableObjectStorage, migrations: readonly Migration[]): void => {
  storage.transactionSync(() => {
    storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (tag TEXT PRIMARY KEY) WITHOUT ROWID',
    )
    const applied = new Set(
      storage.sql
        .exec<{ tag: string }>('SELECT tag FROM schema_migrations')
        .toArray()
        .map(({ tag }) => tag),
    )
    for (const { tag, statements } of migrations) {
      if (applied.has(tag)) continue
      for (const statement of statements) storage.sql.exec(statement)
      storage.sql.exec('INSERT INTO schema_migrations (tag) VALUES (?)', tag)
    }
  })
}

/**
 * Call it in the constructor of the object. Synchronous: no request can slip in between.
 * `onWrite` hears of every statement that is not a plain select, before it runs: what an actor keeps in memory cannot miss one.
 */
export const openDatabase = <Schema extends Record<string, unknown>>(
  storage: DurableObjectStorage,
  schema: Schema,
  migrations: readonly Migration[],
  { onWrite }: { onWrite?: () => void } = {},
): Database<Schema> => {
  migrate(storage, migrations)
  const logQuery = (query: string): void => {
    if (!query.startsWith('select ')) onWrite?.()
  }
  return drizzle(storage, { schema, logger: { logQuery } })
}

/** By database, and in a transaction by what its callback works on. */
const built = new WeakMap<object, Map<unknown, unknown>>()
const builtOn = (on: object): Map<unknown, unknown> => {
  const known = built.get(on) ?? new Map()
  built.set(on, known)
  return known
}

/**
 * A statement that is built once for each database, also for its transactions, and takes its values when it is run
 * (`sql.placeholder`): building one anew costs more than SQLite takes to answer most of them.
 */
export const statement =
  <On extends object, Built>(build: (on: On) => Built) =>
  (on: On): Built => {
    const known = builtOn(on)
    const before = known.get(build) as Built | undefined
    if (before !== undefined) return before
    const made = build(on)
    known.set(build, made)
    return made
  }

/** One of a list of any length: an object's SQLite binds 100 values at most, so the list goes in as one. */
export const among = (column: SQLWrapper, values: readonly string[]): SQL =>
  amongListed(column, JSON.stringify(values))

/** The same in a statement that is kept: the list is JSON text, or a placeholder for it. */
export const amongListed = (column: SQLWrapper, list: string | Placeholder): SQL =>
  sql`${column} in (select value from json_each(${list}))`

type Synchronous<T> = T extends PromiseLike<unknown> ? never : T

/**
 * Runs `work` in one transaction; a throw rolls everything back. A promise is refused by the type and, where the
 * type was silenced, at run time: `transactionSync(async …)` commits before the awaited part has run.
 */
export const transaction = <Schema extends Record<string, unknown>, T>(
  database: Database<Schema>,
  work: (tx: Transaction<Schema>) => Synchronous<T>,
): T =>
  database.transaction((tx) => {
    // On the same session: what was built for the database runs within.
    built.set(tx, builtOn(database))
    const result: T = work(tx)
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      throw new TypeError('a transaction cannot wait for a promise')
    }
    return result
  })
