// Two changes that fit alone and not together: whoever is merged first gets the room, the other turns red and says who took
// it, and turns green again when room comes back. The same for the quota. Nothing is ever handed out twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { Plan } from '../../../schemas/plan.ts'
import { Outage } from '../../../schemas/result.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const QUOTA = { vms: 3, cores: 500, memoryMiB: 1_000_000, diskGiB: 100_000 }
/** Of 111 GiB that the host can promise. */
const LARGE = { memory: { value: 60, unit: 'GiB' } }
let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld({ tenant: { quota: QUOTA } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const skip = async (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
const large = (name: string) => world.propose(world.vmRequest(name, LARGE))
const both = async () => [await large('one'), await large('two')] as const
const gateOf = async (id: string) => (await world.read(id)).gate
const planOf = async (id: string) =>
  (await world.send('GET', `/changes/${id}/plan`)).body as unknown as Plan
const red = (reason: string) => ({ state: 'red', reason: expect.stringContaining(reason) })
const tookOn = (id: string) => `no longer fits: change ${id} took the room on host lab-01`
const cancel = (id: string) =>
  world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
const mergeOnForge = async (number: number) => {
  world.memory.person.merge(number, 'anton')
  await world.hint('closed', { pullNumber: number, merged: true })
}
const numberOf = async (id: string) => (await world.read(id)).pullRequest?.number ?? 0

/** Another tenant's change, as its own actor would handle it. */
const theirs = {
  id: 'chg_theirs',
  ask: (memoryMiB = 61_440) =>
    world.inventoryStub.reserve({
      ...{ changeId: 'chg_theirs', tenantId: 'ten_eu_theirs', resource: 'x' },
      items: [
        {
          ...{ name: 'x', role: 'vm', group: 'x', site: 'lab-01', host: 'lab-01', cores: 1 },
          ...{ memoryMiB, diskGiB: 1, vmId: 4_000, address: '192.168.11.200' },
        },
      ],
    }),
}

describe('two changes of one tenant', () => {
  it('are both accepted, and the second is warned of the first by its id', async () => {
    const [one, two] = await both()
    const rules = (await planOf(one.id)).findings.map(({ rule }) => rule)
    expect(rules).not.toContain('CAPACITY-CONTENDED')
    expect((await planOf(two.id)).findings).toContainEqual(
      expect.objectContaining({
        ...{ rule: 'CAPACITY-CONTENDED', severity: 'warn' },
        message: expect.stringContaining(`your open change ${one.id}`),
        numbers: expect.objectContaining({ askedMemoryMiB: 61_440, openMemoryMiB: 61_440 }),
      }),
    )
    expect([one.state, two.state]).toEqual(['proposed', 'proposed'])
  })

  it.each([
    [0, 1],
    [1, 0],
  ])('%i first: the other is red the moment it is promoted, naming it', async (first, second) => {
    const changes = await both()
    const [winner, loser] = [changes[first]?.id ?? '', changes[second]?.id ?? '']
    await world.approve(loser)
    expect((await gateOf(loser)).state).toBe('green')
    expect((await world.land(winner)).state).toBe('promoted')
    expect(await gateOf(loser)).toMatchObject(red(tookOn(winner)))
    expect((await world.read(loser)).state).toBe('approved')
  })

  it('the loser can be neither merged nor approved, with the numbers of its own', async () => {
    const [one, two] = await both()
    await world.approve(two.id)
    await world.land(one.id)
    const merged = await world.decide('merge', two.id)
    expect([merged.status, merged.body.detail]).toEqual([
      409,
      expect.stringContaining(tookOn(one.id)),
    ])
    const three = await large('three').catch(() => null)
    expect(three).toBeNull()
    const late = await world.request(world.vmRequest('late', LARGE))
    const { errors } = late.body as { errors?: { rule: string }[] }
    expect([late.status, errors?.[0]?.rule]).toEqual([422, 'CAPACITY'])
  })

  it('an approval comes too late once the other is merged', async () => {
    const [one, two] = await both()
    await world.land(one.id)
    const { status, body } = await world.decide('approvals', two.id)
    expect([status, body.detail]).toEqual([409, `It ${tookOn(one.id)}.`])
    expect(body.findings).toMatchObject([
      { rule: 'CAPACITY-LOST', numbers: { asked: 61_440, yours: 61_440, supply: 113_878 } },
    ])
  })

  it('of two merges at the same moment one goes through', async () => {
    const [one, two] = await both()
    for (const { id } of [one, two]) await world.approve(id)
    const answers = await Promise.all([one, two].map(({ id }) => world.decide('merge', id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    await world.settle()
    const states = await Promise.all([one, two].map(async ({ id }) => (await world.read(id)).state))
    expect(states.sort()).toEqual(['approved', 'promoted'])
  })

  it('the gate recovers when the winner is deleted', async () => {
    const [one, two] = await both()
    await world.approve(two.id)
    const landed = await world.land(one.id)
    await world.report(landed, 'healthy')
    await world.settle()
    expect((await gateOf(two.id)).state).toBe('red')
    const remove = async () => {
      const body = { action: 'delete', template: 'virtual-machine', name: 'one', parameters: {} }
      const preview = await world.send('POST', '/changes?validateOnly=true', { body })
      const confirm = preview.body.plan?.destroys?.digest
      const { id } = await world.propose(confirm ? { ...body, confirm } : body)
      return world.land(id)
    }
    const first = await remove()
    await world.report(first, 'healthy')
    await world.settle()
    // The second half follows by itself.
    const { items = [] } = (await world.send('GET', '/changes')).body
    const last = items.find(({ state, id }) => state === 'proposed' && id !== two.id)
    if (last?.id) {
      const gone = await world.land(last.id)
      await world.report(gone, 'healthy')
      await world.settle()
    }
    expect(await gateOf(two.id)).toMatchObject({ state: 'green' })
    expect((await world.land(two.id)).state).toBe('promoted')
  })

  it.each(['cancel', 'reject', 'close'])(
    '%s of the one leaves the room to the other',
    async (how) => {
      const [one, two] = await both()
      if (how === 'cancel') await cancel(one.id)
      else if (how === 'reject') await world.insist(world.decide('reject', one.id))
      else {
        world.memory.person.close(await numberOf(one.id))
        await world.hint('closed', { pullNumber: await numberOf(one.id) })
      }
      await world.settle()
      expect(await world.inventoryStub.holds(one.id)).toEqual({ held: 0 })
      expect((await world.land(two.id)).state).toBe('promoted')
    },
  )

  it('a change that nobody touched for thirty days has expired, and holds nothing', async () => {
    const { id } = await large('one')
    await skip(29 * 86_400)
    expect((await world.read(id)).state).toBe('proposed')
    await skip(2 * 86_400)
    await skip(301)
    expect((await world.read(id)).state).toBe('expired')
    expect(await world.inventoryStub.holds(id)).toEqual({ held: 0 })
    expect(world.memory.pulls[0]?.state).toBe('closed')
  })
})

describe('merged on the forge before the gate could turn', () => {
  const raced = async () => {
    const [one, two] = await both()
    for (const { id } of [one, two]) await world.approve(id)
    for (const { id } of [one, two]) world.memory.person.merge(await numberOf(id), 'anton')
    for (const { id } of [one, two])
      await world.hint('closed', { pullNumber: await numberOf(id), merged: true })
    await world.settle()
    return { one, two }
  }

  it('the second stays on main, unapplied, and says why', async () => {
    const { one, two } = await raced()
    expect((await world.read(one.id)).state).toBe('promoted')
    const stays = await world.read(two.id)
    expect(stays).toMatchObject({ state: 'merged', liveSha: null })
    expect(stays.reason).toContain(`a merge that may not be applied now: ${tookOn(one.id)}`)
    expect(stays.next.map(({ how }) => how)).toContainEqual(expect.stringContaining('/revert'))
    const names = (await world.send('GET', '/resources')).body.items?.map(({ name }) => name)
    expect(names).toEqual(['one'])
  })

  it('and can be reverted, after which everything goes on', async () => {
    const { two } = await raced()
    const { requester: token } = world.tokens
    const revert = await world.insist(world.decide('revert', two.id, { token }))
    await world.settle()
    expect((await world.read(two.id)).state).toBe('merged_unauthorised')
    expect(await world.inventoryStub.holds(two.id)).toEqual({ held: 0 })
    expect((await world.land(revert.id)).state).toBe('promoted')
    const later = await world.propose(world.vmRequest('later'))
    expect((await world.land(later.id)).state).toBe('promoted')
  })

  it('the first on main is undone where the second has the room: neither could be applied otherwise', async () => {
    const [one, two] = await both()
    for (const { id } of [one, two]) await world.approve(id)
    world.memory.person.merge(await numberOf(two.id), 'anton')
    world.memory.setIntercept((verb, run) =>
      verb === 'postGate' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    await world.insist(world.decide('merge', one.id))
    await world.settle()
    const { state, reason } = await world.read(two.id)
    expect([state, reason]).toEqual([
      'merged_unauthorised',
      expect.stringContaining(tookOn(one.id)),
    ])
    const { items = [] } = (await world.send('GET', '/changes')).body
    const revert = items.find((item) => item.name === two.name && item.id !== two.id)
    world.memory.setIntercept(null)
    await skip(600)
    const token = await world.tokenOf('dora', 'approver')
    for (const what of ['approvals', 'merge'])
      await world.insist(world.decide(what, revert?.id ?? '', { token }))
    await world.settle()
    expect((await world.read(one.id)).state).toBe('promoted')
  })

  it('a merge that is on its way cannot be reverted', async () => {
    const { id } = await large('one')
    await world.approve(id)
    world.memory.setIntercept((verb, run) =>
      verb === 'compare' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    await mergeOnForge(1)
    await world.settle()
    expect((await world.read(id)).state).toBe('merged')
    const { requester: token } = world.tokens
    expect((await world.decide('revert', id, { token })).status).toBe(409)
    world.memory.setIntercept(null)
    await skip(600)
    expect((await world.read(id)).state).toBe('promoted')
  })
})

describe('another tenant', () => {
  it('that is merged first is “another tenant’s change”, without its numbers', async () => {
    const { id } = await large('one')
    await theirs.ask(55_555)
    await world.approve(id)
    expect((await gateOf(id)).state).toBe('green')
    expect(await world.inventoryStub.claim(theirs.id)).toEqual({ ok: true, value: { held: 1 } })
    await skip(1)
    const gate = await gateOf(id)
    expect(gate).toMatchObject(
      red('no longer fits: another tenant’s change took the room on host lab-01'),
    )
    const { body } = await world.decide('merge', id)
    expect(JSON.stringify(body)).not.toMatch(/55.?555|58.?323|chg_theirs|ten_eu_theirs/)
  })

  it('that withdraws gives the room back, and the gate turns green by itself', async () => {
    const { id } = await large('one')
    await theirs.ask()
    await world.approve(id)
    await world.inventoryStub.claim(theirs.id)
    await skip(1)
    expect((await gateOf(id)).state).toBe('red')
    await world.inventoryStub.release(theirs.id)
    await skip(1)
    expect((await gateOf(id)).state).toBe('green')
  })

  it('is found out without being told, too', async () => {
    const { id } = await large('one')
    await theirs.ask()
    await world.approve(id)
    world.tenants.setIntercept((call, run) =>
      call.endsWith('.roomChanged') ? Promise.reject(new Error('lost')) : run(),
    )
    await world.inventoryStub.claim(theirs.id)
    expect((await gateOf(id)).state).toBe('green')
    await skip(301)
    expect((await gateOf(id)).state).toBe('red')
  })

  it('that is second is refused, and does not learn whose change it was', async () => {
    const { id } = await large('one')
    await theirs.ask()
    await world.land(id)
    const refused = await world.inventoryStub.claim(theirs.id)
    expect(refused).toMatchObject({
      refusal: {
        findings: [
          {
            rule: 'CAPACITY-LOST',
            message: 'another tenant’s change took the room on host lab-01',
            numbers: { asked: 61_440, yours: 0, supply: 113_878 },
          },
        ],
      },
    })
    expect(JSON.stringify(refused)).not.toContain(id)
  })

  it('that also asked is warned of as that', async () => {
    await theirs.ask(77_777)
    const plan = await planOf((await large('one')).id)
    const found = plan.findings.find(({ rule }) => rule === 'CAPACITY-CONTENDED')
    expect(found?.message).toContain('another tenant’s change')
    expect(JSON.stringify(plan)).not.toMatch(/77.?777|chg_theirs/)
  })
})

describe('the quota', () => {
  it('goes to whoever is merged first, and the other says which change took it', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push((await world.propose(world.vmRequest(name))).id)
    for (const id of ids) await world.approve(id)
    for (const id of ids.slice(1)) {
      await world.insist(world.decide('merge', id))
      await world.settle()
    }
    const [first = '', , , last] = ids
    expect(await gateOf(first)).toMatchObject(
      red(`no longer fits: change ${last} took the quota of machines`),
    )
    expect((await world.decide('merge', first)).status).toBe(409)
  })

  it('is not handed out twice by merges at the same moment', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push((await world.propose(world.vmRequest(name))).id)
    for (const id of ids) await world.approve(id)
    const answers = await Promise.all(ids.map((id) => world.decide('merge', id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409])
  })

  it('of a merge on the forge in between leaves the second unapplied', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push((await world.propose(world.vmRequest(name))).id)
    for (const id of ids) await world.approve(id)
    for (const id of ids) world.memory.person.merge(await numberOf(id), 'anton')
    for (const id of ids)
      await world.hint('closed', { pullNumber: await numberOf(id), merged: true })
    await world.settle()
    const states = await Promise.all(ids.map(async (id) => (await world.read(id)).state))
    expect(states).toEqual(['promoted', 'promoted', 'promoted', 'merged'])
    expect((await world.read(ids[3] ?? '')).reason).toContain('took the quota of machines')
  })
})

describe('a claim', () => {
  it('repeated changes nothing', async () => {
    await theirs.ask()
    for (let times = 0; times < 3; times += 1)
      expect(await world.inventoryStub.claim(theirs.id)).toEqual({ ok: true, value: { held: 1 } })
  })

  it('of what was given back, or never asked for, is refused', async () => {
    expect((await world.inventoryStub.claim('chg_never')).ok).toBe(false)
    await theirs.ask()
    await world.inventoryStub.release(theirs.id)
    expect((await world.inventoryStub.claim(theirs.id)).ok).toBe(false)
  })

  it('whose merge the forge refused is given back', async () => {
    const [one, two] = await both()
    for (const { id } of [one, two]) await world.approve(id)
    world.memory.person.edit(await numberOf(one.id), 'something else')
    expect((await world.decide('merge', one.id)).status).toBe(409)
    expect((await world.land(two.id)).state).toBe('promoted')
  })

  it('whose merge was not heard of is given back when the forge shows none', async () => {
    const [one, two] = await both()
    for (const { id } of [one, two]) await world.approve(id)
    world.memory.setIntercept((verb, run) =>
      verb === 'mergePull' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    expect((await world.decide('merge', one.id)).status).toBe(503)
    world.memory.setIntercept(null)
    await world.settle()
    expect((await gateOf(two.id)).state).toBe('red')
    await skip(121)
    expect((await gateOf(two.id)).state).toBe('green')
    expect((await world.land(two.id)).state).toBe('promoted')
  })
})
