// Secrets and keys of a tenant over HTTP, down to a simulated vault behind the real Functions and the real SDK: what goes in, what
// is shown, what is refused, and what a repeat does.
import { beforeAll, describe, expect, it } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld, type VaultWorld } from '../../functions/vault/in-process.fixture.ts'
import type { KeyView, SecretVersions, SecretView } from '../../schemas/secret-view.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

const VALUE = 'correct horse battery staple'
let world: TenantWorld
let vault: VaultWorld
beforeAll(async () => {
  world = await createTenantWorld()
  vault = await createVaultWorld()
  const office = createFunctionsOffice([
    [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
  ])
  world.env.LOCAL = { fetch: office }
})

interface Said {
  status: number
  etag: string
  text: string
  body: SecretView & KeyView & SecretVersions & { type?: string; items?: SecretView[] }
}
let keys = 0
const call = async (
  method: string,
  path: string,
  body?: unknown,
  more: { token?: string; key?: string; ifMatch?: string } = {},
): Promise<Said> => {
  keys += 1
  const answer = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token: more.token ?? world.tokens.owner, key: more.key ?? `s-${keys}` },
    ...(body === undefined ? {} : { body }),
    headers: more.ifMatch === undefined ? {} : { 'if-match': more.ifMatch },
  })
  const text = await answer.text()
  return {
    ...{ status: answer.status, etag: answer.headers.get('etag') ?? '', text },
    body: JSON.parse(text),
  }
}
const problemOf = ({ status, body }: Said) => [status, body.type?.split('/').at(-1)]

describe('a secret', () => {
  it('goes in, and nothing that is answered has its value', async () => {
    const set = await call('PUT', '/secrets/db-password', { value: VALUE, rotateDays: 30 })
    expect(set.status).toBe(200)
    expect(set.body).toMatchObject({ name: 'db-password', state: 'active', rotateDays: 30 })
    const read = await call('GET', '/secrets/db-password')
    expect(read.body.reference).toEqual({
      vault: 'https://phoenix.vault.azure.net',
      key: expect.stringMatching(/^phx-s-[a-z0-9-]+-db-password$/),
    })
    const listed = await call('GET', '/secrets')
    const versions = await call('GET', '/secrets/db-password/versions')
    expect(versions.body.versions).toHaveLength(1)
    for (const { text } of [set, read, listed, versions]) expect(text).not.toContain(VALUE)
  })

  it('makes one version for one key, and refuses another body under it', async () => {
    const body = { value: 'once' }
    const first = await call('PUT', '/secrets/once', body, { key: 'same' })
    const again = await call('PUT', '/secrets/once', body, { key: 'same' })
    expect(again.body).toEqual(first.body)
    const other = await call('PUT', '/secrets/once', { value: 'twice' }, { key: 'same' })
    expect(problemOf(other)).toEqual([422, 'idempotency-key-reused'])
    expect((await call('GET', '/secrets/once/versions')).body.versions).toHaveLength(1)
  })

  it('makes one version also where fifty come at once under one key', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, () =>
        call('PUT', '/secrets/crowd', { value: 'x' }, { key: 'crowd' }),
      ),
    )
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await call('GET', '/secrets/crowd/versions')).body.versions).toHaveLength(1)
  })

  it('is made beside the vault where nobody brings it, and rotated there', async () => {
    const generate = { alphabet: 'hex', length: 32 }
    const made = await call('PUT', '/secrets/made', { generate, rotateDays: 1 })
    expect(made.body).toMatchObject({ generate, rotationDue: false })
    const next = await call('POST', '/secrets/made/rotate')
    expect(next.body.currentVersion).not.toBe(made.body.currentVersion)
    expect((await call('GET', '/secrets/made/versions')).body.versions).toHaveLength(2)
    const brought = await call('POST', '/secrets/db-password/rotate', {})
    expect(problemOf(brought)).toEqual([422, 'invalid-parameters'])
  })

  it('is disabled, deleted and had back; while it is deleted its name is taken', async () => {
    await call('PUT', '/secrets/life', { value: 'a' })
    const read = await call('GET', '/secrets/life')
    const off = await call('PATCH', '/secrets/life', { enabled: false }, { ifMatch: read.etag })
    expect(off.body.state).toBe('disabled')
    const stale = await call('PATCH', '/secrets/life', { enabled: true }, { ifMatch: read.etag })
    expect(problemOf(stale)).toEqual([412, 'precondition-failed'])
    const gone = await call('DELETE', '/secrets/life', undefined, { ifMatch: off.etag })
    expect(gone.body).toMatchObject({ state: 'deleted', purgeAt: expect.any(String) })
    const taken = await call('PUT', '/secrets/life', { value: 'b' })
    expect(problemOf(taken)).toEqual([409, 'conflict'])
    const back = await call('POST', '/secrets/life/recover')
    expect(back.body.state).toBe('disabled')
    expect(problemOf(await call('POST', '/secrets/life/recover'))).toEqual([409, 'conflict'])
  })

  it('is purged by an owner who says its name, and its name is free then', async () => {
    await call('PUT', '/secrets/end', { value: 'a' })
    await call('DELETE', '/secrets/end', undefined, { ifMatch: '*' })
    expect(problemOf(await call('POST', '/secrets/end/purge', { confirm: 'other' }))[1]).toBe(
      'confirm-required',
    )
    const unsaid = await call('POST', '/secrets/end/purge', { confirm: 'other' })
    expect(unsaid.text).not.toContain('validateOnly')
    expect(unsaid.body).toMatchObject({ detail: expect.stringContaining('name') })
    const admin = await world.tokenOf('adam', 'admin')
    const denied = await call('POST', '/secrets/end/purge', { confirm: 'end' }, { token: admin })
    expect(problemOf(denied)).toEqual([403, 'forbidden'])
    expect((await call('POST', '/secrets/end/purge', { confirm: 'end' })).body.state).toBe('purged')
    expect((await call('GET', '/secrets/end')).status).toBe(404)
    expect((await call('PUT', '/secrets/end', { value: 'b' })).body.state).toBe('active')
  })

  it.each([
    ['/secrets/Upper', { value: 'x' }, 422],
    ['/secrets/-a', { value: 'x' }, 422],
    ['/secrets/ok', {}, 422],
    ['/secrets/ok', { value: 'x', generate: { alphabet: 'hex', length: 16 } }, 422],
    ['/secrets/ok', { value: '' }, 422],
    ['/secrets/ok', { value: 'ü'.repeat(12_801) }, 422],
    ['/secrets/ok', { value: 'x', expiresAt: 'soon' }, 422],
    ['/secrets/ok', { value: 'x', extra: 1 }, 422],
  ])('is refused with a reason that repeats nothing: %s', async (path, body, status) => {
    const refused = await call('PUT', path, body)
    expect(refused.status).toBe(status)
    expect(refused.text).not.toContain('üü')
    expect((await call('GET', '/secrets/ok')).status).toBe(404)
  })

  it.each([
    ['9999-12-31T23:59:59Z', 422],
    ['2106-02-07T06:28:17Z', 422],
    ['2038-01-19T03:14:08Z', 422],
    ['2038-01-19T03:14:07Z', 200],
    ['1970-01-01T00:00:01Z', 200],
    ['1970-01-01T00:00:00Z', 422],
    ['0001-01-01T00:00:00Z', 422],
  ])(
    'that is to expire at %s answers %i, and what the vault has is what was said',
    async (expiresAt, status) => {
      const name = `until-${Date.parse(expiresAt)}`.replace('--', '-before-')
      const set = await call('PUT', `/secrets/${name}`, { value: 'x', expiresAt })
      expect(set.status).toBe(status)
      await call('PUT', '/secrets/until', { value: 'x' })
      const patch = { ifMatch: '*' }
      expect((await call('PATCH', '/secrets/until', { expiresAt }, patch)).status).toBe(status)
      if (status === 200) {
        const { versions } = (await call('GET', `/secrets/${name}/versions`)).body
        expect(Date.parse(versions[0]?.expiresAt ?? '')).toBe(Date.parse(expiresAt))
      } else {
        expect(set.body).toMatchObject({ errors: [{ pointer: '/expiresAt' }] })
        expect(set.text).toContain('2038-01-19')
      }
    },
  )

  it('is nobody’s business but that of those who may', async () => {
    for (const token of [world.tokens.requester, world.tokens.approver])
      expect(problemOf(await call('GET', '/secrets', undefined, { token }))[0]).toBe(403)
    const auditor = { token: world.tokens.auditor }
    expect((await call('GET', '/secrets', undefined, auditor)).status).toBe(200)
    expect(problemOf(await call('PUT', '/secrets/a', { value: 'x' }, auditor))[0]).toBe(403)
  })
})

describe('a vault that does not do it', () => {
  it('is told apart: nothing is written, and the same key may be sent again', async () => {
    const { fetch: office } = world.env.LOCAL ?? {}
    world.env.LOCAL = { fetch: () => Promise.reject(new TypeError('cut off')) }
    const lost = await call('PUT', '/secrets/later', { value: 'x' }, { key: 'later' })
    expect(problemOf(lost)).toEqual([503, 'outage'])
    expect((await call('GET', '/secrets/later')).status).toBe(404)
    world.env.LOCAL = { fetch: office as typeof fetch }
    const again = await call('PUT', '/secrets/later', { value: 'x' }, { key: 'later' })
    expect(again.status).toBe(200)
    expect((await call('GET', '/secrets/later/versions')).body.versions).toHaveLength(1)
  })
})

describe('a key', () => {
  it('is queued, made in its turn, rotated, and never shown but for its public half', async () => {
    const asked = await call('POST', '/keys', { name: 'signing', kind: 'EC-P256' })
    expect([asked.status, asked.body.state]).toEqual([202, 'queued'])
    await world.settle()
    const made = await call('GET', '/keys/signing')
    expect(made.body).toMatchObject({ state: 'active', publicJwk: { kty: 'EC', crv: 'P-256' } })
    expect(made.text).not.toContain('"d"')
    const twice = await call('POST', '/keys', { name: 'signing', kind: 'EC-P256' })
    expect(problemOf(twice)).toEqual([409, 'conflict'])
  })

  it('waits for a deleted one of its name to go', async () => {
    await call('POST', '/keys', { name: 'again', kind: 'RSA-2048' })
    for (let rung = 0; rung < 600; rung += 1) {
      await world.settle()
      if ((await call('GET', '/keys/again')).body.state === 'active') break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const gone = await call('DELETE', '/keys/again', undefined, { ifMatch: '*' })
    expect(gone.body.state).toBe('deleted')
    expect(problemOf(await call('POST', '/keys/again/rotate'))).toEqual([409, 'conflict'])
    expect((await call('POST', '/keys/again/recover')).body.state).toBe('active')
  })
})

it('leaves no name and no value in the log', async () => {
  const log = await call('GET', '/audit')
  expect(log.status).toBe(200)
  for (const secret of [VALUE, 'db-password', 'signing']) expect(log.text).not.toContain(secret)
})
