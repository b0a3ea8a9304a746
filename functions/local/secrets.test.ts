// The laptop's secrets: made once, kept private, never quoted.
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadSecrets, publicJwks } from './secrets.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-secrets-'))
})
afterEach(() => rm(home, { recursive: true }))

const mode = async (): Promise<number> => (await stat(join(home, 'secrets.json'))).mode & 0o777

it('makes them at the first start and reads the same at the next', async () => {
  const first = await loadSecrets(home)
  expect(await loadSecrets(home)).toEqual(first)
  expect(await mode()).toBe(0o600)
})

it('adds to a file of an earlier release what it lacks, once, and keeps the rest', async () => {
  const { identityProvider: _, forgeApp: _app, ...earlier } = await loadSecrets(home)
  await writeFile(join(home, 'secrets.json'), JSON.stringify(earlier))
  const now = await loadSecrets(home)
  expect(now).toMatchObject(earlier)
  expect(now.identityProvider.clientSecret).toMatch(/^[0-9a-f]{64}$/)
  expect(now.forgeApp.key).toContain('BEGIN RSA PRIVATE KEY')
  expect(await loadSecrets(home)).toEqual(now)
  expect(await mode()).toBe(0o600)
})

it('makes no two alike', async () => {
  const { platformKey, forgeWebhookSecret, operatorTokenSecret, forgeTokens } =
    await loadSecrets(home)
  const all = [platformKey, forgeWebhookSecret, operatorTokenSecret, ...Object.values(forgeTokens)]
  expect(new Set(all).size).toBe(all.length)
})

it('takes read access back from others', async () => {
  await loadSecrets(home)
  await chmod(join(home, 'secrets.json'), 0o644)
  await loadSecrets(home)
  expect(await mode()).toBe(0o600)
})

it('publishes the public half only', async () => {
  const secrets = await loadSecrets(home)
  const { kid, x } = secrets.edgeSigningKey
  expect(JSON.parse(publicJwks(secrets))).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x }],
  })
})

it('names a broken file and quotes nothing of it', async () => {
  await writeFile(join(home, 'secrets.json'), '{"platformKey": "hunter2"')
  const error: Error = await loadSecrets(home).catch((reason) => reason)
  expect(error.message).toContain(join(home, 'secrets.json'))
  expect(`${error.message}${error.cause ?? ''}`).not.toContain('hunter2')
})
