// The real bundle and the laptop's stand-ins: everything is closed but what is named here, and the edge's key changes while
// requests go on.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBackOffice } from '../../../edge-workers/back-office.ts'
import { PING_PATH, WIRE_HEADER } from '../../../schemas/wire.ts'
import { buildFunctions } from '../../cli/build.ts'
import { nodeIdentitiesStandIn } from '../node-identities.ts'
import { startHost } from './host.ts'
import { post, tokenFor } from './signing.fixture.ts'

/** Everything that runs for whoever asks. Who adds a function here has thought about it. */
const OPEN = ['health']
/** Timers and queue functions: nobody asks for them by HTTP. */
const UNASKED: string[] = []

const MASTER = 'master-master-master'
const root = join(import.meta.dirname, '../../..')
let folder: string
let bundlePath: string
const closes: (() => Promise<void>)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-closed-'))
  bundlePath = (await buildFunctions({ outfile: join(folder, 'index.cjs') })).path
})
afterAll(async () => {
  for (const close of closes) await close()
  delete process.env.EDGE_PUBLIC_JWKS
  await rm(folder, { recursive: true })
})

const makeKey = async (alg: 'EdDSA' | 'ES256', kid: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, kid }
}
/** As a deployment is started with these keys: settings are read once. */
const start = async (...keys: JWK[]): Promise<string> => {
  const published = keys.map(({ d: _private, ...jwk }) => jwk)
  process.env.EDGE_PUBLIC_JWKS = JSON.stringify({ keys: published })
  const host = await startHost({
    ...{ bundlePath, hostJsonPath: join(root, 'host.json'), port: 0, keys: { master: MASTER } },
    standIns: [nodeIdentitiesStandIn],
  })
  closes.push(host.close)
  return `http://127.0.0.1:${host.port}`
}

interface Listed {
  name: string
  invoke_url_template?: string
  config: { bindings: { type: string; methods?: string[] }[] }
}

it('answers 401 to whoever has no token, whatever the function, and opens what is named', async () => {
  const base = await start(await makeKey('EdDSA', 'k1'))
  const headers = { 'x-functions-key': MASTER }
  const list = (await (await fetch(`${base}/admin/functions`, { headers })).json()) as Listed[]
  expect(list.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['health', 'ping', 'anchor', 'cosign-checkpoint', 'node-identities']),
  )
  const byHttp = list.filter(({ invoke_url_template: path }) => path !== undefined)
  const unasked = list.filter(({ invoke_url_template: path }) => path === undefined)
  expect(unasked.map(({ name }) => name)).toEqual(UNASKED)
  const opened: string[] = []
  for (const { name, invoke_url_template: path = '', config } of byHttp) {
    const [trigger] = config.bindings.filter(({ type }) => type === 'httpTrigger')
    for (const method of trigger?.methods ?? ['GET', 'POST']) {
      const url = `${base}${path.replaceAll(/\{[^}]*\}/g, '1')}`
      const body = method === 'GET' ? {} : { body: '{}' }
      const statuses = [
        (await fetch(url, { method, ...body })).status,
        (await fetch(url, { method, ...body, headers: { [WIRE_HEADER]: 'a.b.c' } })).status,
        // The host's own keys are no request of the edge.
        (await fetch(url, { method, ...body, headers })).status,
      ]
      if (statuses.some((status) => status !== 401)) opened.push(name)
    }
  }
  expect(opened).toEqual(OPEN)
})

it('changes the edge’s key without an interruption, and refuses the old one afterwards', async () => {
  const old = await makeKey('EdDSA', 'k1')
  const next = await makeKey('ES256', 'k2')
  const asked = { tenant: 'ten_eu_aaaaaaaaaaaaaaaa', operation: 'op-1' }
  const by = (key: JWK, baseUrl: string) =>
    createBackOffice({
      ...{ baseUrl, signingKeyJwk: JSON.stringify(key), fetch, now: () => new Date() },
    }).ping(asked)
  const before = await start(old)
  expect(await by(old, before)).toEqual(asked)
  // The Functions learn the new key first: the edge may sign with either, and instances of before go on.
  const during = await start(old, next)
  expect(await Promise.all([by(old, before), by(old, during), by(next, during)])).toEqual([
    ...[asked, asked, asked],
  ])
  const after = await start(next)
  expect(await by(next, after)).toEqual(asked)
  await expect(by(old, after)).rejects.toThrow('answered 401')
  // A token of before, carried to an instance of after.
  const call = { path: PING_PATH, owner: asked.tenant, operation: 'op-2', body: '{}' }
  const token = await tokenFor(old, call)
  expect((await post(after, call, token)).status).toBe(401)
  expect((await post(before, call, token)).status).toBe(200)
})
