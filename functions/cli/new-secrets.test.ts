// Secrets of a new installation: each in a file of its own that nobody else reads, fit for what they are for, never written over.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { proveOperator } from '../../edge-workers/auth/operator.ts'
import { parseToken } from '../../edge-workers/auth/token.ts'
import { createBackOffice } from '../../edge-workers/back-office.ts'
import { WIRE_HEADER } from '../../schemas/wire.ts'
import { createRequestVerifier, type Verdict } from '../verify-request.ts'
import { makeSecrets } from './new-secrets.ts'

it('makes secrets that open what they are for, and prints public halves only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-secrets-'))
  try {
    const said = await makeSecrets(join(folder, 'new'))
    const read = async (name: string) => (await readFile(join(folder, 'new', name), 'utf8')).trim()
    for (const name of await readdir(join(folder, 'new'))) {
      expect((await stat(join(folder, 'new', name))).mode & 0o777, name).toBe(0o600)
      expect(JSON.stringify(said)).not.toContain(await read(name))
    }
    const token = parseToken(await read('OPERATOR_TOKEN'))
    const digest = await read('OPERATOR_TOKEN_DIGEST')
    expect(token && proveOperator({ OPERATOR_TOKEN_DIGEST: digest }, token)).not.toBeNull()
    const [jwks = ''] = Object.values(said)
    expect(jwks).not.toContain('"d"')
    const now = () => new Date()
    const verify = createRequestVerifier({ jwks, now })
    let verdict: Verdict | undefined
    const office = createBackOffice({
      ...{
        baseUrl: 'http://functions.invalid',
        signingKeyJwk: await read('EDGE_SIGNING_KEY'),
        now,
      },
      fetch: async (url, init) => {
        const request = new Request(url, init)
        verdict = await verify({
          ...{ method: request.method, url: request.url },
          token: request.headers.get(WIRE_HEADER),
          body: async () => new Uint8Array(await request.arrayBuffer()),
        })
        return Response.json({ tenant: 'ten_eu_a', operation: 'op' })
      },
    })
    await office.ping({ tenant: 'ten_eu_a', operation: 'op' })
    expect(verdict).toMatchObject({ ok: true })
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('where some are there already', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phoenix-secrets-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const texts = async () => {
    const names = (await readdir(folder)).sort()
    const all = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])
    return Object.fromEntries(await Promise.all(all)) as Record<string, string>
  }

  it('a named one is refused, and nothing is made', async () => {
    await makeSecrets(folder, ['PLATFORM_KEY'])
    const before = await texts()
    await expect(makeSecrets(folder, ['BACKUP_KEY', 'PLATFORM_KEY'])).rejects.toThrow(
      'PLATFORM_KEY: there already',
    )
    expect(await texts()).toEqual(before)
  })

  it('the others are made, and of those nothing, not even a file that was moved away', async () => {
    await makeSecrets(folder, ['PLATFORM_KEY', 'OPERATOR_TOKEN'])
    await rm(join(folder, 'OPERATOR_TOKEN'))
    const before = await texts()
    await makeSecrets(folder)
    const after = await texts()
    expect(after).toMatchObject(before)
    expect(Object.keys(after)).not.toContain('OPERATOR_TOKEN')
    expect(Object.keys(after)).toEqual(expect.arrayContaining(['BACKUP_KEY', 'EDGE_SIGNING_KEY']))
    await expect(makeSecrets(folder, ['OPERATOR_TOKEN'])).rejects.toThrow('OPERATOR_TOKEN_DIGEST')
    expect(await texts()).toEqual(after)
  })
})
