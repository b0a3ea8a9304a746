// What main really holds under a name after a merge that went around the gate, and for how long that counts.
import { beforeEach, expect, it } from 'vitest'
import { type Bench, openBench } from './bench.fixture.ts'
import { strayAsExisting, strayOf } from './strays.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
const SHA = 'e'.repeat(40)
const merged = (state: 'merged' | 'merged_unauthorised', hour: number, name = 'web') =>
  bench.copy(
    { state, name, mergeSha: SHA, mergedAt: `2026-11-21T${hour}:00:00.000Z` },
    ({ plan }) => ({ plan: { ...plan, name: `${name} at ${hour}` } }),
  )
const stray = (name = 'web') => strayOf(bench.db, name)?.plan.name ?? null

it('is what the last merge of the name wrote, until another has gone over it', () => {
  bench.copy({ state: 'closed' })
  expect(stray()).toBeNull()
  merged('merged_unauthorised', 12)
  expect(stray()).toBe('web at 12')
  expect(stray('other')).toBeNull()
  // Asked for later, merged earlier.
  merged('merged', 11)
  expect(stray()).toBe('web at 12')
  bench.copy({ state: 'approved' })
  expect(stray()).toBe('web at 12')
  merged('merged', 13)
  expect(stray()).toBeNull()
})

it('of a creation exists as it was planned, and needs no guard lifted: no engine ever saw it', () => {
  const { plan, snapshot } = bench.plan
  expect(strayAsExisting(bench.plan)).toEqual({
    ...{ name: 'web', template: 'virtual-machine', templateVersion: plan.template.version },
    ...{ cluster: 'lab', parameters: plan.parameters, placement: plan.placement },
    ...{ identities: snapshot.identities, guardsLifted: true },
  })
  const nowhere = { ...bench.plan, plan: { ...plan, targets: [] } }
  expect(strayAsExisting(nowhere)?.cluster).toBe('')
})

it('of a deletion leaves nothing', () => {
  const request = { ...bench.plan.request, action: 'delete' as const }
  expect(strayAsExisting({ ...bench.plan, request })).toBeNull()
})
