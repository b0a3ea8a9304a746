// The laptop's second party over the signed wire: one key for as long as its folder lasts, a memory that outlives the process,
// simulated in every answer, and open to the platform only.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createBackOffice } from '../../edge-workers/back-office.ts'
import { edgeSignatureLine, platformOrigin, verifySignature } from '../../edge-workers/log-key.ts'
import { checkpointText, noteOf, verifyNote } from '../../gitops/log/note.ts'
import { COSIGN_PATH } from '../../schemas/wire.ts'
import { buildFunctions } from '../cli/build.ts'
import { createLocalHead, SIMULATED_NAME } from './checkpoint-signer.ts'
import type { Child } from './child.ts'
import { startFunctionsHost } from './functions-host.ts'
import { loadSecrets, publicJwks, type Secrets } from './secrets.ts'

let home: string
let bundlePath: string
let secrets: Secrets
let host: Child
const start = () =>
  startFunctionsHost({
    ...{ bundlePath, port: 0, edgePublicJwks: publicJwks(secrets) },
    settings: { COSIGNER_FOLDER: join(home, 'cosigner') },
  })

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-cosigner-'))
  secrets = await loadSecrets(home)
  bundlePath = (await buildFunctions({ outfile: join(home, 'index.cjs') })).path
})
afterAll(() => rm(home, { recursive: true }))
beforeEach(async () => {
  host = await start()
})
afterEach(() => host.stop())

const env = () => ({
  PUBLIC_URL: 'https://phoenix.example',
  EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
})
const office = () =>
  createBackOffice({
    baseUrl: `http://127.0.0.1:${host.port}`,
    signingKeyJwk: env().EDGE_SIGNING_KEY,
    fetch,
    now: () => new Date(),
  })
const noteOfSize = async (size: number, digit: string): Promise<string> => {
  const text = checkpointText(platformOrigin(env()), { size, root: digit.repeat(64) })
  return noteOf(text, [await edgeSignatureLine(env(), text)])
}

it('signs over the wire, with one key, and remembers through a restart', async () => {
  const note = await noteOfSize(5, 'a')
  const first = await office().cosign({ note, consistency: null })
  if (!first || !('line' in first)) throw new Error('refused')
  expect(first.key).toMatchObject({ name: SIMULATED_NAME, algorithm: 'ES256', simulated: true })
  expect(await verifyNote(`${note}${first.line}`, first.key, verifySignature)).toBe(true)

  process.kill(host.pid, 'SIGKILL')
  await host.exited
  host = await start()
  const again = await office().cosign({ note, consistency: null })
  expect(again).toMatchObject({ key: first.key })
  const forked = await office().cosign({ note: await noteOfSize(5, 'b'), consistency: null })
  expect(forked).toHaveProperty('refused')
  const smaller = await office().cosign({ note: await noteOfSize(4, 'a'), consistency: null })
  expect(smaller).toMatchObject({ last: { size: 5 } })
  const { mode } = await stat(join(home, 'cosigner/key.json'))
  expect(mode & 0o777).toBe(0o600)
})

it('answers nobody without a signed request, and nothing that is none', async () => {
  const url = `http://127.0.0.1:${host.port}${COSIGN_PATH}`
  const unsigned = await fetch(url, { method: 'POST', body: '{}' })
  expect(unsigned.status).toBe(401)
  const wrong = office().cosign({ note: '', consistency: null })
  await expect(wrong).rejects.toThrow('answered 400')
})

it('is absent where no folder is set', async () => {
  await host.stop()
  host = await startFunctionsHost({ bundlePath, port: 0, edgePublicJwks: publicJwks(secrets) })
  expect(await office().cosign({ note: await noteOfSize(9, 'a'), consistency: null })).toBeNull()
})

it('keeps its memory from whoever read an older one', async () => {
  const head = createLocalHead(join(home, 'memory'))
  const at = (size: number) => ({ origin: 'o/log', size, root: 'c'.repeat(64) })
  expect(await head.replace(null, at(1))).toBe(true)
  expect(await Promise.all([head.replace(at(1), at(2)), head.replace(at(1), at(3))])).toEqual([
    true,
    false,
  ])
  expect(await head.read()).toEqual(at(2))
})
