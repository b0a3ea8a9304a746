// What was undone on main by hand, and Phoenix hears of late or not at all: the merge itself was not told, the answer of a move was
// lost, and what only reads like a hand edit is none.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
/** Two of them do not fit on one host. */
const LARGE = { memory: { value: 60, unit: 'GiB' } }
const GONE = 'merged past the gate; main has nothing of it any more'
let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const live = () => world.memory.branches.get('live')
const main = () => world.memory.branches.get('main')
const wait = async (milliseconds: number) => {
  vi.setSystemTime(Date.now() + milliseconds)
  await world.settle()
}
const pushed = async () => {
  await world.hint('push', { pushedRef: 'refs/heads/main' })
  await world.settle()
  await wait(61_000)
}
const byHand = (sha: string | null) => world.memory.person.revert('main', sha ?? '')
const changes = async () => (await world.send('GET', '/changes')).body.items ?? []
/** Merged by an administrator, who tells nobody. */
const mergedPast = async (name = 'web') => {
  const { id, pullRequest } = await world.propose(world.vmRequest(name))
  world.memory.person.merge(pullRequest?.number ?? 0, 'root', { pastTheGate: true })
  return { id, sha: main() ?? '' }
}

describe('a merge past the gate, of which nobody told until it was undone', () => {
  it('gets no revert that would take nothing back: found at the look', async () => {
    const { id, sha } = await mergedPast()
    byHand(sha)
    await pushed()
    expect(await world.read(id)).toMatchObject({ state: 'merged_unauthorised', reason: GONE })
    expect(live()).toBe(main())
    expect(await changes()).toHaveLength(1)
  })

  it('gets none either where its own webhook comes late', async () => {
    const { id, sha } = await mergedPast()
    byHand(sha)
    await world.hint('closed', { merged: true })
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'merged_unauthorised', reason: GONE })
    expect(await changes()).toHaveLength(1)
  })
})

describe('a merge past the gate that stands', () => {
  it('is what a merge behind it names, and whose revert has to be approved', async () => {
    await mergedPast()
    await world.hint('closed', { merged: true })
    await world.settle()
    const other = await world.land((await world.propose(world.vmRequest('other'))).id)
    expect(other.reason).toContain('a merge that went around the gate')
    expect(other.next.map(({ who }) => who)).toEqual([
      'phoenix',
      'an approver who had no part in it',
    ])
  })
})

describe('a move of live whose answer was lost', () => {
  const loseOneMove = () => {
    let lost = false
    world.memory.setIntercept(async (name, run) => {
      const done = await run()
      if (name !== 'moveBranch' || lost || live() !== main()) return done
      lost = true
      throw new TypeError('network')
    })
  }

  it('leaves no merge past the gate behind that nobody ever knows as undone', async () => {
    const { id, sha } = await mergedPast()
    await world.hint('closed', { merged: true })
    await world.settle()
    byHand(sha)
    loseOneMove()
    await pushed()
    await wait(61_000)
    expect(live()).toBe(main())
    expect(await world.read(id)).toMatchObject({ reason: GONE, next: [] })
    const names = (await changes()).filter(({ state }) => state === 'proposed')
    expect(names).toEqual([])
  })

  it('nor where another merge went with it', async () => {
    const { id, sha } = await mergedPast()
    await world.hint('closed', { merged: true })
    await world.settle()
    byHand(sha)
    const other = await world.propose(world.vmRequest('other'))
    await world.approve(other.id)
    loseOneMove()
    await world.insist(world.decide('merge', other.id))
    await world.settle()
    await wait(61_000)
    expect((await world.read(other.id)).state).toBe('promoted')
    expect(await world.read(id)).toMatchObject({ reason: GONE, next: [] })
  })
})

describe('a file for people that somebody changed on main', () => {
  it('is not what a merge without room waits for', async () => {
    const ids = []
    for (const name of ['one', 'two'])
      ids.push((await world.propose(world.vmRequest(name, LARGE))).id)
    const [, two = ''] = ids
    for (const id of ids) await world.approve(id)
    world.memory.person.merge(1, 'anton')
    world.memory.person.push('main', 'README.md', '# Hello\n')
    world.memory.person.merge(2, 'anton')
    for (const number of [1, 2]) await world.hint('closed', { pullNumber: number, merged: true })
    await world.settle()
    const { state, reason, next } = await world.read(two)
    expect(state).toBe('merged')
    expect(reason).toContain('no longer fits')
    expect(next.map(({ who }) => who)).toEqual(['phoenix', 'the requester'])
  })
})

describe('a merge by right that had to wait', () => {
  it('and was taken out by hand is done with soon, though the forge refused the first move', async () => {
    const ids = []
    for (const name of ['one', 'two'])
      ids.push((await world.propose(world.vmRequest(name, LARGE))).id)
    const [, two = ''] = ids
    for (const id of ids) await world.approve(id)
    for (const number of [1, 2]) world.memory.person.merge(number, 'anton')
    for (const number of [1, 2]) await world.hint('closed', { pullNumber: number, merged: true })
    await world.settle()
    byHand((await world.read(two)).mergeSha)
    let refused = false
    world.memory.setIntercept(async (name, run) => {
      if (name !== 'moveBranch' || refused) return run()
      refused = true
      throw new TypeError('network')
    })
    await wait(301_000)
    await wait(61_000)
    expect(refused).toBe(true)
    expect(live()).toBe(main())
    expect(await world.read(two)).toMatchObject({ state: 'merged_unauthorised', next: [] })
  })
})
