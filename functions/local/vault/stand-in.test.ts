// The simulated vault by plain HTTP, as the real one is: it challenges, checks whose token it is and for whom, knows its versions,
// pages, and limits. And what it keeps: nothing in the clear, everything through a restart and through SIGKILL.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVaultWorld, type VaultWorld } from '../../vault/in-process.fixture.ts'
import { openStore } from './store.ts'

const BASE = 'https://phoenix.vault.azure.net'
const VALUE = 'Sesame-Unsaid'

/** A person with every role, by another token than the Functions'. */
const ALL = {
  'simulated-identity': [
    'Phoenix Secret Writer',
    'Key Vault Secrets User',
    'Key Vault Crypto Officer',
  ],
} as const

const asking = async (world: VaultWorld, audience = 'https://vault.azure.net') => {
  const { token } = await world.credential.getToken(`${audience}/.default`)
  return async (method: string, path: string, body?: unknown) => {
    const url = path.startsWith('https:') ? path : `${BASE}${path}`
    const versioned = url.includes('api-version') ? url : `${url}?api-version=7.6`
    const init = {
      ...{ method, headers: { authorization: `Bearer ${token}` } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    const answer = await world.fetch(versioned, init)
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, json: text ? JSON.parse(text) : null }
  }
}

describe('who asks', () => {
  it('is challenged without a token, with one of another audience, and with a forged one', async () => {
    const world = await createVaultWorld()
    const arm = await world.credential.getToken('https://management.azure.com/.default')
    const { token } = await world.credential.getToken('https://vault.azure.net/.default')
    const [head, payload, signature] = token.split('.')
    for (const bearer of [null, arm.token, `${head}.${payload}.${signature?.slice(0, -4)}AAAA`]) {
      const headers: Record<string, string> = bearer ? { authorization: `Bearer ${bearer}` } : {}
      const answer = await world.fetch(`${BASE}/secrets?api-version=7.6`, { headers })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer authorization="https:\/\/login\.microsoftonline\.com\/[^"]+", resource="https:\/\/vault\.azure\.net"$/,
      )
    }
  })
  it('needs a version of the interface that there is', async () => {
    const ask = await asking(await createVaultWorld())
    for (const query of ['?api-version=1.0', '?x=api-version'])
      expect(await ask('GET', `/secrets${query}`)).toMatchObject({
        status: 400,
        json: { error: { code: 'BadParameter' } },
      })
  })
})

describe('what is there', () => {
  it('is shown with its value to whoever may read, in the real one’s words', async () => {
    const ask = await asking(await createVaultWorld({ assignments: ALL }))
    const set = await ask('PUT', '/secrets/Name', { value: VALUE, attributes: { exp: 2e9 } })
    expect(set.json).toMatchObject({ value: VALUE, attributes: { enabled: true, exp: 2e9 } })
    expect(set.json.id).toMatch(`${BASE}/secrets/Name/`)
    expect((await ask('GET', '/secrets/name/')).json.value).toBe(VALUE)
    const path = set.json.id.slice(BASE.length)
    await ask('PATCH', path, { attributes: { enabled: false } })
    expect(await ask('GET', path)).toMatchObject({
      status: 403,
      json: { error: { innererror: { code: 'SecretDisabled' } } },
    })
    const deleted = await ask('DELETE', '/secrets/name')
    expect(deleted.json.recoveryId).toBe(`${BASE}/deletedsecrets/Name`)
    expect((await ask('PUT', '/secrets/NAME', { value: 'x' })).json.error.innererror.code).toBe(
      'ObjectIsDeletedButRecoverable',
    )
    expect((await ask('DELETE', '/deletedsecrets/name')).status).toBe(204)
    expect((await ask('GET', '/deletedsecrets/name')).status).toBe(404)
  })
  it('comes in pages of 25, all of it and once', async () => {
    const ask = await asking(await createVaultWorld())
    for (let n = 0; n < 60; n += 1) await ask('PUT', `/secrets/n-${n}`, { value: 'v' })
    const seen: string[] = []
    let next: string | null = '/secrets'
    let pages = 0
    while (next) {
      const { json } = (await ask('GET', next)) as {
        json: { value: { id: string }[]; nextLink: string }
      }
      seen.push(...json.value.map(({ id }) => id))
      next = json.nextLink
      pages += 1
    }
    expect([pages, new Set(seen).size, seen.length]).toEqual([3, 60, 60])
    expect((await ask('GET', '/secrets?api-version=7.6&maxresults=26')).status).toBe(400)
  })
  it('is within its limits: the 21st key in ten seconds is refused, with the time to wait', async () => {
    let now = Date.parse('2026-11-22T12:00:00Z')
    const world = await createVaultWorld({ now: () => new Date(now) })
    const ask = await asking(world)
    const create = (n: number) => ask('POST', `/keys/k-${n}/create`, { kty: 'EC', crv: 'P-256' })
    for (let n = 0; n < 20; n += 1) expect((await create(n)).status).toBe(200)
    now += 4_000
    const refused = await create(20)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6'])
    now += 6_000
    expect((await create(20)).status).toBe(200)
    expect(world.vault.refused()).toBe(1)
  })
  it('rotates a key by itself when its policy says so', async () => {
    let now = Date.parse('2026-11-22T12:00:00Z')
    const world = await createVaultWorld({ now: () => new Date(now) })
    const ask = await asking(world)
    await ask('POST', '/keys/k/create', { kty: 'EC', crv: 'P-256' })
    await ask('PUT', '/keys/k/rotationpolicy', {
      lifetimeActions: [{ trigger: { timeAfterCreate: 'P30D' }, action: { type: 'Rotate' } }],
      attributes: { expiryTime: 'P60D' },
    })
    const first = await ask('GET', '/keys/k')
    now += 31 * 86_400_000
    // Its hour is over.
    expect((await ask('GET', '/keys/k')).status).toBe(401)
    const again = await asking(world)
    const renewed = (await again('GET', '/keys/k')).json
    expect(renewed.key.kid).not.toBe(first.json.key.kid)
    expect(renewed.attributes.exp).toBe(Math.floor(now / 1_000) + 60 * 86_400)
    expect((await again('GET', '/keys/k/versions')).json.value).toHaveLength(2)
  })
})

describe('what it keeps', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'phoenix-vault-')), 'vault')
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

  it('is there after a restart, nowhere in the clear, and in files of this user alone', async () => {
    const before = await createVaultWorld({ folder, assignments: ALL })
    const ask = await asking(before)
    await ask('PUT', '/secrets/db-password', { value: VALUE, contentType: 'text/plain' })
    const { json } = await ask('POST', '/keys/k/create', { kty: 'EC', crv: 'P-256' })
    const after = await asking(await createVaultWorld({ folder, assignments: ALL }))
    expect((await after('GET', '/secrets/db-password')).json.value).toBe(VALUE)
    expect((await after('GET', '/keys/k')).json.key).toEqual(json.key)
    const names = readdirSync(folder)
    expect(names).toHaveLength(3)
    const bytes = names.map((name) => readFileSync(join(folder, name)))
    const forms = [VALUE, Buffer.from(VALUE).toString('base64'), Buffer.from(VALUE).toString('hex')]
    for (const form of [...forms, 'db-password', 'phoenix'])
      expect(
        bytes.some((one) => one.includes(form)),
        form,
      ).toBe(false)
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('is refused where a byte was changed, or two files changed places', async () => {
    const ask = await asking(await createVaultWorld({ folder }))
    await ask('PUT', '/secrets/a', { value: 'a' })
    await ask('PUT', '/secrets/b', { value: 'b' })
    const [one = '', two = ''] = readdirSync(folder).filter((name) => name.endsWith('.sealed'))
    const bytes = readFileSync(join(folder, one))
    writeFileSync(join(folder, one), readFileSync(join(folder, two)))
    expect(() => openStore(folder)).toThrow()
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    writeFileSync(join(folder, one), bytes)
    expect(() => openStore(folder)).toThrow()
  })

  it('outlives SIGKILL: what was answered is there, whole', async () => {
    const store = join(import.meta.dirname, 'store.ts')
    const script = `
      import { openStore } from ${JSON.stringify(store)}
      const store = openStore(${JSON.stringify(folder)})
      for (let n = 0; ; n += 1) {
        const version = { version: String(n), value: 'v'.repeat(20_000), attributes: { enabled: true, created: n, updated: n } }
        store.save({ vault: 'v', kind: 'secrets', name: 'n' + (n % 5), versions: [version], deleted: null })
        process.stdout.write(n + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let last = -1
    await new Promise<void>((resolve) => {
      child.on('close', () => resolve())
      child.stdout.on('data', (chunk: Buffer) => {
        last = Math.max(last, ...String(chunk).trim().split('\n').map(Number))
        if (last >= 12) child.kill('SIGKILL')
      })
    })
    const { items } = openStore(folder)
    expect(items.size).toBe(5)
    const newest = Math.max(
      ...[...items.values()].map(({ versions }) => Number(versions[0]?.version)),
    )
    expect(newest).toBeGreaterThanOrEqual(last)
    for (const { versions } of items.values()) expect(versions[0]?.value).toHaveLength(20_000)
  })
})
