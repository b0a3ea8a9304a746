// What `npm start` runs, in a folder of its own, and kill -9 of everything of it at once: the launcher, workerd, the forge and the
// Functions host are one process group. It is started again on the same folder and ports.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { LocalFile } from './laptop.ts'
import { choosePorts } from './ports.ts'
import { until } from './story-client.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
let folder: string
let home: string
let port: number
let running: ChildProcess | null = null

/** Gone after the test. */
export const crashFolder = (): string => folder

/** Call it in the test's file. */
export const prepareFolder = (): void => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phoenix-crash-'))
    home = join(folder, 'home')
    port = await threeFreePorts()
  })
  afterEach(async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  })
}

/** Below the range from which systems give out ports by themselves, so that they are still free after a crash. */
const threeFreePorts = (): Promise<number> =>
  until('three free ports', async () => {
    const base = 20_000 + 3 * Math.floor(Math.random() * 3_000)
    return choosePorts(String(base)).then(
      () => base,
      () => null,
    )
  })

/** What `npm start` runs, as the leader of a process group of its own. */
export const start = async (): Promise<LocalFile> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PHOENIX_HOME: home, PORT: String(port) },
  })
  running = child
  process.once('exit', killNow)
  let said = ''
  child.stderr?.on('data', (text) => {
    said += text
  })
  return until(
    'a laptop that is up',
    async () => {
      if (child.exitCode !== null) throw new Error(`ended while starting: ${said}`)
      const text = await readFile(join(home, 'local.json'), 'utf8').catch(() => '{}')
      // What an earlier run left there names another process.
      const local: LocalFile | null = text.endsWith('\n') ? JSON.parse(text) : null
      if (local === null || local.pid !== child.pid) return null
      const answer = await fetch(`${local.url}/healthz`).catch(() => null)
      return answer?.ok ? local : null
    },
    { within: 60_000, seen: () => said },
  )
}

/** The whole group at once. */
const killNow = (): void => {
  if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, 'SIGKILL')
}

export const kill = async (): Promise<void> => {
  const gone = running && running.exitCode === null ? once(running, 'exit') : null
  killNow()
  await gone
  running = null
  process.off('exit', killNow)
}
