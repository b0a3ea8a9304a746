// The sample app in a host of its own, for tests of what a host does: `with` host.json's fields, keys, a file of state.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { buildFunctions } from '../../cli/build.ts'
import { type HostOptions, startHost } from './host.ts'

const root = join(import.meta.dirname, '../../..')

/** Builds the app once for a file of tests; hosts are closed and files removed after it. */
export const sampleApp = (fixture = 'sample-app.fixture.ts') => {
  let folder = ''
  let bundlePath = ''
  const closes: (() => Promise<void>)[] = []
  const lines: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phoenix-host-'))
    const entry = relative(root, join(import.meta.dirname, fixture))
    bundlePath = (await buildFunctions({ entry, outfile: join(folder, 'app.cjs') })).path
    process.env.DONE_QUEUE = 'done'
  })
  afterAll(async () => {
    for (const close of closes) await close()
    await rm(folder, { recursive: true })
  })
  const start = async (options: Partial<HostOptions> = {}, hostJson: object = {}) => {
    const hostJsonPath = join(folder, `${crypto.randomUUID()}.json`)
    await writeFile(hostJsonPath, JSON.stringify({ version: '2.0', ...hostJson }))
    const write = (level: string, _category: string, message: string): void =>
      void lines.push(`${level} ${message}`)
    const host = await startHost({ bundlePath, hostJsonPath, port: 0, write, ...options })
    let open = true
    const close = async (): Promise<void> => {
      if (open) await host.close()
      open = false
    }
    closes.push(close)
    const base = `http://127.0.0.1:${host.port}`
    const get = (path: string, init?: RequestInit): Promise<Response> => fetch(base + path, init)
    const seen = async (): Promise<string[]> => (await (await get('/api/seen')).json()) as string[]
    return { get, seen, close, port: host.port }
  }
  return { start, lines, fileIn: (name: string): string => join(folder, name) }
}
