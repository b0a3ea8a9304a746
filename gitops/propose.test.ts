// Proposing: four writes in a fixed order, and from any interruption the same commit, the same branch and one pull request.
import { describe, expect, it } from 'vitest'
import {
  createMemoryForge,
  type ForgeVerb,
  type MemoryForge,
} from '../functions/simulator/memory-forge.ts'
import { Denied, Outage } from '../schemas/result.ts'
import { planBody } from './plan-body/body.ts'
import { branchName, commitFiles, type ProposeInput, propose } from './propose.ts'
import { planned, snapshotOf, VM_REQUEST } from './world.fixture.ts'

const ID = `chg_${'a'.repeat(26)}`
const URL = 'https://phoenix.example'
const { plan, files } = planned(VM_REQUEST, snapshotOf())
const BRANCH = branchName('dbis', ID)

const inputOf = (more: Partial<ProposeInput> = {}, revision = 1): ProposeInput => ({
  change: {
    ...{ id: ID, revision, fingerprint: 'f'.repeat(64), requester: 'rita' },
    acceptedAt: '2026-11-21T12:00:00.987Z',
  },
  ...{ branch: BRANCH, plan, files, publicUrl: URL, earlier: null },
  ...more,
})
const done = async (memory: MemoryForge, input = inputOf()) => {
  const result = await propose(memory.forge, input)
  if (!result.ok) throw new Error(result.refusal.detail)
  return result.value
}
const refusalOf = async (memory: MemoryForge, input = inputOf()) => {
  const result = await propose(memory.forge, input)
  return result.ok ? null : result.refusal
}

describe('the commit', () => {
  it('holds the rendered files and the record of the change, and nothing else changes', async () => {
    const memory = createMemoryForge()
    await done(memory)
    expect(memory.filesOf(BRANCH)).toEqual(
      [
        'README.md',
        ...files.map(({ path }) => path),
        ...['PLAN.md', 'change.json', 'plan.json'].map((name) => `changes/${ID}/${name}`),
      ].sort(),
    )
  })

  it('records the whole plan, who asked as a pseudonym, and as PLAN.md the pull request’s body', async () => {
    const memory = createMemoryForge()
    const { pull } = await done(memory)
    const contents = Object.fromEntries(
      commitFiles(inputOf()).map(({ path, content }) => [path.split('/').at(-1), content ?? '']),
    )
    expect(JSON.parse(contents['plan.json'] ?? '')).toEqual(plan)
    expect(JSON.parse(contents['change.json'] ?? '')).toEqual({
      ...{ schema: 'phoenix.change/v1', id: ID, revision: 1, tenant: 'dbis', action: 'create' },
      ...{ phase: 'only', template: plan.template, name: 'web', requester: 'rita' },
      fingerprint: 'f'.repeat(64),
    })
    expect(contents['PLAN.md']).toBe(pull.body)
    expect(pull.body).toBe(planBody(plan, { id: ID, revision: 1 }, URL))
  })

  it('is the same one for the same change, base and plan, on another forge too', async () => {
    const [one, two] = [await done(createMemoryForge()), await done(createMemoryForge())]
    expect(two).toMatchObject({ commitSha: one.commitSha, treeSha: one.treeSha })
    const other = await done(createMemoryForge(), inputOf({ files: files.slice(1) }))
    expect(other.treeSha).not.toBe(one.treeSha)
  })
})

describe('the calls', () => {
  it('are one read and four writes', async () => {
    const memory = createMemoryForge()
    await done(memory)
    expect(memory.calls).toEqual(['readBranch', 'writeCommit', 'createBranch', 'openPull'])
  })
})

describe('an interruption', () => {
  const STEPS: ForgeVerb[] = ['readBranch', 'writeCommit', 'createBranch', 'openPull']
  const failing = (memory: MemoryForge, verb: ForgeVerb, when: 'before' | 'after'): void =>
    memory.setIntercept(async (called, run) => {
      if (called !== verb) return run()
      if (when === 'after') await run()
      throw new Outage('forge', 'does not answer')
    })

  it.each(
    STEPS.flatMap(
      (verb) =>
        [
          [verb, 'before'],
          [verb, 'after'],
        ] as const,
    ),
  )('at %s, %s its effect, ends in the same commit and one pull request', async (verb, when) => {
    const expected = await done(createMemoryForge())
    const memory = createMemoryForge()
    failing(memory, verb, when)
    await expect(propose(memory.forge, inputOf())).rejects.toBeInstanceOf(Outage)
    memory.setIntercept(null)
    expect(await done(memory)).toEqual(expected)
    expect(memory.pulls).toHaveLength(1)
    expect([...memory.branches.keys()].sort()).toEqual(['live', 'main', BRANCH])
  })

  it('after which main has moved on proposes on the new base, in the same pull request', async () => {
    const memory = createMemoryForge()
    failing(memory, 'openPull', 'after')
    await expect(propose(memory.forge, inputOf())).rejects.toBeInstanceOf(Outage)
    memory.setIntercept(null)
    const moved = memory.person.push('main', 'other.txt', 'x')
    const left = memory.branches.get(BRANCH)
    const { baseSha, commitSha, pull } = await done(memory)
    expect(baseSha).toBe(moved)
    expect(memory.commit(commitSha).parents).toEqual([moved, left])
    expect(memory.pulls).toMatchObject([{ number: pull.number, state: 'open', headSha: commitSha }])
  })

  it('by a refused credential is not taken for an outage', async () => {
    const memory = createMemoryForge()
    memory.setIntercept(() => Promise.reject(new Denied('forge', 'answers 403')))
    await expect(propose(memory.forge, inputOf())).rejects.toBeInstanceOf(Denied)
  })
})

describe('what is found', () => {
  it('a second open pull request of the branch is closed, and the first one counts', async () => {
    const memory = createMemoryForge()
    const first = await done(memory)
    // As a stale writer leaves it: closed for a moment, opened again under another number, reopened.
    memory.person.close(1)
    await done(memory)
    Object.assign(memory.pulls[0] ?? {}, { state: 'open' })
    const again = await done(memory)
    expect(again.pull.number).toBe(first.pull.number)
    expect(memory.pulls.map(({ state }) => state)).toEqual(['open', 'closed'])
  })

  it('a pull request that exists but is not listed yet is waited for', async () => {
    const memory = createMemoryForge()
    await done(memory)
    memory.setIntercept(async (verb, run) => (verb === 'findPulls' ? [] : run()))
    await expect(propose(memory.forge, inputOf())).rejects.toBeInstanceOf(Outage)
  })

  it('a merged pull request is not opened again', async () => {
    const memory = createMemoryForge()
    await done(memory)
    memory.person.merge(1, 'root', { pastTheGate: true })
    // The base of the first attempt: the commit is already part of main.
    memory.setIntercept(async (verb, run) => (verb === 'openPull' ? 'exists' : run()))
    expect(await refusalOf(memory)).toMatchObject({ problem: 'conflict' })
    expect(memory.pulls).toHaveLength(1)
  })

  it('no main is a refusal', async () => {
    const memory = createMemoryForge()
    memory.branches.delete('main')
    expect(await refusalOf(memory)).toMatchObject({ problem: 'conflict' })
    expect(memory.calls).toEqual(['readBranch'])
  })
})

describe('a file that goes', () => {
  const ours = files[0]?.path ?? ''
  const gone = 'rendered/lab/60-web/gone.yaml'
  const removing = inputOf({
    files: [
      { path: ours, content: null },
      { path: gone, content: null },
    ],
  })

  it('and that somebody took away already is left out; the others go', async () => {
    const memory = createMemoryForge()
    memory.person.push('main', ours, 'x')
    await done(memory, removing)
    expect(memory.filesOf(BRANCH)).not.toContain(ours)
    expect(memory.pulls).toMatchObject([{ state: 'open' }])
    const reads = memory.calls.filter((verb) => verb === 'readBlob')
    expect(reads).toHaveLength(2)
  })

  it('is asked for only where the forge does not take the commit, which is waited for when all are there', async () => {
    const memory = createMemoryForge()
    memory.person.push('main', ours, 'x')
    memory.person.push('main', gone, 'x')
    await done(memory, removing)
    expect(memory.calls).not.toContain('readBlob')
    memory.setIntercept(async (verb, run) => (verb === 'writeCommit' ? null : run()))
    await expect(propose(memory.forge, removing)).rejects.toThrow('does not take the commit')
  })
})

describe('main beyond what Phoenix promoted', () => {
  const ours = files[0]?.path ?? ''
  const beyond = (explained: { path: string; blob: string | null }[] = []) => {
    const memory = createMemoryForge()
    const sha = memory.branches.get('main') ?? ''
    return { memory, sha, input: inputOf({ stood: { sha, explained, confirmed: [] } }) }
  }

  it('read late is waited for; a history that went another way is a refusal', async () => {
    const { memory, sha: earlier } = beyond()
    const sha = memory.person.push('main', 'elsewhere.txt', 'x')
    const input = inputOf({ stood: { sha, explained: [], confirmed: [] } })
    memory.person.force('main', earlier)
    await expect(propose(memory.forge, input)).rejects.toBeInstanceOf(Outage)
    memory.person.push('main', 'another.txt', 'x')
    expect(await refusalOf(memory, input)).toMatchObject({ problem: 'conflict' })
    expect(memory.pulls).toEqual([])
  })

  it('that the forge cannot compare is waited for', async () => {
    const { memory, input } = beyond()
    memory.person.push('main', 'elsewhere.txt', 'x')
    memory.setIntercept(async (verb, run) => (verb === 'compare' ? null : run()))
    await expect(propose(memory.forge, input)).rejects.toBeInstanceOf(Outage)
  })

  /** More differs than the forge lists: of all that, it shows nothing. */
  const showNothing = (memory: MemoryForge) =>
    memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb !== 'compare') return answer
      return { ...(answer as object), files: [], filesComplete: false }
    })

  it('in more files than the forge lists is asked for at its own paths', async () => {
    const { memory, input } = beyond()
    memory.person.push('main', 'elsewhere.txt', 'x')
    showNothing(memory)
    expect((await done(memory, input)).pull.state).toBe('open')
  })

  it('in more files than the forge lists hides no hand edit, and takes what is explained', async () => {
    const { memory, sha, input } = beyond()
    memory.person.push('main', ours, 'by: "hand"\n')
    showNothing(memory)
    expect((await refusalOf(memory, input))?.detail).toContain(`GIT-CHANGED-BY-HAND: main was`)
    const explained = [{ path: ours, blob: await memory.forge.readBlob(ours, 'main') }]
    const known = inputOf({ stood: { sha, explained, confirmed: [] } })
    expect((await done(memory, known)).pull.state).toBe('open')
  })

  it('in more files than the forge lists, for a change of very many, costs no call for each', async () => {
    const { memory, sha } = beyond()
    memory.person.push('main', 'elsewhere.txt', 'x')
    showNothing(memory)
    const many = Array.from({ length: 300 }, (_, at) => ({ path: `rendered/${at}`, content: 'x' }))
    const stood = { sha, explained: [], confirmed: [] }
    expect((await propose(memory.forge, inputOf({ files: many, stood }))).ok).toBe(true)
    expect(memory.calls.slice(0, 4)).toEqual(['readBranch', 'compare', 'readBlobs', 'readBlobs'])
  })
})

describe('a revision', () => {
  const revision = (earlier: ProposeInput['earlier']) =>
    inputOf({ earlier, plan: { ...plan, files: [] } }, 2)

  it('moves the branch, whatever a person pushed there, and rewrites the same pull request', async () => {
    const memory = createMemoryForge()
    const first = await done(memory)
    const pushed = memory.person.push(BRANCH, 'by-hand.txt', 'x')
    const earlier = { pullNumber: first.pull.number, headSha: pushed }
    const second = await done(memory, revision(earlier))
    expect(second.commitSha).not.toBe(first.commitSha)
    expect(memory.pulls).toMatchObject([{ number: 1, state: 'open', headSha: second.commitSha }])
    expect(memory.pulls[0]?.body).toContain('revision 2')
    expect(memory.filesOf(BRANCH)).not.toContain('by-hand.txt')
    expect(second.pull.headSha).toBe(second.commitSha)
  })

  it('leaves what somebody pushed while it was written to the gate', async () => {
    const memory = createMemoryForge()
    const first = await done(memory)
    const pushed = memory.person.push(BRANCH, 'by-hand.txt', 'x')
    const earlier = { pullNumber: 1, headSha: first.commitSha }
    const { commitSha } = await done(memory, revision(earlier))
    expect(memory.branches.get(BRANCH)).toBe(pushed)
    expect(commitSha).not.toBe(pushed)
  })

  it('of a branch that was deleted makes it again, and of a closed pull request is refused', async () => {
    const memory = createMemoryForge()
    const { pull, commitSha } = await done(memory)
    const earlier = { pullNumber: pull.number, headSha: commitSha }
    memory.branches.delete(BRANCH)
    const second = await done(memory, revision(earlier))
    expect(memory.branches.get(BRANCH)).toBe(second.commitSha)
    memory.person.close(1)
    expect(await refusalOf(memory, revision(earlier))).toMatchObject({ problem: 'conflict' })
  })

  it('repeated gives the same', async () => {
    const memory = createMemoryForge()
    const { pull, commitSha } = await done(memory)
    const input = revision({ pullNumber: pull.number, headSha: commitSha })
    const second = await done(memory, input)
    expect(await done(memory, input)).toEqual(second)
  })
})
