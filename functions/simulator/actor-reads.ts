// What selects answered, for as long as nothing that they read has been written: actors read the same rows again and again, and a
// simulated world comes back to the same rows ten thousand times. SQLite answers what was written since, and every write.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'

/** What one statement says of itself, read once. */
export interface Statement {
  reads: boolean
  /** Of a select what it reads; of anything else what it may write, also by triggers. */
  tables: readonly Table[]
  answers: Map<string, Answers>
}
interface Table {
  /** Another one after each write, and never one that was before; again the same where the same rows are back. */
  stamp: number
  /** When everything was kept. */
  kept: number
}
interface Answer {
  rows: readonly SQLOutputValue[][]
  stamps: readonly number[]
}
/** Of the rows that are kept, and the last. */
interface Answers {
  kept: Answer | null
  last: Answer | null
}

/** Of one statement; then it begins anew. */
const ANSWERS_AT_MOST = 300
/** Longer ones are few, and take room. */
const ROWS_AT_MOST = 50
/** Two answers of these differ though nothing was written. */
const RESTLESS =
  /\b(?:random|randomblob|changes|total_changes|last_insert_rowid|date|time|datetime|julianday|unixepoch|strftime|pragma_\w+)\s*\(|\bcurrent_|\bsqlite_/i

/** `null`: this answer is not kept, because JSON cannot say what was bound. */
export const keyOf = (values: readonly SQLInputValue[]): string | null =>
  values.every((value) => value === null || typeof value === 'string' || Number.isFinite(value))
    ? JSON.stringify(values)
    : null

export const keepReads = (database: DatabaseSync) => {
  let stamp = 0
  const tables = new Map<string, Table>()
  /** Views and triggers lead from a name to others. */
  const leads = new Map<string, Set<string>>()
  let known = false

  const learn = (): void => {
    known = true
    const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master').all()
    for (const { type, name } of rows)
      if (type === 'table' && !tables.has(String(name)))
        tables.set(String(name), { stamp: ++stamp, kept: stamp })
    for (const { type, name, tbl_name, sql } of rows) {
      if (type !== 'view' && type !== 'trigger') continue
      const from = String(type === 'view' ? name : tbl_name)
      const to = leads.get(from) ?? new Set()
      leads.set(from, to)
      for (const word of String(sql).match(/\w+/g) ?? []) to.add(word)
    }
  }
  /** Everything that a text names, and what that leads to. */
  const namedIn = (text: string): Table[] => {
    if (!known) learn()
    const words = new Set(text.match(/\w+/g) ?? [])
    for (const word of words) for (const next of leads.get(word) ?? []) words.add(next)
    return [...words].flatMap((word) => tables.get(word) ?? [])
  }

  const isNow = ({ tables }: Statement, { stamps }: Answer): boolean => {
    for (let at = 0; at < stamps.length; at += 1) if (tables[at]?.stamp !== stamps[at]) return false
    return true
  }

  return {
    statement: (query: string): Statement => {
      const named = namedIn(query)
      const reads = /^select\b/i.test(query) && !RESTLESS.test(query) && named.length > 0
      return { reads, tables: named, answers: new Map() }
    },
    /** Undefined: SQLite has to be asked. */
    known: (statement: Statement, key: string): Answer['rows'] | undefined => {
      const found = statement.answers.get(key)
      if (!found) return undefined
      if (found.last && isNow(statement, found.last)) return found.last.rows
      return found.kept && isNow(statement, found.kept) ? found.kept.rows : undefined
    },
    learned: (statement: Statement, key: string, rows: Answer['rows']): void => {
      if (rows.length > ROWS_AT_MOST) return
      const { answers, tables } = statement
      if (answers.size >= ANSWERS_AT_MOST) answers.clear()
      const found = answers.get(key) ?? { kept: null, last: null }
      answers.set(key, found)
      for (const row of rows) Object.freeze(row)
      const answer = { rows, stamps: tables.map(({ stamp }) => stamp) }
      if (tables.every(({ stamp, kept }) => stamp === kept)) found.kept = answer
      else found.last = answer
    },
    /** Before a statement that writes. */
    writes: ({ tables }: Statement): void => {
      for (const table of tables) table.stamp = ++stamp
    },
    /** Anything may be otherwise now, but the names of the tables. */
    rolledBack: (): void => {
      for (const table of tables.values()) table.stamp = ++stamp
    },
    /** Even those: statements are read anew. */
    forget: (): void => {
      known = false
      leads.clear()
      for (const table of tables.values()) table.stamp = ++stamp
    },
    keep: (): void => {
      for (const table of tables.values()) table.kept = table.stamp
    },
    rewind: (): void => {
      for (const table of tables.values()) table.stamp = table.kept
    },
  }
}
