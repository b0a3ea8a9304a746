// A merge past the gate that was undone on the forge after the last export: Git has the merge, `live` went past it, and what it wrote
// is nowhere. A restore takes it for what it was.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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
})
