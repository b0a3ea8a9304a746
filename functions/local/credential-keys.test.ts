// One examination for the keys sealed at the edge, for those in the laptop's folder, and for the same over the signed wire.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealedKeys } from '../../edge-workers/actors/tenant/credentials/issuer/keys.ts'
import { examineCredentialKeys } from '../../edge-workers/actors/tenant/credentials/issuer/keys-examination.ts'
import { createBackOffice } from '../../edge-workers/back-office.ts'
import { WIRE_HEADER } from '../../schemas/wire.ts'
import { createRequestVerifier } from '../verify-request.ts'
import { credentialKeyStandIns, folderKeys } from './credential-keys.ts'
import { loadSecrets, publicJwks, type Secrets } from './secrets.ts'

const OWN = 'ten_eu_aaaaaaaaaaaaaaaa'
const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
let home: string
let secrets: Secrets
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-credential-keys-'))
  secrets = await loadSecrets(home)
})
afterAll(() => rm(home, { recursive: true }))

/** The Functions without a socket: every request is held against the edge's public keys, and handed to its function. */
const functionsAt = (folder: string): typeof fetch => {
  const verify = createRequestVerifier({ jwks: publicJwks(secrets), now: () => new Date() })
  const functions = new Map(credentialKeyStandIns(folder).map((one) => [one.route, one.handler]))
  return async (input, init) => {
    const request = new Request(String(input), init)
    const body = await request.clone().arrayBuffer()
    const verdict = await verify({
      ...{ method: request.method, url: request.url, token: request.headers.get(WIRE_HEADER) },
      body: async () => new Uint8Array(body),
    })
    if (!verdict.ok) return new Response(null, { status: 401 })
    const handler = functions.get(new URL(request.url).pathname.slice('/api/'.length))
    if (!handler) return new Response(null, { status: 404 })
    const context = { extraInputs: { get: () => verdict.claims } } as unknown as InvocationContext
    const asked = request as unknown as HttpRequest
    const answered = (await handler(asked, context)) as HttpResponseInit
    const text = answered.jsonBody ? JSON.stringify(answered.jsonBody) : String(answered.body)
    return new Response(text, { status: answered.status ?? 200 })
  }
}
const officeAt = (fetch: typeof globalThis.fetch) =>
  createBackOffice({
    baseUrl: 'http://functions.example',
    signingKeyJwk: JSON.stringify(secrets.edgeSigningKey),
    ...{ fetch, now: () => new Date() },
  })

const says = (what: string, holds: boolean) => expect(holds, what).toBe(true)

describe('the examination', () => {
  it('of keys sealed in the tenant’s own database', async () => {
    const of = (id: string) =>
      sealedKeys({ env: { PLATFORM_KEY: '11'.repeat(32) }, tenant: () => ({ id }) } as never)
    await examineCredentialKeys({ own: of(OWN), again: of(OWN), other: of(OTHER) }, says)
  })

  it('of the laptop’s folder', async () => {
    const of = (id: string) => folderKeys(join(home, 'a'), id)
    await examineCredentialKeys({ own: of(OWN), again: of(OWN), other: of(OTHER) }, says)
  })

  it('of the same folder behind the signed wire', async () => {
    const folder = join(home, 'b')
    const of = (id: string) => officeAt(functionsAt(folder)).credentialKeys(id)
    await examineCredentialKeys({ own: of(OWN), again: of(OWN), other: of(OTHER) }, says)
  })
})

describe('behind the wire', () => {
  const claims = {
    ...{
      iss: 'phoenix-edge',
      aud: 'phoenix-functions',
      sub: OWN,
      jti: 'op',
      nonce: 'n'.repeat(16),
    },
    ...{ iat: 1, exp: 2, htm: 'POST', htp: '/', bsh: '' },
  }
  it('takes only what is asked in the agreed shape', async () => {
    const handler = credentialKeyStandIns(join(home, 'c'))[0]?.handler
    const context = { extraInputs: { get: () => claims } } as unknown as InvocationContext
    for (const body of ['', '{}', '{"name":"../../x"}', '{"name":"x","tenant":"other"}']) {
      const request = { text: async () => body } as unknown as HttpRequest
      expect(await handler?.(request, context)).toMatchObject({ status: 400 })
    }
  })

  it('is an outage where these Functions keep no keys', async () => {
    const absent = officeAt(async () => new Response(null, { status: 404 }))
    await expect(absent.credentialKeys(OWN).make('sign-1')).rejects.toThrow('not configured')
  })

  it('keeps its files from others on this machine, and no tenant’s name in them', async () => {
    const folder = join(home, 'd')
    await folderKeys(folder, OWN).make('sign-1')
    const [own = ''] = await readdir(folder)
    expect(own).not.toContain('ten_')
    const path = join(folder, own, 'sign-1.json')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('d')
  })
})
