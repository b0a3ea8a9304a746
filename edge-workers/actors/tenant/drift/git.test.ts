// What somebody changes in Git by hand: it shows on the resource, clears when it is undone, and is never written over unseen.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import type { ResourceView } from '../../../../schemas/resource.ts'
import { Outage } from '../../../../schemas/result.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const pass = async (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
/** The forge tells of a push to main; the look is taken a minute later. */
const look = async (ref = 'refs/heads/main') => {
  await world.hint('push', { pullNumber: null, pushedRef: ref })
  await pass(61)
}
const driftOf = async (name = 'web') => {
  const read = await world.send('GET', `/resources/${name}`)
  return (read.body as unknown as ResourceView).drift
}
const ask = async (body: object) => {
  const { status, body: said } = await world.request(body)
  const refused = said as unknown as {
    errors?: { rule: string }[]
    findings: Finding[]
    id: string
  }
  return { status, rules: (refused.errors ?? []).map(({ rule }) => rule), said: refused }
}
const bigger = (cores: number, more: object = {}) =>
  world.vmRequest('web', { cores }, { action: 'update', ...more })
/** The file that says how large the machine is. */
const pathOf = async (): Promise<string> =>
  world.memory.filesOf('live').find((path) => path.includes('/environmentvm-')) ?? ''
const blobAt = (branch: string, path: string) =>
  world.memory.forge.readBlob(path, world.memory.branches.get(branch) ?? '')

describe('a file of a resource changed by hand on main', () => {
  it('shows on the resource with its path, and goes when it is undone', async () => {
    await world.apply(world.vmRequest('web'))
    expect(await driftOf()).toBeNull()
    const path = await pathOf()
    const before = world.memory.branches.get('main') ?? ''
    world.memory.person.push('main', path, 'by: "hand"\n')
    await look()
    expect(await driftOf()).toMatchObject({
      differences: [{ where: 'git', what: path, how: 'changed' }],
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      simulated: false,
    })
    world.memory.person.force('main', before)
    await look()
    expect(await driftOf()).toBeNull()
  })

  it.each([
    ['removed', (path: string) => world.memory.person.remove('main', path)],
    [
      'added',
      (path: string) =>
        world.memory.person.push('main', path.replace(/[^/]*$/, 'extra.yaml'), 'by: "hand"\n'),
    ],
  ])('says %s too', async (how, edit) => {
    await world.apply(world.vmRequest('web'))
    edit(await pathOf())
    await look()
    expect((await driftOf())?.differences).toMatchObject([{ where: 'git', how }])
  })

  it('is found without any hint, by the sweep, once in six hours and by two calls', async () => {
    await world.apply(world.vmRequest('web'))
    await world.tenant.wake()
    await world.settle()
    world.memory.person.push('main', await pathOf(), 'by: "hand"\n')
    await pass(3_600)
    const calls = world.memory.calls.length
    await world.tenant.wake()
    await world.settle()
    expect(world.memory.calls.slice(calls)).toEqual([])
    await pass(6 * 3_600)
    await world.tenant.wake()
    await world.settle()
    expect(world.memory.calls.slice(calls)).toEqual(['compare', 'listBranches'])
    expect(await driftOf()).not.toBeNull()
  })

  it('blocks a change that would write over it, until exactly that is confirmed; then its plan says so', async () => {
    await world.apply(world.vmRequest('web'))
    const path = await pathOf()
    world.memory.person.push('main', path, 'by: "hand"\n')
    await look()
    expect(await ask(bigger(2))).toMatchObject({ status: 422, rules: ['GIT-CHANGED-BY-HAND'] })
    const overwrite = (await driftOf())?.digest
    // Somebody goes on editing: what was confirmed is not what goes.
    world.memory.person.push('main', path, 'by: "another hand"\n')
    await look()
    expect((await ask(bigger(2, { overwrite }))).status).toBe(422)
    const change = await world.propose(bigger(2, { overwrite: (await driftOf())?.digest }))
    expect(change.findings.map(({ rule }) => rule)).toContain('GIT-OVERWRITES-BY-HAND')
    expect(world.memory.pulls.at(-1)?.body).toContain('GIT-OVERWRITES-BY-HAND')
    expect((await world.land(change.id)).state).toBe('promoted')
    await look()
    expect(await driftOf()).toBeNull()
    expect(world.memory.branches.get('live')).toBe(world.memory.branches.get('main'))
  })

  it('is dropped by asking for the same parameters, with its digest confirmed', async () => {
    await world.apply(world.vmRequest('web'))
    const path = await pathOf()
    const stood = await blobAt('live', path)
    world.memory.person.push('main', path, 'by: "hand"\n')
    const extra = path.replace(/[^/]*$/, 'extra.yaml')
    world.memory.person.push('main', extra, 'by: "hand"\n')
    await look()
    expect((await ask(bigger(1))).status).toBe(409)
    const { id } = await world.propose(bigger(1, { overwrite: (await driftOf())?.digest }))
    expect((await world.land(id)).state).toBe('promoted')
    expect(await blobAt('main', path)).toBe(stood)
    expect(await blobAt('main', extra)).toBeNull()
  })

  it('is seen at the proposal when it came after the plan, though nobody told of it', async () => {
    await world.apply(world.vmRequest('web'))
    const path = await pathOf()
    const { id } = await world.insist(world.request(bigger(2)))
    world.memory.person.push('main', path, 'by: "hand"\n')
    await world.settle()
    const change = await world.read(id)
    expect(change).toMatchObject({ state: 'failed', pullRequest: null })
    expect(change.reason).toContain('GIT-CHANGED-BY-HAND')
    expect(change.reason).toContain(path)
    expect(await blobAt('main', path)).not.toBe(await blobAt('live', path))
  })

  it('does not keep anybody from proposing what other files are about', async () => {
    await world.apply(world.vmRequest('web'))
    world.memory.person.push('main', await pathOf(), 'by: "hand"\n')
    await look()
    const { state } = await world.propose(world.vmRequest('other'))
    expect(state).toBe('proposed')
  })
})

describe('a merge that is not recorded yet', () => {
  const approved = async () => {
    await world.apply(world.vmRequest('web'))
    const { id, pullRequest } = await world.propose(bigger(2))
    await world.approve(id)
    return { id, number: pullRequest?.number ?? 0 }
  }
  const merged = async () => {
    const change = await approved()
    world.memory.person.merge(change.number, 'anton')
    return change
  }
  /** The forge shows main as it is, and pull requests as they were a moment ago. */
  const lateReads = (number: number) => {
    const pull = { ...world.memory.pulls[number - 1], reviews: undefined }
    const open = { ...pull, state: 'open', merged: false, mergeSha: null, mergedBy: null }
    world.memory.setIntercept(async (verb, run) => (verb === 'readPull' ? open : run()))
  }
  const tellOfMerge = async (pullNumber: number) => {
    await world.hint('closed', { pullNumber, merged: true })
    await world.settle()
  }

  it('is no hand edit: the look reads the pull requests first, and the change goes its way', async () => {
    const { id } = await merged()
    await look()
    expect((await world.read(id)).state).toBe('promoted')
    expect(await driftOf()).toBeNull()
    expect(world.memory.pulls).toHaveLength(2)
  })

  it('as our own, its answer lost, is taken in as well', async () => {
    const { id } = await approved()
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'mergePull') throw new Outage('forge', 'did not answer')
      return answer
    })
    expect((await world.decide('merge', id)).status).toBe(503)
    world.memory.setIntercept(null)
    await look()
    expect((await world.read(id)).state).toBe('promoted')
    expect(await driftOf()).toBeNull()
  })

  it('stays lawful where the pull requests are read late, and nothing is void meanwhile', async () => {
    const { id, number } = await merged()
    lateReads(number)
    await look()
    expect((await world.read(id)).state).toBe('approved')
    world.memory.setIntercept(null)
    await tellOfMerge(number)
    expect((await world.read(id)).state).toBe('promoted')
    await pass(61)
    expect(await driftOf()).toBeNull()
  })

  it('stays lawful where it replaced what was confirmed, read late too', async () => {
    await world.apply(world.vmRequest('web'))
    world.memory.person.push('main', await pathOf(), 'by: "hand"\n')
    await look()
    const overwrite = (await driftOf())?.digest
    const { id, pullRequest } = await world.propose(bigger(2, { overwrite }))
    await world.approve(id)
    const number = pullRequest?.number ?? 0
    world.memory.person.merge(number, 'anton')
    lateReads(number)
    await look()
    expect((await world.read(id)).state).toBe('approved')
    world.memory.setIntercept(null)
    await tellOfMerge(number)
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('stays lawful though somebody changed its file by hand right after it', async () => {
    const { id, number } = await merged()
    const path = await pathOf()
    world.memory.person.push('main', path, 'by: "hand"\n')
    lateReads(number)
    await look()
    world.memory.setIntercept(null)
    await tellOfMerge(number)
    expect(await world.read(id)).toMatchObject({ state: 'promoted' })
    await pass(61)
    expect((await driftOf())?.differences).toMatchObject([{ what: path, how: 'changed' }])
  })

  it('and is promoted while the look reads the forge is looked at again', async () => {
    const { id, number } = await merged()
    let told = false
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb !== 'compare' || told) return answer
      told = true
      await world.hint('closed', { pullNumber: number, merged: true })
      await world.tenants.alarm(world.tenantId)
      expect((await world.read(id)).state).toBe('promoted')
      return answer
    })
    await look()
    expect(told).toBe(true)
    expect((await world.send('GET', '/drift')).body).toMatchObject({ differences: [] })
    expect(await driftOf()).toBeNull()
  })
})

it('a merge of what was withdrawn, which nobody told of, ends no other change as if it were made by hand', async () => {
  await world.apply(world.vmRequest('other'))
  const first = await world.propose(world.vmRequest('web'))
  await world.approve(first.id)
  const { requester: token } = world.tokens
  await world.insist(world.decide('cancel', first.id, { token, body: {} }))
  world.memory.person.merge(first.pullRequest?.number ?? 0, 'anton')
  const { id } = await world.insist(world.request(world.vmRequest('web', { cores: 2 })))
  // Main shows a merge sooner than the pull request does.
  world.memory.setIntercept(async (verb, run) => {
    const answer = await run()
    return verb === 'readPull' ? { ...(answer as object), merged: false, mergeSha: null } : answer
  })
  await world.settle()
  expect((await world.read(id)).state).toBe('accepted')
  world.memory.setIntercept(null)
  await pass(10)
  await pass(10)
  expect((await world.read(first.id)).state).toBe('merged_unauthorised')
  expect((await world.read(id)).state).toBe('proposed')
})

describe('what a change of Phoenix repaired', () => {
  it('is no drift from its promotion on, and keeps nobody from the next change', async () => {
    await world.apply(world.vmRequest('web'))
    world.memory.person.push('main', await pathOf(), 'by: "hand"\n')
    await look()
    const { id } = await world.propose(bigger(2, { overwrite: (await driftOf())?.digest }))
    const landed = await world.land(id)
    expect(landed.state).toBe('promoted')
    expect(await driftOf()).toBeNull()
    await world.report(landed, 'healthy')
    expect((await world.send('GET', '/drift')).body).toMatchObject({ commits: [], differences: [] })
    expect((await world.propose(bigger(3))).state).toBe('proposed')
  })

  it('of another resource’s file goes on being shown', async () => {
    await world.apply(world.vmRequest('web'))
    const path = await pathOf()
    await world.apply(world.vmRequest('other'))
    const { id } = await world.propose(world.vmRequest('other', { cores: 2 }, { action: 'update' }))
    world.memory.person.push('main', path, 'by: "hand"\n')
    await look()
    await world.approve(id)
    await world.insist(world.decide('merge', id))
    await pass(61)
    expect((await driftOf())?.differences).toMatchObject([{ what: path, how: 'changed' }])
  })
})

it('main behind what was promoted keeps a proposal waiting, which says so, until it is back', async () => {
  const before = world.memory.branches.get('main') ?? ''
  await world.apply(world.vmRequest('web'))
  const after = world.memory.branches.get('main') ?? ''
  world.memory.person.force('main', before)
  const { id } = await world.insist(world.request(world.vmRequest('other')))
  await world.settle()
  expect(await world.read(id)).toMatchObject({ state: 'accepted', reason: null })
  await pass(10)
  const { state, reason } = await world.read(id)
  expect([state, reason]).toEqual(['accepted', expect.stringContaining('the proposal waits')])
  world.memory.person.force('main', after)
  await pass(300)
  expect(await world.read(id)).toMatchObject({ state: 'proposed', reason: null })
})

describe('live moved by hand', () => {
  it('shows on the resource whose file differs by it', async () => {
    await world.apply(world.vmRequest('web'))
    world.memory.person.push('live', await pathOf(), 'by: "hand"\n')
    await look('refs/heads/live')
    expect((await driftOf())?.differences).toMatchObject([{ where: 'live', how: 'changed' }])
  })
})

describe('a commit on main that no change made and no resource owns', () => {
  const page = async (path: string) => {
    const headers = { cookie: `phoenix_token=${world.tokens.requester}`, accept: 'text/html' }
    return (await world.http('GET', path, { headers })).text()
  }

  it('is listed for the tenant where it goes back to what stood before, with the commit to put back to', async () => {
    await world.apply(world.vmRequest('web'))
    const before = world.memory.branches.get('live') ?? ''
    await world.apply(bigger(2))
    const left = world.memory.branches.get('live') ?? ''
    world.memory.person.force('live', before)
    await look('refs/heads/live')
    const drift = async () => (await world.send('GET', '/drift')).body
    expect(await drift()).toMatchObject({
      ...{ live: { moved: before, left }, differences: [], commits: [] },
      fix: expect.stringContaining(`git push --force <remote> ${left}:live`),
    })
    expect(await driftOf()).toBeNull()
    expect(await page('/t/acme/resources')).toContain('Live was moved by hand')
    world.memory.person.force('live', left)
    await look('refs/heads/live')
    expect(await drift()).toMatchObject({ live: null, fix: null })
  })

  it('is listed for the tenant with the way to undo it, and on the pages where people look', async () => {
    await world.apply(world.vmRequest('web'))
    expect((await world.send('GET', '/drift')).body).toMatchObject({ commits: [], fix: null })
    const sha = world.memory.person.push('main', 'rendered/lab/60-rogue/x.yaml', 'by: "hand"\n')
    await look()
    expect((await world.send('GET', '/drift')).body).toMatchObject({
      ...{ main: sha, commits: [{ sha, title: 'By hand' }], complete: true },
      differences: [{ what: 'rendered/lab/60-rogue/x.yaml', how: 'added', resource: null }],
      fix: expect.stringContaining('git revert'),
    })
    for (const path of ['/t/acme/changes', '/t/acme/resources'])
      expect(await page(path)).toContain('Main was changed by hand')
  })
})
