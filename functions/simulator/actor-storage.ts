// The storage of a Durable Object over node:sqlite: enough of its shape for our actors to run unchanged in a plain process.
// It has no input or output gates: what they hide (a write that is acknowledged too early) is tested on workerd itself.
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { keepReads, keyOf, type Statement } from './actor-reads.ts'

type Row = Record<string, SqlStorageValue>

/** SQLite gives bytes as Uint8Array, an object's storage as ArrayBuffer. */
const outward = (value: SQLOutputValue): SqlStorageValue =>
  value instanceof Uint8Array
    ? (value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer)
    : (value as SqlStorageValue)

const isPlain = (row: SQLOutputValue[]): boolean => {
  for (const value of row) if (value instanceof Uint8Array) return false
  return true
}

const inward = (value: unknown): SQLInputValue => {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  return value as SQLInputValue
}

const cursorOf = (columnNames: string[], rows: SqlStorageValue[][], rowsWritten: number) => {
  let position = 0
  const asObject = (row: SqlStorageValue[]): Row =>
    Object.fromEntries(columnNames.map((name, index) => [name, row[index] ?? null]))
  const take = () => rows[position++]
  const takeAll = () => {
    const rest = rows.slice(position)
    position = rows.length
    return rest
  }
  const cursor = {
    columnNames,
    rowsRead: rows.length,
    rowsWritten,
    next: () => {
      const row = take()
      return row ? { done: false, value: asObject(row) } : { done: true, value: undefined }
    },
    toArray: () => takeAll().map(asObject),
    one: () => {
      const [row, ...more] = rows
      if (!row || more.length > 0) throw new Error('Expected exactly one result from SQL query')
      position = rows.length
      return asObject(row)
    },
    raw: () => ({
      next: () => {
        const value = take()
        return value ? { done: false, value } : { done: true, value: undefined }
      },
      toArray: takeAll,
      [Symbol.iterator]() {
        return this
      },
    }),
    [Symbol.iterator]() {
      return cursor
    },
  }
  return cursor
}

interface Prepared {
  statement: ReturnType<DatabaseSync['prepare']>
  columnNames: string[]
  about: Statement
}

/** SQLite plans a query anew each time something is bound to its limit: the number goes in as text. */
const withLimit = (query: string, bindings: unknown[]): [string, unknown[]] => {
  const limit = bindings.at(-1)
  if (!Number.isInteger(limit) || !query.endsWith(' limit ?')) return [query, bindings]
  return [`${query.slice(0, -1)}${limit}`, bindings.slice(0, -1)]
}

const refuseTransactions = (query: string): void => {
  if (/^\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/i.test(query))
    throw new Error('To execute a transaction, please use the state.storage.transactionSync() API')
}

/** `path`: a file for a database that outlives the process; default: memory. */
export const fakeStorage = ({ path = ':memory:' }: { path?: string } = {}) => {
  const database = new DatabaseSync(path)
  let depth = 0
  let alarm: number | null = null
  let keptAlarm: number | null = null
  const reads = keepReads(database)
  /** A file may be written by others. */
  const alone = path === ':memory:'

  // To prepare a statement costs more than most of them cost to run, and so does asking it for its columns.
  const statements = new Map<string, Prepared>()
  const prepared = (query: string): Prepared => {
    const statement = database.prepare(query)
    const columnNames = statement.columns().map(({ name }) => name)
    if (columnNames.length > 0) statement.setReturnArrays(true)
    const made = { statement, columnNames, about: reads.statement(query) }
    if (/^(?:select|insert|update|delete) /i.test(query)) statements.set(query, made)
    return made
  }

  const commands = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  /** What begins and ends a transaction. */
  const command = (text: string): void => {
    const known = commands.get(text) ?? database.prepare(text)
    commands.set(text, known)
    known.run()
  }

  const exec = (asked: string, ...given: unknown[]) => {
    const [query, bindings] = withLimit(asked, given)
    const known = statements.get(query)
    if (!known) refuseTransactions(query)
    if (!known && bindings.length === 0 && /;\s*\S/.test(query)) {
      reads.forget()
      statements.clear()
      database.exec(query)
      return cursorOf([], [], 0)
    }
    const { statement, columnNames, about } = known ?? prepared(query)
    const values = bindings.map(inward)
    const key = about.reads && alone ? keyOf(values) : null
    const before = key === null ? undefined : reads.known(about, key)
    if (before) return cursorOf(columnNames, before as SqlStorageValue[][], 0)
    if (!about.reads) {
      reads.writes(about)
      // What is no statement of rows changes the tables themselves.
      if (!statements.has(query)) {
        reads.forget()
        statements.clear()
      }
    }
    if (columnNames.length === 0) {
      return cursorOf([], [], Number(statement.run(...values).changes))
    }
    const rows = statement.all(...values) as unknown as SQLOutputValue[][]
    const outwards = rows.map((row) =>
      isPlain(row) ? row : row.map(outward),
    ) as SqlStorageValue[][]
    // Bytes can be written over by whoever got them.
    if (key !== null && rows.every(isPlain)) reads.learned(about, key, rows)
    return cursorOf(columnNames, outwards, 0)
  }

  const transactionSync = <T>(work: () => T): T => {
    const savepoint = `level_${depth}`
    const alarmBefore = alarm
    command(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${savepoint}`)
    depth += 1
    try {
      const result = work()
      depth -= 1
      command(depth === 0 ? 'COMMIT' : `RELEASE ${savepoint}`)
      return result
    } catch (error) {
      depth -= 1
      alarm = alarmBefore
      reads.rolledBack()
      database.exec(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`)
      throw error
    }
  }

  return {
    sql: { exec, databaseSize: 0 },
    transactionSync,
    getAlarm: async () => alarm,
    setAlarm: async (time: number | Date) => {
      alarm = Number(time)
    },
    deleteAlarm: async () => {
      alarm = null
    },
    sync: async () => undefined,
    /** Not part of an object's storage: for tests. */
    control: {
      alarm: () => alarm,
      /** What the runtime does when the time has come: the alarm is gone before the handler runs. */
      takeAlarm: () => {
        const due = alarm
        alarm = null
        return due
      },
      /** What is here now is come back to with `rewind`, any number of times. */
      keep: () => {
        database.exec('BEGIN IMMEDIATE; SAVEPOINT kept')
        depth = 1
        keptAlarm = alarm
        reads.keep()
      },
      rewind: () => {
        command('ROLLBACK TO kept')
        alarm = keptAlarm
        reads.rewind()
      },
      close: () => database.close(),
      /** The tables without their rows, but for the journal of what was migrated: another object can begin with them. */
      schema: (): string => {
        const texts = database
          .prepare(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
          )
          .all()
          .map(({ sql }) => String(sql))
        const tags = database
          .prepare("SELECT group_concat(quote(tag), '), (') AS tags FROM schema_migrations")
          .get()
        return [...texts, `INSERT INTO schema_migrations (tag) VALUES (${tags?.tags})`, ''].join(
          ';\n',
        )
      },
      begin: (schema: string) => {
        reads.forget()
        statements.clear()
        database.exec(schema)
      },
    },
  }
}
export type FakeStorage = ReturnType<typeof fakeStorage>
