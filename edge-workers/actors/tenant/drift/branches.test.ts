// Branches of changes that have ended are taken away, and no other.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { BRANCHES_AT_ONCE } from './branches.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const branches = () =>
  [...world.memory.branches.keys()].filter((name) => name !== 'main' && name !== 'live').sort()
const sweep = async () => {
  vi.setSystemTime(Date.now() + 7 * 3_600_000)
  await world.settle()
  await world.tenant.wake()
  await world.settle()
}
const main = () => world.memory.branches.get('main') ?? ''

it('of an ended change that came back goes, with the pull request that was opened from it', async () => {
  const ended = await world.propose(world.vmRequest('ended'))
  await world.insist(world.decide('reject', ended.id))
  await world.settle()
  const branch = ended.pullRequest?.branch ?? ''
  expect(branches()).toEqual([])
  // A reconciler that was on its way all the time.
  world.memory.person.force(branch, ended.pullRequest?.headSha ?? '')
  const again = await world.memory.forge.openPull({
    head: branch,
    base: 'main',
    title: 'x',
    body: '',
  })
  expect(again).not.toBe('exists')
  await sweep()
  expect(branches()).toEqual([])
  expect(world.memory.pulls.map(({ state, merged }) => [state, merged])).toEqual([
    ['closed', false],
    ['closed', false],
  ])
})

it('of an open change, of nobody’s and of another tenant’s stay', async () => {
  const open = await world.propose(world.vmRequest('open'))
  const strangers = [
    `phoenix/acme/chg_${'z'.repeat(26)}`,
    'phoenix/acme/mine',
    `phoenix/acme-2/chg_${'a'.repeat(26)}`,
    'feature',
  ]
  for (const branch of strangers) world.memory.person.force(branch, main())
  await sweep()
  expect(branches()).toEqual([...strangers, open.pullRequest?.branch].sort())
  expect((await world.read(open.id)).state).toBe('proposed')
})

it('many of them go a few at a time', async () => {
  const left: string[] = []
  for (let index = 0; index < BRANCHES_AT_ONCE + 2; index += 1) {
    const { id, pullRequest } = await world.propose({
      ...{ action: 'create', template: 'failover-policy', name: `policy-${index}` },
      parameters: { resource: 'web', to: ['lab-02'], reason: 'When the first room is down.' },
    })
    await world.insist(world.decide('reject', id))
    left.push(pullRequest?.branch ?? '')
  }
  await world.settle()
  for (const branch of left) world.memory.person.force(branch, main())
  const calls = world.memory.calls.length
  await sweep()
  expect(branches()).toHaveLength(2)
  const deleted = world.memory.calls.slice(calls).filter((verb) => verb === 'deleteBranch')
  expect(deleted).toHaveLength(BRANCHES_AT_ONCE)
  vi.setSystemTime(Date.now() + 61_000)
  await world.settle()
  expect(branches()).toEqual([])
})
