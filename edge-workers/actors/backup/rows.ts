// All rows of an object's database as pieces of text, and back. Generic over the schema: a table that is added tomorrow is in
// tomorrow's export. A piece is a fixed window of row ids, so that what did not change is the same piece again.

type Sql = DurableObjectStorage['sql']
type Value = SqlStorageValue

/** Tables of the copying itself: not part of what is copied. */
export const OWN_TABLES = [
  'backup_state',
  'backup_parts',
  'backup_fetched',
  'backup_under_way',
] as const
/**
 * What is personal and sealed under a key of its own, with that key: an export would keep both for as long as it is kept, and an
 * erasure would not reach it. Whoever lost his database gives his name and address again.
 */
const NOT_EXPORTED: readonly string[] = ['profiles']
/** Row ids of one piece, at most. */
const WINDOW = 128
/** A piece ends after the row with which it reaches this many characters. */
const PIECE_CHARACTERS = 1_000_000

interface TableRow extends Record<string, Value> {
  name: string
  sql: string
}

/** SQLite's own and the runtime's are not ours to copy. */
const tablesOf = (sql: Sql): TableRow[] =>
  sql
    .exec<TableRow>("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .toArray()
    .filter(({ name }) => !/^(?:sqlite_|_cf_)/.test(name) && !isOwn(name))

const isOwn = (name: string): boolean => (OWN_TABLES as readonly string[]).includes(name)

export const tableNames = (sql: Sql): string[] => tablesOf(sql).map(({ name }) => name)

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Bytes have no form of their own in JSON. */
const outward = (value: Value): unknown =>
  value instanceof ArrayBuffer ? { bytes: Array.from(new Uint8Array(value)) } : value
const inward = (value: unknown): Value =>
  typeof value === 'object' && value !== null
    ? new Uint8Array((value as { bytes: number[] }).bytes).buffer
    : (value as Value)

export interface Piece {
  table: string
  rows: number
  /** One line of JSON for the table and its columns, and one for each row with its row id before it. */
  text: string
}

/** Every row of every table, in one order. Synchronous: call it in a transaction, and what it gives is one moment. */
export function* readPieces(sql: Sql): Generator<Piece> {
  for (const { name, sql: made } of tablesOf(sql)) {
    if (NOT_EXPORTED.includes(name)) continue
    if (/\bWITHOUT\s+ROWID\b/i.test(made)) yield* cut(name, sql, `SELECT * FROM ${quoted(name)}`)
    else yield* readWindows(sql, name)
  }
}

function* readWindows(sql: Sql, name: string): Generator<Piece> {
  const table = quoted(name)
  let from: number | null = null
  for (;;) {
    const next: number | null = sql
      .exec<{ id: number | null }>(
        `SELECT min(rowid) AS id FROM ${table}${from === null ? '' : ` WHERE rowid >= ${from}`}`,
      )
      .one().id
    if (next === null) return
    const start: number = Math.floor(next / WINDOW) * WINDOW
    from = start + WINDOW
    const where = `WHERE rowid >= ${start} AND rowid < ${from} ORDER BY rowid`
    yield* cut(name, sql, `SELECT rowid AS "rowid ", * FROM ${table} ${where}`)
  }
}

function* cut(table: string, sql: Sql, query: string): Generator<Piece> {
  const cursor = sql.exec(query)
  const head = JSON.stringify({ table, columns: cursor.columnNames })
  let lines = [head]
  let length = head.length
  for (const row of cursor.raw()) {
    const line = JSON.stringify(row.map(outward))
    lines.push(line)
    length += line.length
    if (length < PIECE_CHARACTERS) continue
    yield { table, rows: lines.length - 1, text: lines.join('\n') }
    lines = [head]
    length = head.length
  }
  if (lines.length > 1) yield { table, rows: lines.length - 1, text: lines.join('\n') }
}

/** Writes the rows of a piece, each under the row id that it had. Returns how many. */
export const writePiece = (sql: Sql, text: string): number => {
  const [head = '', ...lines] = text.split('\n')
  const { table, columns } = JSON.parse(head) as { table: string; columns: string[] }
  const names = columns.map((column) => (column === 'rowid ' ? 'rowid' : quoted(column)))
  const marks = columns.map(() => '?').join(', ')
  const statement = `INSERT INTO ${quoted(table)} (${names.join(', ')}) VALUES (${marks})`
  for (const line of lines) sql.exec(statement, ...(JSON.parse(line) as unknown[]).map(inward))
  return lines.length
}

type KeptRows = { name: string; rows: Record<string, Value>[] }[]

/** The rows of this database that no export has. */
export const rowsNotExported = (sql: Sql): KeptRows =>
  tableNames(sql)
    .filter((name) => NOT_EXPORTED.includes(name))
    .map((name) => ({ name, rows: sql.exec(`SELECT * FROM ${quoted(name)}`).toArray() }))

/** Puts them back; what an export of an older release brought of them stays. */
export const putBack = (sql: Sql, kept: KeptRows): void => {
  for (const { name, rows } of kept)
    for (const row of tableNames(sql).includes(name) ? rows : []) {
      const columns = Object.keys(row)
      const marks = columns.map(() => '?').join(', ')
      const into = `INSERT OR IGNORE INTO ${quoted(name)} (${columns.map(quoted).join(', ')})`
      sql.exec(`${into} VALUES (${marks})`, ...Object.values(row))
    }
}

/** Takes away every table of ours, and every view: what comes next makes them anew. No trigger fires for it. */
export const dropTables = (sql: Sql): void => {
  const views = sql
    .exec<TableRow>("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    .toArray()
  for (const { name } of views) sql.exec(`DROP VIEW ${quoted(name)}`)
  for (const name of tableNames(sql)) sql.exec(`DROP TABLE ${quoted(name)}`)
}

/** Runs `work` without triggers and puts them back: rows that are copied have had their effect already. */
export const withoutTriggers = (sql: Sql, work: () => void): void => {
  const triggers = sql
    .exec<TableRow>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
    .toArray()
  for (const { name } of triggers) sql.exec(`DROP TRIGGER ${quoted(name)}`)
  work()
  for (const { sql: made } of triggers) sql.exec(made)
}
