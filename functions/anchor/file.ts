// The LogAnchor in a file of this installation: one checkpoint a line, only ever appended to. It is what there is where no chain
// is configured, and it is no independent witness: whoever has the machine has the file. One process writes it at a time.
import { createReadStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { Hash } from '../../schemas/log.ts'
import type { LogAnchor } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'

const PORT = 'anchor'
const Line = z.strictObject({ size: z.int().min(1), root: Hash, note: z.string() })

interface Contents {
  /** Of the complete lines, in bytes. What follows was being written when the process ended, and nobody was told of it. */
  bytes: number
  bySize: Map<number, { root: string; line: number }>
  last: { size: number; root: string; line: number } | null
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '')

/** Names what the machine said, never where. */
const failed = (error: unknown): Error => {
  const code = codeOf(error)
  return ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes(code)
    ? new Denied(PORT, `the file cannot be written (${code})`)
    : new Outage(PORT, `cannot reach its file (${code || 'unknown'})`, undefined, error)
}

const lengthOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Throws Denied where a complete line is no checkpoint, or not larger than the one before: somebody else wrote here. */
const read = async (path: string): Promise<Contents> => {
  const contents: Contents = { bytes: 0, bySize: new Map(), last: null }
  const length = await lengthOf(path)
  if (length === 0) return contents
  // A character for every byte: places in the file are counted, and nothing but numbers and hashes is looked at.
  const input = createReadStream(path, { encoding: 'latin1' })
  const lines = createInterface({ input })
  let number = 0
  for await (const text of lines) {
    const end = contents.bytes + text.length + 1
    if (end > length) break
    number += 1
    const wrong = new Denied(
      PORT,
      `line ${number} of the file is not the checkpoint that belongs there`,
    )
    let parsed: z.infer<typeof Line>
    try {
      parsed = Line.parse(JSON.parse(text))
    } catch {
      throw wrong
    }
    const { size, root } = parsed
    if (contents.last && size <= contents.last.size) throw wrong
    contents.last = { size, root, line: number }
    contents.bySize.set(size, { root, line: number })
    contents.bytes = end
  }
  return contents
}

/** On the disk when it answers: the line, and the first time the file's name. */
const append = async (path: string, { bytes }: Contents, line: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a', 0o600)
  try {
    await file.truncate(bytes)
    await file.writeFile(line)
    await file.sync()
  } finally {
    await file.close()
  }
  if (bytes > 0) return
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

/** Throws Denied where the file may not be written or is not ours, Outage where the disk fails. */
export const createFileAnchor = ({ path }: { path: string }): LogAnchor => {
  let known: Contents | null = null
  const contents = async (): Promise<Contents> => {
    if (known === null || known.bytes !== (await lengthOf(path))) known = await read(path)
    return known
  }
  const referenceOf = (line: number): string => `${basename(path)}, line ${line}`

  /** One after the other: what was read is still so when it is written. */
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work).catch((error: unknown) => {
      throw error instanceof Denied || error instanceof Outage ? error : failed(error)
    })
    queue = result.catch(() => undefined)
    return result
  }

  return {
    abilities: { kind: 'file', independent: false },
    latest: () =>
      inTurn(async () => {
        const { last } = await contents()
        return last && { size: last.size, root: last.root, reference: referenceOf(last.line) }
      }),
    publish: ({ size, root, note }) =>
      inTurn(async () => {
        const now = await contents()
        const there = now.bySize.get(size)
        if (there)
          return there.root === root
            ? { reference: referenceOf(there.line) }
            : { refused: 'A checkpoint of this size is there with another root.' }
        if (now.last && size < now.last.size) return { refused: 'A larger checkpoint is there.' }
        known = null
        await append(path, now, `${JSON.stringify({ size, root, note })}\n`)
        known = await read(path)
        return { reference: referenceOf(now.bySize.size + 1) }
      }),
  }
}
