// BackupStore over a folder: the laptop's, or a disk of a self-hosted installation (a mounted bucket counts as one, as far as
// it keeps what rename promises). A file is written whole, flushed, and never written again.
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../schemas/ports.ts'
import { createStore, type ThinnedStore } from './store.ts'

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

/** `home`: an absolute path; made when the first file comes. Rejects for names that are not FileName. */
export const createFolderStore = ({ home, now }: { home: string; now: Clock }): ThinnedStore => {
  const pathOf = (name: string): string => join(home, name)
  return createStore({
    now,
    read: (name) => readIfThere(pathOf(name)),
    async write(name, bytes) {
      const path = pathOf(name)
      if (await readIfThere(path)) return 'exists'
      await writeOnce(path, bytes)
      return 'written'
    },
    async names(owner, kind) {
      const names = await namesIn(join(home, owner, kind))
      return names.map((name) => `${owner}/${kind}/${name}`)
    },
    remove: (name) => rm(pathOf(name)),
    changedAt: async (name) => (await stat(pathOf(name))).mtimeMs,
  })
}
