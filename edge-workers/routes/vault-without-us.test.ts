// What a vault does by itself, or somebody does there: a key that it rotates, a key or a secret that is taken out of it, and what a
// rotation does to one that is disabled.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld, type VaultWorld } from '../../functions/vault/in-process.fixture.ts'
import type { KeyView, SecretVersions } from '../../schemas/secret-view.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const DAY_MILLISECONDS = 86_400_000
let world: TenantWorld
let vault: VaultWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
  vault = await createVaultWorld({ now: () => new Date() })
  const process = vault.start()
  world.env.LOCAL = {
    fetch: createFunctionsOffice([
      [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(process))],
    ]),
  }
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

let calls = 0
const call = async (method: string, path: string, body?: unknown) => {
  calls += 1
  const answer = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token: world.tokens.owner, key: `call-${calls}`, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  const said = (await answer.json()) as KeyView & SecretVersions
  return { status: answer.status, body: said }
}
const KEY = { name: 'signing', kind: 'EC-P256' }
const makeKey = async (more: object = {}): Promise<KeyView> => {
  await call('POST', '/keys', { ...KEY, ...more })
  await world.settle()
  return (await call('GET', '/keys/signing')).body
}

it('a key that its vault has rotated is shown with the version that is current there', async () => {
  const first = await makeKey({ policy: { rotateDays: 30, expireDays: 90 } })
  expect(first.state).toBe('active')
  vi.setSystemTime(START + 31 * DAY_MILLISECONDS)
  const next = (await call('GET', '/keys/signing')).body
  const { versions } = (await call('GET', '/keys/signing/versions')).body
  expect(versions.map(({ version }) => version)).toEqual([
    next.currentVersion,
    first.currentVersion,
  ])
  expect(next.publicJwk).not.toEqual(first.publicJwk)
  // Nobody waits in vain, and nothing is said twice.
  world.env.LOCAL = { fetch: () => Promise.reject(new TypeError('cut off')) }
  expect(await call('GET', '/keys/signing')).toEqual({ status: 200, body: next })
})

it('a key that is rotated while it is disabled has a version that may be used, and says so', async () => {
  await makeKey()
  expect((await call('PATCH', '/keys/signing', { enabled: false })).body.state).toBe('disabled')
  vi.setSystemTime(START + 60_000)
  expect((await call('POST', '/keys/signing/rotate')).body.state).toBe('active')
  const { versions } = (await call('GET', '/keys/signing/versions')).body
  expect(versions.map(({ enabled }) => enabled)).toEqual([true, false])
})

it('a key that somebody has taken out of the vault is deleted, purged, and made again', async () => {
  await makeKey()
  const { keys } = vault.of(world.tenantId)
  await keys('deleteKey', 'there', { name: 'signing' })
  await keys('purgeKey', 'there', { name: 'signing' })
  const gone = await call('DELETE', '/keys/signing')
  expect(gone).toMatchObject({ status: 200, body: { state: 'deleted', purgeAt: null } })
  expect((await call('POST', '/keys/signing/recover')).status).toBe(404)
  expect((await call('POST', '/keys/signing/purge', { confirm: 'signing' })).body.state).toBe(
    'purged',
  )
  vi.setSystemTime(START + 60_000)
  expect((await makeKey()).state).toBe('active')
})

it('a secret that somebody has taken out of the vault is deleted and purged', async () => {
  await call('PUT', '/secrets/one', { value: 'a' })
  const { secrets } = vault.of(world.tenantId)
  await secrets('deleteSecret', 'there', { name: 'one' })
  await secrets('purgeSecret', 'there', { name: 'one' })
  expect((await call('DELETE', '/secrets/one')).body).toMatchObject({ state: 'deleted' })
  expect((await call('POST', '/secrets/one/purge', { confirm: 'one' })).body.state).toBe('purged')
  expect((await call('GET', '/secrets/one')).status).toBe(404)
})
