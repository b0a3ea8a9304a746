// What the actor keeps in memory shows exactly what its database holds, and saves it the asking.
import { beforeEach, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
/** The request as it is on the wire: tenant-world's own `send` hides the headers. */
let fetchRaw: (path: string, headers?: Record<string, string>) => Promise<Response>
beforeEach(async () => {
  world = await createTenantWorld()
  fetchRaw = async (path, headers = {}) =>
    world.app.request(
      `/v1/tenants/acme${path}`,
      { headers: { authorization: `Bearer ${world.tokens.requester}`, ...headers } },
      world.env,
    )
})

const read = async (path: string) => {
  const response = await fetchRaw(path)
  return { etag: response.headers.get('etag'), body: await response.text() }
}

/** Reads with what is kept, then with an actor that has just woken; both must be the same bytes. */
const readTwice = async (id: string) => {
  const kept = await read(`/changes/${id}`)
  const list = await read('/changes')
  world.tenants.evict(world.tenantId)
  expect(await read(`/changes/${id}`)).toEqual(kept)
  expect(await read('/changes')).toEqual(list)
  await read(`/changes/${id}`)
  return kept
}

it('is never older than the last write, at any step of a change', async () => {
  const seen = [] as Awaited<ReturnType<typeof readTwice>>[]
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  seen.push(await readTwice(id))
  await world.settle()
  seen.push(await readTwice(id))
  await world.approve(id)
  seen.push(await readTwice(id))
  const landed = await world.land(id)
  seen.push(await readTwice(id))
  await world.report(landed, 'progressing')
  seen.push(await readTwice(id))
  await world.report(landed, 'healthy')
  seen.push(await readTwice(id))
  // An applied change makes no more steps, but what its targets say is still shown.
  await world.report(landed, 'degraded')
  seen.push(await readTwice(id))
  expect(new Set(seen.map(({ etag }) => etag)).size).toBe(seen.length)
  expect(new Set(seen.map(({ body }) => body)).size).toBe(seen.length)
})

it('answers a second read without asking the database', async () => {
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  await read(`/changes/${id}`)
  const { surroundings } = world.tenants.actors.get(world.tenantId) ?? {}
  if (!surroundings) throw new Error('the actor sleeps')
  const exec = vi.spyOn(surroundings.storage.sql, 'exec')
  await read(`/changes/${id}`)
  await read('')
  expect(exec).not.toHaveBeenCalled()
})

it('answers 304 to who has this version, and the new one after a write', async () => {
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  const { etag } = await read(`/changes/${id}`)
  const again = () => fetchRaw(`/changes/${id}`, { 'if-none-match': etag ?? '' })
  expect((await again()).status).toBe(304)
  await world.settle()
  expect((await again()).status).toBe(200)
})

it('does not answer for a token that was revoked', async () => {
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  const reader = await world.createToken('acme', 'auditor', { member: 'vera' })
  const headers = { authorization: `Bearer ${reader.token}` }
  expect((await fetchRaw(`/changes/${id}`, headers)).status).toBe(200)
  await world.app.request(
    `/v1/tenants/acme/tokens/${reader.id}`,
    {
      method: 'DELETE',
      headers: { authorization: `Bearer ${world.tokens.owner}`, 'if-match': '*' },
    },
    world.env,
  )
  expect((await fetchRaw(`/changes/${id}`, headers)).status).toBe(401)
})
