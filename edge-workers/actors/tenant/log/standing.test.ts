// A database that is older than what was published of its log does nothing: nobody acts, nothing goes out, until a newer one is
// there. And a platform's log that does not answer is an outage that passes.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { copyOf, rowsOf } from './rich-world.fixture.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const get = (path = '', token = world.tokens.owner) =>
  world.http('GET', `/v1/tenants/acme${path}`, { token })
const later = async () => {
  vi.setSystemTime(Date.now() + 6_000)
  await world.settle()
}
const sizeNow = () => Number(rowsOf(world, 'SELECT count(*) AS size FROM log_leaves')[0]?.size)
const published = async () =>
  (await world.env.LOG.getByName('log').headOf(world.tenantId))?.size ?? null

/** An older copy in the place of the database, and the newer one to put back. */
const goBack = async () => {
  const restore = world.tenants.keep()
  const kept = await world.propose(world.vmRequest('web'))
  await later()
  expect(await published()).toBe(sizeNow())
  restore()
  return kept
}

describe('a database older than what was published of its log', () => {
  it('answers nobody and writes nothing', async () => {
    await goBack()
    // Whoever comes first.
    const status = await world.report({ name: 'web', liveSha: 'a'.repeat(40) }, 'healthy')
    expect(status).toMatchObject({ ok: false, refusal: { problem: 'outage' } })
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/changes'],
      ['GET', '/log/checkpoint'],
      ['POST', '/changes', world.vmRequest('other')],
    ] as const) {
      const answer = await world.http(method, `/v1/tenants/acme${path}`, {
        ...{ token: world.tokens.owner, key: 'behind' },
        ...(body ? { body } : {}),
      })
      expect(answer.status, path).toBe(503)
      expect(await answer.text()).toContain('older than what was published of its log')
      expect(answer.headers.get('retry-after')).toBe('60')
    }
    const before = sizeNow()
    await world.tenant.wake()
    await expect(world.tenant.roomChanged([])).rejects.toThrow()
    expect(sizeNow()).toBe(before)
  })

  it('sends nothing out: its alarm only looks again', async () => {
    await world.insist(world.request(world.vmRequest('before')))
    await goBack()
    const calls = world.repository.calls.length
    await world.tenants.alarm(world.tenantId)
    expect(world.repository.calls).toHaveLength(calls)
    expect(world.tenants.alarmOf(world.tenantId)).toBe(Date.now() + 60_000)
  })

  it('is found out where it runs on already: the platform refuses its head', async () => {
    await world.settle()
    const stub = world.env.LOG.getByName('log')
    await stub.noteHead(world.tenantId, { size: 900, root: 'a'.repeat(64) })
    expect((await get()).status).toBe(200)
    await world.insist(world.request(world.vmRequest('web')))
    await later()
    expect((await get()).status).toBe(503)
  })

  it('is another one too where it has grown since, from before what was published', async () => {
    await goBack()
    // What was published is forgotten for a while, so that the older copy goes on by itself.
    world.log.setIntercept((call, run) => (call === 'log.headOf' ? Promise.resolve(null) : run()))
    for (const name of ['one', 'two', 'three', 'four']) await world.request(world.vmRequest(name))
    world.log.setIntercept(null)
    expect(sizeNow()).toBeGreaterThan((await published()) ?? 0)
    world.tenants.evict(world.tenantId)
    expect((await get()).status).toBe(503)
  })

  it('is not made anew where it is gone altogether', async () => {
    await later()
    const { name, jurisdiction, repository } = (await (await get()).json()) as Record<string, never>
    const input = { id: world.tenantId, slug: 'acme', name, jurisdiction, repository }
    world.tenants.actors.clear()
    const other = world.tenants.namespace.getByName('ten_eu_aaaaaaaaaaaaaaaa')
    const made = await other.initialise({ ...input } as never)
    expect(made).toMatchObject({ ok: false, refusal: { problem: 'outage' } })
  })
})

it('works again when the newer database is back', async () => {
  const older = world.tenants.keep()
  const { id } = await world.propose(world.vmRequest('web'))
  await later()
  const newer = copyOf(world)
  older()
  expect((await get()).status).toBe(503)
  newer()
  const read = await get(`/changes/${id}`)
  expect(read.status).toBe(200)
  expect(await read.json()).toMatchObject({ state: 'proposed' })
  await world.approve(id)
  await later()
  expect(await published()).toBe(sizeNow())
})

it('the platform’s log out of reach at the wake is an outage that passes', async () => {
  await later()
  world.tenants.evict(world.tenantId)
  world.log.setIntercept(() => Promise.reject(new Error('gone')))
  const refused = await get()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('2')
  world.log.setIntercept(null)
  expect((await get()).status).toBe(200)
  // And out of reach later on it is in nobody's way.
  world.log.setIntercept(() => Promise.reject(new Error('gone')))
  expect((await get()).status).toBe(200)
  await world.insist(world.request(world.vmRequest('web')))
  await later()
  world.log.setIntercept(null)
  expect(await published()).toBeLessThan(sizeNow())
  vi.setSystemTime(Date.now() + 600_000)
  await world.settle()
  expect(await published()).toBe(sizeNow())
})

it('the head is told once for many steps', async () => {
  await later()
  const told = () => world.log.calls.filter((call) => call === 'log.noteHead').length
  const before = told()
  for (const name of ['one', 'two', 'three', 'four']) await world.propose(world.vmRequest(name))
  await later()
  expect(told()).toBe(before + 1)
  expect(await published()).toBe(sizeNow())
})
