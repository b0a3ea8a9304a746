// A self-hosted edge: it starts from settings and credentials alone, keeps its secrets out of the state folder, and says what is
// missing instead of starting.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSelfHostSettings, SELF_HOST_NAMES } from './self-host-settings.ts'

const KEY = 'f0'.repeat(32)
const credentials = {
  PLATFORM_KEY: KEY,
  EDGE_SIGNING_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', kid: 'k', d: 'A', x: 'A' }),
  FORGE_WEBHOOK_SECRET: 'webhook-secret-of-the-test',
  OPERATOR_TOKEN_DIGEST: '00'.repeat(32),
}
const settings = {
  PUBLIC_URL: 'https://phoenix.example',
  FORGE_API_URL: 'https://forge.example/api/v3',
  FORGE_APP_LOGIN: 'phoenix[bot]',
  PLATFORM_REPOSITORY: 'platform/fleet',
  BACK_OFFICE_URL: 'https://functions.example',
}
let home: string
const folders = () => ({
  CREDENTIALS_DIRECTORY: join(home, 'credentials'),
  STATE_DIRECTORY: join(home, 'state'),
  RUNTIME_DIRECTORY: join(home, 'runtime'),
})

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-self-host-'))
  for (const folder of Object.values(folders())) await mkdir(folder)
  for (const [name, value] of Object.entries(credentials))
    await writeFile(join(home, 'credentials', name), `${value}\n`)
})
afterAll(() => rm(home, { recursive: true }))

it('names everything that is missing, and refuses a secret in the environment', async () => {
  const { PUBLIC_URL: _, ...rest } = settings
  await expect(readSelfHostSettings({ ...folders(), ...rest })).rejects.toThrow(
    'not set: PUBLIC_URL',
  )
  const shown = { ...folders(), ...settings, PLATFORM_KEY: KEY }
  const error = await readSelfHostSettings(shown).catch((thrown: Error) => thrown.message)
  expect(error).toBe('PLATFORM_KEY is a secret: give it as a credential')
  const wide = { ...folders(), ...settings, CONFIGURED_NETWORKS: 'public 10.0.0.0/33' }
  await expect(readSelfHostSettings(wide)).rejects.toThrow('CONFIGURED_NETWORKS')
})

it('starts at no address that is not https', async () => {
  for (const PUBLIC_URL of ['http://phoenix.example', 'https://phoenix.example/'])
    await expect(readSelfHostSettings({ ...folders(), ...settings, PUBLIC_URL })).rejects.toThrow(
      /^PUBLIC_URL is not/,
    )
})

it('knows every setting of the Worker but the laptop’s own', async () => {
  const text = await readFile(join(import.meta.dirname, '../../edge-workers/env.ts'), 'utf8')
  const names = [...text.matchAll(/^ {2}([A-Z_]+)\??: string$/gm)].map(([, name]) => name)
  const laptop = ['DEPLOYMENT', 'LOCAL_WEBHOOK_ORIGIN']
  expect(SELF_HOST_NAMES.toSorted()).toEqual(
    names.filter((name) => !laptop.includes(name as string)).toSorted(),
  )
})

it('starts where it may write nothing but its state and its runtime, answers, and leaves no secret in the state', async () => {
  const env = { ...folders(), ...settings, LISTEN: '127.0.0.1:0', PATH: process.env.PATH ?? '' }
  const main = join(import.meta.dirname, 'self-host.ts')
  // systemd gives it nothing to write to but these two (ProtectSystem=strict): the checkout is read-only there.
  const { STATE_DIRECTORY, RUNTIME_DIRECTORY } = folders()
  const strict = ['--permission', '--allow-child-process', '--allow-fs-read=*']
  for (const folder of [STATE_DIRECTORY, RUNTIME_DIRECTORY])
    strict.push(`--allow-fs-write=${folder}`)
  const child: ChildProcess = spawn(process.execPath, [...strict, main], { env, stdio: 'pipe' })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let said = ''
  child.stderr?.on('data', (chunk) => (said += chunk))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('close', () => reject(new Error(`it ended: ${said}`)))
      createInterface({ input: child.stdout as never }).on('line', (line) => {
        if (line.includes('"listen"')) resolve(JSON.parse(line).port)
      })
    })
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/v1/tenants`)).status).toBe(401)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  const secret = Buffer.from(credentials.FORGE_WEBHOOK_SECRET)
  const inState = await readdir(join(home, 'state'), { recursive: true, withFileTypes: true })
  const files = inState.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(0)
  for (const { parentPath, name } of files)
    expect((await readFile(join(parentPath, name))).includes(secret), name).toBe(false)
  expect((await readFile(join(home, 'runtime/workerd.capnp'))).includes(secret)).toBe(true)
})
