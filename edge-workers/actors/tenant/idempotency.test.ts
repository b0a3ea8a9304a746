// One key, one effect: whatever is repeated, raced or mixed up under an Idempotency-Key, at most one change comes of it.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const RACERS = 20
const problem = (body: { type?: string }) => body.type?.split('/').at(-1)
const together = <T>(run: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: RACERS }, (_, index) => run(index)))
const changes = async () => (await world.send('GET', '/changes')).body.items ?? []

describe('a request', () => {
  it(`sent ${RACERS} times at once under one key is one change, one receipt, one pull request`, async () => {
    const answers = await together(() => world.request(world.vmRequest('web'), { key: 'same' }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(new Set(answers.map(({ body }) => body.receipt)).size).toBe(1)
    await world.settle()
    expect(await changes()).toHaveLength(1)
    expect(world.memory.pulls).toHaveLength(1)
  })

  it('is the same change again at any later time, as it is by then, with the same receipt', async () => {
    const body = world.vmRequest('web')
    const first = await world.insist(world.request(body, { key: 'same' }))
    await world.settle()
    const later = await world.insist(world.request(body, { key: 'same' }))
    expect(later).toMatchObject({ id: first.id, state: 'proposed', receipt: first.receipt })
    await world.land(first.id)
    expect((await world.insist(world.request(body, { key: 'same' }))).state).toBe('promoted')
    expect(world.memory.pulls).toHaveLength(1)
  })

  it('survives the loss of the object between two sendings', async () => {
    const body = world.vmRequest('web')
    const first = await world.insist(world.request(body, { key: 'same' }))
    world.tenants.evict(world.tenantId)
    expect((await world.insist(world.request(body, { key: 'same' }))).id).toBe(first.id)
  })

  it('with another body under the same key is 422, also when both race', async () => {
    const [one, two] = [world.vmRequest('web'), world.vmRequest('web', { cores: 2 })]
    const answers = await together((index) =>
      world.request(index % 2 === 0 ? one : two, { key: 'same' }),
    )
    const accepted = answers.filter(({ status }) => status === 202)
    const refused = answers.filter(({ status }) => status !== 202)
    expect(accepted).toHaveLength(RACERS / 2)
    expect(refused).toHaveLength(RACERS / 2)
    for (const { status, body } of refused)
      expect([status, problem(body)]).toEqual([422, 'idempotency-key-reused'])
    expect(await changes()).toHaveLength(1)
  })

  it('that was refused leaves its key free', async () => {
    const bad = await world.request(world.vmRequest('web', { site: 'nowhere' }), { key: 'same' })
    expect(bad.status).toBe(422)
    expect((await world.request(world.vmRequest('web'), { key: 'same' })).status).toBe(202)
  })

  it('as a preview needs no key and leaves nothing', async () => {
    // The tenant wakes, and the platform's log compares itself with the forge: no preview's doing.
    await changes()
    await world.settle()
    world.memory.calls.splice(0)
    const preview = await world.send('POST', '/changes?validateOnly=true', {
      body: world.vmRequest('web'),
    })
    expect([preview.status, preview.body.id]).toEqual([200, null])
    await world.settle()
    expect(await changes()).toEqual([])
    expect(world.memory.calls).toEqual([])
  })

  it('in another order of keys is the same request', async () => {
    const { action, template, name, parameters } = world.vmRequest('web')
    const first = await world.request({ action, template, name, parameters }, { key: 'same' })
    const again = await world.request({ parameters, name, template, action }, { key: 'same' })
    expect(again.status).toBe(202)
    expect(again.body.id).toBe(first.body.id)
  })
})

describe('a resource', () => {
  it('has one open change, whoever asks at the same moment', async () => {
    const answers = await together((index) =>
      world.request(world.vmRequest('web'), { key: `key-of-${index}` }),
    )
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 202))
      expect([status, problem(body)]).toEqual([409, 'open-change'])
  })

  it('is free again when its change came to an end', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    expect((await world.request(world.vmRequest('web'))).status).toBe(409)
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
    await world.settle()
    expect((await world.request(world.vmRequest('web'))).status).toBe(202)
  })

  it('does not keep others waiting', async () => {
    // Each is five writes, and the forge is given 80 a minute.
    const names = Array.from({ length: 12 }, (_, index) => `vm-${index}`)
    const asked = names.map((name) => world.request(world.vmRequest(name)))
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await world.settle()
    expect(world.memory.pulls).toHaveLength(names.length)
  })
})

describe('a decision', () => {
  it('under one key happens once', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    for (let twice = 0; twice < 2; twice += 1)
      expect((await world.decide('approvals', id, { key: 'yes' })).status).toBe(201)
    await world.settle()
    for (let twice = 0; twice < 2; twice += 1)
      expect((await world.decide('merge', id, { key: 'go' })).status).toBe(200)
    await world.settle()
    expect((await world.read(id)).approvals).toHaveLength(1)
    expect(world.memory.calls.filter((verb) => verb === 'mergePull')).toHaveLength(1)
  })

  it('to merge, raced, is one merge', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    const answers = await together(() => world.decide('merge', id, { key: 'go' }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await world.settle()
    const { state, mergeSha } = await world.read(id)
    expect(state).toBe('promoted')
    expect(world.memory.branches.get('main')).toBe(mergeSha)
    expect(world.memory.commit(mergeSha ?? '').parents[0]).not.toBe(mergeSha)
  })

  it('under a key that another decision has is refused', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.insist(world.decide('approvals', id, { key: 'used' }))
    await world.settle()
    const merge = await world.decide('merge', id, { key: 'used' })
    expect([merge.status, problem(merge.body)]).toEqual([422, 'idempotency-key-reused'])
  })

  it('to revert makes one change, and never answers with somebody else’s', async () => {
    await world.apply(world.vmRequest('web'))
    const body = world.vmRequest('db')
    await world.insist(world.request(body, { key: 'mine' }))
    const [web] = (await changes()).filter(({ name }) => name === 'web')
    const id = web?.id ?? ''
    const { requester: token } = world.tokens
    const clash = await world.decide('revert', id, { token, key: 'mine' })
    expect([clash.status, problem(clash.body)]).toEqual([422, 'idempotency-key-reused'])
    const first = await world.insist(world.decide('revert', id, { token, key: 'back' }))
    const again = await world.insist(world.decide('revert', id, { token, key: 'back' }))
    expect(again.id).toBe(first.id)
    expect(first).toMatchObject({ action: 'delete', name: 'web' })
  })
})

describe('the second half of a decommission', () => {
  it('comes by itself, also for keys of full length that end alike', async () => {
    const keyOf = (first: string) => first + 'k'.repeat(254)
    for (const [name, first] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const) {
      await world.apply(world.vmRequest(name))
      const removal = { ...world.vmRequest(name), action: 'delete', parameters: {} }
      const preview = await world.send('POST', '/changes?validateOnly=true', { body: removal })
      const confirm = preview.body.plan?.destroys?.digest
      const { id } = await world.insist(
        world.request({ ...removal, confirm }, { key: keyOf(first) }),
      )
      await world.settle()
      const landed = await world.land(id)
      await world.report(landed, 'healthy')
      await world.settle()
    }
    const halves = (await changes()).filter(({ action }) => action === 'delete')
    expect(halves.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'one applied',
      'one proposed',
      'two applied',
      'two proposed',
    ])
  })
})
