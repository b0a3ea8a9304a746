// BackupStore over whatever keeps bytes under names: a folder, or a container of blobs. Nothing that was put there is changed; what
// is too old for its owner's retention goes.
import { createHash } from 'node:crypto'
import { ExportHead, FileName } from '../../schemas/backup.ts'
import type { BackupStore, Clock } from '../../schemas/ports.ts'
import { staying } from './thin.ts'

/** A piece that no export names yet may belong to one that is still being sent. */
const YOUNG_MILLISECONDS = 2 * 86_400_000

/** Names are FileNames. */
export interface Keeper {
  now: Clock
  read(name: string): Promise<Uint8Array | null>
  /** Durable when it answers, whole or not at all. `exists`: nothing was written. */
  write(name: string, bytes: Uint8Array): Promise<'written' | 'exists'>
  /** In order; may list what is no FileName. */
  names(owner: string, kind: 'exports' | 'pieces'): Promise<string[]>
  remove(name: string): Promise<void>
  /** In milliseconds since 1970. */
  changedAt(name: string): Promise<number>
}

export interface ThinnedStore extends BackupStore {
  /** Takes away what is older than retention wants, of one owner. Returns how many files went. */
  thin(owner: string, retentionDays: number): Promise<number>
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const lastOf = (name: string): string => name.split('/').at(-1) ?? ''

/** Null where it is no export that could be read here. */
const piecesOf = (file: Uint8Array): string[] | null => {
  const line = new TextDecoder().decode(file.subarray(0, file.indexOf(10)))
  return ExportHead.safeParse(parse(line)).data?.pieces ?? null
}

/** Pieces that these exports need; null where one of them cannot be read, and may need any. */
const neededBy = async (keeper: Keeper, exports: string[]): Promise<Set<string> | null> => {
  const needed = new Set<string>()
  for (const name of exports) {
    const pieces = piecesOf((await keeper.read(name)) ?? new Uint8Array())
    if (pieces === null) return null
    for (const piece of pieces) needed.add(piece)
  }
  return needed
}

/**
 * An export is sent after its pieces, and those of the export before are not sent again: where they are not here, because this is
 * another store now or has lost them, it could not be restored. `names`: of the owner's pieces.
 */
export const lacksPieces = async (
  file: Uint8Array,
  names: () => Promise<string[]>,
): Promise<boolean> => {
  const pieces = piecesOf(file) ?? []
  if (pieces.length === 0) return false
  const here = new Set((await names()).map(lastOf))
  return pieces.some((piece) => !here.has(piece))
}
export const LACKS_PIECES = { refused: 'a piece of it is not here' }

/** Rejects for names that are not FileName. */
export const createStore = (keeper: Keeper): ThinnedStore => {
  const namesOf = async (owner: string, kind: 'exports' | 'pieces') =>
    (await keeper.names(owner, kind)).filter((name) => FileName.safeParse(name).success)
  return {
    async put(name, bytes) {
      const [owner = '', kind] = FileName.parse(name).split('/')
      if (kind === 'exports' && (await lacksPieces(bytes, () => namesOf(owner, 'pieces'))))
        return LACKS_PIECES
      const wrote = await keeper.write(name, bytes)
      const there = wrote === 'written' ? bytes : await keeper.read(name)
      return there && digest(there) === digest(bytes)
        ? 'kept'
        : { refused: 'other bytes have this name' }
    },
    get: async (name) => keeper.read(FileName.parse(name)),
    async list(prefix) {
      const [owner = '', kind = ''] = prefix.split('/')
      if (!/^[a-z0-9_-]{3,40}$/.test(owner)) return []
      if (kind !== 'exports' && kind !== 'pieces') return []
      return (await namesOf(owner, kind)).filter((name) => name.startsWith(prefix))
    },
    async thin(owner, retentionDays) {
      const exports = await namesOf(owner, 'exports')
      const stay = staying(exports.map(lastOf), keeper.now(), retentionDays)
      const gone = exports.filter((name) => !stay.has(lastOf(name)))
      // The export goes before its pieces: what is listed is whole.
      for (const name of gone) await keeper.remove(name)
      if (gone.length === 0) return 0
      const needed = await neededBy(
        keeper,
        exports.filter((name) => !gone.includes(name)),
      )
      if (needed === null) return gone.length
      let pieces = 0
      for (const name of await namesOf(owner, 'pieces')) {
        if (needed.has(lastOf(name))) continue
        const age = keeper.now().getTime() - (await keeper.changedAt(name))
        if (age < YOUNG_MILLISECONDS) continue
        await keeper.remove(name)
        pieces += 1
      }
      return gone.length + pieces
    },
  }
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
