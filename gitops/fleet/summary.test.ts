// All waves of a rollout together: who travels in which pull request, or alone as the canary, makes no difference.
import { describe, expect, it } from 'vitest'
import { planBody } from '../plan-body/body.ts'
import { planned, sha256 } from '../world.fixture.ts'
import { classesOf } from './classes.ts'
import { emptyState, fleetOf, planFleet, regionName, type WavePlan } from './fleet.fixture.ts'
import { alikeSentence, summaryOf, summarySentence } from './summary.ts'

const CHANGE = { id: `chg_${'a'.repeat(26)}`, revision: 1 }
const names = (count: number) => Array.from({ length: count }, (_, index) => regionName(index))
const fleets = (waves: WavePlan[]) => waves.flatMap(({ planned: { plan } }) => plan.fleet ?? [])
const summaryFor = (waves: WavePlan[], count: number) =>
  summaryOf(fleets(waves), names(count), sha256)
const WIDE = { replicas: { min: 3, max: 9 } }

describe('325 regions of which three have more', () => {
  const overrides = Object.fromEntries([3, 70, 211].map((index) => [regionName(index), WIDE]))
  const state = emptyState(325, 'argocd')
  const waves = planFleet(fleetOf(325, { overrides }), state)
  const summary = summaryFor(waves, 325)

  it('are 322 alike and three that differ, whatever waves they are in', () => {
    expect(waves.length).toBeGreaterThan(10)
    expect(summary).toEqual({
      ...{ waves: waves.length, changed: 325, unchanged: 0, ways: 2 },
      classes: [
        { regions: 322, first: regionName(0) },
        { regions: 3, first: regionName(3) },
      ],
    })
    expect(summarySentence(summary)).toBe(
      `${waves.length} waves together: 322 regions identical, 3 differ in one way.`,
    )
  })

  it('say so at the head of every pull request', () => {
    const [, wave] = waves
    if (!wave) throw new Error('no second wave')
    const request = wave.request as Parameters<typeof planned>[0]
    const { plan } = planned(request, { ...wave.snapshot, fleetSummary: summary })
    expect(plan.fleet?.ofRollout).toEqual(summary)
    const [head] = planBody(plan, CHANGE, 'https://phoenix.example').split('\n## ')
    expect(head).toContain(`**${summarySentence(summary)}**`)
    expect(wave.planned.plan.fleet).not.toHaveProperty('ofRollout')
    const fleetSummary = { ...summary, waves: 1 }
    const only = planned(request, { ...wave.snapshot, fleetSummary }).plan
    expect(planBody(only, CHANGE, 'https://phoenix.example')).not.toContain('One of several')
  })

  it('count what stands already apart, and lines that differ as the difference that they are', () => {
    const image = 'ghcr.io/stefanprodan/podinfo:6.8.0'
    const only = { regions: [0, 3, 4, 5].map(regionName) }
    const { parameters } = fleetOf(325)
    const again = planFleet(
      fleetOf(325, { ...only, overrides: { [regionName(3)]: WIDE, [regionName(5)]: { image } } }),
      state,
    )
    expect(summaryOf(fleets(again), only.regions, sha256)).toMatchObject({
      ...{ changed: 1, unchanged: 3, ways: 1 },
      classes: [{ regions: 1, first: regionName(5) }],
    })
    // Region 3 has more of it, yet what changes there is the same line of the same file.
    const lifted = { ...parameters, image: 'ghcr.io/stefanprodan/podinfo:6.9.0' }
    const all = planFleet(
      fleetOf(325, { ...only, parameters: lifted, overrides: { [regionName(3)]: WIDE } }),
      state,
    )
    expect(summaryOf(fleets(all), only.regions, sha256).classes).toEqual([
      { regions: 3, first: regionName(0) },
      { regions: 1, first: regionName(5) },
    ])
  })
})

it('regions are one class by their names alone, in one wave or in two', () => {
  const change = (region: string, text = `region: ${region}\n`) => ({
    ...{ region, cluster: `c-${region}` },
    files: [
      {
        ...{ path: `rendered/c-${region}/70-app/a.yaml`, action: 'add' as const, before: null },
        ...{ content: text, digest: `sha256:${sha256(text)}` },
      },
    ],
  })
  const wave = (...changes: ReturnType<typeof change>[]) => classesOf('edge', changes, 0, sha256)
  const of = (...waves: ReturnType<typeof wave>[]) => summaryOf(waves, [], sha256).classes
  const [one, two] = [change('one'), change('two')]
  expect(of(wave(one), wave(two))).toEqual([{ regions: 2, first: 'one' }])
  expect(of(wave(one, two))).toEqual([{ regions: 2, first: 'one' }])
  const other = change('six', 'region: seven\n')
  expect(of(wave(one), wave(two), wave(other))).toEqual([
    { regions: 2, first: 'one' },
    { regions: 1, first: 'six' },
  ])
})

it('is short where every region is different', () => {
  const overrides = Object.fromEntries(
    names(60).map((name, index) => [name, { port: 9000 + index }]),
  )
  const summary = summaryFor(planFleet(fleetOf(60, { overrides }), emptyState(60)), 60)
  expect(summary).toMatchObject({ changed: 60, ways: 60 })
  expect(summary.classes).toHaveLength(20)
  expect(summarySentence(summary)).toContain('60 regions, each different.')
})

it('says how many stand already', () => {
  const summary = { waves: 2, changed: 0, unchanged: 5, ways: 0, classes: [] }
  expect(summarySentence(summary)).toBe(
    '2 waves together: No region changes. 5 regions stand already as they should.',
  )
  expect(alikeSentence(1, 1, 1)).toBe('1 region.')
})
