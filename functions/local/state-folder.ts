// The folder that holds everything an installation on a laptop knows (PHOENIX_HOME), and the lock that keeps it to one
// process: two workerd on one folder would ruin it. Does not know what is kept in it.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'

export interface StateFolder {
  /** Absolute, without symbolic links. */
  path: string
  /**
   * Notes a child that works in this folder. Should we die by SIGKILL, the next process that opens the folder ends it.
   * `mark` is text that must be on its command line then: a process number may have gone to somebody else.
   */
  noteChild(child: { pid: number; mark: string }): Promise<void>
  /** Gives the lock back. The operating system does the same when we die. */
  close(): void
}

const LEFTOVER_POLL_MS = 20
const LEFTOVER_POLLS = 250

const Running = z.object({
  pid: z.int().positive(),
  children: z.array(z.object({ pid: z.int().positive(), mark: z.string().min(1) })),
})
type Running = z.infer<typeof Running>

const runningPath = (folder: string): string => join(folder, 'running.json')

const readRunning = async (folder: string): Promise<Running | null> => {
  try {
    return Running.parse(JSON.parse(await readFile(runningPath(folder), 'utf8')))
  } catch {
    return null
  }
}

/** Node's SQLite announces itself as experimental on standard error, which would be the first thing people see. */
const quietly = <T>(load: () => T): T => {
  const emit = process.emitWarning
  process.emitWarning = () => {}
  try {
    return load()
  } finally {
    process.emitWarning = emit
  }
}

/** An exclusive SQLite transaction: the operating system's own lock on every platform, and it dies with the process. */
const takeLock = (folder: string): { close(): void } | null => {
  const { DatabaseSync } = quietly(() => process.getBuiltinModule('node:sqlite'))
  const database = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch {
    database.close()
    return null
  }
}

/** Null when there is no such process, or no way to ask (Windows): then nothing is ended. */
const commandLine = async (pid: number): Promise<string | null> => {
  try {
    return process.platform === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return null
  }
}

/** Ends what a killed predecessor left running; a worker without its launcher would write beside ours. */
const endLeftovers = async (folder: string): Promise<void> => {
  for (const { pid, mark } of (await readRunning(folder))?.children ?? []) {
    const isThere = async () => (await commandLine(pid))?.includes(mark) ?? false
    if (!(await isThere())) continue
    process.kill(pid, 'SIGKILL')
    for (let polls = 0; await isThere(); polls++) {
      if (polls > LEFTOVER_POLLS) throw new Error(`process ${pid} of an earlier run does not end`)
      await delay(LEFTOVER_POLL_MS)
    }
  }
}

/**
 * Makes the folder (mode 0700) and takes its lock, over from a dead holder if need be.
 * Rejects when a living process holds it, with a sentence that names the folder and PHOENIX_HOME.
 */
export const openStateFolder = async (folder: string): Promise<StateFolder> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = await realpath(folder)
  await chmod(path, 0o700)
  const lock = takeLock(path)
  if (!lock) {
    const holder = (await readRunning(path))?.pid
    throw new Error(
      `${path} is in use by another Phoenix${holder ? ` (process ${holder})` : ''}. ` +
        'Stop it, or give this one a folder of its own: PHOENIX_HOME=/some/folder npm start',
    )
  }
  await endLeftovers(path)
  const running: Running = { pid: process.pid, children: [] }
  const save = () => writeFile(runningPath(path), JSON.stringify(running), { mode: 0o600 })
  await save()
  return {
    path,
    noteChild: async (child) => {
      running.children.push(child)
      await save()
    },
    close: () => lock.close(),
  }
}
