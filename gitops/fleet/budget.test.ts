// A fleet of 325 regions with ten files each: every pull request and every body within what a forge shows.
import { beforeAll, describe, expect, it } from 'vitest'
import { BODY_LIMIT_CHARACTERS, planBody } from '../plan-body/body.ts'
import { commitFiles } from '../propose.ts'
import { sha256 } from '../world.fixture.ts'
import { emptyState, fleetOf, planFleet, TEN_FILES, type WavePlan } from './fleet.fixture.ts'
import { summaryOf } from './summary.ts'

const REGIONS = 325
const CHANGE = {
  ...{ id: 'chg_aaaaaaaaaaaaaaaaaaaaaaaaaa', revision: 1, fingerprint: 'f', requester: 'rita' },
  acceptedAt: '2026-11-21T12:00:00.000Z',
}
const publicUrl = 'https://phoenix.example'
/** What a comparison on the forge shows. */
const MOST = { files: 300, lines: 20_000, bytes: 1_000_000 }
const NETWORKS = Array.from(
  { length: 325 },
  (_, index) => `region-${String(index).padStart(5, '0')}`,
)
const rules = (port: number) =>
  TEN_FILES.parameters.rules.map((rule) => ({ ...rule, ports: [{ port }] }))

const filesOf = ({ planned: { plan, files } }: WavePlan) =>
  commitFiles({ change: CHANGE, plan, files, publicUrl })
const bytesOf = (text: string | null) => new TextEncoder().encode(text ?? '').length
const linesOf = (text: string | null) => (text ?? '').split('\n').length - 1
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

const fleets = {
  'all alike': {},
  'every region different': {
    overrides: Object.fromEntries(
      NETWORKS.map((region, index) => [region, { rules: rules(1000 + index) }]),
    ),
  },
}

describe.each(Object.entries(fleets))('325 regions, %s', (_, more) => {
  let waves: WavePlan[]
  beforeAll(() => {
    waves = planFleet(fleetOf(REGIONS, { ...TEN_FILES, ...more }), emptyState(REGIONS, 'flux'))
    // As every wave of a rollout says it.
    const ofRollout = summaryOf(
      waves.flatMap(({ planned: { plan } }) => plan.fleet ?? []),
      [],
      sha256,
    )
    for (const { planned } of waves)
      if (planned.plan.fleet) planned.plan.fleet = { ...planned.plan.fleet, ofRollout }
  })

  it('are planned, each once, with ten files, and nothing blocks', () => {
    const regions = waves.flatMap(({ planned: { plan } }) =>
      (plan.fleet?.classes ?? []).flatMap((found) => found.regions.map(({ region }) => region)),
    )
    expect(regions).toHaveLength(REGIONS)
    expect(new Set(regions).size).toBe(REGIONS)
    expect(sum(waves.map(({ planned }) => planned.files.length))).toBe(REGIONS * 10)
    for (const { planned, wave } of waves)
      expect(
        planned.plan.findings.filter(({ severity }) => severity === 'block'),
        wave,
      ).toEqual([])
  })

  it('begin with a canary region alone', () => {
    expect(waves[0]?.wave).toBe('canary')
    expect(waves[0]?.planned.plan.fleet?.changed).toBe(1)
  })

  it('make pull requests that a forge shows whole, the record of the change included', () => {
    for (const wave of waves) {
      const files = filesOf(wave).map(({ content }) => content)
      expect(files.length, wave.wave).toBeLessThanOrEqual(MOST.files)
      expect(sum(files.map(linesOf)), wave.wave).toBeLessThanOrEqual(MOST.lines)
      expect(sum(files.map(bytesOf)), wave.wave).toBeLessThanOrEqual(MOST.bytes)
    }
  })

  it('have bodies that a forge takes, each with every region and every class', () => {
    for (const { planned, wave } of waves) {
      const body = planBody(planned.plan, CHANGE, publicUrl)
      expect(body.length, wave).toBeLessThanOrEqual(BODY_LIMIT_CHARACTERS)
      const classes = planned.plan.fleet?.classes ?? []
      const [first] = classes
      expect(body).toContain(`### Class 1: ${first?.regions.length} region`)
    }
  })

  it('list the digest of every file in plan.json', () => {
    for (const { planned } of waves) {
      const listed = planned.plan.files.filter(({ digest }) => digest !== null)
      expect(listed.map(({ path }) => path)).toEqual(planned.files.map(({ path }) => path))
    }
  })
})

it('an update of every region shows both its sides within the same budget', () => {
  const overrides = (from: number) =>
    Object.fromEntries(NETWORKS.map((name, index) => [name, { rules: rules(from + index) }]))
  const state = emptyState(REGIONS, 'flux')
  planFleet(fleetOf(REGIONS, { ...TEN_FILES, overrides: overrides(1000) }), state)
  const asked = fleetOf(REGIONS, { ...TEN_FILES, overrides: overrides(3000) })
  for (const wave of planFleet(asked, state)) {
    const files = filesOf(wave)
    const changed = new Set(
      wave.planned.plan.files.flatMap(({ path, action }) => (action === 'change' ? [path] : [])),
    )
    const lines = files.map(({ path, content }) => linesOf(content) * (changed.has(path) ? 2 : 1))
    expect(files.length, wave.wave).toBeLessThanOrEqual(MOST.files)
    expect(sum(lines), wave.wave).toBeLessThanOrEqual(MOST.lines)
    expect(planBody(wave.planned.plan, CHANGE, publicUrl).length).toBeLessThanOrEqual(
      BODY_LIMIT_CHARACTERS,
    )
  }
})

it('a group that one pull request does not hold travels in several', () => {
  const asked = fleetOf(80, { ...TEN_FILES, groups: 1 })
  const waves = planFleet(asked, emptyState(80, 'flux'))
  expect(waves.map(({ wave }) => wave)).toEqual(['canary', 'g00', 'g00-2', 'g00-3'])
  expect(waves.map(({ planned }) => planned.files.length)).toEqual([10, 290, 290, 210])
})
