// BackupStore over a folder: the laptop's, or a disk of a self-hosted installation (a mounted bucket counts as one, as far as
// it keeps what rename promises). A file is written whole, flushed, and never written again. What is too old is thinned here.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExportHead, FileName } from '../../schemas/backup.ts'
import type { BackupStore, Clock } from '../../schemas/ports.ts'
import { staying } from './thin.ts'

/** A piece that no export names yet may belong to one that is still being sent. */
const YOUNG_MILLISECONDS = 2 * 86_400_000

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const readIfThere = async (path: string): Promise<Uint8Array | null> => {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Flushes what a folder lists, so that a name survives a power cut as its bytes do. */
const flush = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeOnce = async (path: string, bytes: Uint8Array): Promise<void> => {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // A name that is in no list: a draft that a crash left is nobody's.
  const draft = join(folder, `.${randomUUID()}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  await flush(folder)
}

export interface FolderStore extends BackupStore {
  /** Takes away what is older than retention wants, of one owner. Returns how many files went. */
  thin(owner: string, retentionDays: number): Promise<number>
}

/** `home`: an absolute path; made when the first file comes. Rejects for names that are not FileName. */
export const createFolderStore = ({ home, now }: { home: string; now: Clock }): FolderStore => {
  const pathOf = (name: string): string => join(home, FileName.parse(name))
  return {
    async put(name, bytes) {
      const path = pathOf(name)
      const there = await readIfThere(path)
      if (there)
        return digest(there) === digest(bytes) ? 'kept' : { refused: 'other bytes have this name' }
      await writeOnce(path, bytes)
      return 'kept'
    },
    get: async (name) => readIfThere(pathOf(name)),
    async list(prefix) {
      const [owner = '', kind = ''] = prefix.split('/')
      if (!/^[a-z0-9_-]{3,40}$/.test(owner) || !/^(?:exports|pieces)$/.test(kind)) return []
      return (await namesIn(join(home, owner, kind)))
        .map((name) => `${owner}/${kind}/${name}`)
        .filter((name) => name.startsWith(prefix) && FileName.safeParse(name).success)
    },
    async thin(owner, retentionDays) {
      const exports = await this.list(`${owner}/exports/`)
      const ids = exports.map((name) => name.split('/').at(-1) ?? '')
      const stay = staying(ids, now(), retentionDays)
      const gone = exports.filter((_, index) => !stay.has(ids[index] ?? ''))
      // The export goes before its pieces: what is listed is whole.
      for (const name of gone) await rm(pathOf(name))
      if (gone.length === 0) return 0
      const needed = new Set<string>()
      for (const name of exports.filter((one) => !gone.includes(one))) {
        const file = (await readIfThere(pathOf(name))) ?? new Uint8Array()
        const line = new TextDecoder().decode(file.subarray(0, file.indexOf(10)))
        // One that cannot be read may need any of them.
        const head = ExportHead.safeParse(parse(line))
        if (!head.success) return gone.length
        for (const piece of head.data.pieces) needed.add(piece)
      }
      let pieces = 0
      for (const name of await this.list(`${owner}/pieces/`)) {
        if (needed.has(name.split('/').at(-1) ?? '')) continue
        const { mtimeMs } = await stat(pathOf(name))
        if (now().getTime() - mtimeMs < YOUNG_MILLISECONDS) continue
        await rm(pathOf(name))
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
