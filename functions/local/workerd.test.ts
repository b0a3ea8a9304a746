// Plain workerd with the generated configuration, for real: bindings, ways out, durability, the signed wire, the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildFunctions, buildWorker } from '../cli/build.ts'
import type { Child } from './child.ts'
import { startFunctionsHost } from './functions-host.ts'
import { loadSecrets, publicJwks } from './secrets.ts'
import { startWorkerd } from './workerd.ts'
import { writeWorkerdConfig } from './workerd-config.ts'

const TOML = `
name = "probe"
main = "worker.js"
compatibility_date = "2026-10-20"
compatibility_flags = ["nodejs_compat", "global_fetch_strictly_public"]
[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]
`
/** Everything that could break out of a text literal, and what lies beyond ASCII. */
const TEXT = 'a"b\\c\\"d\ne\tf\r\x1b\x7f\u0085 {"k":"v"} ), (name = "X" é 漢 🜁 \\x41 $'

const root = join(import.meta.dirname, '../..')
const neighbour = createServer((_request, response) => response.end('here'))
const lines: string[] = []
let home: string
let configPath: string
let functionsHost: Child
let workerd: Child
let neighbourPort: number

const start = () => startWorkerd({ configPath, log: (line) => void lines.push(line) })
const ask = async (path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${workerd.port}${path}`)).text()

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix workerd "\''))
  await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve))
  neighbourPort = (neighbour.address() as AddressInfo).port
  const secrets = await loadSecrets(home)
  const entry = relative(root, join(import.meta.dirname, 'workerd-probe.fixture.ts'))
  const [worker, functions] = await Promise.all([
    buildWorker({ entry, outfile: join(home, 'built.js') }),
    buildFunctions({ outfile: join(home, 'index.cjs') }),
  ])
  functionsHost = await startFunctionsHost({
    bundlePath: functions.path,
    port: 0,
    edgePublicJwks: publicJwks(secrets),
  })
  configPath = await writeWorkerdConfig({
    home,
    bundlePath: worker.path,
    wranglerToml: TOML,
    address: '127.0.0.1:0',
    text: {
      TEXT,
      BACK_OFFICE_URL: `http://127.0.0.1:${functionsHost.port}`,
      EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
    },
  })
  workerd = await start()
})
afterAll(async () => {
  await Promise.all([workerd.stop(), functionsHost.stop()])
  neighbour.close()
  await rm(home, { recursive: true })
})

it('passes texts through unharmed', async () => {
  expect(await ask('/text')).toBe(TEXT)
})

it('reaches this machine through LOCAL only', async () => {
  const target = `?target=http://127.0.0.1:${neighbourPort}/`
  expect(await ask(`/local${target}`)).toBe('status 200')
  expect(await ask(`/fetch${target}`)).toBe('refused')
  expect(await ask('/local?target=http://10.0.0.1/')).toBe('refused')
  expect(await ask(`/local?target=http://localhost:${neighbourPort}/`)).toBe('status 200')
  expect(await ask(`/fetch?target=http://localhost:${neighbourPort}/`)).toBe('refused')
})

it('carries a signed request to the Functions and back', async () => {
  const answer = JSON.parse(await ask('/ping'))
  expect(answer).toEqual({ tenant: 'ten_eu_probe', operation: 'op-1' })
})

it('keeps what an object wrote through SIGKILL', async () => {
  expect(await ask('/count')).toBe('1')
  expect(await ask('/count')).toBe('2')
  process.kill(workerd.pid, 'SIGKILL')
  expect((await workerd.exited).signal).toBe('SIGKILL')
  workerd = await start()
  expect(await ask('/count')).toBe('3')
})

it('has nothing to complain about when it starts', async () => {
  lines.length = 0
  const second = await start()
  await second.stop()
  expect(lines).toEqual([])
})

it('says why when its port is taken', async () => {
  const broken = join(home, 'taken.capnp')
  const taken = await writeWorkerdConfig({
    home: await mkdtemp(join(home, 'other-')),
    bundlePath: join(home, 'built.js'),
    wranglerToml: TOML,
    address: `127.0.0.1:${neighbourPort}`,
    text: {},
  })
  await expect(startWorkerd({ configPath: taken })).rejects.toThrow(/Address already in use/)
  await writeFile(broken, 'nonsense')
  await expect(startWorkerd({ configPath: broken })).rejects.toThrow(
    /^workerd ended before it listened \(1\): /,
  )
})

it('ends at once when idle, and may be stopped twice', async () => {
  const idle = await start()
  await idle.stop()
  await idle.stop()
  await expect(fetch(`http://127.0.0.1:${idle.port}/`)).rejects.toThrow()
})
