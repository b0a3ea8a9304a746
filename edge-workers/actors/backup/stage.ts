// What an export and a restore need between two of their steps, in tables of their own in the object's database: it survives
// a crash, and takes no more memory than one piece. They are in no export, and are made when they are first needed.
import type { ExportHead } from '../../../schemas/backup.ts'

type Sql = DurableObjectStorage['sql']
/** A value of an object's SQLite holds 2 MB. */
const PART_BYTES = 1_000_000

export interface LastExport {
  id: string
  at: string
  logSize: number
  digest: string
  /** Of the encrypted bytes that it added to the store. */
  bytes: number
  /** How far the object had come: where it has not moved, there is nothing to export. */
  mark: number
  /** Ids of its pieces: the store has them, and keeps them for as long as no newer export is there. */
  pieces: string[]
}

export interface Under {
  head: ExportHead
  /** Rows of each table. */
  rows: Record<string, number>
  mark: number
  /** Bytes that have gone to the store so far. */
  bytes: number
}

export interface State {
  sequence: number
  last: LastExport | null
  under: Under | null
}

const NOTHING: State = { sequence: 0, last: null, under: null }

const ensure = (sql: Sql): void => {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS backup_state (id INTEGER PRIMARY KEY, part INTEGER, bytes BLOB)',
  )
  sql.exec('CREATE TABLE IF NOT EXISTS backup_under_way (id INTEGER PRIMARY KEY, mark TEXT)')
  for (const table of ['backup_parts', 'backup_fetched'])
    sql.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (piece TEXT, part INTEGER, bytes BLOB, PRIMARY KEY (piece, part))`,
    )
}

type Bytes = { bytes: ArrayBuffer }

const join = (parts: Bytes[]): string => {
  const decoder = new TextDecoder()
  return (
    parts.map(({ bytes }) => decoder.decode(bytes, { stream: true })).join('') + decoder.decode()
  )
}

const slices = (text: string): Uint8Array[] => {
  const bytes = new TextEncoder().encode(text)
  const parts: Uint8Array[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += PART_BYTES)
    parts.push(bytes.slice(at, at + PART_BYTES))
  return parts
}

export const readState = (sql: Sql): State => {
  ensure(sql)
  const parts = sql.exec<Bytes>('SELECT bytes FROM backup_state ORDER BY part').toArray()
  return parts.length === 0 ? NOTHING : (JSON.parse(join(parts)) as State)
}

/** In the caller's transaction. */
export const writeState = (sql: Sql, state: State): void => {
  ensure(sql)
  sql.exec('DELETE FROM backup_state')
  for (const [part, bytes] of slices(JSON.stringify(state)).entries())
    sql.exec('INSERT INTO backup_state (part, bytes) VALUES (?, ?)', part, bytes)
}

/** A backup that was put in place and that not everybody has answered to. */
export interface Unanswered {
  backup: string
  forgotten: string[]
}

/** Null: there is none. */
export const readUnanswered = (sql: Sql): Unanswered | null => {
  ensure(sql)
  const [row] = sql.exec<{ mark: string }>('SELECT mark FROM backup_under_way').toArray()
  if (!row) return null
  const [backup = '', ...forgotten] = row.mark.split('\n')
  return { backup, forgotten }
}

export const noteUnanswered = (sql: Sql, { backup, forgotten }: Unanswered): void => {
  const mark = [backup, ...forgotten].join('\n')
  sql.exec('INSERT OR REPLACE INTO backup_under_way (id, mark) VALUES (1, ?)', mark)
}

export const endUnanswered = (sql: Sql): void => void sql.exec('DELETE FROM backup_under_way')

type Kept = 'backup_parts' | 'backup_fetched'

export const keepText = (sql: Sql, table: Kept, piece: string, text: string): void => {
  ensure(sql)
  for (const [part, bytes] of slices(text).entries())
    sql.exec(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`, piece, part, bytes)
}

/** Null: it is not there. */
export const textOf = (sql: Sql, table: Kept, piece: string): string | null => {
  const query = `SELECT bytes FROM ${table} WHERE piece = ? ORDER BY part`
  const parts = sql.exec<Bytes>(query, piece).toArray()
  return parts.length === 0 ? null : join(parts)
}

export const forgetText = (sql: Sql, table: Kept, piece?: string): void => {
  ensure(sql)
  if (piece === undefined) sql.exec(`DELETE FROM ${table}`)
  else sql.exec(`DELETE FROM ${table} WHERE piece = ?`, piece)
}

/** Of the pieces that wait, any one; null: none does. */
export const nextPiece = (sql: Sql): string | null =>
  sql.exec<{ piece: string }>('SELECT piece FROM backup_parts LIMIT 1').toArray()[0]?.piece ?? null
