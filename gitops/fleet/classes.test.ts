// Identical differences as classes: what is alike is shown once, and nothing is lost.
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import { sha256 } from '../world.fixture.ts'
import { classesOf, filesOf, type RegionChange } from './classes.ts'
import { emptyState, fleetOf, planFleet, regionName } from './fleet.fixture.ts'
import { withNames, withoutNames } from './normal.ts'
import { classesSentence } from './section.ts'

/** Mulberry32: the same numbers for the same seed. */
const random = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const region = (name: string, cluster: string, texts: Record<string, string>): RegionChange => ({
  ...{ region: name, cluster },
  files: Object.entries(texts).map(([file, content]) => ({
    path: `rendered/${cluster}/70-app/${file}`,
    ...{ action: 'add' as const, content, digest: `sha256:${sha256(content)}`, before: null },
  })),
})
const restored = (changes: RegionChange[]) =>
  classesOf('edge', changes, 0, sha256).classes.flatMap((found) =>
    found.regions.flatMap((names) => filesOf(found, names)),
  )
const original = (changes: RegionChange[]) =>
  changes.flatMap(({ files }) => files.map(({ path, content }) => ({ path, content })))
const sorted = (files: { path: string; content: string | null }[]) =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : 1))

describe('classes', () => {
  it('put together what differs in the names of region and cluster alone', () => {
    const changes = ['one', 'two', 'three'].map((name) =>
      region(name, `c-${name}`, { 'a.yaml': `cluster: c-${name}\nregion: ${name}\n` }),
    )
    const { classes } = classesOf('edge', changes, 0, sha256)
    expect(classes).toHaveLength(1)
    expect(classes[0]?.files[0]).toMatchObject({
      path: 'rendered/{cluster}/70-app/a.yaml',
      content: 'cluster: {cluster}\nregion: {region}\n',
    })
    expect(sorted(restored(changes))).toEqual(sorted(original(changes)))
  })

  it('leave a name alone that only looks like one', () => {
    const changes = ['lab', 'foo'].map((name) => region(name, name, { 'a.yaml': 'label: x\n' }))
    expect(classesOf('edge', changes, 0, sha256).classes).toHaveLength(1)
  })

  it('do not mistake a text with a place of its own for a name', () => {
    const changes = [
      region('one', 'c-one', { 'a.yaml': 'say: "{cluster}"\n' }),
      region('two', 'c-two', { 'a.yaml': 'say: "c-two"\n' }),
    ]
    const { classes } = classesOf('edge', changes, 0, sha256)
    expect(classes).toHaveLength(2)
    expect(sorted(restored(changes))).toEqual(sorted(original(changes)))
  })

  it('keep regions apart that differ in one character', () => {
    const changes = ['one', 'two', 'three'].map((name) =>
      region(name, `c-${name}`, { 'a.yaml': `n: ${name === 'two' ? 2 : 1}\n` }),
    )
    const { classes } = classesOf('edge', changes, 0, sha256)
    expect(classes.map(({ regions }) => regions.map((each) => each.region))).toEqual([
      ['one', 'three'],
      ['two'],
    ])
  })

  it('lose nothing, whatever names and texts are', () => {
    const words = ['a', 'one', 'region', 'cluster', '{cluster}', '{region}', '-', ' ', '"', '\n']
    for (let seed = 1; seed <= 300; seed += 1) {
      const next = random(seed)
      const pick = () => words[next(words.length)] ?? ''
      const names = ['one', 'a', 'region', 'cluster', 'c-one', 'one-a'].filter(() => next(3) > 0)
      const changes = names.map((name, index) =>
        region(name, next(2) === 0 ? name : `c-${index}-${name}`, {
          'a.yaml': Array.from({ length: next(12) }, pick).join(''),
          'b.yaml': Array.from({ length: next(4) }, pick).join(name),
        }),
      )
      expect(sorted(restored(changes)), `seed ${seed}`).toEqual(sorted(original(changes)))
    }
  })

  it('give each region the digest of its own files: their paths, and what is in them', () => {
    const outputs = (text: string) => {
      const { classes } = classesOf('edge', [region('one', 'c-one', { 'a.yaml': text })], 0, sha256)
      return classes[0]?.regions[0]?.outputs
    }
    const listed = [['rendered/c-one/70-app/a.yaml', `sha256:${sha256('n: 1\n')}`]]
    expect(outputs('n: 1\n')).toBe(`sha256:${sha256(canonicalJson(listed))}`)
    expect(outputs('n: 2\n')).not.toBe(outputs('n: 1\n'))
  })

  it('put a text back to the byte, or leave it', () => {
    const names = { region: 'cluster', cluster: 'region' }
    const text = 'cluster: region\nregion: cluster\n'
    const cut = withoutNames(text, names)
    expect(cut === null ? text : withNames(cut, names)).toBe(text)
  })
})

describe('a planned fleet', () => {
  const OVERRIDES = {
    [regionName(3)]: { replicas: { min: 3, max: 9 } },
    [regionName(7)]: { replicas: { min: 3, max: 9 } },
    [regionName(8)]: { port: 9000 },
  }
  const waves = planFleet(
    fleetOf(30, { overrides: OVERRIDES, groups: 1, canary: regionName(0) }),
    emptyState(30, 'argocd'),
  )
  const group = waves[1]?.planned.plan.fleet

  it('has its 29 regions in three classes', () => {
    expect(group?.classes.map(({ regions }) => regions.length)).toEqual([26, 2, 1])
    expect(group?.classes[2]?.regions[0]?.region).toBe(regionName(8))
  })

  it('gives back from its classes every file of the commit', () => {
    for (const { planned } of waves) {
      const classes = planned.plan.fleet?.classes ?? []
      const files = classes.flatMap((found) =>
        found.regions.flatMap((names) => filesOf(found, names)),
      )
      expect(sorted(files)).toEqual(sorted(planned.files))
    }
  })

  it('shows of an update the lines that differ, once', () => {
    const state = emptyState(30, 'argocd')
    const first = fleetOf(30, { groups: 1, canary: regionName(0) })
    planFleet(first, state)
    const image = 'ghcr.io/stefanprodan/podinfo:6.8.0'
    const parameters = { ...first.parameters, image }
    const again = planFleet(fleetOf(30, { parameters, canary: regionName(0) }), state)
    const { classes = [] } = again[1]?.planned.plan.fleet ?? {}
    expect(classes).toHaveLength(1)
    expect(classes[0]?.files).toHaveLength(1)
    expect(classes[0]?.files[0]?.difference).toContain(`+          image: "${image}"`)
    expect(classes[0]?.files[0]?.difference).toContain('-          image: ')
  })
})

it('says in one sentence how many differ', () => {
  expect(classesSentence([1])).toBe('1 region.')
  expect(classesSentence([5])).toBe('5 regions, all identical.')
  expect(classesSentence([27, 1])).toBe('27 regions identical, 1 differ.')
  expect(classesSentence([27, 2])).toBe('27 regions identical, 2 differ in one way.')
  expect(classesSentence([26, 2, 1])).toBe('26 regions identical, 3 differ in 2 ways.')
  expect(classesSentence([1, 1])).toBe('2 regions, each different.')
})
