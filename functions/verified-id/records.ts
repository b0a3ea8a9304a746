// What was asked of the request service under which operation, and what it answered: it has no idempotency of its own. A record
// has a digest of what was sent and the answer, and nothing of what the credential says. It is kept a little longer than the
// request can be used.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { EntraRequest } from '../../schemas/verified-id.ts'
import type { FunctionsState } from '../azure/state.ts'
import { refusal } from './errors.ts'

const Kept = z.strictObject({ digest: z.string(), answer: EntraRequest, until: z.int() })
type Kept = z.infer<typeof Kept>

/** Where records are: of this process alone, or of all that share a folder. */
export interface RecordStore {
  read(name: string): Promise<Kept | null>
  write(name: string, record: Kept): Promise<void>
  /** Forgets those of before, in milliseconds since the epoch. */
  forget(before: number): Promise<void>
}

const DAY_MILLISECONDS = 86_400_000
const FORGET_EVERY = 256

export const memoryRecords = (): RecordStore => {
  const kept = new Map<string, Kept>()
  return {
    read: async (name) => kept.get(name) ?? null,
    write: async (name, record) => void kept.set(name, record),
    async forget(before) {
      for (const [name, { until }] of kept) if (until < before) kept.delete(name)
    },
  }
}

/** One file each, mode 0600. `folder`: absolute. */
export const folderRecords = (folder: string): RecordStore => {
  const pathOf = (name: string) => join(folder, `${name}.json`)
  const readKept = async (path: string): Promise<Kept | null> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    return text === null ? null : Kept.parse(JSON.parse(text))
  }
  return {
    read: (name) => readKept(pathOf(name)),
    async write(name, record) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${pathOf(name)}.${randomUUID()}`
      await writeFile(draft, JSON.stringify(record), { mode: 0o600, flush: true })
      await rename(draft, pathOf(name))
    },
    async forget(before) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const path = join(folder, name)
        const record = name.endsWith('.json') ? await readKept(path).catch(() => null) : null
        if (record && record.until < before) await rm(path, { force: true })
      }
    },
  }
}

/** In what all instances share. Old ones are for the container's own lifecycle to take away: there is little in one. */
export const stateRecords = (state: FunctionsState): RecordStore => {
  const nameIn = (name: string) => `verified-id/${name}`
  return {
    async read(name) {
      const there = await state.read(nameIn(name))
      return there && Kept.parse(JSON.parse(there.text))
    },
    async write(name, record) {
      const tag = (await state.read(nameIn(name)))?.tag ?? null
      // Somebody else was first: what was answered to him counts, and is read the next time.
      await state.write(nameIn(name), JSON.stringify(record), tag)
    },
    forget: async () => undefined,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Does `ask` once for each owner and operation. Throws `conflict` where the operation asked for something else before. Two at once
 * are one in this process; what two processes ask for in the same moment is asked twice, and the request that nobody is told of
 * ends unused.
 */
export const createOnce = (store: RecordStore, now: () => Date) => {
  const under = new Map<string, { digest: string; answer: Promise<EntraRequest> }>()
  let writes = 0
  const same = (digest: string, before: string): void => {
    if (digest !== before) throw refusal('conflict')
  }
  const answerOnce = async (
    name: string,
    digest: string,
    ask: () => Promise<EntraRequest>,
  ): Promise<EntraRequest> => {
    const kept = await store.read(name)
    if (kept) {
      same(digest, kept.digest)
      return kept.answer
    }
    const answer = await ask()
    await store.write(name, { digest, answer, until: answer.expiry * 1_000 + DAY_MILLISECONDS })
    writes += 1
    if (writes % FORGET_EVERY === 1) await store.forget(now().getTime()).catch(() => undefined)
    return answer
  }
  return async (
    { owner, operation, input }: { owner: string; operation: string; input: unknown },
    ask: () => Promise<EntraRequest>,
  ): Promise<EntraRequest> => {
    const name = sha256(`${owner}\u0000${operation}`)
    const digest = sha256(JSON.stringify(input))
    const running = under.get(name)
    if (running) {
      same(digest, running.digest)
      return running.answer
    }
    const answer = answerOnce(name, digest, ask)
    under.set(name, { digest, answer })
    try {
      return await answer
    } finally {
      under.delete(name)
    }
  }
}
export type Once = ReturnType<typeof createOnce>
