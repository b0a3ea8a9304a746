// A merge past the gate that was undone on the forge after the last export: Git has the merge, `live` went past it, and what it wrote
// is nowhere. A restore takes it for what it was.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as again from '../../../../gitops/plan-again.ts'
import { createLostWorld, type LostWorld } from './lost-world.fixture.ts'

let world: LostWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createLostWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const settle = async (seconds = 61) => {
  await world.settle()
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
/** Its state, and the resources that are there. */
const restored = async (id: string) => {
  world.lose()
  expect((await world.restore()).status).toBe(200)
  await settle()
  const [row] = world.rows<{ state: string; undoneSha: string | null }>(
    'SELECT state, undoneSha FROM changes WHERE id = ?',
    id,
  )
  const names = world.rows<{ name: string }>('SELECT name FROM resources').map(({ name }) => name)
  return { ...row, names }
}

const stateOf = (id: string) =>
  world.rows<{ state: string; reason: string | null; undoneSha: string | null }>(
    'SELECT state, reason, undoneSha FROM changes WHERE id = ?',
    id,
  )[0]

describe('a merge past the gate, after the last export', () => {
  const stray = async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    world.memory.person.merge(pullRequest?.number ?? 0, 'root', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await settle()
    return { id, sha: (await world.read(id)).mergeSha ?? '' }
  }

  it('and its undoing by hand is not taken for promoted', async () => {
    const { id, sha } = await stray()
    const head = world.memory.person.revert('main', sha)
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    expect(world.memory.branches.get('live')).toBe(head)
    expect(await restored(id)).toEqual({
      ...{ state: 'merged_unauthorised', undoneSha: head, names: [] },
    })
  })

  it('and a lawful change after that is', async () => {
    const { sha } = await stray()
    world.memory.person.revert('main', sha)
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    const again = await world.land((await world.propose(world.vmRequest('web'))).id)
    expect(await restored(again.id ?? '')).toEqual({
      ...{ state: 'promoted', undoneSha: null, names: ['web'] },
    })
  })
  it('stays one where a lawful change has made the same since', async () => {
    const { id, sha } = await stray()
    world.memory.person.revert('main', sha)
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    await world.land((await world.propose(world.vmRequest('web'))).id)
    await restored(id)
    expect(stateOf(id)).toMatchObject({ state: 'merged_unauthorised' })
  })

  it('of an update is as little taken for promoted', async () => {
    world = await createLostWorld((fresh) => fresh.apply(fresh.vmRequest('web')))
    const update = { ...world.vmRequest('web', { cores: 2 }), action: 'update' }
    const { id, pullRequest } = await world.propose(update)
    const pullNumber = pullRequest?.number ?? 0
    world.memory.person.merge(pullNumber, 'root', { pastTheGate: true })
    await world.hint('closed', { pullNumber, merged: true })
    await settle()
    world.memory.person.revert('main', (await world.read(id)).mergeSha ?? '')
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    expect(stateOf(id)?.undoneSha).toBe(world.memory.branches.get('live'))
    await restored(id)
    expect(stateOf(id)).toMatchObject({ state: 'merged_unauthorised' })
  })

  it('was taken back by a revert that stays promoted', async () => {
    world = await createLostWorld((fresh) => fresh.apply(fresh.vmRequest('web')))
    const update = { ...world.vmRequest('web', { cores: 2 }), action: 'update' }
    const { id, pullRequest } = await world.propose(update)
    world.memory.person.merge(pullRequest?.number ?? 0, 'root', { pastTheGate: true })
    await world.hint('closed', { pullNumber: pullRequest?.number ?? 0, merged: true })
    await settle()
    const [own] = world.rows<{ id: string }>('SELECT id FROM changes WHERE follows = ?', id)
    const token = await world.tokenOf('dora', 'approver')
    for (const what of ['approvals', 'merge'])
      await world.insist(world.decide(what, own?.id ?? '', { token }))
    await settle()
    expect(stateOf(own?.id ?? '')?.state).toBe('promoted')
    await restored(id)
    expect(stateOf(own?.id ?? '')?.state).toBe('promoted')
    expect(stateOf(id)).toMatchObject({ state: 'merged_unauthorised' })
  })
})

describe('a merge past the gate, before the last export', () => {
  it('that was undone by hand after it is known as that at the next look', async () => {
    let sha = ''
    world = await createLostWorld(async (fresh) => {
      const { pullRequest } = await fresh.propose(fresh.vmRequest('web'))
      fresh.memory.person.merge(pullRequest?.number ?? 0, 'root', { pastTheGate: true })
      sha = fresh.memory.branches.get('main') ?? ''
      await fresh.hint('closed', { merged: true })
      await fresh.settle()
    })
    const [{ id = '' } = {}] = world.rows<{ id: string }>(
      "SELECT id FROM changes WHERE state = 'merged_unauthorised'",
    )
    const head = world.memory.person.revert('main', sha)
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    expect(stateOf(id)?.undoneSha).toBe(head)
    await restored(id)
    await settle(6 * 3600)
    await world.tenant.wake()
    await settle()
    expect(stateOf(id)).toMatchObject({ state: 'merged_unauthorised', undoneSha: head })
    expect(world.rows("SELECT id FROM changes WHERE state IN ('proposed', 'accepted')")).toEqual([])
  })
})

describe('a merge by right, after the last export', () => {
  it('that had to wait and was taken out of main by hand is not taken for promoted', async () => {
    const large = { memory: { value: 60, unit: 'GiB' } }
    const ids: string[] = []
    for (const name of ['one', 'two'])
      ids.push((await world.propose(world.vmRequest(name, large))).id)
    for (const id of ids) await world.approve(id)
    for (const number of [1, 2]) world.memory.person.merge(number, 'anton')
    for (const number of [1, 2]) await world.hint('closed', { pullNumber: number, merged: true })
    await settle()
    const [, two = ''] = ids
    const { mergeSha } = await world.read(two)
    world.memory.person.revert('main', mergeSha ?? '')
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await settle()
    const before = stateOf(two)
    expect(before).toMatchObject({ state: 'merged_unauthorised' })
    const { names } = await restored(two)
    expect(names).toEqual(['one'])
    expect(stateOf(two)).toMatchObject({ state: before?.state, undoneSha: before?.undoneSha })
    expect(await world.inventoryStub.holds(two)).toEqual({ held: 0 })
  })

  it('that a later one has written over is promoted, and so is the later one', async () => {
    world = await createLostWorld((fresh) => fresh.apply(fresh.vmRequest('web')))
    const ids: string[] = []
    for (const cores of [2, 3]) {
      const update = { ...world.vmRequest('web', { cores }), action: 'update' }
      const { id, pullRequest } = await world.propose(update)
      ids.push(id)
      await world.approve(id)
      const pullNumber = pullRequest?.number ?? 0
      // On the forge, by an account that the older copy does not know as proved.
      world.memory.person.merge(pullNumber, 'anton')
      await world.hint('closed', { pullNumber, merged: true })
      await settle()
      const landed = await world.read(id)
      expect(landed.state).toBe('promoted')
      await world.report(landed, 'healthy')
      await settle()
    }
    await restored(ids[0] ?? '')
    expect(ids.map((id) => stateOf(id)?.state)).toEqual(['promoted', 'promoted'])
  })

  it.each(['update', 'delete'] as const)(
    'an %s of what was made after it too is found again',
    async (action) => {
      const record = (what: object) => ({
        ...{ template: 'failover-policy', name: 'web-may-move', action: 'create', ...what },
      })
      const parameters = { resource: 'web', to: ['lab-02'], reason: 'The first room is down.' }
      await world.apply(world.vmRequest('web'))
      const made = await world.land((await world.propose(record({ parameters }))).id)
      await settle()
      const reason = 'The second room is empty now.'
      const asked = record(
        action === 'delete'
          ? { action, parameters: {} }
          : { action, parameters: { ...parameters, reason } },
      )
      const preview = await world.send('POST', '/changes?validateOnly=true', { body: asked })
      const confirm = preview.body.plan?.destroys?.digest
      const later = await world.propose(confirm ? { ...asked, confirm } : asked)
      expect((await world.land(later.id)).state).toBe('applied')
      await settle()
      const stands = () =>
        world.rows<{ parameters: string; state: string }>(
          "SELECT parameters, state FROM resources WHERE name = 'web-may-move'",
        )
      const before = stands()
      world.lose()
      const { status, body } = await world.restore()
      expect([status, body.unproved]).toEqual([200, []])
      await settle()
      expect([made.id, later.id].map((id) => stateOf(id ?? '')?.state)).not.toContain('proposed')
      expect(stateOf(made.id ?? '')?.state).not.toBe('merged_unauthorised')
      expect(stands()).toEqual(before)
    },
  )

  it('whose template has changed since is promoted all the same', async () => {
    const { id = '' } = await world.land((await world.propose(world.vmRequest('web'))).id)
    vi.spyOn(again, 'renderAgain').mockImplementation(() => {
      throw new Error('another template')
    })
    await restored(id ?? '')
    expect(stateOf(id ?? '')?.state).toBe('promoted')
  })
})
