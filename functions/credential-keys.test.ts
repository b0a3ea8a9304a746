// One examination for the keys sealed at the edge, for those in a tenant's vault, and for the same over the signed wire.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions'
import { beforeAll, describe, expect, it } from 'vitest'
import { sealedKeys } from '../edge-workers/actors/tenant/credentials/issuer/keys.ts'
import { examineCredentialKeys } from '../edge-workers/actors/tenant/credentials/issuer/keys-examination.ts'
import { createBackOffice } from '../edge-workers/back-office.ts'
import type { CredentialKeys } from '../schemas/ports.ts'
import { keyVerbs } from '../schemas/vault.ts'
import { CREDENTIAL_KEY_MAKE_PATH, CREDENTIAL_KEY_SIGN_PATH, WIRE_HEADER } from '../schemas/wire.ts'
import { credentialKeyHandlers } from './credential-keys.ts'
import { loadSecrets, publicJwks, type Secrets } from './local/secrets.ts'
import { createMemoryVault } from './simulator/memory-vault.ts'
import { createVaultWorld, OTHER, OWN, type VaultWorld } from './vault/in-process.fixture.ts'
import { issuerKeysOf } from './vault/issuer-keys.ts'
import { keyWork } from './vault/keys.ts'
import { storeOf } from './vault/store-of.ts'
import { createRequestVerifier } from './verify-request.ts'

let secrets: Secrets
beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-credential-keys-'))
  secrets = await loadSecrets(home)
  await rm(home, { recursive: true })
})

type KeysOf = (tenant: string) => CredentialKeys
/** As a process that starts. */
const vaultKeys = (world: VaultWorld): KeysOf => {
  const work = keyWork(world.start(), 'issuer-key')
  return issuerKeysOf((owner) => storeOf(keyVerbs, work, owner))
}

/** The Functions without a socket: every request is held against the edge's public keys, and handed to its function. */
const functionsWith = (keysOf: KeysOf | null): typeof fetch => {
  const verify = createRequestVerifier({ jwks: publicJwks(secrets), now: () => new Date() })
  const { make, sign } = credentialKeyHandlers(() => keysOf)
  const functions = new Map([
    [CREDENTIAL_KEY_MAKE_PATH, make],
    [CREDENTIAL_KEY_SIGN_PATH, sign],
  ])
  return async (input, init) => {
    const request = new Request(String(input), init)
    const body = await request.clone().arrayBuffer()
    const verdict = await verify({
      ...{ method: request.method, url: request.url, token: request.headers.get(WIRE_HEADER) },
      body: async () => new Uint8Array(body),
    })
    if (!verdict.ok) return new Response(null, { status: 401 })
    const handler = functions.get(new URL(request.url).pathname)
    if (!handler) return new Response(null, { status: 404 })
    const context = {
      ...{ extraInputs: { get: () => verdict.claims }, warn: () => undefined },
    } as unknown as InvocationContext
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

  it('of keys in the simulated Key Vault, through its SDK', async () => {
    const world = await createVaultWorld()
    const [one, two] = [vaultKeys(world), vaultKeys(world)]
    await examineCredentialKeys({ own: one(OWN), again: two(OWN), other: two(OTHER) }, says)
    const names = [...world.vault.store.items.keys()].join()
    expect(names).toContain('phx-i-eu-')
    expect(names).not.toContain('phx-k-')
  })

  it('of keys in the vault in memory, behind the signed wire', async () => {
    const memory = createMemoryVault()
    const keysOf = () => issuerKeysOf((owner) => memory.of(owner).keys)
    const of = (id: string) => officeAt(functionsWith(keysOf())).credentialKeys(id)
    await examineCredentialKeys({ own: of(OWN), again: of(OWN), other: of(OTHER) }, says)
  })
})

describe('behind the wire', () => {
  it('takes only what is asked in the agreed shape', async () => {
    const { make } = credentialKeyHandlers(() => null)
    const claims = {
      ...{ iss: 'phoenix-edge', aud: 'phoenix-functions', sub: OWN, jti: 'op' },
      ...{ nonce: 'n'.repeat(16), iat: 1, exp: 2, htm: 'POST', htp: '/', bsh: '' },
    }
    const context = { extraInputs: { get: () => claims } } as unknown as InvocationContext
    for (const body of ['', '{}', '{"name":"../../x"}', '{"name":"x","tenant":"other"}']) {
      const request = { text: async () => body } as unknown as HttpRequest
      expect(await make(request, context)).toMatchObject({ status: 400 })
    }
  })

  it('is an outage where these Functions keep no keys, and where the vault does not answer', async () => {
    const absent = officeAt(functionsWith(null)).credentialKeys(OWN)
    await expect(absent.make('sign-1')).rejects.toThrow('not configured')
    const away = await createVaultWorld({ instead: () => new Response(null, { status: 503 }) })
    const silent = officeAt(functionsWith(vaultKeys(away))).credentialKeys(OWN)
    await expect(silent.make('sign-1')).rejects.toThrow('answered 503')
    await expect(
      silent.sign({ kid: 'A'.repeat(43), sealed: null }, new Uint8Array(3)),
    ).rejects.toThrow('answered 503')
  })
})
