// The storage of a Durable Object over node:sqlite: enough of its shape for our actors to run unchanged in a plain process.
// It has no input or output gates: what they hide (a write that is acknowledged too early) is tested on workerd itself.
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'

type Row = Record<string, SqlStorageValue>

/** SQLite gives bytes as Uint8Array, an object's storage as ArrayBuffer. */
const outward = (value: SQLOutputValue): SqlStorageValue =>
  value instanceof Uint8Array
    ? (value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer)
    : (value as SqlStorageValue)

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

  // To prepare a statement costs more than most of them cost to run, and so does asking it for its columns.
  const statements = new Map<string, Prepared>()
  const prepared = (query: string): Prepared => {
    const statement = database.prepare(query)
    const columnNames = statement.columns().map(({ name }) => name)
    if (columnNames.length > 0) statement.setReturnArrays(true)
    const made = { statement, columnNames }
    if (/^(?:select|insert|update|delete) /i.test(query)) statements.set(query, made)
    return made
  }

  const exec = (query: string, ...bindings: unknown[]) => {
    const known = statements.get(query)
    if (!known) refuseTransactions(query)
    if (!known && bindings.length === 0 && /;\s*\S/.test(query)) {
      database.exec(query)
      return cursorOf([], [], 0)
    }
    const { statement, columnNames } = known ?? prepared(query)
    const values = bindings.map(inward)
    if (columnNames.length === 0) {
      return cursorOf([], [], Number(statement.run(...values).changes))
    }
    const rows = statement.all(...values) as unknown as SQLOutputValue[][]
    return cursorOf(
      columnNames,
      rows.map((row) => row.map(outward)),
      0,
    )
  }

  const transactionSync = <T>(work: () => T): T => {
    const savepoint = `level_${depth}`
    const alarmBefore = alarm
    database.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${savepoint}`)
    depth += 1
    try {
      const result = work()
      depth -= 1
      database.exec(depth === 0 ? 'COMMIT' : `RELEASE ${savepoint}`)
      return result
    } catch (error) {
      depth -= 1
      alarm = alarmBefore
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
      },
      rewind: () => {
        database.exec('ROLLBACK TO kept')
        alarm = keptAlarm
      },
      close: () => database.close(),
    },
  }
}
export type FakeStorage = ReturnType<typeof fakeStorage>
