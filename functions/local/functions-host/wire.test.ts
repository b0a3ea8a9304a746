// The signed wire from the edge's client to the real Functions bundle: what arrives, what is refused, what leaks.
import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackOffice } from '../../../edge-workers/back-office.ts'
import { edgeSignatureLine, platformOrigin } from '../../../edge-workers/log-key.ts'
import { checkpointText, noteOf } from '../../../gitops/log/note.ts'
import {
  IDENTIFY_NODES_PATH,
  WIRE_AUDIENCE,
  WIRE_HEADER,
  WIRE_ISSUER,
  WIRE_TYPE,
} from '../../../schemas/wire.ts'
import { buildFunctions } from '../../cli/build.ts'
import { type Child, startChild } from '../child.ts'
import { startFunctionsHost } from '../functions-host.ts'
import { simulateIdentity } from '../node-identities.ts'
import { loadSecrets, publicJwks, type Secrets } from '../secrets.ts'

const TENANT = 'ten_eu_aaaaaaaaaaaaaaaa'

let folder: string
let bundlePath: string
let secrets: Secrets
let host: Child
const lines: string[] = []

const start = (): Promise<Child> =>
  startFunctionsHost({
    bundlePath,
    port: 0,
    edgePublicJwks: publicJwks(secrets),
    settings: { ANCHOR_FILE: join(folder, 'anchor.jsonl') },
    log: (line) => void lines.push(line),
  })

const officeWith = (more: Partial<Parameters<typeof createBackOffice>[0]> = {}) =>
  createBackOffice({
    baseUrl: `http://127.0.0.1:${host.port}`,
    signingKeyJwk: JSON.stringify(secrets.edgeSigningKey),
    fetch,
    now: () => new Date(),
    ...more,
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-wire-'))
  secrets = await loadSecrets(folder)
  bundlePath = (await buildFunctions({ outfile: join(folder, 'index.cjs') })).path
  host = await start()
})
afterAll(async () => {
  await host.stop()
  await rm(folder, { recursive: true })
})

describe('signed', () => {
  it('says who asked for what', async () => {
    const asked = { tenant: TENANT, operation: 'op-1' }
    expect(await officeWith().ping(asked)).toEqual(asked)
  })
  it('takes the same operation again', async () => {
    const asked = { tenant: TENANT, operation: 'op-2' }
    const answers = await Promise.all([officeWith().ping(asked), officeWith().ping(asked)])
    expect(answers).toEqual([asked, asked])
  })
  it('gives simulated node identities, the same each time', async () => {
    const asked = { tenant: TENANT, network: 'net', nodes: ['b', 'a'] }
    const expected = ['b', 'a'].map((node) => simulateIdentity(TENANT, 'net', node))
    expect(await officeWith().identify(asked)).toEqual(expected)
    expect(await officeWith().identify(asked)).toEqual(expected)
  })
})

it('puts a checkpoint of the log where the functions put them, and reads it back', async () => {
  const edge = {
    PUBLIC_URL: 'https://phoenix.example',
    EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
  }
  const checkpointOf = async (size: number) => {
    const root = 'a'.repeat(64)
    const text = checkpointText(platformOrigin(edge), { size, root })
    return { size, root, note: noteOf(text, [await edgeSignatureLine(edge, text)]) }
  }
  const checkpoint = await checkpointOf(7)
  const kind = { kind: 'file', independent: false, simulated: false }
  const reference = 'anchor.jsonl, line 1'
  for (const _ of [1, 2])
    expect(await officeWith().anchor(checkpoint)).toEqual({ ...kind, reference })
  expect(await officeWith().anchor(await checkpointOf(6))).toMatchObject({
    refused: 'A larger checkpoint is there.',
  })
  expect(await officeWith().anchor({ ...checkpoint, size: 8 })).toMatchObject({
    refused: 'The note is of another checkpoint.',
  })
  const { size, root } = checkpoint
  expect(await officeWith().latestAnchor()).toEqual({ ...kind, latest: { size, root, reference } })
})

it('answers its health and version to anyone', async () => {
  expect(await officeWith().health()).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  })
})

describe('refused', () => {
  /** Sends what the client would send, changed on its way. */
  const tampering = (change: (url: string, init: RequestInit) => [string, RequestInit]) =>
    officeWith({
      fetch: (input, init) => fetch(...change(String(input), (init ?? {}) as RequestInit)),
    })
  const asked = { tenant: TENANT, operation: 'op-3' }

  it.each<[string, (url: string, init: RequestInit) => [string, RequestInit]]>([
    ['without a token', (url, init) => [url, { ...init, headers: {} }]],
    ['with another body', (url, init) => [url, { ...init, body: '{"a":1}' }]],
    ['with another query', (url, init) => [`${url}?a=1`, init]],
    ['on another path', (url, init) => [url.replace('ping', 'node-identities'), init]],
  ])('%s', async (_name, change) => {
    await expect(tampering(change).ping(asked)).rejects.toThrow('answered 401')
  })
  it('signed by another key', async () => {
    const stranger = await loadSecrets(await mkdtemp(join(folder, 'other-')))
    const { kid } = secrets.edgeSigningKey
    const signingKeyJwk = JSON.stringify({ ...stranger.edgeSigningKey, kid })
    await expect(officeWith({ signingKeyJwk }).ping(asked)).rejects.toThrow('answered 401')
  })
  it('long after it was signed', async () => {
    const now = () => new Date(Date.now() - 70_000)
    await expect(officeWith({ now }).ping(asked)).rejects.toThrow('answered 401')
  })
  it('sent twice', async () => {
    const twice = officeWith({
      fetch: async (input, init) => {
        await (await fetch(input, init)).arrayBuffer()
        return fetch(input, init)
      },
    })
    await expect(twice.ping(asked)).rejects.toThrow('answered 401')
  })
  it('one tenant asking for the nodes of another', async () => {
    const body = JSON.stringify({ tenant: 'somebody', network: 'net', nodes: ['a'] })
    const { kid, alg } = secrets.edgeSigningKey
    const iat = Math.floor(Date.now() / 1000)
    const bsh = createHash('sha256').update(body).digest('base64url')
    const request = { htm: 'POST', htp: IDENTIFY_NODES_PATH, bsh, jti: 'op-5', nonce: randomUUID() }
    const parties = { iss: WIRE_ISSUER, aud: WIRE_AUDIENCE, sub: TENANT }
    const token = await new SignJWT({ ...parties, ...request, iat, exp: iat + 60 })
      .setProtectedHeader({ alg, kid, typ: WIRE_TYPE })
      .sign(await importJWK(secrets.edgeSigningKey))
    const url = `http://127.0.0.1:${host.port}${IDENTIFY_NODES_PATH}`
    const headers = { [WIRE_HEADER]: token }
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(403)
  })
  it('without a word about why, except in our own log', async () => {
    const response = await fetch(`http://127.0.0.1:${host.port}/api/ping`, { method: 'POST' })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = { type: 'about:blank', title: 'Unauthorized', status: 401 }
    expect(await response.json()).toEqual(problem)
    expect(lines).toContain(
      'warning (user): {"level":"warn","event":"request-refused","reason":"no-token"}',
    )
  })
})

describe('the process', () => {
  it('is an outage while it is killed, and serves again when started again', async () => {
    const asked = { tenant: TENANT, operation: 'op-4' }
    process.kill(host.pid, 'SIGKILL')
    expect(await host.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await expect(officeWith().ping(asked)).rejects.toMatchObject({ name: 'Outage' })
    host = await start()
    expect(await officeWith().ping(asked)).toEqual(asked)
  })
  it('ends in order when it is asked to', async () => {
    const other = await start()
    await other.stop()
    expect(await other.exited).toEqual({ code: 0, signal: null })
    await other.stop()
  })
  it('does not outlive the process that started it', async () => {
    const module = JSON.stringify(join(import.meta.dirname, '../functions-host.ts'))
    const options = JSON.stringify({ bundlePath, port: 0, edgePublicJwks: publicJwks(secrets) })
    const launcher = await startChild({
      name: 'a launcher',
      command: process.execPath,
      args: [
        '--input-type=module',
        '-e',
        `import { startFunctionsHost } from ${module}
         const { port } = await startFunctionsHost(${options})
         console.log(JSON.stringify({ event: 'listen', port }))`,
      ],
      listenFd: 1,
    })
    const url = `http://127.0.0.1:${launcher.port}/api/health`
    expect((await fetch(url, { headers: { connection: 'close' } })).status).toBe(200)
    process.kill(launcher.pid, 'SIGKILL')
    const answers = () =>
      fetch(url).then(
        () => 'answers',
        () => 'gone',
      )
    await expect.poll(answers, { timeout: 10_000 }).toBe('gone')
  })
  it('says why when it cannot start', async () => {
    const broken = { bundlePath: join(folder, 'nowhere.cjs'), port: 0, edgePublicJwks: '{}' }
    await expect(startFunctionsHost(broken)).rejects.toThrow(
      /The Functions host ended before it listened \(1\)[\s\S]*nowhere\.cjs/,
    )
  })
})
