// `live` moves over authorised merges only. A merge past the gate stays on main, is recorded, and holds up what comes after it.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  REPOSITORY,
  type TenantWorld,
} from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const live = () => world.memory.branches.get('live')
const main = () => world.memory.branches.get('main')
const stray = async (name = 'stray') => {
  const { id, pullRequest } = await world.propose(world.vmRequest(name))
  const number = pullRequest?.number ?? 0
  world.memory.person.merge(number, 'root', { pastTheGate: true })
  return { id, number }
}

describe('a lawful merge', () => {
  it('moves live to itself, settles what was held and deletes the branch', async () => {
    const web = await world.land((await world.propose(world.vmRequest('web'))).id)
    expect(web).toMatchObject({ state: 'promoted', liveSha: web.mergeSha })
    expect(live()).toBe(main())
    expect([...world.memory.branches.keys()].sort()).toEqual(['live', 'main'])
    expect(await world.inventoryStub.holds(web.id)).toEqual({ held: 1 })
  })

  it('of two changes at once leaves both in live, in the order of main', async () => {
    const ids = []
    for (const name of ['one', 'two']) ids.push((await world.propose(world.vmRequest(name))).id)
    for (const id of ids) await world.approve(id)
    await Promise.all(ids.map((id) => world.insist(world.decide('merge', id))))
    await world.settle()
    expect(live()).toBe(main())
    for (const id of ids) expect((await world.read(id)).state).toBe('promoted')
  })
})

describe('a merge past the gate', () => {
  it('is recorded as that, applied nowhere, and frees what was held', async () => {
    const before = live()
    const { id } = await stray()
    await world.hint('closed', { merged: true })
    await world.settle()
    const change = await world.read(id)
    expect(change).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
    expect(change.reason).toContain('past the gate')
    expect(change.next[0]?.how).toContain('/revert')
    expect(live()).toBe(before)
    expect(await world.inventoryStub.holds(id)).toEqual({ held: 0 })
    expect((await world.send('GET', '/resources')).body.items).toEqual([])
  })

  it.each(['told', 'not told'])(
    'holds up what is merged after it, also when we were %s',
    async (told) => {
      const before = live()
      const { id, number } = await stray()
      if (told === 'told') await world.hint('closed', { pullNumber: number, merged: true })
      await world.settle()
      const later = await world.land((await world.propose(world.vmRequest('later'))).id)
      expect(later).toMatchObject({ state: 'merged', liveSha: null })
      expect(later.reason).toContain('promotion waits')
      expect(live()).toBe(before)
      expect((await world.read(id)).state).toBe('merged_unauthorised')
    },
  )

  it('is undone by its revert, and then everything goes on together', async () => {
    const { id } = await stray()
    await world.hint('closed', { merged: true })
    await world.settle()
    const later = await world.propose(world.vmRequest('later'))
    expect((await world.land(later.id)).state).toBe('merged')
    const { requester: token } = world.tokens
    const revert = await world.insist(world.decide('revert', id, { token }))
    await world.settle()
    expect((await world.land(revert.id)).state).toBe('promoted')
    expect((await world.read(later.id)).state).toBe('promoted')
    expect((await world.read(id)).state).toBe('merged_unauthorised')
    expect(live()).toBe(main())
    const names = (await world.send('GET', '/resources')).body.items?.map(({ name }) => name)
    expect(names).toContain('later')
  })

  it('of an approved change by somebody whose approval it does not have is one too', async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    world.memory.person.push(pullRequest?.branch ?? '', 'x.txt', 'x')
    world.memory.person.merge(1, 'anton', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await world.settle()
    expect((await world.read(id)).state).toBe('merged_unauthorised')
  })
})

describe('a pull request that somebody points at another branch', () => {
  const pointElsewhere = async (more: object = {}) => {
    const up = { ...world.vmRequest('web', { cores: 2 }), action: 'update' as const }
    await world.apply(world.vmRequest('web'))
    const { id, pullRequest } = await world.propose(up)
    await world.approve(id)
    const number = pullRequest?.number ?? 0
    await world.memory.forge.createBranch('side', main() ?? '')
    Object.assign(world.memory.pulls[number - 1] ?? {}, { baseBranch: 'side', ...more })
    return { up, id, number }
  }

  it('and merges there has ended its change: the same is asked for anew, and is applied', async () => {
    const merged = { state: 'closed', merged: true, mergeSha: main(), mergedBy: 'rita' }
    const { up, id, number } = await pointElsewhere(merged)
    await world.hint('closed', { merged: true, pullNumber: number })
    await world.settle()
    const { state, next, gate } = await world.read(id)
    expect([state, next, gate.state]).toEqual(['closed', [], 'red'])
    const again = await world.propose(up)
    expect((await world.land(again.id)).state).toBe('promoted')
    expect(live()).toBe(main())
  })

  it('is not merged there by Phoenix', async () => {
    const { id } = await pointElsewhere()
    const { status, body } = await world.decide('merge', id)
    expect([status, body.detail]).toEqual([
      409,
      'The pull request is not into main: set its base back to main on the forge, and merge again.',
    ])
    expect(world.memory.calls.filter((verb) => verb === 'mergePull')).toHaveLength(1)
    expect((await world.read(id)).state).toBe('approved')
  })
})

describe('a commit on main that belongs to no change', () => {
  it('holds up promotion and is never applied', async () => {
    const before = live()
    world.memory.person.push('main', 'rendered/lab/99-own/x.yaml', 'x')
    const later = await world.land((await world.propose(world.vmRequest('later'))).id)
    expect(later.state).toBe('merged')
    expect(later.reason).toContain('promotion waits')
    expect(live()).toBe(before)
  })
})

describe('a promotion that was cut off', () => {
  it.each([false, true])(
    'after live moved and before it was recorded is recorded on the next try; something merged since: %s',
    async (since) => {
      const { id } = await world.propose(world.vmRequest('web'))
      const later = await world.propose(world.vmRequest('later'))
      for (const each of [id, later.id]) await world.approve(each)
      let cut: (() => void) | undefined
      const wasCut = new Promise<void>((resolve) => {
        cut = resolve
      })
      world.memory.setIntercept(async (verb, run) => {
        const answer = await run()
        if (verb !== 'moveBranch') return answer
        cut?.()
        return new Promise(() => undefined)
      })
      await world.insist(world.decide('merge', id))
      await Promise.race([world.settle(), wasCut])
      world.memory.setIntercept(null)
      world.tenants.evict(world.tenantId)
      world.repository.evict(REPOSITORY)
      expect(live()).toBe(main())
      expect((await world.read(id)).state).toBe('merged')
      if (since) world.memory.person.merge(later.pullRequest?.number ?? 0, 'anton')
      // What the runtime does with an alarm that did not end.
      await world.tenants.alarm(world.tenantId)
      await world.settle()
      expect((await world.read(id)).state).toBe('promoted')
      if (since) expect((await world.read(later.id)).state).toBe('promoted')
      expect(live()).toBe(main())
      await world.report({ name: 'web', liveSha: live() ?? null }, 'healthy')
      expect((await world.read(id)).state).toBe('applied')
    },
  )
})

describe('live', () => {
  it('is never moved on from where somebody else put it', async () => {
    await world.land((await world.propose(world.vmRequest('first'))).id)
    const mine = live()
    const foreign = world.memory.person.push('live', 'rendered/evil.yaml', 'kind: Evil\n')
    const next = await world.land((await world.propose(world.vmRequest('next'))).id)
    expect(next).toMatchObject({ state: 'merged', liveSha: null })
    expect(next.reason).toContain('somebody else moved live')
    expect(live()).toBe(foreign)
    world.memory.branches.set('live', mine ?? '')
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await world.settle()
    expect((await world.read(next.id)).state).toBe('promoted')
  })

  it('does not take what a hand added to main, and goes on once it is gone again', async () => {
    world.memory.person.push('main', 'rendered/evil.yaml', 'kind: Evil\n')
    const before = live()
    const web = await world.land((await world.propose(world.vmRequest('web'))).id)
    expect([web.state, live()]).toEqual(['merged', before])
    expect(web.reason).toContain('no change of ours made')
    world.memory.person.remove('main', 'rendered/evil.yaml')
    await world.hint('push', { pushedRef: 'refs/heads/main' })
    await world.settle()
    expect(live()).toBe(main())
    const after = await world.land((await world.propose(world.vmRequest('two'))).id)
    expect(after.state).toBe('promoted')
    expect((await world.read(web.id)).state).toBe('promoted')
  })
})

describe('over a stray merge', () => {
  it('nothing but its revert is planned', async () => {
    const { id } = await stray('web')
    await world.hint('closed', { merged: true })
    await world.settle()
    expect((await world.request(world.vmRequest('web'))).status).toBe(409)
    const revert = await world.insist(world.decide('revert', id, { token: world.tokens.requester }))
    await world.settle()
    expect((await world.land(revert.id)).state).toBe('promoted')
  })

  it('what an engine or Git itself would read is never taken along', async () => {
    const before = live()
    world.memory.person.push('main', '.sourceignore', 'rendered/\n')
    const web = await world.land((await world.propose(world.vmRequest('web'))).id)
    expect([web.state, live()]).toEqual(['merged', before])
  })
})

describe('what was written', () => {
  const sql = (statement: string) =>
    world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql.exec(statement)
  /** A release since words its plans another way, and the comparison does not show the files that say so. */
  const reworded = async (also = '') => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    sql(`UPDATE plans SET plan = json_set(plan, '$.simulated[0]', 'worded another way')`)
    if (also !== '') sql(also)
    world.memory.setIntercept(async (verb, run) => {
      const answer = (await run()) as { files?: { path: string }[] } | null
      if (verb !== 'compare' || !answer?.files) return answer
      return { ...answer, files: answer.files.filter(({ path }) => !path.startsWith('changes/')) }
    })
    world.memory.person.merge(1, 'anton')
    await world.hint('closed', { merged: true })
    await world.settle()
    return world.read(id)
  }

  it('explains a merge though plans are worded another way since', async () => {
    expect((await reworded()).state).toBe('promoted')
  })

  it('is rendered again for what an earlier release proposed', async () => {
    const waits = await reworded('UPDATE plans SET written = NULL')
    expect(waits).toMatchObject({ state: 'merged', reason: expect.stringContaining('more than') })
  })

  it('is what counts: another content under a path it names is not explained', async () => {
    const spoilt = `UPDATE plans SET written = json_set(written, '$[0].blob', '${'0'.repeat(40)}')`
    expect(await reworded(spoilt)).toMatchObject({ state: 'merged', liveSha: null })
  })
})
