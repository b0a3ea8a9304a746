// What was asked of the vault and not answered: it is shown, gone on with by itself, and never done after what came later; and what
// was on its way for long changes nothing when it comes.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const SECOND = 1_000
const BUSY = { fault: 'conflict', target: 'being-deleted', retryAfterSeconds: null }
let world: TenantWorld
let real: typeof fetch
/** What becomes of the next writes to the vault. */
let fate: 'answered' | 'answer-lost' | 'never-came' | 'busy'
let sent: [string, RequestInit][]
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
  const vault = await createVaultWorld()
  ;[fate, sent] = ['answered', []]
  real = createFunctionsOffice([
    [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
  ])
  world.env.LOCAL = {
    fetch: (async (url: string, init: RequestInit) => {
      const writes = !/(place|versions|list)$/.test(url)
      if (writes) sent.push([url, init])
      if (writes && fate === 'never-came') throw new TypeError('not reached')
      if (writes && fate === 'busy') return Response.json({ ok: false, fault: BUSY })
      const answer = await real(url, init)
      if (writes && fate === 'answer-lost') throw new TypeError('no answer')
      return answer
    }) as typeof fetch,
  }
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

let keys = 0
const call = async (method: string, path: string, body?: unknown, key?: string) => {
  keys += 1
  vi.setSystemTime(Date.now() + 5)
  const answer = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token: world.tokens.owner, key: key ?? `unfinished-${keys}` },
    ...(body === undefined ? {} : { body }),
    headers: method === 'DELETE' || method === 'PATCH' ? { 'if-match': '*' } : {},
  })
  const read = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, body: read }
}
const later = async (seconds: number) => {
  fate = 'answered'
  vi.setSystemTime(Date.now() + seconds * SECOND)
  await world.settle()
}
const read = async (path: string) => (await call('GET', path)).body
const versions = async (path: string) => (await read(`${path}/versions`)).versions as unknown[]
const generate = { alphabet: 'hex', length: 32 }

it.each(['answer-lost', 'never-came'] as const)('is done by itself: %s', async (how) => {
  await call('PUT', '/secrets/one', { generate })
  fate = how
  expect((await call('DELETE', '/secrets/one')).status).toBe(503)
  expect(await read('/secrets/one')).toMatchObject({
    ...{ state: 'active', unfinished: { what: 'delete', state: 'unanswered' } },
  })
  await later(31)
  expect(await read('/secrets/one')).toMatchObject({ state: 'deleted', unfinished: null })
  fate = how
  expect((await call('POST', '/secrets/one/recover')).status).toBe(503)
  await later(31)
  expect(await read('/secrets/one')).toMatchObject({ state: 'active', unfinished: null })
  fate = how
  expect((await call('POST', '/secrets/one/rotate', {})).status).toBe(503)
  await later(31)
  expect(await versions('/secrets/one')).toHaveLength(2)
  fate = how
  expect((await call('PATCH', '/secrets/one', { enabled: false })).status).toBe(503)
  await later(31)
  expect(await read('/secrets/one')).toMatchObject({ state: 'disabled', unfinished: null })
})

it.each(['answer-lost', 'never-came'] as const)('is done by itself with a key: %s', async (how) => {
  await call('POST', '/keys', { name: 'k', kind: 'EC-P256' })
  await later(1)
  await later(5)
  fate = how
  expect((await call('POST', '/keys/k/rotate')).status).toBe(503)
  expect(await read('/keys/k')).toMatchObject({ unfinished: { what: 'rotate' } })
  await later(31)
  await later(1)
  expect(await versions('/keys/k')).toHaveLength(2)
  fate = how
  expect((await call('PATCH', '/keys/k', { enabled: false })).status).toBe(503)
  await later(31)
  expect(await read('/keys/k')).toMatchObject({ state: 'disabled', unfinished: null })
  fate = how
  expect((await call('DELETE', '/keys/k')).status).toBe(503)
  await later(31)
  expect(await read('/keys/k')).toMatchObject({ state: 'deleted' })
  fate = how
  expect((await call('POST', '/keys/k/purge', { confirm: 'k' })).status).toBe(503)
  await later(31)
  expect((await call('GET', '/keys/k')).status).toBe(404)
})

it('a value that the vault has got is known, also where nobody heard of it', async () => {
  await call('PUT', '/secrets/two', { value: 'a' })
  fate = 'answer-lost'
  expect((await call('PUT', '/secrets/two', { value: 'b', rotateDays: 9 })).status).toBe(503)
  await later(31)
  expect(await read('/secrets/two')).toMatchObject({ unfinished: { state: 'unanswered' } })
  await later(100)
  const now = await read('/secrets/two')
  expect(now).toMatchObject({ rotateDays: 9, unfinished: null })
  const [newest] = (await versions('/secrets/two')) as { version: string }[]
  expect(newest?.version).toBe(now.currentVersion)
  expect(await versions('/secrets/two')).toHaveLength(2)
  fate = 'answer-lost'
  expect((await call('PUT', '/secrets/first', { value: 'b' })).status).toBe(503)
  await later(130)
  expect(await read('/secrets/first')).toMatchObject({ state: 'active' })
})

it('a value that has not come is said to be lost, and taken when it is sent again', async () => {
  await call('PUT', '/secrets/three', { value: 'a' })
  fate = 'never-came'
  expect((await call('PUT', '/secrets/three', { value: 'b' }, 'again')).status).toBe(503)
  await later(130)
  expect(await read('/secrets/three')).toMatchObject({
    unfinished: { what: 'put', state: 'lost' },
  })
  expect(await versions('/secrets/three')).toHaveLength(1)
  expect((await call('PUT', '/secrets/three', { value: 'b' }, 'again')).status).toBe(200)
  expect(await read('/secrets/three')).toMatchObject({ unfinished: null })
  expect(await versions('/secrets/three')).toHaveLength(2)
})

it('is not done after what came later', async () => {
  await call('PUT', '/secrets/four', { generate })
  fate = 'never-came'
  await call('POST', '/secrets/four/rotate', {}, 'overtaken')
  fate = 'answered'
  await call('PATCH', '/secrets/four', { rotateDays: 3 })
  await later(31)
  expect(await versions('/secrets/four')).toHaveLength(1)
  const again = await call('POST', '/secrets/four/rotate', {}, 'overtaken')
  expect(again).toMatchObject({ status: 409, body: { type: expect.stringMatching(/conflict$/) } })
  expect(await read('/secrets/four')).toMatchObject({ unfinished: null })
})

it('is done once the vault has done what was asked of it before', async () => {
  await call('PUT', '/secrets/six', { generate })
  fate = 'busy'
  const answer = await call('DELETE', '/secrets/six')
  expect(answer).toMatchObject({ status: 503, body: { detail: expect.stringContaining('vault') } })
  await later(31)
  expect(await read('/secrets/six')).toMatchObject({ state: 'deleted', unfinished: null })
})

it('a deletion that nobody heard of is not forgotten for a schedule', async () => {
  await call('PUT', '/secrets/seven', { generate })
  fate = 'answer-lost'
  await call('DELETE', '/secrets/seven')
  fate = 'answered'
  expect((await call('PATCH', '/secrets/seven', { rotateDays: 3 })).status).toBe(404)
  await later(31)
  expect(await read('/secrets/seven')).toMatchObject({ state: 'deleted', unfinished: null })
})

it('what is deleted stays so, though it was to be had back', async () => {
  await call('PUT', '/secrets/eight', { generate })
  await call('DELETE', '/secrets/eight')
  fate = 'never-came'
  expect((await call('POST', '/secrets/eight/recover')).status).toBe(503)
  fate = 'answered'
  expect((await call('DELETE', '/secrets/eight')).status).toBe(200)
  await later(31)
  expect(await read('/secrets/eight')).toMatchObject({ state: 'deleted', unfinished: null })
})

it('what was rotated and not answered is current, whatever is answered next', async () => {
  await call('PUT', '/secrets/nine', { generate })
  fate = 'answer-lost'
  await call('POST', '/secrets/nine/rotate', {})
  fate = 'answered'
  const { body } = await call('PATCH', '/secrets/nine', { enabled: false })
  const [newest] = (await versions('/secrets/nine')) as { version: string }[]
  expect(body.currentVersion).toBe(newest?.version)
})

it('what was on its way for long changes nothing', async () => {
  await call('PUT', '/secrets/five', { generate })
  await call('PATCH', '/secrets/five', { enabled: false })
  await call('PATCH', '/secrets/five', { enabled: true })
  await call('DELETE', '/secrets/five')
  await call('POST', '/secrets/five/recover')
  const before = await versions('/secrets/five')
  for (const [url, init] of sent.slice(1, 4)) {
    const answer = (await (await real(url, init)).json()) as { fault?: { target: string } }
    expect([url, answer.fault?.target]).toEqual([url, 'superseded'])
  }
  expect(await versions('/secrets/five')).toEqual(before)
})
