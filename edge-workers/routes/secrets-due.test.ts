// What falls due of secrets and keys while time passes: asked for once, made anew, left alone; and a key that is deleted while the
// vault makes it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const DAY = 86_400_000
let world: TenantWorld
let office: typeof fetch
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
  const vault = await createVaultWorld()
  office = createFunctionsOffice([
    [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
  ])
  world.env.LOCAL = { fetch: (...asked: Parameters<typeof fetch>) => office(...asked) }
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

let keys = 0
const call = async (method: string, path: string, body?: unknown) => {
  keys += 1
  const answer = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token: world.tokens.owner, key: `due-${keys}` },
    ...(body === undefined ? {} : { body }),
    headers: method === 'DELETE' || method === 'PATCH' ? { 'if-match': '*' } : {},
  })
  const read = (await answer.json()) as { state?: string; versions?: unknown[]; items?: unknown[] }
  return { status: answer.status, body: read as typeof read & Record<string, unknown> }
}
const later = async (milliseconds: number) => {
  vi.setSystemTime(Date.now() + milliseconds)
  await world.settle()
}
const steps = async (what: string): Promise<number> => {
  const rows = world.tenants
    .storageOf(world.tenantId)
    ?.sql.exec('SELECT count(*) AS n FROM transitions WHERE "to" = ?', what)
  return Number(rows?.one().n)
}

it('a value that somebody brings is asked for once, and again after the next one', async () => {
  await call('PUT', '/secrets/brought', { value: 'x', rotateDays: 1 })
  await later(DAY + 3_600_000)
  expect((await call('GET', '/secrets/brought')).body).toMatchObject({ rotationDue: true })
  expect(await steps('rotation_due')).toBe(1)
  // Another step of the same secret, and more time, ask for nothing anew.
  expect(
    (
      await call('PATCH', '/secrets/brought', {
        expiresAt: new Date(START + 90 * DAY).toISOString(),
      })
    ).status,
  ).toBe(200)
  await later(10 * DAY)
  expect(await steps('rotation_due')).toBe(1)
  await call('POST', '/secrets/brought/rotate', { value: 'y' })
  expect((await call('GET', '/secrets/brought')).body).toMatchObject({ rotationDue: false })
  await later(DAY + 3_600_000)
  expect(await steps('rotation_due')).toBe(2)
})

it('a generated value is made anew and keeps its end, for as long as it is active', async () => {
  const expiresAt = new Date(START + 90 * DAY).toISOString()
  await call('PUT', '/secrets/made', {
    generate: { alphabet: 'hex', length: 32 },
    rotateDays: 1,
    expiresAt,
  })
  await later(DAY + 3_600_000)
  const rotated = await call('GET', '/secrets/made')
  expect(rotated.body).toMatchObject({ state: 'active', rotationDue: false })
  expect(Date.parse(String(rotated.body.expiresAt))).toBe(Date.parse(expiresAt))
  const versions = async () => (await call('GET', '/secrets/made/versions')).body.versions
  expect(await versions()).toHaveLength(2)
  await call('PATCH', '/secrets/made', { enabled: false })
  await later(3 * DAY)
  expect(await versions()).toHaveLength(2)
  await call('PATCH', '/secrets/made', { enabled: true })
  await later(3_600_000)
  expect(await versions()).toHaveLength(3)
  await call('DELETE', '/secrets/made')
  await later(3 * DAY)
  expect(await steps('rotated')).toBe(2)
})

it('a key that is deleted while the vault makes it is deleted in the vault too', async () => {
  await call('POST', '/keys', { name: 'k1', kind: 'EC-P256' })
  const real = office
  let deleting: ReturnType<typeof call> | undefined
  office = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const answer = await real(input, init)
    if (String(input).endsWith('/keys/create')) deleting ??= call('DELETE', '/keys/k1')
    return answer
  }) as typeof fetch
  await world.settle()
  expect((await deleting)?.body.state).toBe('deleted')
})

it('a key whose making was not answered is deleted in the vault too', async () => {
  await call('POST', '/keys', { name: 'k2', kind: 'EC-P256' })
  const real = office
  office = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const answer = await real(input, init)
    if (String(input).endsWith('/keys/create')) throw new TypeError('no answer')
    return answer
  }) as typeof fetch
  await world.settle()
  office = real
  expect((await call('GET', '/keys/k2')).body.state).toBe('queued')
  expect((await call('DELETE', '/keys/k2')).body.state).toBe('deleted')
  await call('POST', '/keys', { name: 'k3', kind: 'EC-P256' })
  expect((await call('DELETE', '/keys/k3')).body.state).toBe('purged')
})

/** The vault answers this to the next calls of a verb, and does nothing. */
const refuse = (path: string, fault: object, times = 1) => {
  const real = office
  let left = times
  office = (async (input: RequestInfo | URL, init?: RequestInit) => {
    if (!String(input).endsWith(path) || left === 0) return real(input, init)
    left -= 1
    return Response.json({ ok: false, fault: { ...fault, retryAfterSeconds: null } })
  }) as typeof fetch
}
const faultOf = (target: string | null) => ({ fault: 'conflict', target })

it('a key is made once the vault is done with what was asked of it before', async () => {
  await call('POST', '/keys', { name: 'k4', kind: 'EC-P256' })
  refuse('/keys/create', faultOf('being-deleted'), 2)
  await world.settle()
  expect((await call('GET', '/keys/k4')).body.state).toBe('queued')
  for (let turn = 0; turn < 4; turn += 1) await later(60_000)
  expect((await call('GET', '/keys/k4')).body.state).toBe('active')
})

it('a key whose name a deleted one has is shown as that, and one that the vault does not make leaves its name free', async () => {
  await call('POST', '/keys', { name: 'k5', kind: 'EC-P256' })
  refuse('/keys/create', faultOf('deleted'))
  await world.settle()
  expect((await call('GET', '/keys/k5')).body.state).toBe('deleted')
  await call('POST', '/keys', { name: 'k6', kind: 'EC-P256' })
  refuse('/keys/create', { fault: 'refused', target: null })
  for (let turn = 0; turn < 2; turn += 1) await later(60_000)
  expect((await call('GET', '/keys/k6')).status).toBe(404)
  expect((await call('POST', '/keys', { name: 'k6', kind: 'EC-P256' })).status).toBe(202)
})

it('a policy that the vault has not taken is not shown', async () => {
  const policy = { rotateDays: 90, expireDays: 180 }
  await call('POST', '/keys', { name: 'k7', kind: 'EC-P256', policy })
  await call('POST', '/keys', { name: 'k8', kind: 'EC-P256', policy })
  refuse('/keys/policy/put', { fault: 'refused', target: null })
  for (let turn = 0; turn < 4; turn += 1) await later(60_000)
  const shown = [await call('GET', '/keys/k7'), await call('GET', '/keys/k8')]
  const policies = shown.map(({ body }) => [body.state, body.policy])
  expect(policies).toEqual([
    ['active', { rotateDays: null, expireDays: null }],
    ['active', policy],
  ])
})
