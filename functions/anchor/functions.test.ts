// The anchor's functions: what an installation has by its settings, and each answer of the port on the wire.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpRequest, InvocationContext } from '@azure/functions'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { edgeSignatureLine, platformOrigin } from '../../edge-workers/log-key.ts'
import { derOfRaw } from '../../gitops/log/ecdsa.ts'
import { checkpointText, noteOf, readNote, signatureLine } from '../../gitops/log/note.ts'
import { Denied } from '../../schemas/result.ts'
import { AnchorAnswer, AnchorLatest, WIRE_PLATFORM } from '../../schemas/wire.ts'
import { createCosigner } from '../simulator/log-world.fixture.ts'
import { type AnchorSettings, configuredAnchor } from './configured.ts'
import { checkpointOf } from './examination.ts'
import { createAnchorFunctions } from './functions.ts'

const EDGE = {
  PUBLIC_URL: 'https://phoenix.example',
  EDGE_SIGNING_KEY: JSON.stringify({
    ...{ kty: 'OKP', crv: 'Ed25519', kid: 'test' },
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  }),
}
const { d: _, ...PUBLIC } = JSON.parse(EDGE.EDGE_SIGNING_KEY) as Record<string, string>
const JWKS = { EDGE_PUBLIC_JWKS: JSON.stringify({ keys: [PUBLIC] }) }
/** A checkpoint as the edge signs it. */
const signed = async (size: number, { origin = platformOrigin(EDGE), env = EDGE } = {}) => {
  const { root } = checkpointOf(size)
  const text = checkpointText(origin, { size, root })
  return { size, root, note: noteOf(text, [await edgeSignatureLine(env, text)]) }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-anchor-'))
})
afterAll(() => rm(folder, { recursive: true }))

const contextOf = (sub: string): InvocationContext => {
  const claims = { iss: 'phoenix-edge', aud: 'phoenix-functions', jti: 'op', nonce: 'n'.repeat(16) }
  const bound = { iat: 1, exp: 2, htm: 'POST', htp: '/api/log/anchor', bsh: 'x' }
  return {
    extraInputs: { get: () => ({ ...claims, ...bound, sub }) },
    warn: () => undefined,
  } as unknown as InvocationContext
}
const ask = async (
  settings: AnchorSettings,
  verb: 'publish' | 'latest',
  body: unknown = {},
  sub = WIRE_PLATFORM as string,
) => {
  const request = { text: async () => (typeof body === 'string' ? body : JSON.stringify(body)) }
  const handler = createAnchorFunctions(settings)[verb]
  const answer = await handler(request as unknown as HttpRequest, contextOf(sub))
  return answer as { status?: number; jsonBody?: unknown; headers?: Record<string, string> }
}

const CHAIN = {
  ANCHOR_RPC_URL: 'http://127.0.0.1:1',
  ANCHOR_CONTRACT: `0x${'5'.repeat(40)}`,
  ANCHOR_WRITER_KEY: `0x${'1'.repeat(64)}`,
}

describe('without a chain', () => {
  const settings = () => ({
    ...JWKS,
    ANCHOR_FILE: join(folder, 'anchor.jsonl'),
    ANCHOR_RPC_URL: '',
  })
  const kind = { kind: 'file', independent: false, simulated: false }

  it('the anchor is a file, and every answer says so', async () => {
    const none = await ask(settings(), 'latest')
    expect(AnchorLatest.parse(none.jsonBody)).toEqual({ ...kind, latest: null })
    const { size, root } = checkpointOf(3)
    const reference = 'anchor.jsonl, line 1'
    const put = await ask(settings(), 'publish', await signed(3))
    expect(AnchorAnswer.parse(put.jsonBody)).toEqual({ ...kind, reference })
    const latest = await ask(settings(), 'latest')
    expect(latest.jsonBody).toEqual({ ...kind, latest: { size, root, reference } })
    const smaller = await ask(settings(), 'publish', await signed(2))
    expect(AnchorAnswer.parse(smaller.jsonBody)).toMatchObject({ refused: expect.any(String) })
  })

  it('takes nothing that is no checkpoint, and nothing from a tenant', async () => {
    const wrong = ['{', [], { ...checkpointOf(9), size: 0 }, { ...checkpointOf(9), note: '' }]
    const more = [
      { ...checkpointOf(9), root: 'A'.repeat(64) },
      { ...checkpointOf(9), extra: 1 },
    ]
    for (const body of [...wrong, ...more])
      expect((await ask(settings(), 'publish', body)).status).toBe(400)
    const tenant = await ask(settings(), 'publish', checkpointOf(9), 'ten_eu_aaaaaaaaaaaaaaaa')
    expect(tenant.status).toBe(403)
    expect((await ask(settings(), 'latest')).jsonBody).toMatchObject({ latest: { size: 3 } })
  })
})

describe('what is not signed', () => {
  const other = { ...EDGE, EDGE_SIGNING_KEY: '' }
  const settings = (more: AnchorSettings = {}) => ({
    ...{ ...JWKS, ANCHOR_FILE: join(folder, 'signed.jsonl') },
    ...more,
  })
  const refusedOf = async (body: unknown, more: AnchorSettings = {}) => {
    const answer = await ask(settings(more), 'publish', body)
    return (answer.jsonBody as { refused?: string }).refused
  }

  it('by the edge, or is another checkpoint than its note’s, is not published', async () => {
    const jwk = await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey)
    const env = { ...other, EDGE_SIGNING_KEY: JSON.stringify(jwk) }
    const edge = 'The edge has not signed it.'
    expect(await refusedOf(await signed(3, { env }))).toBe(edge)
    expect(await refusedOf(checkpointOf(3))).toBe('It is no checkpoint of the platform.')
    for (const jwks of ['', '{', '{"keys":[]}'])
      expect(await refusedOf(await signed(3), { EDGE_PUBLIC_JWKS: jwks })).toBe(edge)
    const ours = await signed(3)
    for (const wrong of [{ size: 4 }, { root: 'f'.repeat(64) }])
      expect(await refusedOf({ ...ours, ...wrong })).toBe('The note is of another checkpoint.')
    const tenants = await signed(3, { origin: 'phoenix.example/log/ten_eu_aaaaaaaaaaaaaaaa' })
    expect(await refusedOf(tenants)).toBe('It is no checkpoint of the platform.')
    expect((await ask(settings(), 'latest')).jsonBody).toMatchObject({ latest: null })
  })

  it('by the second party is not published where its key is set', async () => {
    const { signer } = await createCosigner('second/party', EDGE.EDGE_SIGNING_KEY)
    const { name, keyId, publicKey } = await signer.key()
    const set = { COSIGNER_PUBLIC_KEY: publicKey }
    const alone = await signed(3)
    expect(await refusedOf(alone, set)).toBe('The second party has not signed it.')
    const text = new TextEncoder().encode(readNote(alone.note)?.text ?? '')
    const line = (signature: Uint8Array) => signatureLine(name, keyId, derOfRaw(signature))
    const forged = { ...alone, note: `${alone.note}${line(new Uint8Array(64).fill(7))}` }
    expect(await refusedOf(forged, set)).toBe('The second party has not signed it.')
    const both = { ...alone, note: `${alone.note}${line(await signer.sign(text))}` }
    expect(await refusedOf(both, set)).toBeUndefined()
  })
})

describe('with a chain', () => {
  it('that does not answer, says 503 and when to ask again', async () => {
    for (const verb of ['publish', 'latest'] as const) {
      const answer = await ask({ ...CHAIN, ...JWKS }, verb, await signed(3))
      expect([answer.status, answer.headers?.['retry-after']]).toEqual([503, '5'])
    }
  })

  it('names the settings that are missing or wrong, and not what they say', async () => {
    const cases: [AnchorSettings, string][] = [
      [{ ...CHAIN, ANCHOR_CONTRACT: '' }, 'ANCHOR_CONTRACT'],
      [{ ...CHAIN, ANCHOR_WRITER_KEY: 'secret' }, 'ANCHOR_WRITER_KEY'],
      [{ ...CHAIN, ANCHOR_CHAIN_ID: 'secret' }, 'ANCHOR_CHAIN_ID'],
      [{ ...CHAIN, ANCHOR_GAS_PRICE: '-1' }, 'ANCHOR_GAS_PRICE'],
      [{ ...CHAIN, ANCHOR_RPC_URL: 'file:///secret' }, 'ANCHOR_RPC_URL'],
    ]
    for (const [settings, name] of cases) {
      expect(() => configuredAnchor(settings)).toThrow(Denied)
      const answer = await ask(settings, 'publish', checkpointOf(3))
      const denied = `it is not set up: ${name}`
      expect(answer).toEqual({ status: 403, jsonBody: { denied } })
    }
  })
})
