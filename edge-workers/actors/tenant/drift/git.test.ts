// What somebody changes in Git by hand: it shows on the resource, clears when it is undone, and is never written over unseen.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import type { ResourceView } from '../../../../schemas/resource.ts'

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
