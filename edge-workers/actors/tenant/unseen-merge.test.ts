// A merge that its change has not heard of: which one it claims, and what it leaves alone.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PullRequest } from '../../../schemas/ports.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { type ChangeRow, readPlanRow } from './context.ts'
import { claimUnseenMerge } from './unseen-merge.ts'

let bench: Bench
const changed = vi.fn()
const pullsOf = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
})
/** The first change of the bench, whose record the forge has, before it had heard of its pull request. */
const unheard = (more: Partial<ChangeRow> = {}): ChangeRow => {
  const { id } = bench.first
  const nothing = { pullNumber: null, pullUrl: null, headSha: null, commitSha: null }
  return bench.copy({ id, state: 'accepted', ...nothing, ...more }, () => ({ written: null }))
}
const pull = (more: Partial<PullRequest> = {}): PullRequest => ({
  ...{ number: 7, url: 'https://forge.example/7', headBranch: bench.first.branch },
  ...{ baseBranch: 'main', headSha: bench.first.headSha ?? '', state: 'closed', merged: true },
  ...{ mergeSha: 'a'.repeat(40), mergedBy: 'root', mergedByAccount: 9, title: '', body: '' },
  ...more,
})
const claim = (change: ChangeRow) => {
  const whole = bench.context()
  const repository = () => Object.assign(Object.create(whole.repository()), { pullsOf })
  return claimUnseenMerge({ ...whole, repository, changed }, change)
}
const untouched = (change: ChangeRow) => {
  expect(bench.read(change.id)).toEqual(change)
  expect(bench.work(change.id)).toEqual([])
  expect(changed).not.toHaveBeenCalled()
}

describe('a merged pull request of its branch', () => {
  it('is claimed, with what was written and the look at it that follows', async () => {
    const change = unheard()
    pullsOf.mockResolvedValueOnce(ok([pull({ number: 3, merged: false }), pull()]))
    expect(await claim(change)).toBe(true)
    const { repository, slug } = bench.tenant
    expect(pullsOf.mock.calls).toEqual([[repository, `phoenix/${slug}/${change.id}`]])
    const after = bench.read(change.id)
    expect(after).toMatchObject({
      ...{ state: 'proposed', version: change.version + 1, pullNumber: 7 },
      ...{ pullUrl: 'https://forge.example/7', headSha: bench.first.headSha },
      commitSha: bench.first.headSha,
    })
    expect(bench.eventsOf(change.id).at(-1)).toMatchObject({
      ...{ actor: 'phoenix', at: NOON, from: 'accepted', to: 'proposed' },
      reason: 'its pull request was merged before its change had heard of it',
    })
    expect(bench.work(change.id)).toEqual([['observe-reviews', 0]])
    const { written } = readPlanRow(bench.db, after)
    expect(written).toEqual(bench.plan.written)
    expect(written).not.toEqual([])
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('is not looked for where the change has one already', async () => {
    const change = unheard({ pullNumber: 5 })
    expect(await claim(change)).toBe(false)
    expect(pullsOf).not.toHaveBeenCalled()
    untouched(change)
  })

  it.each<[string, () => Partial<ChangeRow>, () => unknown]>([
    ['none was merged', () => ({}), () => ok([pull({ merged: false })])],
    ['there is none', () => ({}), () => ok([])],
    ['the forge refuses to say', () => ({}), () => refuse('not-found')],
    ['it was another revision', () => ({ revision: 2 }), () => ok([pull()])],
    ['its record is not ours', () => ({}), () => ok([pull({ headSha: 'b'.repeat(40) })])],
  ])('is none where %s', async (_, more, answer) => {
    const change = unheard(more())
    pullsOf.mockResolvedValueOnce(answer())
    expect(await claim(change)).toBe(false)
    untouched(change)
  })

  it('is left for the next try where the forge does not answer', async () => {
    const change = unheard()
    pullsOf.mockResolvedValueOnce(refuse('outage', { detail: 'The forge answers 502.' }))
    await expect(claim(change)).rejects.toThrow(Outage)
    untouched(change)
  })

  it('is left where the change went on while it was asked about', async () => {
    const change = unheard()
    pullsOf.mockResolvedValueOnce(ok([pull()]))
    expect(await claim({ ...change, version: change.version - 1 })).toBe(false)
    untouched(change)
  })
})
