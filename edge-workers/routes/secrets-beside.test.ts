// Two processes over one tenant's storage, as after an eviction that the first has not noticed, or an older copy of it, and one
// secret: the row says what the vault has as current, whoever writes last.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import { type Principal, scopesOf } from '../../schemas/principal.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const SET = '/secrets/set'
let world: TenantWorld
let office: typeof fetch
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
  const now = () => new Date()
  const process = (await createVaultWorld({ now })).start()
  office = createFunctionsOffice([[vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(process))]])
  world.env.LOCAL = { fetch: (...asked: Parameters<typeof fetch>) => office(...asked) }
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const call = async (method: string, path: string, key: string, body?: unknown) => {
  const answer = await world.http(method, `/v1/tenants/acme/secrets/api${path}`, {
    ...{ token: world.tokens.owner, key },
    ...(body === undefined ? {} : { body }),
  })
  return (await answer.json()) as { currentVersion?: string; versions?: { version: string }[] }
}
const isCurrent = async (): Promise<void> => {
  const { versions = [] } = await call('GET', '/versions', '')
  expect(versions).toHaveLength(3)
  expect((await call('GET', '', '')).currentVersion).toBe(versions[0]?.version)
}

it('what was made last is current, though the other heard of his own later', async () => {
  await call('PUT', '', 'first', { value: 'a' })
  const principal: Principal = {
    ...{ tenantId: world.tenantId, credential: 'test', subject: world.ids.olga, person: true },
    ...{ roles: ['owner'], scopes: scopesOf('owner'), behind: [] },
  }
  const twin = world.tenants.twin(world.tenantId)
  const real = office
  office = (async (...asked: Parameters<typeof fetch>) => {
    const answer = await real(...asked)
    if (!String(asked[0]).endsWith(SET)) return answer
    office = real
    vi.setSystemTime(START + 60_000)
    const input = { id: 'api', key: 'beside', fingerprint: 'b', body: { value: 'c' } }
    const beside = await twin.call({ kind: 'principal', principal }, 'secrets.rotate', input)
    expect(beside.ok).toBe(true)
    return answer
  }) as typeof fetch
  vi.setSystemTime(START + 30_000)
  await call('POST', '/rotate', 'second', { value: 'b' })
  await isCurrent()
})

it('the next value that was due and that nobody heard of is current by itself', async () => {
  const generate = { alphabet: 'hex', length: 32 }
  await call('PUT', '', 'first', { generate, rotateDays: 1 })
  const twin = world.tenants.twin(world.tenantId)
  const real = office
  office = (async (...asked: Parameters<typeof fetch>) => {
    const answer = await real(...asked)
    if (!String(asked[0]).endsWith('/secrets/generate')) return answer
    office = (async (...next: Parameters<typeof fetch>) => {
      await real(...next)
      throw new TypeError('no answer')
    }) as typeof fetch
    await twin.wake()
    await twin.alarm()
    office = real
    return answer
  }) as typeof fetch
  vi.setSystemTime(START + 86_400_000)
  await call('POST', '/rotate', 'second', {})
  vi.setSystemTime(START + 86_400_000 + 31_000)
  await world.settle()
  await isCurrent()
})

it('what is asked for again after the next one does not become current', async () => {
  await call('PUT', '', 'first', { value: 'a' })
  const real = office
  office = (async (...asked: Parameters<typeof fetch>) => {
    const answer = await real(...asked)
    if (String(asked[0]).endsWith(SET)) throw new TypeError('no answer')
    return answer
  }) as typeof fetch
  vi.setSystemTime(START + 30_000)
  await call('POST', '/rotate', 'second', { value: 'b' })
  office = real
  vi.setSystemTime(START + 60_000)
  await call('POST', '/rotate', 'third', { value: 'c' })
  await call('POST', '/rotate', 'second', { value: 'b' })
  await isCurrent()
})

it('what is asked for again of a database that was put back does not become current', async () => {
  await call('PUT', '', 'first', { value: 'a' })
  const putBack = world.tenants.keep()
  for (const [at, value] of ['b', 'c', 'c', 'b'].entries()) {
    if (at === 2) putBack()
    vi.setSystemTime(START + (at + 1) * 30_000)
    await call('POST', '/rotate', `brings-${value}`, { value })
  }
  await isCurrent()
})
