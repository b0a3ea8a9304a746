// An export: one consistent moment of an object's whole database, cut in one transaction, sent piece by piece in as many steps
// as it takes. Pieces that the export before has as well are not sent again, so that what it costs to send is what changed.
import { type ExportHead, exportName, pieceName } from '../../../schemas/backup.ts'
import type { BackupStore } from '../../../schemas/ports.ts'
import { digestOf } from '../../digest.ts'
import { readPieces } from './rows.ts'
import { type BackupKey, openFile, pieceId, sealFile } from './seal.ts'
import {
  forgetText,
  keepText,
  type LastExport,
  nextPiece,
  readState,
  type State,
  textOf,
  type Under,
  writeState,
} from './stage.ts'

export interface Exporting {
  storage: DurableObjectStorage
  /** Whose rows: BackupOwner. */
  owner: string
  store: BackupStore
  /** The first seals. */
  keys: readonly BackupKey[]
  now: () => Date
  /** Which log the object keeps, how long it is, and the hash of its last leaf. */
  log: () => Pick<ExportHead, 'log' | 'logSize' | 'logLast'>
  /** Grows with what is worth an export. */
  mark: () => number
}

/** Of an object without a log. */
export const noLog = () => ({ log: '', logSize: 0, logLast: '' })

/** The store holds something else under the name of this export: it cannot be kept, and the next is tried. */
export class ExportRefused extends Error {
  override name = 'ExportRefused'
}

const sealing = ({ keys }: Exporting): BackupKey => {
  const [key] = keys
  if (!key) throw new Error('no backup key')
  return key
}

/** Names of pieces are made with the key of the cut: another could not open them. Where it is gone, so is the export. */
const sealingOf = ({ keys }: Exporting, { head }: Under): BackupKey => {
  const key = keys.find(({ id }) => id === head.keyId)
  if (!key) throw new ExportRefused()
  return key
}

const idAt = (at: string, size: number): string =>
  `${at.replaceAll(/[-:.]/g, '')}-${String(size).padStart(10, '0')}`

/** Of an id, in milliseconds since 1970. */
const timeOf = (id: string): number =>
  Date.parse(id.replace(/^(.{4})(..)(..)T(..)(..)(..)(...)Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z'))
/** Later than that of the export before, also where the clock was ahead then: the newest is the last in a list. */
const risingAfter = (last: LastExport | null, at: string): string =>
  new Date(Math.max(Date.parse(at), last ? timeOf(last.id) + 1 : 0)).toISOString()

const migrationsOf = (sql: DurableObjectStorage['sql']): string[] =>
  sql
    .exec<{ tag: string }>('SELECT tag FROM schema_migrations ORDER BY tag')
    .toArray()
    .map(({ tag }) => tag)

/**
 * Cuts an export, or answers with the one that is under way. Synchronous, one transaction: nothing is written between two of
 * its tables. What the export before did not have waits in the database until it is sent. Null: it would be the same again.
 */
export const beginExport = (exporting: Exporting): Under | null => {
  const { storage, owner, now, log } = exporting
  const key = sealing(exporting)
  return storage.transactionSync(() => {
    const state = readState(storage.sql)
    if (state.under) return state.under
    forgetText(storage.sql, 'backup_parts')
    const known = new Set(state.last?.pieces)
    const rows: Record<string, number> = {}
    const pieces: string[] = []
    for (const piece of readPieces(storage.sql)) {
      const id = pieceId(key, owner, piece.text)
      rows[piece.table] = (rows[piece.table] ?? 0) + piece.rows
      pieces.push(id)
      if (!known.has(id)) keepText(storage.sql, 'backup_parts', id, piece.text)
    }
    const mark = exporting.mark()
    if (state.last && pieces.join() === state.last.pieces.join()) {
      writeState(storage.sql, { ...state, last: { ...state.last, mark } })
      return null
    }
    const at = now().toISOString()
    const shape = log()
    const head: ExportHead = {
      schema: 'phoenix.export/v1',
      ...{
        owner,
        id: idAt(risingAfter(state.last, at), shape.logSize),
        sequence: state.sequence + 1,
        at,
      },
      keyId: key.id,
      ...shape,
      migrations: migrationsOf(storage.sql),
      pieces,
    }
    const under: Under = { head, rows, mark, bytes: 0 }
    writeState(storage.sql, { ...state, sequence: head.sequence, under })
    return under
  })
}

/** The one that is under way, as it is now: another run may have finished it. */
const stateOf = ({ storage }: Exporting, id: string): (State & { under: Under }) | null => {
  const state = readState(storage.sql)
  return state.under?.head.id === id ? { ...state, under: state.under } : null
}

const sendPiece = async (exporting: Exporting, under: Under, id: string): Promise<void> => {
  const { storage, owner, store } = exporting
  const key = sealingOf(exporting, under)
  const text = textOf(storage.sql, 'backup_parts', id)
  if (text === null) return
  const name = pieceName(owner, id)
  const head = { schema: 'phoenix.piece/v1', keyId: key.id }
  const file = await sealFile(key, { name, head, text })
  const kept = await store.put(name, file)
  // Packed otherwise by an earlier release: its name says what is in it, if it opens.
  if (kept !== 'kept' && (await stored(exporting, key, name)) !== text) throw new ExportRefused()
  const state = stateOf(exporting, under.head.id)
  if (!state) return
  const bytes = state.under.bytes + file.length
  storage.transactionSync(() => {
    forgetText(storage.sql, 'backup_parts', id)
    writeState(storage.sql, { ...state, under: { ...state.under, bytes } })
  })
}

const stored = async (
  { store }: Exporting,
  key: BackupKey,
  name: string,
): Promise<string | null> => {
  const file = await store.get(name)
  return file && openFile(key, name, file)
}

const finish = async (exporting: Exporting, under: Under): Promise<LastExport | null> => {
  const { head, rows, mark } = under
  const { storage, owner, store } = exporting
  const key = sealingOf(exporting, under)
  const name = exportName(owner, head.id)
  const file = await sealFile(key, { name, head, text: JSON.stringify({ rows }) })
  if ((await store.put(name, file)) !== 'kept') throw new ExportRefused()
  const state = stateOf(exporting, head.id)
  if (!state) return null
  const { id, at, logSize, pieces } = head
  const bytes = state.under.bytes + file.length
  const last = { id, at, logSize, pieces, mark, bytes, digest: digestOf(file) }
  storage.transactionSync(() => writeState(storage.sql, { ...state, last, under: null }))
  return last
}

/**
 * Sends at most so many pieces of what is under way. The export is there when its own file is, and that goes last. Null: there
 * is more to do. Rejects with Outage when the store does not answer: call it again. After ExportRefused nothing is under way.
 */
export const goOnWithExport = async (
  exporting: Exporting,
  { pieces }: { pieces: number },
): Promise<LastExport | null> => {
  const { storage } = exporting
  try {
    for (let sent = 0; sent < pieces; sent += 1) {
      const { under } = readState(storage.sql)
      if (!under) return null
      const id = nextPiece(storage.sql)
      if (id === null) return await finish(exporting, under)
      await sendPiece(exporting, under, id)
    }
    return null
  } catch (error) {
    if (error instanceof ExportRefused) abandon(exporting)
    throw error
  }
}

const abandon = ({ storage }: Exporting): void =>
  storage.transactionSync(() => {
    forgetText(storage.sql, 'backup_parts')
    // Nothing is taken as known to a store that contradicts us.
    writeState(storage.sql, { ...readState(storage.sql), under: null, last: null })
  })
