// What somebody pushes onto the branch of a change before its pull request is opened: nobody would be shown that it is gone, so it
// stays, and the change ends and says why.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { branchName } from '../../../../gitops/propose.ts'
import { Outage } from '../../../../schemas/result.ts'

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

const main = () => world.memory.branches.get('main') ?? ''
const accepted = async () => {
  const { id } = await world.insist(world.request(world.vmRequest('web')))
  return { id, branch: branchName('acme', id) }
}
const pushTo = (branch: string) => world.memory.person.push(branch, 'NOTES.md', 'by hand\n')
/** Everything but the opening of a pull request. */
const settleUnopened = async () => {
  world.memory.setIntercept((verb, run) =>
    verb === 'openPull' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
  )
  await world.settle()
  world.memory.setIntercept(null)
}
const later = async (milliseconds: number) => {
  vi.setSystemTime(Date.now() + milliseconds)
  await world.tenant.wake()
  await world.settle()
}

it('is kept, and the change is failed, says so, and gives its room back', async () => {
  const { id, branch } = await accepted()
  await settleUnopened()
  const pushed = pushTo(branch)
  await later(60_000)
  const change = await world.read(id)
  expect(change).toMatchObject({ state: 'failed', pullRequest: null })
  expect(change.reason).toContain(`BRANCH-PUSHED-BY-HAND: ${branch} holds what somebody else`)
  expect(change.reason).toContain('ask again')
  expect((await world.inventory.namespace.getByName('inventory-eu').holds(id)).held).toBe(0)
  // The sweep takes branches of ended changes away, but not this.
  await later(7 * 3_600_000)
  expect(world.memory.branches.get(branch)).toBe(pushed)
  const again = await world.propose(world.vmRequest('web'))
  expect(again.state).toBe('proposed')
  expect(again.pullRequest?.branch).not.toBe(branch)
})

it('where he took the name first is kept as well', async () => {
  const { id, branch } = await accepted()
  world.memory.person.force(branch, main())
  const pushed = pushTo(branch)
  await world.settle()
  expect((await world.read(id)).state).toBe('failed')
  expect(world.memory.branches.get(branch)).toBe(pushed)
})

it('stays where the change is withdrawn; a branch that nobody touched goes', async () => {
  const token = world.tokens.requester
  const one = await accepted()
  await settleUnopened()
  const pushed = pushTo(one.branch)
  await world.insist(world.decide('cancel', one.id, { token, body: {} }))
  await world.settle()
  expect(world.memory.branches.get(one.branch)).toBe(pushed)
  const two = await accepted()
  await settleUnopened()
  expect(world.memory.branches.has(two.branch)).toBe(true)
  await world.insist(world.decide('cancel', two.id, { token, body: {} }))
  await world.settle()
  expect(world.memory.branches.has(two.branch)).toBe(false)
})

it('that nobody has heard of yet is not deleted by a look that came too early', async () => {
  const { id, branch } = await accepted()
  await settleUnopened()
  const token = world.tokens.requester
  let pushed = ''
  world.memory.setIntercept(async (verb, run) => {
    const answer = await run()
    if (verb === 'readBranch' && pushed === '') pushed = pushTo(branch)
    return answer
  })
  await world.insist(world.decide('cancel', id, { token, body: {} }))
  await world.settle()
  expect(world.memory.branches.get(branch)).toBe(pushed)
})

it('goes with the branch where a pull request shows it, though its opening was never answered', async () => {
  const { id, branch } = await accepted()
  world.memory.setIntercept(async (verb, run) => {
    if (verb === 'openPull') pushTo(branch)
    const answer = await run()
    if (verb === 'openPull') throw new Outage('forge', 'does not answer')
    return answer
  })
  await world.settle()
  world.memory.setIntercept(null)
  const token = world.tokens.requester
  await world.insist(world.decide('cancel', id, { token, body: {} }))
  await world.settle()
  expect(world.memory.pulls.map(({ headBranch }) => headBranch)).toEqual([branch])
  await later(7 * 3_600_000)
  expect(world.memory.pulls.map(({ state }) => state)).toEqual(['closed'])
  expect(world.memory.branches.has(branch)).toBe(false)
})
