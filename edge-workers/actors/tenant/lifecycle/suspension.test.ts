// An operator stops a tenant: its people read and nothing else, no gate is green, `live` does not move, engines go on reporting.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

const call = async (method: string, path: string, token: string, body?: unknown) => {
  const response = await world.http(method, `/v1/tenants/acme${path}`, {
    ...{ token, key: `key-${Math.random()}`, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const suspend = (token = world.operator, body: unknown = { reason: 'unpaid since September' }) =>
  call('POST', '/suspend', token, body)
const resume = (token = world.operator) => call('POST', '/resume', token)
const leaves = () =>
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.state.storage.sql.exec(
      'SELECT * FROM transitions WHERE changeId = ?',
      world.tenantId,
    )
    .toArray() ?? []

describe('a tenant', () => {
  it('is suspended and resumed by operators only, as often as they like, once in the log', async () => {
    for (const token of Object.values(world.tokens)) {
      expect((await suspend(token)).status).toBe(403)
      expect((await resume(token)).status).toBe(403)
    }
    for (const _twice of [1, 2])
      expect(await suspend()).toMatchObject({
        status: 200,
        body: { state: 'suspended', stateReason: 'unpaid since September' },
      })
    for (const _twice of [1, 2])
      expect(await resume()).toMatchObject({
        status: 200,
        body: { state: 'active', stateReason: null },
      })
    expect(leaves()).toMatchObject([
      { from: 'none', to: 'active', reason: null, actor: 'phoenix' },
      { from: 'active', to: 'suspended', reason: 'unpaid since September', actor: 'usr_operator' },
      { from: 'suspended', to: 'active', reason: null },
    ])
  })

  it('is not suspended without a reason, or with one that is no line of text', async () => {
    for (const body of [{}, { reason: '' }, { reason: 'a\nb' }, { reason: 'x'.repeat(501) }, [], 7])
      expect((await suspend(world.operator, body)).status).toBe(422)
    expect((await call('GET', '', world.operator)).body).toMatchObject({ state: 'active' })
  })
})

describe('while it is suspended', () => {
  it('its people and machines read, and are refused everything else', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const machine = await world.tokenOf('runner', 'requester', { person: false })
    await suspend()
    for (const token of [...Object.values(world.tokens), machine])
      expect((await call('GET', `/changes/${id}`, token)).status).toBe(200)
    const { owner, requester, approver } = world.tokens
    const refused = [
      await call('POST', '/changes', requester, world.vmRequest('mail')),
      await call('POST', '/changes', machine, world.vmRequest('mail')),
      await call('POST', `/changes/${id}/approvals`, approver, {}),
      await call('POST', `/changes/${id}/reject`, approver, {}),
      await call('POST', `/changes/${id}/cancel`, requester, {}),
      await call('PATCH', '', owner, { name: 'Other' }),
      await call('DELETE', '', owner, { confirm: `sha256:${'0'.repeat(64)}` }),
      await call('POST', '/restore', owner),
    ]
    for (const { status, body } of refused)
      expect([status, body.type]).toEqual([403, expect.stringContaining('/tenant-suspended')])
  })

  it('no gate is green, and resuming brings back what was approved', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    expect((await world.read(id)).gate.state).toBe('green')
    await suspend()
    await world.settle()
    expect((await world.read(id)).gate).toMatchObject({
      state: 'red',
      reason: expect.stringContaining('suspended'),
    })
    await resume()
    await world.settle()
    expect((await world.read(id)).gate.state).toBe('green')
    expect((await world.land(id)).state).toBe('promoted')
  })

  it('a review on the forge counts only once it is resumed', async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    await suspend()
    world.memory.person.review(pullRequest?.number ?? 0, 'anton', 'approved')
    await world.hint('pull_request_review')
    await world.settle()
    expect((await world.read(id)).approvals).toEqual([])
    await resume()
    await world.settle()
    expect((await world.read(id)).state).toBe('approved')
  })

  it('what was merged before is promoted when it is resumed', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await world.insist(world.decide('merge', id))
    await suspend()
    await world.settle()
    const before = world.memory.filesOf('live')
    expect((await world.read(id)).state).toBe('merged')
    await resume()
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
    expect(world.memory.filesOf('live').length).toBeGreaterThan(before.length)
  })

  it('a merge on the forge past the red gate is never applied', async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await suspend()
    await world.settle()
    world.memory.person.merge(pullRequest?.number ?? 0, 'anton', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await world.settle()
    await resume()
    await world.settle()
    expect((await world.read(id)).state).toBe('merged_unauthorised')
    expect(world.memory.filesOf('live').some((path) => path.includes('60-web'))).toBe(false)
  })

  it('engines go on reporting', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const landed = await world.land(id)
    await suspend()
    await world.report(landed, 'healthy')
    await world.settle()
    expect((await world.read(id)).state).toBe('applied')
  })
})
