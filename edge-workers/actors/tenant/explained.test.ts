// What is known of main: what changes wrote that are not in `live` yet, and whether a commit holds what a change wrote.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ok, refuse } from '../../../schemas/result.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { isHeldBy, waiting } from './explained.ts'

const HEAD = '1'.repeat(40)
const [ONE, TWO] = ['a'.repeat(40), 'b'.repeat(40)]
let bench: Bench
const blobs = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  blobs.mockReset()
})
const context = () => bench.context({ repository: onlyForge({ blobs }) })
const wrote = (written: { path: string; blob: string | null }[] | null) => () => ({ written })

describe('what waits for its place in live', () => {
  it('is what merges by right and past the gate wrote, and nothing of any other change', () => {
    const of = (path: string) => wrote([{ path, blob: ONE }])
    bench.copy({ state: 'merged', mergeSha: HEAD, mergedAt: NOON }, of('rendered/merged'))
    bench.copy({ state: 'merged_unauthorised', mergeSha: HEAD }, of('rendered/stray'))
    bench.copy(
      { state: 'merged_unauthorised', mergeSha: HEAD, undoneSha: HEAD },
      of('rendered/undone'),
    )
    for (const state of ['proposed', 'approved', 'promoted', 'applied', 'closed'] as const)
      bench.copy({ state }, of(`rendered/${state}`))
    expect([...waiting(context())].sort()).toEqual([
      ['rendered/merged', ONE],
      ['rendered/stray', ONE],
    ])
  })

  it('is nothing of a stray that an earlier release wrote', () => {
    bench.copy({ state: 'merged_unauthorised', mergeSha: HEAD }, wrote(null))
    expect([...waiting(context())]).toEqual([])
  })
})

describe('a commit holds a change', () => {
  const change = () =>
    bench.copy(
      {},
      wrote([
        { path: 'rendered/one', blob: ONE },
        { path: 'rendered/two', blob: null },
        { path: 'changes/chg/change.json', blob: TWO },
      ]),
    )
  it.each([
    ['that has all its files for engines', ok([ONE, null]), true],
    ['that has one of them', ok([ONE, TWO]), false],
    ['that has none', ok([TWO, TWO]), false],
    ['that the forge does not know', refuse('not-found'), false],
  ])('%s', async (_, answer, isHeld) => {
    blobs.mockResolvedValue(answer)
    expect(await isHeldBy(context(), change(), HEAD)).toBe(isHeld)
    const paths = ['rendered/one', 'rendered/two']
    expect(blobs).toHaveBeenCalledWith('acme/infrastructure', HEAD, paths)
  })
})
