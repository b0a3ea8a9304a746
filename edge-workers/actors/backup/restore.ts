// A restore: every file of an export is fetched and proved first, then the database is replaced in one transaction. What is
// touched, of somebody else, of a newer schema or incomplete is refused, and then nothing has changed.
import { ExportHead, exportName, PieceHead, pieceName } from '../../../schemas/backup.ts'
import type { BackupStore } from '../../../schemas/ports.ts'
import { ok, type Refused, type Result, refuse } from '../../../schemas/result.ts'
import { type Migration, migrate } from '../database.ts'
import { dropTables, putBack, rowsNotExported, withoutTriggers, writePiece } from './rows.ts'
import { type BackupKey, headOf, openFile, pieceId } from './seal.ts'
import { forgetText, keepText, readState, textOf, writeState } from './stage.ts'

export interface Restoring {
  storage: DurableObjectStorage
  owner: string
  store: BackupStore
  keys: readonly BackupKey[]
  /** All steps of this object's schema. */
  migrations: readonly Migration[]
}

export interface Found {
  head: ExportHead
  rows: Record<string, number>
}

const damaged = (): Refused =>
  refuse('conflict', {
    detail:
      'A file of this backup is missing, was touched, or is of another owner or key: take another one.',
  })

const absent = (): Refused => {
  const detail = 'There is no such backup of it.'
  return refuse('not-found', { detail, errors: [{ pointer: '/backup', detail }] })
}

/** The export's own file, proved. `not-found`: there is none of this id. */
export const findExport = async (
  { owner, store, keys, migrations }: Restoring,
  wanted: string,
): Promise<Result<Found>> => {
  const prefix = exportName(owner, '')
  const name = wanted === 'newest' ? (await store.list(prefix)).at(-1) : prefix + wanted
  const file = name === undefined ? null : await store.get(name)
  if (name === undefined || file === null) return absent()
  const head = ExportHead.safeParse(headOf(file))
  const key = keys.find(({ id }) => head.success && id === head.data.keyId)
  if (!head.success || head.data.owner !== owner || !key) return damaged()
  const text = await openFile(key, name, file)
  if (text === null || name !== prefix + head.data.id) return damaged()
  const known = new Set(migrations.map(({ tag }) => tag))
  if (!head.data.migrations.every((tag) => known.has(tag)))
    return refuse('conflict', {
      detail: 'This backup was made by a newer release than the one that runs here.',
    })
  const { rows } = JSON.parse(text) as Pick<Found, 'rows'>
  return ok({ head: head.data, rows })
}

/** Fetches what is not here yet: a call that broke off is repeated, and goes on. */
export const fetchPieces = async (
  { storage, owner, store, keys }: Restoring,
  { head }: Found,
): Promise<Result<null>> => {
  const { sql } = storage
  readState(sql)
  for (const id of head.pieces) {
    if (textOf(sql, 'backup_fetched', id) !== null) continue
    const name = pieceName(owner, id)
    const file = await store.get(name)
    const piece = PieceHead.safeParse(file && headOf(file))
    const key = keys.find((one) => piece.success && one.id === piece.data.keyId)
    const text = file && key ? await openFile(key, name, file) : null
    if (text === null || !key || pieceId(key, owner, text) !== id) return damaged()
    keepText(sql, 'backup_fetched', id, text)
  }
  return ok(null)
}

/**
 * All or nothing: the tables as the export's release made them, its rows, then the steps that this release has beyond.
 * `also` runs in the same transaction, on what is there then. Throws when the rows are not those that the export counted.
 */
export const putInPlace = (
  { storage, migrations }: Restoring,
  { head, rows }: Found,
  also: (backup: string) => void,
): void => {
  const { sql } = storage
  const taken = new Set(head.migrations)
  storage.transactionSync(() => {
    const { sequence } = readState(sql)
    const own = rowsNotExported(sql)
    dropTables(sql)
    migrate(
      storage,
      migrations.filter(({ tag }) => taken.has(tag)),
    )
    // It is a table like the others, and comes with its rows.
    sql.exec('DELETE FROM schema_migrations')
    withoutTriggers(sql, () => {
      const written: Record<string, number> = {}
      for (const id of head.pieces) {
        const text = textOf(sql, 'backup_fetched', id)
        if (text === null) throw new Error('a piece of the export is gone')
        const { table } = JSON.parse(text.slice(0, text.indexOf('\n'))) as { table: string }
        written[table] = (written[table] ?? 0) + writePiece(sql, text)
      }
      for (const [table, count] of Object.entries(rows))
        if (written[table] !== count) throw new Error('the export has other rows than it counted')
    })
    migrate(storage, migrations)
    putBack(sql, own)
    forgetText(sql, 'backup_fetched')
    forgetText(sql, 'backup_parts')
    // Everything is sent anew, under the same names: what is there is not trusted to be still there.
    writeState(sql, { sequence: Math.max(sequence, head.sequence), last: null, under: null })
    also(head.id)
  })
}
