// A revert brings back what stood in Git, for every kind of change; and what went around the gate is undone by the system.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Outage } from '../../../schemas/result.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())
const token = () => world.tokens.requester
/** Path and content of everything that an engine or an Inventory reads. */
const tree = async (branch = 'live') => {
  const paths = world.memory.filesOf(branch).filter((path) => !path.startsWith('changes/'))
  const sha = world.memory.branches.get(branch) ?? ''
  return Promise.all(
    paths.map(async (path) => [path, await world.memory.forge.readBlob(path, sha)]),
  )
}
const revert = async (id: string) => {
  const back = await world.insist(world.decide('revert', id, { token: token() }))
  await world.settle()
  const landed = await world.land(back.id)
  await world.report(landed, 'healthy')
  await world.settle()
  return world.read(back.id)
}
const policy = (parameters: object = {}, action = 'create') => ({
  ...{ action, template: 'failover-policy', name: 'web-may-move' },
  parameters: { resource: 'web', to: ['lab-02'], reason: 'The first room is down.', ...parameters },
})
const refused = async (id: string) => {
  const { status, body } = await world.decide('revert', id, { token: token() })
  return [status, body.detail]
}

describe('a revert', () => {
  it('of an update leaves Git as it was before, byte by byte', async () => {
    await world.apply(world.vmRequest('web'))
    const before = await tree()
    const { id } = await world.apply(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    expect(await tree()).not.toEqual(before)
    expect((await revert(id)).state).toBe('applied')
    expect(await tree()).toEqual(before)
  })

  it('says whose change it takes back, and why', async () => {
    const { id } = await world.apply(world.vmRequest('web'))
    const asked = { token: token(), body: { reason: 'It was the wrong one.' } }
    const back = await world.insist(world.decide('revert', id, asked))
    expect(back).toMatchObject({ reverts: id })
    const { sql } = world.tenants.storageOf(world.tenantId) ?? {}
    const [first] = sql?.exec('SELECT * FROM transitions WHERE changeId = ?', back.id ?? '') ?? []
    expect(first).toMatchObject({ to: 'accepted', reason: 'It was the wrong one.' })
    expect(await world.read(id)).toMatchObject({ reverts: null })
  })

  it('says it in Git as well: title, text, trailer and record of both its halves', async () => {
    const { id } = await world.apply(world.vmRequest('web'))
    const { id: back } = await world.insist(world.decide('revert', id, { token: token() }))
    await world.settle()
    const said = () => {
      const pull = world.memory.pulls.at(-1)
      const { message } = world.memory.commit(pull?.headSha ?? '')
      const [title] = message.split('\n')
      return { ...pull, title, trailer: message.match(/^Phoenix-Reverts: (.*)$/m)?.[1] }
    }
    const line = `It takes back change [\`${id}\`](${world.env.PUBLIC_URL}/changes/${id}).`
    const both = { trailer: id, body: expect.stringContaining(line) }
    const title = 'Delete virtual-machine web'
    expect(said()).toMatchObject({
      title: `${title} (1 of 2: lift the guards) (reverts ${id})`,
      ...both,
    })
    await world.insist(world.decide('revisions', back, { token: token(), body: {} }))
    await world.settle()
    const path = `changes/${back}/change.json`
    const record = await world.memory.forge.readFile(path, said().headSha ?? '')
    expect(JSON.parse(record ?? '')).toMatchObject({ id: back, revision: 2, reverts: id })
    await world.report(await world.land(back), 'healthy')
    await world.settle()
    expect(said()).toMatchObject({ title: `${title} (remove) (reverts ${id})`, ...both })
  })

  it('of a record’s update and of its removal too', async () => {
    await world.land((await world.propose(policy())).id)
    const first = await tree()
    const updated = await world.land(
      (await world.propose(policy({ reason: 'The second room is empty now.' }, 'update'))).id,
    )
    await revert(updated.id)
    expect(await tree()).toEqual(first)
    const removal = { ...policy({}, 'delete'), parameters: {} }
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: removal })
    const confirm = body.plan?.destroys?.digest
    const removed = await world.land(
      (await world.propose({ ...removal, ...(confirm ? { confirm } : {}) })).id,
    )
    expect(await tree()).not.toEqual(first)
    await revert(removed.id)
    expect(await tree()).toEqual(first)
  })

  it('of a creation begins its removal', async () => {
    const { id } = await world.apply(world.vmRequest('web'))
    const back = await world.insist(world.decide('revert', id, { token: token() }))
    expect(back).toMatchObject({ action: 'delete', name: 'web' })
  })

  it('says what it cannot take back', async () => {
    const proposed = await world.propose(world.vmRequest('web'))
    await world.insist(world.decide('reject', proposed.id))
    expect(await refused(proposed.id)).toEqual([409, 'The change is rejected.'])
    await world.apply(world.vmRequest('web'))
    const two = await world.apply(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    await world.apply(world.vmRequest('web', { cores: 3 }, { action: 'update' }))
    expect(await refused(two.id)).toEqual([
      ...[409, 'A later change of this resource stands on it: revert that one first.'],
    ])
  })
})

describe('before a revert Git is asked', () => {
  const updated = async () => {
    await world.apply(world.vmRequest('web'))
    const first = await tree()
    const { id } = await world.apply(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    const known = new Map(first.map(([path, blob]) => [path, blob]))
    const [path] = (await tree()).find(([path, blob]) => known.get(path) !== blob) ?? []
    return { id, path: String(path) }
  }

  it('and it is refused where somebody changed its files since, which nobody told of', async () => {
    const { id, path } = await updated()
    const pushed = world.memory.person.push('main', path, 'by: "hand"\n')
    const { status, body } = await world.decide('revert', id, { token: token() })
    expect([status, body.type]).toEqual([409, expect.stringContaining('conflict')])
    expect(body.detail).toContain(`GIT-CHANGED-BY-HAND: main was changed by hand at ${path}`)
    expect(body.detail).toContain('undo that on the forge')
    world.memory.person.force('main', world.memory.commit(pushed).parents[0] ?? '')
    expect((await revert(id)).state).toBe('applied')
  })

  it('and it is refused where its files were others before than their parameters lead to now', async () => {
    const { id, path } = await updated()
    let asked = 0
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'readBlobs') asked += 1
      return verb === 'readBlobs' && asked === 1
        ? (answer as string[]).with(0, 'd'.repeat(40))
        : answer
    })
    const { status, body } = await world.decide('revert', id, { token: token() })
    expect([status, body.detail]).toEqual([409, expect.stringContaining(`REVERT-NOT-EXACT: `)])
    expect(body.detail).toContain(path)
    expect(body.detail).toContain('as an update')
  })

  it('by one call and one for all its files, and once', async () => {
    const { id } = await updated()
    const before = world.memory.calls.length
    await world.insist(world.decide('revert', id, { token: token() }))
    expect(world.memory.calls.slice(before, before + 2)).toEqual(['compare', 'readBlobs'])
    world.memory.calls.length = 0
    await world.insist(world.decide('revert', id, { token: token() }))
    expect(world.memory.calls.filter((verb) => verb === 'readBlobs')).toEqual([])
  })

  it('and whoever asks is told to come back while it does not answer', async () => {
    const { id } = await updated()
    world.memory.setIntercept(() => Promise.reject(new Outage('forge', 'does not answer')))
    const { status } = await world.decide('revert', id, { token: token() })
    expect(status).toBe(503)
    world.memory.setIntercept(null)
    expect((await revert(id)).state).toBe('applied')
  })
})

describe('a merge that went around the gate', () => {
  const stray = async (login: string, body: object = world.vmRequest('stray')) => {
    const { id, pullRequest } = await world.propose(body)
    world.memory.person.merge(pullRequest?.number ?? 0, login, { pastTheGate: true })
    await world.hint('closed', { pullNumber: pullRequest?.number ?? 0, merged: true })
    await world.settle()
    return id
  }
  const changes = async () => (await world.send('GET', '/changes')).body.items ?? []
  const undoing = async (id: string) =>
    (await changes()).filter((change) => change.id !== id && change.requester === 'phoenix')

  it('is undone by a change that the system proposes, once, and that somebody else approves', async () => {
    const id = await stray('root')
    const [own, ...more] = await undoing(id)
    expect(own).toMatchObject({ action: 'delete', state: 'proposed', requester: 'phoenix' })
    expect(more).toEqual([])
    expect(world.memory.pulls.at(-1)?.body).toContain('phoenix')
    // Told again, swept, or asked for by somebody: it is the same one.
    await world.hint('closed', { merged: true })
    await world.tenant.wake()
    await world.settle()
    const asked = await world.insist(world.decide('revert', id, { token: token() }))
    expect(asked.id).toBe(own?.id)
    expect(await undoing(id)).toHaveLength(1)
    expect((await world.land(own?.id ?? '')).state).toBe('promoted')
    // No engine ever saw it; what stays is the marker that a removal leaves.
    const left = (await tree()).map(([path]) => path)
    expect(left).toEqual([
      'README.md',
      ...['configmap-stray-removed', 'kustomization'].map(
        (file) => `rendered/lab/60-stray/${file}.yaml`,
      ),
    ])
    expect(world.memory.branches.get('live')).toBe(world.memory.branches.get('main'))
  })

  it.each([
    ['', true],
    [', also in a repository where nothing was promoted yet', false],
  ])(
    'is known as one though its change had not heard of its pull request yet%s',
    async (_, later) => {
      if (later) await world.apply(world.vmRequest('other'))
      // Opened, the answer lost, and merged before anybody asked again.
      world.memory.setIntercept(async (verb, run) => {
        const answer = await run()
        if (verb === 'openPull') throw new Outage('forge', 'does not answer')
        return answer
      })
      const { id } = await world.insist(world.request(world.vmRequest('stray')))
      await world.settle()
      expect(await world.read(id)).toMatchObject({ state: 'accepted', pullRequest: null })
      world.memory.setIntercept(null)
      world.memory.person.merge(world.memory.pulls.length, 'root', { pastTheGate: true })
      vi.setSystemTime(Date.now() + 10_000)
      await world.settle()
      expect((await world.read(id)).state).toBe('merged_unauthorised')
      const [own] = await undoing(id)
      expect(own).toMatchObject({ action: 'delete', state: 'proposed', requester: 'phoenix' })
      const ours = ({ headBranch }: { headBranch: string }) => headBranch.endsWith(id)
      expect(world.memory.pulls.filter(ours)).toHaveLength(1)
      expect((await world.send('GET', '/drift')).body).toMatchObject({ differences: [] })
      expect((await world.land(own?.id ?? '')).state).toBe('promoted')
    },
  )

  it('is none where somebody else wrote what was merged from the branch of the change', async () => {
    await world.apply(world.vmRequest('other'))
    world.memory.setIntercept(async (verb, run) => {
      if (verb !== 'openPull') return run()
      throw new Outage('forge', 'does not answer')
    })
    const { id } = await world.insist(world.request(world.vmRequest('web')))
    await world.settle()
    world.memory.setIntercept(null)
    const branch = `phoenix/acme/${id}`
    const own = world.memory.filesOf(branch).find((path) => path.includes('60-web')) ?? ''
    world.memory.person.force(branch, world.memory.branches.get('main') ?? '')
    world.memory.person.push(branch, own, 'by: "hand"\n')
    await world.memory.forge.openPull({ head: branch, base: 'main', title: 'x', body: 'x' })
    world.memory.person.merge(world.memory.pulls.length, 'root', { pastTheGate: true })
    vi.setSystemTime(Date.now() + 10_000)
    await world.settle()
    const { state, reason } = await world.read(id)
    expect([state, reason]).toEqual(['failed', expect.stringContaining('by hand')])
  })

  it('is not approved by whoever merged it', async () => {
    const id = await stray('anton')
    const [own] = await undoing(id)
    const approved = await world.decide('approvals', own?.id ?? '')
    expect(approved).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('You stand behind') },
    })
    const other = await world.tokenOf('berta', 'approver')
    expect((await world.decide('approvals', own?.id ?? '', { token: other })).status).toBe(201)
  })

  it('nor by whoever asked for it, where nobody knows who merged', async () => {
    const both = await world.tokenOf('rita', 'approver')
    const id = await stray('root')
    const [own] = await undoing(id)
    expect((await world.decide('approvals', own?.id ?? '', { token: both })).status).toBe(403)
  })

  it('waits for another open change of the resource, and is proposed once that has ended', async () => {
    const first = await world.propose(world.vmRequest('web'))
    await world.insist(world.decide('reject', first.id))
    await world.settle()
    const second = await world.propose(world.vmRequest('web'))
    world.memory.person.force(first.pullRequest?.branch ?? '', first.pullRequest?.headSha ?? '')
    const number = first.pullRequest?.number ?? 0
    Object.assign(world.memory.pulls[number - 1] ?? {}, { state: 'open' })
    world.memory.person.merge(number, 'root', { pastTheGate: true })
    await world.hint('closed', { pullNumber: number, merged: true })
    await world.settle()
    expect((await world.read(first.id)).state).toBe('merged_unauthorised')
    expect(await undoing(first.id)).toEqual([])
    await world.insist(world.decide('reject', second.id))
    vi.setSystemTime(Date.now() + 301_000)
    await world.settle()
    expect(await undoing(first.id)).toMatchObject([{ action: 'delete', state: 'proposed' }])
  })

  it('of an update goes back to what was approved', async () => {
    await world.apply(world.vmRequest('web'))
    const before = await tree()
    vi.setSystemTime(Date.now() + 1_000)
    const id = await stray('root', world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    const [own] = await undoing(id)
    expect((await world.land(own?.id ?? '')).state).toBe('promoted')
    expect(await tree()).toEqual(before)
  })
})
