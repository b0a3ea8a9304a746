// The database of an actor: drizzle over the object's own SQLite, migrated when the object wakes.
// It does not use drizzle's migrator: that hides the SQL error and skips a migration older than the last one applied.
import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import {
  type DrizzleSqliteDODatabase,
  drizzle,
  SQLiteDOPreparedQuery,
} from 'drizzle-orm/durable-sqlite'

/** One step of a schema, as `npm run migrations` wrote it. */
export interface Migration {
  tag: string
  statements: string[]
}

/** Without drizzle's relational queries: to prepare for them costs each transaction more than most statements. */
export type Database<Schema extends Record<string, unknown>> = Omit<
  DrizzleSqliteDODatabase<Schema>,
  'query'
>
/** What a transaction's callback works on. */
export type Transaction<Schema extends Record<string, unknown>> = Parameters<
  Parameters<Database<Schema>['transaction']>[0]
>[0]

const appliedTags = ({ sql }: DurableObjectStorage): Set<string> => {
  const journal = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'").toArray()
  if (journal.length === 0) return new Set()
  const rows = sql.exec<{ tag: string }>('SELECT tag FROM schema_migrations').toArray()
  return new Set(rows.map(({ tag }) => tag))
}

/**
 * Applies what is missing, all of it or nothing, and keeps the journal of what was applied. Most objects wake with nothing
 * missing, and write nothing.
 */
export const migrate = (storage: DurableObjectStorage, migrations: readonly Migration[]): void => {
  const applied = appliedTags(storage)
  const missing = migrations.filter(({ tag }) => !applied.has(tag))
  if (missing.length === 0) return
  storage.transactionSync(() => {
    storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (tag TEXT PRIMARY KEY) WITHOUT ROWID',
    )
    for (const { tag, statements } of missing) {
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
  _schema: Schema,
  migrations: readonly Migration[],
  { onWrite }: { onWrite?: () => void } = {},
): Database<Schema> => {
  migrate(storage, migrations)
  const owner: Owner = {
    ...{ client: storage, kept: new Map(), rows: new Map(), writes: 0, within: false },
    logger: {
      logQuery: (query) => {
        if (query.startsWith('select ')) return
        owner.writes += 1
        for (const [key, { table }] of owner.rows) if (query.includes(table)) owner.rows.delete(key)
        onWrite?.()
      },
    },
  }
  const { logger } = owner
  const database = drizzle(storage, { logger }) as unknown as Database<Schema>
  owners.set(database, owner)
  return database
}

/** What belongs to one database and to its transactions. */
interface Owner {
  client: DurableObjectStorage
  logger: { logQuery: (query: string) => void }
  kept: Map<unknown, unknown>
  /** Forgotten with the first statement that writes to their table. */
  rows: Map<unknown, { table: string; made: unknown }>
  /** Statements so far that are no plain select. */
  writes: number
  /** In a transaction, which may be rolled back. */
  within: boolean
}
const owners = new WeakMap<object, Owner>()
const ownerOf = (on: object): Owner => {
  const owner = owners.get(on)
  if (!owner) throw new Error('neither a database that openDatabase opened nor its transaction')
  return owner
}

/** Made once for each database, also for its transactions: what an object keeps in memory for as long as it is awake. */
export const onceFor =
  <On extends object, Made>(make: (on: On) => Made) =>
  (on: On): Made => {
    const { kept } = ownerOf(on)
    const before = kept.get(make) as Made | undefined
    if (before !== undefined) return before
    const made = make(on)
    kept.set(make, made)
    return made
  }

/**
 * Out of a table that nearly every call reads and few write: made anew after each statement that writes to it. What a transaction
 * reads counts for itself alone, because it may be rolled back.
 */
export const untilWritten = <On extends object, Made>(
  name: string,
  make: (on: On) => Made,
): ((on: On) => Made) => {
  const table = `"${name}"`
  return (on) => {
    const { rows, within } = ownerOf(on)
    const before = rows.get(make)
    if (before) return before.made as Made
    const made = make(on)
    if (!within) rows.set(make, { table, made })
    return made
  }
}

/** Another database has taken the place of this one. */
export const forgetRows = (on: object): void => ownerOf(on).rows.clear()

/** Grows with every statement that may write. */
export const writesOf = (on: object): number => ownerOf(on).writes

/** Statements are built on it and never run. */
const nowhere = drizzle({} as DurableObjectStorage)

/**
 * A statement that is built once for all objects of the process, and takes its values when it is run (`sql.placeholder`):
 * building one anew costs more than SQLite takes to answer most of them. Each database has its own copy to run.
 */
export const statement = <On extends object, Built extends object>(build: (on: On) => Built) => {
  let built: Built | undefined
  return onceFor((on: On): Built => {
    built ??= build(nowhere as unknown as On)
    if (!(built instanceof SQLiteDOPreparedQuery)) throw new TypeError('not a prepared statement')
    const { client, logger } = ownerOf(on)
    return Object.assign(Object.create(SQLiteDOPreparedQuery.prototype), built, { client, logger })
  })
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
    // On the same session: what was made for the database runs within.
    const owner = ownerOf(database)
    const { within } = owner
    owners.set(tx, owner)
    owner.within = true
    let result: T
    try {
      result = work(tx)
    } finally {
      owner.within = within
    }
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      throw new TypeError('a transaction cannot wait for a promise')
    }
    return result
  })
