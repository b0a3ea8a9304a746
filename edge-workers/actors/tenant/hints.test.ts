// A webhook is a hint and nothing more: repeated, late, in any order or made up, the change ends the same.
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  // A commit's id holds the second in which its change was accepted.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

/** All that is true of a change, without when it was found out. */
const truth = async ({ memory, read, inventoryStub, ...of }: TenantWorld, id: string) => {
  const { state, reason, gate, approvals, commit, mergeSha, liveSha, pullRequest } = await read(id)
  return {
    ...{ state, reason, gate, commit, mergeSha, liveSha, pullRequest },
    approvals: approvals.map(({ subject, source, voidReason }) => ({
      subject,
      source,
      voidReason,
    })),
    resources: (await of.send('GET', '/resources')).body.items?.map(({ name }) => name),
    held: await inventoryStub.holds(id),
    branches: [...memory.branches.keys()].sort(),
    pulls: memory.pulls.map((pull) => [pull.number, pull.state, pull.merged, pull.headSha]),
  }
}

type Hint = readonly [kind: string, more?: object]
const HINTS: Hint[] = [
  ['synchronize'],
  ['pull_request_review'],
  ['edited'],
  ['closed', { merged: true }],
  ['closed'],
  ['push', { pullNumber: null, pushedRef: 'refs/heads/main' }],
  ['synchronize', { headSha: '0'.repeat(40) }],
  ['opened', { senderIsApp: true }],
  ['closed', { pullNumber: 99 }],
]

/** What really happened on the forge before anybody was told. */
const STORIES: Record<string, (world: TenantWorld, id: string, branch: string) => void> = {
  nothing: () => undefined,
  'a push': ({ memory }, _, branch) => void memory.person.push(branch, 'x.txt', 'x'),
  'an approving review': ({ memory }) => memory.person.review(1, 'anton', 'approved'),
  'a closed pull request': ({ memory }) => memory.person.close(1),
  'a merge past the gate': ({ memory }) =>
    void memory.person.merge(1, 'root', { pastTheGate: true }),
  'an edited body': ({ memory }) => memory.person.edit(1, 'Nothing to see here'),
}

const tell = async (each: TenantWorld, story: string, hints: readonly Hint[]) => {
  const { id, pullRequest } = await each.propose(each.vmRequest('web'))
  STORIES[story]?.(each, id, pullRequest?.branch ?? '')
  for (const [kind, more] of hints) {
    await each.hint(kind, more)
    await each.settle()
  }
  return truth(each, id)
}

describe.each(Object.keys(STORIES))('after %s', (story) => {
  it('every order and number of hints that tell it ends the same', async () => {
    const all = await tell(world, story, HINTS)
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(HINTS, { minLength: HINTS.length }),
        fc.array(fc.constantFrom(...HINTS), { maxLength: 4 }),
        async (order, more) => {
          expect(await tell(await createTenantWorld(), story, [...order, ...more])).toEqual(all)
        },
      ),
      { numRuns: 6, seed: 7 },
    )
  })
})

describe('a delivery', () => {
  it('counts once, and the same bytes later change nothing', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const bodyDigest = `sha256:${'e'.repeat(64)}`
    world.memory.person.review(1, 'anton', 'approved')
    expect(await world.hint('pull_request_review', { bodyDigest })).toEqual({
      ...{ ok: true, value: { taken: true } },
    })
    await world.settle()
    const before = await truth(world, id)
    for (let thrice = 0; thrice < 3; thrice += 1) {
      const again = await world.hint('pull_request_review', { bodyDigest })
      expect(again).toMatchObject({ ok: false, refusal: { problem: 'webhook-replayed' } })
    }
    await world.settle()
    expect(await truth(world, id)).toEqual(before)
  })

  it('of what is known already costs the forge no call', async () => {
    const { pullRequest } = await world.propose(world.vmRequest('web'))
    const calls = world.memory.calls.length
    const headSha = pullRequest?.headSha ?? ''
    for (const kind of ['opened', 'synchronize', 'labeled', 'check_run'])
      await world.hint(kind, { headSha })
    await world.hint('edited', { headSha, senderIsApp: true })
    await world.settle()
    expect(world.memory.calls).toHaveLength(calls)
  })

  it('claims a merge that never was, and nothing comes of it', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await world.hint('closed', { merged: true, headSha: '0'.repeat(40) })
    await world.settle()
    expect((await world.read(id)).state).toBe('approved')
  })
})

describe('our own merge', () => {
  it('told by the forge before it answers us is still the approver’s, and costs no call more', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'mergePull') {
        await world.hint('closed', { merged: true, senderIsApp: true })
        await world.settle()
      }
      return answer
    })
    const calls = world.memory.calls.length
    await world.insist(world.decide('merge', id))
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
    expect(world.memory.calls.slice(calls)).toEqual([
      ...['readPull', 'mergePull', 'compare', 'moveBranch', 'deleteBranch'],
    ])
    const events = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const actor = events?.exec('SELECT actor FROM transitions WHERE "to" = \'merged\'').one().actor
    expect(actor).toBe(world.ids.anton)
  })
})

describe('what is read while it changes', () => {
  it('an old head that arrives after a revision voids nothing', async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    let revised = false
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'readPull' && !revised) {
        revised = true
        const { requester: token } = world.tokens
        const body = { parameters: { site: 'lab-01', cores: 2 } }
        await world.insist(world.decide('revisions', id, { token, body }))
        // The revision is written by another alarm while this one waits for the forge.
        await world.tenants.alarm(world.tenantId)
      }
      return answer
    })
    await world.hint('synchronize', { headSha: '0'.repeat(40) })
    await world.settle()
    const after = await world.read(id)
    expect(after).toMatchObject({ revision: 2, state: 'proposed', reason: null })
    expect(after.pullRequest?.headSha).toBe(after.commit?.sha)
    expect(after.pullRequest?.headSha).not.toBe(pullRequest?.headSha)
  })
})

describe('a merge after the end', () => {
  it.each([
    ['reject', 'approver'],
    ['cancel', 'requester'],
  ] as const)(
    'of a change that was ended by %s is recorded as past the gate',
    async (what, who) => {
      const { id } = await world.propose(world.vmRequest('web'))
      await world.approve(id)
      // The forge is down for us when the change ends, and a person merges what is still green there.
      world.memory.setIntercept(() => new Promise(() => undefined))
      await world.insist(world.decide(what, id, { token: world.tokens[who] }))
      world.memory.setIntercept(null)
      world.memory.person.merge(1, 'anton')
      await world.hint('closed', { merged: true })
      await world.settle()
      expect(await world.read(id)).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
    },
  )

  it('while our own merge is under way is refused to who merges, and recorded', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'mergePull')
        await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
      return answer
    })
    const merge = await world.decide('merge', id)
    expect(merge.status).toBe(409)
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
  })
})
