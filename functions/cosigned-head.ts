// What the second party signed last. In a folder that all instances of the Functions share every head has a number of its own and is
// never changed: of two that write the next one, one finds its number taken. Elsewhere it is one value, replaced by who has read it.
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { LogHead } from '../schemas/log.ts'
import type { CosignedHead } from '../schemas/ports.ts'
import type { FunctionsState } from './azure/state.ts'

const Remembered = LogHead.extend({ origin: z.string() })
type Remembered = z.infer<typeof Remembered>

const NAME = /^head-(\d{12})\.json$/
const nameOf = (number: number): string => `head-${String(number).padStart(12, '0')}.json`
/** As written before heads had numbers. */
const UNNUMBERED = 'head.json'

const isThere = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code

const writeWhole = async (path: string, value: Remembered): Promise<void> => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(JSON.stringify(value))
    await file.sync()
  } finally {
    await file.close()
  }
}

const same = (a: Remembered | null, b: Remembered | null): boolean =>
  a?.origin === b?.origin && a?.size === b?.size && a?.root === b?.root

const HEAD = 'cosigned-head'
export const stateHead = (state: FunctionsState): CosignedHead => {
  const read = async () => {
    const there = await state.read(HEAD)
    return there && { head: Remembered.parse(JSON.parse(there.text)), tag: there.tag }
  }
  return {
    read: async () => (await read())?.head ?? null,
    async replace(before, { origin, size, root }) {
      const there = await read()
      if (!same(before, there?.head ?? null)) return false
      // Asked for again: it is remembered.
      if (same(there?.head ?? null, { origin, size, root })) return true
      return state.write(HEAD, JSON.stringify({ origin, size, root }), there?.tag ?? null)
    },
  }
}

/** `folder`: absolute; nobody else writes there. */
export const folderHead = (folder: string): CosignedHead => {
  const numbers = async (): Promise<number[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isThere(error, 'ENOENT')) return []
      throw error
    })
    return names
      .flatMap((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN) || [])
      .sort((a, b) => a - b)
  }
  const readAt = async (name: string): Promise<Remembered | null> => {
    const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      if (isThere(error, 'ENOENT')) return null
      throw error
    })
    return text === null ? null : Remembered.parse(JSON.parse(text))
  }
  const newest = async (): Promise<{ number: number; head: Remembered | null }> => {
    const number = (await numbers()).at(-1) ?? 0
    const head = await readAt(number === 0 ? UNNUMBERED : nameOf(number))
    // Taken away between the two looks: there is a newer one.
    return head === null && number > 0 ? newest() : { number, head }
  }
  return {
    read: async () => (await newest()).head,
    async replace(before, { origin, size, root }) {
      const { number, head } = await newest()
      if (!same(before, head)) return false
      // Asked for again: it is remembered.
      if (same(head, { origin, size, root })) return true
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = join(folder, `${randomUUID()}.draft`)
      await writeWhole(draft, { origin, size, root })
      try {
        await link(draft, join(folder, nameOf(number + 1)))
      } catch (error) {
        if (isThere(error, 'EEXIST')) return false
        throw error
      } finally {
        await rm(draft)
      }
      // Numbers are taken away behind the newest: whoever stood still may have found a free one, and larger ones are there.
      if (((await numbers()).at(-1) ?? 0) > number + 1) {
        await rm(join(folder, nameOf(number + 1)), { force: true })
        return false
      }
      const directory = await open(folder, 'r')
      await directory.sync().finally(() => directory.close())
      for (const old of (await numbers()).filter((one) => one < number))
        await rm(join(folder, nameOf(old)), { force: true })
      return true
    },
  }
}
