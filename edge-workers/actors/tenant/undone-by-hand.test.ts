// What somebody puts right on main himself: a commit of his own, a merge past the gate, a merge that had to wait. Nothing waits for
// anybody after that, and nothing that was taken away is ever taken for applied.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
/** Two of them do not fit on one host. */
const LARGE = { memory: { value: 60, unit: 'GiB' } }
const NOBODY = { tenantId: 'x', resource: '' }
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
const live = () => world.memory.branches.get('live')
const main = () => world.memory.branches.get('main')
/** Main was pushed to, and Phoenix is told. */
const pushed = async (sha: string) => {
  await world.hint('push', { pushedRef: 'refs/heads/main' })
  await world.settle()
  vi.setSystemTime(Date.now() + 61_000)
  await world.settle()
  return sha
}
const revert = (sha: string | null) => pushed(world.memory.person.revert('main', sha ?? ''))
const changes = async () => (await world.send('GET', '/changes')).body.items ?? []
const land = async (name: string) => world.land((await world.propose(world.vmRequest(name))).id)

describe('a commit of his own', () => {
  it('that he takes back holds nobody up: live moves on without another merge', async () => {
    const own = world.memory.person.push('main', 'rendered/evil.yaml', 'kind: Evil\n')
    const web = await land('web')
    expect(web).toMatchObject({ state: 'merged', next: [{ who: 'whoever may push to main' }] })
    const head = await revert(own)
    expect(await world.read(web.id)).toMatchObject({ state: 'promoted', liveSha: web.mergeSha })
    expect(live()).toBe(head)
    await world.report({ name: 'web', liveSha: head }, 'healthy')
    expect((await world.read(web.id)).state).toBe('applied')
    expect((await land('db')).state).toBe('promoted')
  })

  it('that no engine reads is not moved to: nothing would come of it', async () => {
    const web = await land('web')
    world.memory.person.push('main', 'NOTES.md', 'by hand\n')
    const before = world.memory.calls.length
    await pushed('')
    expect(live()).toBe(web.mergeSha)
    expect(world.memory.calls.slice(before)).not.toContain('moveBranch')
    expect((await land('db')).state).toBe('promoted')
  })

  it('that he takes back in part is still there', async () => {
    const before = live()
    world.memory.person.push('main', 'rendered/one.yaml', 'kind: Evil\n')
    const two = world.memory.person.push('main', 'rendered/two.yaml', 'kind: Evil\n')
    const web = await land('web')
    await revert(two)
    expect((await world.read(web.id)).state).toBe('merged')
    expect(live()).toBe(before)
  })
})

describe('a merge past the gate', () => {
  const stray = async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    world.memory.person.merge(pullRequest?.number ?? 0, 'root', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await world.settle()
    return world.read(id)
  }

  it('that is reverted on the forge stands in nobody’s way: its name is free, and its own revert ends', async () => {
    const { id, mergeSha } = await stray()
    expect((await world.request(world.vmRequest('web'))).status).toBe(409)
    const own = (await changes()).find(({ action }) => action === 'delete')
    expect(own?.state).toBe('proposed')
    await revert(mergeSha)
    expect(live()).toBe(main())
    expect(await world.read(id)).toMatchObject({
      ...{ state: 'merged_unauthorised', liveSha: null, next: [] },
      reason: 'merged past the gate; main has nothing of it any more',
    })
    expect(await world.read(own?.id ?? '')).toMatchObject({
      state: 'closed',
      reason: 'what it was to take back is not on main any more',
    })
    const refused = await world.decide('revert', id, { token: world.tokens.requester })
    expect(refused.body.detail).toBe('It was undone on main: there is nothing to revert.')
    expect((await land('web')).state).toBe('promoted')
  })

  it('that was undone keeps no room of what is made and removed under its name afterwards', async () => {
    await revert((await stray()).mergeSha)
    await world.apply(world.vmRequest('web'))
    expect((await world.inventoryStub.snapshot(NOBODY)).takenVmIds).toHaveLength(1)
    const body = { action: 'delete', template: 'virtual-machine', name: 'web', parameters: {} }
    const preview = await world.send('POST', '/changes?validateOnly=true', { body })
    const guards = await world.apply({ ...body, confirm: preview.body.plan?.destroys?.digest })
    const second = (await changes()).find(({ state }) => state === 'proposed')
    expect(second).toMatchObject({ name: 'web', action: guards.action })
    await world.report(await world.land(second?.id ?? ''), 'healthy')
    await world.settle()
    expect((await world.read(second?.id ?? '')).state).toBe('applied')
    expect((await world.inventoryStub.snapshot(NOBODY)).takenVmIds).toEqual([])
  })

  it('that Phoenix’s own revert takes back is as little there', async () => {
    const { id } = await stray()
    const own = (await changes()).find(({ action }) => action === 'delete')
    const token = await world.tokenOf('dora', 'approver')
    for (const what of ['approvals', 'merge'])
      await world.insist(world.decide(what, own?.id ?? '', { token }))
    await world.settle()
    expect((await world.read(own?.id ?? '')).state).toBe('promoted')
    expect(await world.read(id)).toMatchObject({ next: [], liveSha: null })
  })
})

describe('a merge by right that had to wait', () => {
  it('is never taken for applied once its content is gone from main', async () => {
    const ids = []
    for (const name of ['one', 'two'])
      ids.push((await world.propose(world.vmRequest(name, LARGE))).id)
    const [one = '', two = ''] = ids
    for (const id of ids) await world.approve(id)
    for (const number of [1, 2]) world.memory.person.merge(number, 'anton')
    for (const number of [1, 2]) await world.hint('closed', { pullNumber: number, merged: true })
    await world.settle()
    expect((await world.read(one)).state).toBe('promoted')
    const { state, mergeSha } = await world.read(two)
    expect(state).toBe('merged')
    await revert(mergeSha)
    expect(live()).toBe(main())
    const after = await world.read(two)
    expect(after).toMatchObject({ state: 'merged_unauthorised', liveSha: null, next: [] })
    expect(after.reason).toBe(
      'merged and not applied: what it wrote was taken out of main again; main has nothing of it any more',
    )
    expect(await world.inventoryStub.holds(two)).toEqual({ held: 0 })
    const resources = (await world.send('GET', '/resources')).body.items?.map(({ name }) => name)
    expect(resources).toEqual(['one'])
    expect((await changes()).map(({ state: each }) => each)).not.toContain('proposed')
  })
})
