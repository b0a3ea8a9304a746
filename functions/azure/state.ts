// The little that the Functions remember themselves, for all their instances: values under names, each replaced only by whoever
// has read it (compare and swap). In a folder of one host, or in a container of blobs.
import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { type BlobContainer, containerAddress, createContainer } from './blobs.ts'
import { azureTokens } from './credential.ts'

export interface FunctionsState {
  /** Null: there is none. `tag` is of what was read. */
  read(name: string): Promise<{ text: string; tag: string } | null>
  /** Durable when it answers. False, and nothing is written, where another is there than was read; `tag` null: none was there. */
  write(name: string, text: string, tag: string | null): Promise<boolean>
}

const NAME = /^[a-z0-9-]{1,64}(?:\/[a-z0-9-]{1,64})?$/
const checked = (name: string): string => {
  if (!NAME.test(name)) throw new Error('not a name of ours')
  return name
}
const NAMES_AT_MOST = 10_000
const tagOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** One process writes a folder; within it, one write after the other. */
export const folderState = (home: string): FunctionsState => {
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }
  const read = async (name: string) => {
    const text = await readIfThere(join(home, checked(name)))
    return text === null ? null : { text, tag: tagOf(text) }
  }
  return {
    read,
    write: (name, text, tag) =>
      inTurn(async () => {
        if (((await read(name))?.tag ?? null) !== tag) return false
        const path = join(home, name)
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        const draft = `${path}.${randomUUID()}`
        const file = await open(draft, 'wx', 0o600)
        await file.writeFile(text).finally(() => file.sync().finally(() => file.close()))
        if (tag !== null) await rename(draft, path)
        // A link fails where somebody was first.
        else await link(draft, path).finally(() => rm(draft))
        await flushFolder(dirname(path))
        return true
      }),
  }
}

export const containerState = (blobs: BlobContainer): FunctionsState => ({
  async read(name) {
    const there = await blobs.read(checked(name))
    return there && { text: new TextDecoder().decode(there.bytes), tag: there.tag }
  },
  write: (name, text, tag) => blobs.write(checked(name), new TextEncoder().encode(text), tag),
})

/** Of one process, for what nobody needs for longer than it lives. */
export const memoryState = (): FunctionsState => {
  const kept = new Map<string, string>()
  const tagAt = (name: string): string | null => {
    const text = kept.get(checked(name))
    return text === undefined ? null : tagOf(text)
  }
  return {
    async read(name) {
      const tag = tagAt(name)
      return tag === null ? null : { text: kept.get(name) ?? '', tag }
    },
    async write(name, text, tag) {
      if (tagAt(name) !== tag) return false
      if (kept.size >= NAMES_AT_MOST) kept.clear()
      kept.set(name, text)
      return true
    },
  }
}

/** Environment of the Functions. An empty text is none. */
export interface StateSettings {
  /** An absolute path, where one host is all there is. */
  STATE_FOLDER?: string
  /** The address of a container of blobs, for all instances. */
  STATE_CONTAINER?: string
}

/** Null: neither is set. Throws for a setting that cannot be read, by its name alone. */
export const configuredState = ({
  STATE_FOLDER,
  STATE_CONTAINER,
}: StateSettings): FunctionsState | null => {
  if (STATE_CONTAINER) {
    if (STATE_FOLDER) throw new Error('STATE_CONTAINER and STATE_FOLDER: only one can be')
    return containerState(
      createContainer({
        container: containerAddress('STATE_CONTAINER', STATE_CONTAINER),
        tokens: azureTokens(),
        fetch: (url, init) => fetch(url, init),
        now: () => new Date(),
      }),
    )
  }
  if (!STATE_FOLDER) return null
  if (!isAbsolute(STATE_FOLDER)) throw new Error('STATE_FOLDER is not an absolute path')
  return folderState(STATE_FOLDER)
}
