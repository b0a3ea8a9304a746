// The laptop's second party over the signed wire: a key in the simulated vault that outlives both processes, a memory of its own,
// simulated in every answer, and open to the platform only.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBackOffice } from '../../edge-workers/back-office.ts'
import { edgeSignatureLine, platformOrigin, verifySignature } from '../../edge-workers/log-key.ts'
import { checkpointText, noteOf, verifyNote } from '../../gitops/log/note.ts'
import { COSIGN_PATH } from '../../schemas/wire.ts'
import { buildFunctions } from '../cli/build.ts'
import type { Child } from './child.ts'
import { startFunctionsHost } from './functions-host.ts'
import { loadSecrets, publicJwks, type Secrets } from './secrets.ts'
import { startVault } from './vault/stand-in.ts'
import { startVerifiedId } from './verified-id/stand-in.ts'

let home: string
let bundlePath: string
let secrets: Secrets
let host: Child
let office: Awaited<ReturnType<typeof startVerifiedId>>
let vault: Awaited<ReturnType<typeof startVault>>
const startOffices = async () => {
  office = await startVerifiedId({ port: 0, path: null })
  vault = await startVault({ port: 0, folder: join(home, 'vault'), identity: office.identity })
}
const start = () =>
  startFunctionsHost({
    ...{ bundlePath, port: 0, edgePublicJwks: publicJwks(secrets) },
    settings: {
      ...{ ...office.settings, ...vault.settings, LOCAL_REROUTES: JSON.stringify(vault.routes) },
      ...{ COSIGNER_FOLDER: join(home, 'cosigner'), COSIGNER_NAME: 'laptop/simulated-cosigner' },
    },
  })

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-cosigner-'))
  secrets = await loadSecrets(home)
  bundlePath = (await buildFunctions({ outfile: join(home, 'index.cjs') })).path
  await startOffices()
  host = await start()
})
const stop = async () => {
  await host.stop()
  await vault.close()
  await office.close()
}
afterAll(async () => {
  await stop()
  await rm(home, { recursive: true })
})

const env = () => ({
  PUBLIC_URL: 'https://phoenix.example',
  EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
})
const backOffice = () =>
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

it('signs over the wire, with one key, and remembers through a restart of everything', async () => {
  const note = await noteOfSize(5, 'a')
  const first = await backOffice().cosign({ note, consistency: null })
  if (!first || !('line' in first)) throw new Error('refused')
  expect(first.key).toMatchObject({ name: 'laptop/simulated-cosigner', algorithm: 'ES256' })
  expect(first.key.simulated).toBe(true)
  expect(await verifyNote(`${note}${first.line}`, first.key, verifySignature)).toBe(true)

  process.kill(host.pid, 'SIGKILL')
  await host.exited
  await stop()
  await startOffices()
  host = await start()
  const again = await backOffice().cosign({ note, consistency: null })
  expect(again).toMatchObject({ key: first.key })
  const forked = await backOffice().cosign({ note: await noteOfSize(5, 'b'), consistency: null })
  expect(forked).toHaveProperty('refused')
  const smaller = await backOffice().cosign({ note: await noteOfSize(4, 'a'), consistency: null })
  expect(smaller).toMatchObject({ last: { size: 5 } })
})

it('answers nobody without a signed request, and nothing that is none', async () => {
  const url = `http://127.0.0.1:${host.port}${COSIGN_PATH}`
  const unsigned = await fetch(url, { method: 'POST', body: '{}' })
  expect(unsigned.status).toBe(401)
  const wrong = backOffice().cosign({ note: '', consistency: null })
  await expect(wrong).rejects.toThrow('answered 400')
})
