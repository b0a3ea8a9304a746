// What a proposal writes to the letter, and what it makes of things on the forge that are not as it left them.
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryForge, type MemoryForge } from '../functions/simulator/memory-forge.ts'
import type { Forge } from '../schemas/ports.ts'
import { Outage } from '../schemas/result.ts'
import { planBody } from './plan-body/body.ts'
import { branchName, deleteOwn, type ProposeInput, propose, type Stood } from './propose.ts'
import { planned, snapshotOf, VM_REQUEST } from './world.fixture.ts'

const ID = `chg_${'a'.repeat(26)}`
const URL = 'https://phoenix.example'
const { plan, files } = planned(VM_REQUEST, snapshotOf())
const BRANCH = branchName('dbis', ID)
const BODY = planBody(plan, { id: ID, revision: 1 }, URL)

let memory: MemoryForge
beforeEach(() => {
  memory = createMemoryForge()
})
const inputOf = (more: Partial<ProposeInput> = {}): ProposeInput => ({
  change: {
    ...{ id: ID, revision: 1, fingerprint: 'f'.repeat(64), requester: 'rita' },
    acceptedAt: '2026-11-21T12:00:00.987Z',
  },
  ...{ branch: BRANCH, plan, files, publicUrl: URL, earlier: null },
  ...more,
})
/** The forge of the test, but for these. */
const withOther = (other: Partial<Forge>): Forge =>
  new Proxy(memory.forge, {
    get: (target, name: keyof Forge) => other[name] ?? target[name],
  })
const ask = (more: Partial<ProposeInput> = {}, other: Partial<Forge> = {}) =>
  propose(withOther(other), inputOf(more))
const refusal = (detail: string) => ({
  ok: false,
  refusal: { problem: 'conflict', detail: expect.stringContaining(detail) },
})
const callsOf = (verb: string) => memory.calls.filter((called) => called === verb).length

describe('the commit', () => {
  it('is Phoenix’s, of the second in which the change was accepted, over main', async () => {
    const written: Parameters<Forge['writeCommit']>[0][] = []
    const main = memory.branches.get('main')
    await ask(
      {},
      {
        writeCommit: (input) => {
          written.push(input)
          return memory.forge.writeCommit(input)
        },
      },
    )
    expect(written).toMatchObject([
      {
        author: {
          ...{ name: 'Phoenix', email: 'phoenix@users.noreply.invalid' },
          date: '2026-11-21T12:00:00Z',
        },
        parents: [main],
      },
    ])
    expect(BRANCH).toBe(`phoenix/dbis/${ID}`)
  })

  it('that the forge does not take is tried once where all of its files are there', async () => {
    const input = { files: [{ path: 'README.md', content: null }] }
    let tries = 0
    const writeCommit = async () => {
      tries += 1
      return null
    }
    await expect(ask(input, { writeCommit })).rejects.toThrow('does not take the commit')
    expect(tries).toBe(1)
  })
})

describe('the branch', () => {
  it('that is there already is not moved', async () => {
    await ask()
    await ask()
    expect(callsOf('moveBranch')).toBe(0)
  })

  const HELD = `BRANCH-PUSHED-BY-HAND: ${BRANCH} holds what somebody else pushed`
  /** As an attempt left it whose process ended before the pull request was opened. */
  const halfWay = async (more: Partial<ProposeInput> = {}) => {
    const openPull = () => Promise.reject(new Outage('forge', 'does not answer'))
    await expect(ask(more, { openPull })).rejects.toBeInstanceOf(Outage)
    return memory.branches.get(BRANCH) ?? ''
  }

  it('that somebody took before us stays his, and the proposal is refused with a way out', async () => {
    memory.person.force(BRANCH, memory.branches.get('main') ?? '')
    const pushed = memory.person.push(BRANCH, 'his.txt', 'his')
    const refused = await ask()
    expect(refused).toMatchObject(refusal(HELD))
    expect(refused).toMatchObject(refusal('ask again for a change on a branch of its own'))
    expect(memory.branches.get(BRANCH)).toBe(pushed)
    expect(memory.pulls).toEqual([])
    expect(callsOf('moveBranch')).toBe(0)
  })

  it('on which somebody pushed before its pull request was opened stays as he left it', async () => {
    await halfWay()
    const pushed = memory.person.push(BRANCH, 'his.txt', 'his')
    expect(await ask()).toMatchObject(refusal(HELD))
    memory.person.push('main', 'other.txt', 'x')
    expect(await ask()).toMatchObject(refusal(HELD))
    expect(memory.branches.get(BRANCH)).toBe(pushed)
  })

  it('whose commit somebody amended under our own words is his', async () => {
    const sha = await halfWay()
    const { tree, message, parents } = memory.commit(sha)
    const author = { name: 'He', email: 'he@example.org', date: '2026-11-21T12:00:00Z' }
    const amended = await memory.forge.writeCommit({
      ...{ baseTree: tree, parents, message, author, files: [{ path: 'x', content: 'his' }] },
    })
    memory.person.force(BRANCH, amended?.sha ?? '')
    expect(await ask()).toMatchObject(refusal(HELD))
  })

  it.each([
    ['of another change', { id: `chg_${'b'.repeat(26)}` }],
    ['of another request', { fingerprint: 'e'.repeat(64) }],
  ])('that has a commit %s is not ours for this one', async (_, other) => {
    const change = { ...inputOf().change, ...other }
    await halfWay({ change })
    expect(await ask()).toMatchObject(refusal(HELD))
  })

  it('on which somebody pushed after its pull request was opened is left to the gate', async () => {
    const first = await ask()
    const pushed = memory.person.push(BRANCH, 'his.txt', 'his')
    expect(await ask()).toEqual(first)
    expect(memory.branches.get(BRANCH)).toBe(pushed)
    memory.person.close(1)
    expect(await ask()).toMatchObject(refusal(HELD))
  })

  it('of an earlier attempt goes on from there, and is adopted again', async () => {
    const before = await halfWay()
    const moved = memory.person.push('main', 'other.txt', 'x')
    const found = await ask(
      {},
      { openPull: async () => 'exists', findPulls: async () => [] },
    ).catch(() => null)
    expect(found).toBeNull()
    const over = memory.branches.get(BRANCH) ?? ''
    expect(memory.commit(over).parents).toEqual([moved, before])
    expect(await ask()).toMatchObject({
      ok: true,
      value: { commitSha: over, treeSha: memory.commit(over).tree, baseSha: moved },
    })
    expect(callsOf('moveBranch')).toBe(1)
  })

  it('is not moved over what came between the look and the move', async () => {
    await halfWay()
    memory.person.push('main', 'other.txt', 'x')
    let pushed = ''
    const moveBranch: Forge['moveBranch'] = (...input) => {
      pushed = memory.person.push(BRANCH, 'his.txt', 'his')
      return memory.forge.moveBranch(...input)
    }
    await expect(ask({}, { moveBranch })).rejects.toBeInstanceOf(Outage)
    expect(memory.branches.get(BRANCH)).toBe(pushed)
    expect(await ask()).toMatchObject(refusal(HELD))
  })

  it('of a revision that cannot be moved, or is held by what nobody can read, leaves no pull request', async () => {
    await memory.forge.createBranch(BRANCH, memory.branches.get('main') ?? '')
    const earlier = { pullNumber: 1, headSha: memory.branches.get('main') ?? '' }
    expect(await ask({ earlier }, { moveBranch: async () => 'refused' })).toMatchObject(
      refusal('cannot be moved'),
    )
    const unreadable = (branch: string) =>
      branch === BRANCH ? Promise.resolve(null) : memory.forge.readBranch(branch)
    expect(await ask({}, { readBranch: unreadable })).toMatchObject(
      refusal('is held by something else'),
    )
    expect(memory.pulls).toEqual([])
  })

  describe('without a pull request, when its change is over,', () => {
    const remove = (other: Partial<Forge> = {}) =>
      deleteOwn(withOther(other), BRANCH, inputOf().change)

    it('is taken away where it is ours, and not where there is none', async () => {
      await halfWay()
      await remove()
      expect(memory.branches.has(BRANCH)).toBe(false)
      await remove()
      expect(callsOf('deleteBranch')).toBe(1)
    })

    it('stays where somebody pushed, also between the look and the end', async () => {
      const ours = await halfWay()
      const pushed = memory.person.push(BRANCH, 'his.txt', 'his')
      await remove()
      expect(callsOf('moveBranch')).toBe(0)
      const old = { sha: ours, ...memory.commit(ours) }
      await remove({ readBranch: async () => old })
      expect([callsOf('moveBranch'), callsOf('deleteBranch')]).toEqual([1, 0])
      expect(memory.branches.get(BRANCH)).toBe(pushed)
    })
  })
})

describe('the pull request', () => {
  it('of a revision that has vanished is refused', async () => {
    const earlier = { pullNumber: 7, headSha: memory.branches.get('main') ?? '' }
    expect(await ask({ earlier })).toMatchObject(refusal('The pull request was closed.'))
  })

  it('into another branch is not the one, and is closed; what is closed already stays so', async () => {
    await ask()
    const [first] = memory.pulls
    if (first) Object.assign(first, { baseBranch: 'side' })
    memory.person.close(1)
    await ask()
    Object.assign(first ?? {}, { state: 'open' })
    const again = await ask()
    expect(again).toMatchObject({ ok: true, value: { pull: { number: 2 } } })
    expect(memory.pulls.map(({ state }) => state)).toEqual(['closed', 'open'])
    const updates = callsOf('updatePull')
    await ask()
    expect(callsOf('updatePull')).toBe(updates)
  })

  it('that somebody else opened from our branch says the plan all the same', async () => {
    await ask()
    await memory.forge.updatePull(1, { body: 'Nothing to see here' })
    await ask()
    expect(memory.pulls[0]?.body).toBe(BODY)
  })

  it('whose text differs by the white space at its end only is left as it is', async () => {
    await ask()
    const forges = `${BODY.trimEnd()}\n\n`
    await memory.forge.updatePull(1, { body: forges })
    await ask()
    expect(memory.pulls[0]?.body).toBe(forges)
    await memory.forge.updatePull(1, { body: ` ${BODY}` })
    await ask()
    expect(memory.pulls[0]?.body).toBe(BODY)
  })
})

describe('main beyond what Phoenix promoted', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: `rendered/${name}`, content: 'x' }))
  let sha: string
  beforeEach(() => {
    sha = memory.branches.get('main') ?? ''
  })
  const beyond = (more: Partial<Stood> = {}): Partial<ProposeInput> => ({
    files: five,
    stood: { sha, explained: [], confirmed: [], ...more },
  })
  const byHand = (...names: string[]) => {
    for (const name of names) memory.person.push('main', `rendered/${name}`, 'by hand')
  }
  const blobOf = async (name: string) => {
    const path = `rendered/${name}`
    return { path, blob: await memory.forge.readBlob(path, 'main') }
  }

  it('is compared only where main is not where Phoenix left it', async () => {
    expect(await ask(beyond())).toMatchObject({ ok: true })
    expect(callsOf('compare')).toBe(0)
  })

  it('elsewhere is nobody’s business', async () => {
    memory.person.push('main', 'elsewhere.txt', 'x')
    expect(await ask(beyond())).toMatchObject({ ok: true })
  })

  it('at its own paths is refused, and named: three of them and how many more', async () => {
    byHand('a', 'b', 'c')
    expect(await ask(beyond())).toMatchObject(
      refusal('by hand at rendered/a, rendered/b, rendered/c: undo that'),
    )
    byHand('d', 'e')
    expect(await ask(beyond())).toMatchObject(
      refusal('by hand at rendered/a, rendered/b, rendered/c and 2 more: undo that'),
    )
    expect(memory.pulls).toEqual([])
  })

  it('is known by its path and its content together, explained or confirmed', async () => {
    byHand('a', 'b')
    const [a, b] = [await blobOf('a'), await blobOf('b')]
    const confirmed = [a]
    expect(await ask(beyond({ explained: [b], confirmed }))).toMatchObject({ ok: true })
    const other = { ...b, blob: '0'.repeat(40) }
    const elsewhere = { ...b, path: 'rendered/c' }
    for (const explained of [[], [other], [elsewhere], [other, elsewhere]])
      expect(await ask(beyond({ explained, confirmed }))).toMatchObject(
        refusal('by hand at rendered/b:'),
      )
  })

  it('asks for what the forge did not list, by two calls', async () => {
    byHand('a')
    const compare: Forge['compare'] = async (base, head) => {
      const compared = await memory.forge.compare(base, head)
      return compared && { ...compared, filesComplete: false }
    }
    const explained = [await blobOf('a')]
    const before = callsOf('readBlobs')
    await ask(beyond({ explained }), { compare })
    // What was not shown, before and now.
    expect(callsOf('readBlobs') - before).toBe(2)
  })
})
