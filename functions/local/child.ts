// Starts a server as a child process, waits until it says that it listens, and ends it. Knows nothing of what it serves.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import * as z from 'zod'

const START_WITHIN_MS = 15_000
const TERM_WITHIN_MS = 2_000
const LAST_WORDS_CHARACTERS = 2_000

export interface Child {
  pid: number
  /** On 127.0.0.1. */
  port: number
  /** Settles when the process is gone, whoever ended it. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** SIGTERM, two seconds of patience, SIGKILL. May be called again, and after the process is gone. */
  stop(): Promise<void>
}

export interface ChildOptions {
  /** What people call it. */
  name: string
  command: string
  args: string[]
  /** Added to the few variables that every child gets; nothing else of our own environment goes along. */
  env?: Record<string, string>
  /** Descriptor on which the child writes {"event":"listen","port":N}: 1 or 3. */
  listenFd: 1 | 3
  /** Keeps the child's standard input open for as long as this process lives. */
  holdStdin?: boolean
  /** Gets each line that the child prints. */
  log?: (line: string) => void
}

const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_EXTRA_CA_CERTS']
const inherited = (): Record<string, string> =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

const Listening = z.object({ event: z.literal('listen'), port: z.int() })
const portIn = (line: string): number | null => {
  try {
    return Listening.parse(JSON.parse(line)).port
  } catch {
    return null
  }
}

const eachLine = (stream: unknown, take: (line: string) => void): void => {
  if (stream) createInterface({ input: stream as Readable }).on('line', take)
}

const stopWith =
  (child: ChildProcess, exited: Promise<unknown>): (() => Promise<void>) =>
  async () => {
    child.kill('SIGTERM')
    const last = setTimeout(() => child.kill('SIGKILL'), TERM_WITHIN_MS)
    await exited
    clearTimeout(last)
  }

/** Rejects when the child ends before it listens (with its last words) or does not listen within 15 seconds. */
export const startChild = async ({
  name,
  command,
  args,
  env = {},
  listenFd,
  holdStdin = false,
  log = () => {},
}: ChildOptions): Promise<Child> => {
  const child = spawn(command, args, {
    env: { ...inherited(), ...env },
    stdio: [holdStdin ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  let lastWords = ''
  const hear = (line: string): void => {
    lastWords = `${lastWords}${line}\n`.slice(-LAST_WORDS_CHARACTERS)
    log(line)
  }
  // An orderly end of ours, or a crash that still runs handlers, takes the child along.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited: Child['exited'] = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', kill)
      resolve({ code, signal })
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const hearOrListen = (line: string): void => {
    const port = portIn(line)
    if (port === null) hear(line)
    else resolve(port)
  }
  eachLine(child.stdio[1], listenFd === 1 ? hearOrListen : hear)
  eachLine(child.stdio[2], hear)
  eachLine(child.stdio[3], hearOrListen)
  child.once('error', reject)
  exited.then(({ code, signal }) =>
    reject(new Error(`${name} ended before it listened (${signal ?? code}): ${lastWords.trim()}`)),
  )
  const late = setTimeout(() => {
    reject(new Error(`${name} did not listen within ${START_WITHIN_MS / 1000} seconds.`))
    kill()
  }, START_WITHIN_MS)
  const port = await promise.finally(() => clearTimeout(late))
  // A process that listens has a number.
  return { pid: child.pid as number, port, exited, stop: stopWith(child, exited) }
}
