// What a tenant says of old holds: of its own changes by their rows, of others when nothing of them is in Git, and nothing while it
// cannot know.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import type { PullRequest } from '../../../schemas/ports.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import { NOTHING_FOUND } from './backup/recover.ts'
import { endUnderWay, noteUnderWay } from './backup/under-way.ts'
import { type Bench, openBench } from './bench.fixture.ts'
import { noteRestoring } from './log/standing.ts'
import { judgeHolds } from './old-holds.ts'

const SHA = 'e'.repeat(40)
const GONE = `chg_${'g'.repeat(26)}`
let bench: Bench
const pullsOf = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  pullsOf.mockReset().mockResolvedValue(ok([]))
})
const context = (state = bench.tenant.state) =>
  bench.context({
    tenant: () => ({ ...bench.tenant, state }),
    repository: () => ({ pullsOf }) as never,
  })
const pull = (merged: boolean) => ({ number: 1, merged }) as PullRequest

describe('a change that is here', () => {
  it('wants its hold while it is open, and not once it came to nothing', async () => {
    const over: string[] = []
    for (const state of ChangeState.options) {
      const { id } = bench.copy({ state, liveSha: state === 'applied' ? SHA : null })
      if ((await judgeHolds(context(), [id])).over.length > 0) over.push(state)
    }
    const ended = ['rejected', 'expired', 'closed', 'superseded', 'merged_unauthorised']
    expect(over).toEqual(['failed', ...ended])
    expect(pullsOf).not.toHaveBeenCalled()
  })

  it('that failed in live has its machines there', async () => {
    const { id } = bench.copy({ state: 'failed', liveSha: SHA })
    expect(await judgeHolds(context(), [id])).toEqual({ unknown: [], over: [] })
  })
})

describe('a change that is not here', () => {
  it('is unknown where nobody merged a pull request of it', async () => {
    expect(await judgeHolds(context(), [GONE])).toEqual({ unknown: [GONE], over: [] })
    pullsOf.mockResolvedValue(ok([pull(false)]))
    expect((await judgeHolds(context(), [GONE])).unknown).toEqual([GONE])
    expect(pullsOf).toHaveBeenLastCalledWith('acme/infrastructure', `phoenix/acme/${GONE}`)
  })

  it('may stand where somebody did, and where the forge does not let us look', async () => {
    pullsOf.mockResolvedValue(ok([pull(false), pull(true)]))
    expect((await judgeHolds(context(), [GONE])).unknown).toEqual([])
    pullsOf.mockResolvedValue(refuse('forbidden'))
    expect((await judgeHolds(context(), [GONE])).unknown).toEqual([])
  })

  it('is nobody’s to judge while the forge does not answer', async () => {
    pullsOf.mockResolvedValue(refuse('outage', { retryAfterSeconds: 5 }))
    await expect(judgeHolds(context(), [GONE])).rejects.toThrow(Outage)
  })

  it('is here again where it was asked for while the forge was looked at', async () => {
    pullsOf.mockImplementation(async () => {
      bench.copy({ id: GONE, state: 'accepted' })
      return ok([])
    })
    expect(await judgeHolds(context(), [GONE])).toEqual({ unknown: [], over: [] })
  })

  it('is looked for with a few others at a time', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `chg_${String(at).padStart(26, 'g')}`)
    expect((await judgeHolds(context(), ids)).unknown).toHaveLength(20)
    expect(pullsOf).toHaveBeenCalledTimes(20)
  })
})

describe('a tenant', () => {
  const mark = { backup: 'b', logSize: 1, publishedSize: null, progress: NOTHING_FOUND }
  afterEach(() => {
    noteUnderWay(bench.db, mark)
    endUnderWay(bench.db)
  })

  it('that is being restored does not know, and asks nobody', async () => {
    const { id } = bench.copy({ state: 'closed' })
    noteUnderWay(bench.db, mark)
    await expect(judgeHolds(context(), [id, GONE])).rejects.toThrow('is being restored')
    expect(pullsOf).not.toHaveBeenCalled()
  })

  it('nor does one whose restore began while the forge was looked at', async () => {
    const asked = context()
    pullsOf.mockImplementation(async () => {
      noteUnderWay(bench.db, mark)
      noteRestoring(asked)
      return ok([])
    })
    await expect(judgeHolds(asked, [GONE])).rejects.toThrow('is being restored')
  })

  it('that is erased wants nothing', async () => {
    const { id } = bench.copy({ state: 'proposed' })
    expect(await judgeHolds(context('erased'), [id, GONE])).toEqual({
      ...{ unknown: [], over: [id, GONE] },
    })
    expect(pullsOf).not.toHaveBeenCalled()
  })
})
