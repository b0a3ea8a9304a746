// A check whose posting was not heard of: nobody knows which way the forge shows it, so it is posted until one is.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Outage } from '../../../schemas/result.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const pass = async (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
const shown = () => world.memory.gates.get(world.memory.pulls[0]?.headSha ?? '')
const posted = () => world.memory.calls.filter((verb) => verb === 'postGate').length
const loseAnswers = () =>
  world.memory.setIntercept(async (verb, run) => {
    const answer = await run()
    if (verb === 'postGate') throw new Outage('forge', 'does not answer')
    return answer
  })

it('is posted again, though it is judged as it was recorded', async () => {
  const { id } = await world.propose(world.vmRequest('web'))
  world.memory.person.review(1, 'anton', 'approved')
  await world.hint('pull_request_review')
  loseAnswers()
  await world.settle()
  expect(shown()).toBe(true)
  expect((await world.read(id)).gate.state).toBe('red')
  world.memory.person.dismiss(1, 'anton')
  await world.hint('pull_request_review')
  world.memory.setIntercept(null)
  await pass(10)
  const { state, gate } = await world.read(id)
  expect([state, gate.state, shown()]).toEqual(['proposed', 'red', false])
})

it('is posted once where it was heard of, and not again later', async () => {
  const { id } = await world.propose(world.vmRequest('web'))
  await world.approve(id)
  const before = posted()
  await pass(120)
  expect([posted(), shown()]).toEqual([before, true])
})

it('is posted again where an earlier posting, not heard of, may have arrived after a later one', async () => {
  const { id } = await world.propose(world.vmRequest('web'))
  world.memory.person.review(1, 'anton', 'approved')
  await world.hint('pull_request_review')
  const [sent, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let postings = 0
  world.memory.setIntercept(async (verb, run) => {
    if (verb !== 'postGate') return run()
    postings += 1
    if (postings > 1) return run()
    sent.resolve()
    await late.promise
    await run()
    throw new Outage('forge', 'does not answer')
  })
  const first = world.tenants.alarm(world.tenantId)
  await sent.promise
  world.memory.person.dismiss(1, 'anton')
  await world.hint('pull_request_review')
  vi.setSystemTime(Date.now() + 1_000)
  await world.tenants.alarm(world.tenantId)
  expect([(await world.read(id)).state, shown()]).toEqual(['proposed', false])
  late.resolve()
  await first
  expect(shown()).toBe(true)
  await pass(120)
  expect([(await world.read(id)).gate.state, shown()]).toEqual(['red', false])
})

describe('a merge on the forge while nobody has heard of the posting', () => {
  const mergedBy = async (id: string, login: string) => {
    world.memory.person.merge(1, login)
    await world.hint('closed', { merged: true })
    await world.settle()
    return (await world.read(id)).state
  }
  const approved = async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    loseAnswers()
    await world.insist(world.decide('approvals', id))
    expect([(await world.read(id)).gate.state, shown()]).toEqual(['red', true])
    return id
  }

  it('is an approver’s by right: the forge shows green, and has let him', async () => {
    expect(await mergedBy(await approved(), 'anton')).toBe('promoted')
  })

  it.each(['rita', 'passer-by'])('by %s is past the gate all the same', async (login) => {
    expect(await mergedBy(await approved(), login)).toBe('merged_unauthorised')
  })

  it('is by right also where the forge tells of it before the posting is written down', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const [sent, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb !== 'postGate') return answer
      world.memory.setIntercept(null)
      sent.resolve()
      await late.promise
      return answer
    })
    const approval = world.decide('approvals', id)
    await sent.promise
    expect(await mergedBy(id, 'anton')).toBe('promoted')
    late.resolve()
    expect((await approval).status).toBe(201)
  })
})
