// Work that leaves the object: what does not answer is asked again until it does, and everything ends as if it had at once.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryForgeOverHttp } from '../../../functions/simulator/memory-forge-http.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Denied, Outage } from '../../../schemas/result.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const skip = async (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
const dueIn = () => ((world.tenants.alarmOf(world.tenantId) ?? Number.NaN) - Date.now()) / 1000
const down = (error: () => Error = () => new Outage('forge', 'does not answer')) =>
  world.memory.setIntercept(() => Promise.reject(error()))
const up = () => world.memory.setIntercept(null)
const ask = () => world.insist(world.request(world.vmRequest('web')))

describe('a forge that does not answer', () => {
  it('keeps an accepted change waiting, and gets one pull request when it is back', async () => {
    down()
    const { id } = await ask()
    await world.settle()
    for (let tries = 0; tries < 5; tries += 1) await skip(600)
    expect((await world.read(id)).state).toBe('accepted')
    up()
    await skip(600)
    expect((await world.read(id)).state).toBe('proposed')
    expect(world.memory.pulls).toHaveLength(1)
  })

  it('is asked less and less often, and at least every five minutes', async () => {
    down(() => new Outage('forge', 'does not answer', 1))
    await ask()
    await world.settle()
    const waits: number[] = []
    for (let tries = 0; tries < 14; tries += 1) {
      waits.push(dueIn())
      await skip(dueIn())
    }
    expect(waits[0]).toBeLessThanOrEqual(2)
    expect(waits[6]).toBeGreaterThan(10)
    expect(Math.max(...waits)).toBeLessThanOrEqual(300)
    expect(Math.min(...waits.slice(-3))).toBeGreaterThanOrEqual(150)
  })

  it('is spared by our own budget of writes, which says so and opens again with the next minute', async () => {
    const log = vi.mocked(console.log)
    // What is paid for is what goes over the wire.
    const http = memoryForgeOverHttp()
    const forge = { apiUrl: http.apiUrl, token: 'app-token', fetch: http.fetch }
    world = await createTenantWorld({ forge })
    const ids: string[] = []
    for (let count = 0; count < 20; count += 1) {
      const { id } = await world.insist(world.request(world.vmRequest(`web-${count}`)))
      ids.push(id)
    }
    await world.settle()
    const states = async () =>
      new Set(await Promise.all(ids.map(async (id) => (await world.read(id)).state)))
    expect(await states()).toEqual(new Set(['proposed', 'accepted']))
    expect(log.mock.calls.flat().join()).toMatch(/forge: takes no more (?:writes|requests)/)
    for (let minute = 0; minute < 3; minute += 1) await skip(60)
    expect(await states()).toEqual(new Set(['proposed']))
  })

  it('is left alone for as long as it asks', async () => {
    down(() => new Outage('forge', 'limits the rate of requests', 120))
    await ask()
    await world.settle()
    // The head of its log is told meanwhile: that is nothing to the forge.
    await skip(5)
    const calls = world.memory.calls.length
    expect(dueIn()).toBeGreaterThanOrEqual(115)
    await skip(114)
    expect(world.memory.calls).toHaveLength(calls)
  })

  it('whose credential was refused is asked again too: somebody will put it right', async () => {
    down(() => new Denied('forge', 'answers 401'))
    const { id } = await ask()
    await world.settle()
    expect((await world.read(id)).state).toBe('accepted')
    up()
    await skip(600)
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('during a merge is 503 with the time to come back, and the same request then goes through', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    down(() => new Outage('forge', 'does not answer', 17))
    const path = `/v1/tenants/acme/changes/${id}/merge`
    const merge = () => world.http('POST', path, { token: world.tokens.approver, key: 'go' })
    const refused = await merge()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '17'])
    up()
    expect((await merge()).status).toBe(200)
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('that merged and whose answer was lost has merged once', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'mergePull') throw new Outage('forge', 'does not answer')
      return answer
    })
    expect((await world.decide('merge', id, { key: 'go' })).status).toBe(503)
    up()
    expect((await world.decide('merge', id, { key: 'go' })).status).toBe(200)
    await world.settle()
    const { mergeSha, state } = await world.read(id)
    expect([state, mergeSha]).toEqual(['promoted', world.memory.branches.get('main')])
  })

  it.each(['rejected', 'closed'])(
    'at the end of a change (%s) is told of it later',
    async (state) => {
      const { id, pullRequest } = await world.propose(world.vmRequest('web'))
      down()
      const [what, who] = state === 'rejected' ? ['reject', 'approver'] : ['cancel', 'requester']
      const token = world.tokens[who as 'approver' | 'requester']
      await world.insist(world.decide(what ?? '', id, { token }))
      await world.settle()
      expect(world.memory.pulls[0]?.state).toBe('open')
      up()
      await skip(600)
      expect((await world.read(id)).state).toBe(state)
      expect(world.memory.pulls[0]?.state).toBe('closed')
      expect(world.memory.branches.has(pullRequest?.branch ?? '')).toBe(false)
    },
  )
})

describe('a clock that was a month ahead and is put back', () => {
  it('lets nothing lie for a month', async () => {
    vi.setSystemTime(START + 30 * 86_400_000)
    down()
    const { id } = await ask()
    await world.settle()
    expect(dueIn()).toBeGreaterThan(0)
    vi.setSystemTime(START)
    up()
    await world.insist(world.request(world.vmRequest('db')))
    await world.settle()
    expect(dueIn()).toBeLessThanOrEqual(3_600)
    await skip(3_600)
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('lets nothing lie for a month either where no other work is due', async () => {
    const sweep = () => world.tenants.namespace.getByName(world.tenantId).wake()
    vi.setSystemTime(START + 30 * 86_400_000)
    const { id } = await world.propose(world.vmRequest('web'))
    await sweep()
    await world.settle()
    vi.setSystemTime(START)
    await sweep()
    expect(dueIn()).toBeLessThanOrEqual(3_600)
    await world.approve(id)
    world.memory.person.merge(1, 'anton')
    await skip(3_600)
    expect((await world.read(id)).state).toBe('promoted')
  })
})

describe('without any webhook', () => {
  it('a pull request is looked at every few minutes: a review, a push and a merge are seen', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    world.memory.person.merge(1, 'anton')
    await skip(301)
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('a merge of what was withdrawn is seen', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    down()
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
    up()
    world.memory.person.merge(1, 'anton')
    await skip(301)
    expect((await world.read(id)).state).toBe('merged_unauthorised')
  })

  it('an approving review is seen too', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    world.memory.person.review(1, 'anton', 'approved')
    await skip(301)
    expect((await world.read(id)).state).toBe('approved')
  })

  it('it is looked at again and again, less and less often, once more after its end, and then no more', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const reads = () => world.memory.calls.filter((verb) => verb === 'readPull').length
    for (const [before, seconds] of [301, 601, 1_203].entries()) {
      await skip(seconds)
      expect(reads()).toBe(before + 1)
    }
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
    await world.settle()
    for (let times = 0; times < 3; times += 1) await skip(3_000)
    expect(reads()).toBe(4)
    expect(world.tenants.alarmOf(world.tenantId)).toBeNull()
  })
})

describe('a reservation', () => {
  /** A neighbour takes all the memory of the site between the plan and the reservation, and is merged. */
  const takeAll = async (memoryMiB: number) => {
    await world.inventoryStub.reserve({
      ...{ changeId: 'chg_theirs', tenantId: 'ten_eu_theirs', resource: 'x' },
      items: [
        {
          ...{ name: 'x', role: 'vm', group: 'x', site: 'lab-01', host: 'lab-01', cores: 1 },
          ...{ memoryMiB, diskGiB: 1, vmId: 4_000, address: '192.168.11.200' },
        },
      ],
    })
    return world.inventoryStub.claim('chg_theirs')
  }
  const HOST_MIB = Math.floor(128e9 / 2 ** 20) - 8 * 1024

  it('that was lost in between ends in rejected, with a sentence that names no neighbour’s number', async () => {
    const { id } = await ask()
    expect((await takeAll(HOST_MIB)).ok).toBe(true)
    await world.settle()
    const lost = await world.read(id)
    expect(lost.state).toBe('rejected')
    expect(lost.reason).toContain('CAPACITY')
    expect(lost.reason).toContain('another tenant’s change')
    expect(lost.reason).not.toContain(String(HOST_MIB))
    expect(world.memory.pulls).toEqual([])
    expect(await world.inventoryStub.holds(id)).toEqual({ held: 0 })
    expect((await world.request(world.vmRequest('db', { site: 'lab-02' }))).status).toBe(202)
  })

  it('that just fits is held', async () => {
    const { id } = await ask()
    expect((await takeAll(HOST_MIB - 1024)).ok).toBe(true)
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
    expect(await world.inventoryStub.holds(id)).toEqual({ held: 1 })
  })

  it('of a larger revision that no longer fits ends the change and closes its pull request', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const body = { parameters: { site: 'lab-01', cores: 1, memory: { value: 4, unit: 'GiB' } } }
    const { requester: token } = world.tokens
    await world.insist(world.decide('revisions', id, { token, body }))
    await takeAll(HOST_MIB - 1024)
    await world.settle()
    expect((await world.read(id)).state).toBe('rejected')
    expect(world.memory.pulls[0]?.state).toBe('closed')
    expect(await world.inventoryStub.holds(id)).toEqual({ held: 0 })
  })
})
