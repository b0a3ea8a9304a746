// What of the quota is used, spoken for and left, as anybody of the tenant reads it.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { QuotaView } from '../../../../schemas/quota.ts'

const LIMITS = { vms: 4, cores: 10, memoryMiB: 8192, diskGiB: 100 }
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld({ tenant: { quota: LIMITS } })
})

const quota = async (token = world.tokens.requester) =>
  QuotaView.parse((await world.send('GET', '/quota', { token })).body)
const kindOf = ({ items }: QuotaView, kind: string) => items.find((item) => item.kind === kind)

describe('the quota', () => {
  it('of a new tenant is what operators gave it, and nothing is used', async () => {
    const read = await quota()
    expect(read.source).toEqual({ kind: 'operators' })
    expect(read.items).toEqual(
      Object.entries(LIMITS).map(([kind, limit]) => ({
        ...{ kind, limit, used: 0, reserved: 0, reservedBy: [], available: limit },
      })),
    )
  })

  it('counts what stands as used and what open changes would add as reserved, by change', async () => {
    await world.apply(world.vmRequest('web', { cores: 2 }))
    const db = await world.propose(world.vmRequest('db', { cores: 3 }))
    const larger = await world.propose(world.vmRequest('web', { cores: 4 }, { action: 'update' }))
    const read = await quota()
    expect(kindOf(read, 'cores')).toEqual({
      ...{ kind: 'cores', limit: 10, used: 2, reserved: 5, available: 3 },
      reservedBy: [
        { change: db.id, amount: 3 },
        { change: larger.id, amount: 2 },
      ],
    })
    // The larger machine is no second one.
    expect(kindOf(read, 'vms')).toMatchObject({
      ...{ used: 1, reserved: 1, reservedBy: [{ change: db.id, amount: 1 }], available: 2 },
    })
    await world.insist(world.decide('cancel', db.id, { token: world.tokens.requester }))
    await world.settle()
    expect(kindOf(await quota(), 'cores')).toMatchObject({ used: 2, reserved: 2, available: 6 })
  })

  it('has nothing left, and never less, where open changes do not all fit', async () => {
    await world.propose(world.vmRequest('one', { cores: 8 }))
    await world.propose(world.vmRequest('two', { cores: 8 }))
    expect(kindOf(await quota(), 'cores')).toMatchObject({ reserved: 16, available: 0 })
  })

  it('is everybody’s of the tenant to read, with a tag that moves with it', async () => {
    for (const token of Object.values(world.tokens))
      expect((await world.send('GET', '/quota', { token })).status).toBe(200)
    const get = (headers: Record<string, string> = {}) =>
      world.http('GET', '/v1/tenants/acme/quota', { token: world.tokens.auditor, headers })
    const tag = (await get()).headers.get('etag') ?? ''
    expect((await get({ 'if-none-match': tag })).status).toBe(304)
    await world.propose(world.vmRequest('web'))
    expect((await get({ 'if-none-match': tag })).status).toBe(200)
  })

  it('of a foreign tenant is that of one that never was', async () => {
    await world.createTenant('other')
    const seen = async (tenant: string) => {
      const response = await world.http('GET', `/v1/tenants/${tenant}/quota`, {
        token: world.tokens.owner,
      })
      const { instance: _request, ...body } = (await response.json()) as Record<string, unknown>
      return { status: response.status, body }
    }
    expect((await seen('other')).status).toBe(404)
    expect(await seen('other')).toEqual(await seen('never'))
  })
})
