// Groups of a fleet: stable whatever comes and goes, known from the region's name alone, and small enough to be read.
import { describe, expect, it } from 'vitest'
import { sha256 } from '../world.fixture.ts'
import { emptyState, fleetOf, planFleet, regionName, resolved } from './fleet.fixture.ts'
import { groupOf, type Member, wavesOf } from './groups.ts'

const memberOf = (region: string, files = 10): Member => ({
  ...{ region, cluster: `c-${region}`, kind: 'alike' },
  weight: { each: { files, bytes: 100, lines: 10 }, once: { files: 0, bytes: 0, lines: 0 } },
})
const most = { files: 296, bytes: 1_000_000, lines: 20_000 }
const waves = (
  regions: string[],
  more: { canary?: string; groups?: number; files?: number } = {},
) =>
  wavesOf(
    regions.map((region) => memberOf(region, more.files)),
    { canary: more.canary ?? regions[0] ?? '', groups: more.groups ?? 17, most },
    sha256,
  )
const names = (count: number) => Array.from({ length: count }, (_, index) => regionName(index))
const groupsOf = (found: ReturnType<typeof waves>) =>
  new Map(found.flatMap(({ group, regions }) => Object.keys(regions).map((name) => [name, group])))

describe('the group of a region', () => {
  it('follows from its name, and no other region moves it', () => {
    const all = groupsOf(waves(names(325)))
    for (const gone of [0, 7, 100, 324]) {
      const without = groupsOf(waves(names(325).filter((_, index) => index !== gone)))
      for (const [region, group] of without) expect(group, region).toBe(all.get(region))
    }
    for (const [region, group] of all) expect(group).toBe(groupOf(region, 17, sha256))
    expect(groupsOf(waves([...names(325), 'another', 'and-one-more'])).get(regionName(5))).toBe(
      all.get(regionName(5)),
    )
  })

  it('does not depend on the canary', () => {
    const one = groupsOf(waves(names(40)))
    expect(groupsOf(waves(names(40), { canary: regionName(9) }))).toEqual(one)
  })

  it('spreads regions over all groups', () => {
    const sizes = new Map<number, number>()
    for (const group of groupsOf(waves(names(3250), { groups: 163 })).values())
      sizes.set(group, (sizes.get(group) ?? 0) + 1)
    expect(sizes.size).toBe(163)
    expect(Math.max(...sizes.values())).toBeLessThan(50)
  })

  it('stays with the fleet’s first number of groups as the fleet grows', () => {
    const state = emptyState(325)
    planFleet(fleetOf(30), state)
    expect(state.groups).toBe(2)
    const before = new Set(state.resources.keys())
    const grown = resolved(fleetOf(325), state)
    expect(grown.ok && grown.value.parameters.groups).toBe(2)
    expect(before).toEqual(new Set(['edge-g00', 'edge-g01']))
  })
})

describe('waves', () => {
  it('are the same in whatever order the regions are named', () => {
    const shuffled = [...names(100)].sort((a, b) => (sha256(a) < sha256(b) ? -1 : 1))
    expect(waves(shuffled, { canary: regionName(0) })).toEqual(waves(names(100)))
  })

  it('hold no more than a pull request, each region once', () => {
    for (const files of [1, 10, 99, 296]) {
      const found = waves(names(325), { files, groups: 3 })
      const regions = found.flatMap((wave) => Object.keys(wave.regions))
      expect(new Set(regions).size).toBe(325)
      expect(regions).toHaveLength(325)
      for (const wave of found)
        expect(Object.keys(wave.regions).length * files).toBeLessThanOrEqual(296)
    }
  })

  it.each(['files', 'bytes', 'lines'] as const)('are full when their %s are', (what) => {
    const half = { files: 0, bytes: 0, lines: 0, [what]: most[what] / 2 }
    const nothing = { files: 0, bytes: 0, lines: 0 }
    const sizes = (each: typeof half) =>
      wavesOf(
        names(7).map((name) => ({ ...memberOf(name), weight: { each, once: nothing } })),
        { canary: regionName(0), groups: 1, most },
        sha256,
      ).map(({ regions }) => Object.keys(regions).length)
    // The canary, and six regions two by two.
    expect(sizes(half)).toEqual([1, 2, 2, 2])
    expect(sizes({ ...half, [what]: half[what] + 1 })).toEqual([1, 1, 1, 1, 1, 1, 1])
  })

  it('have a region alone that is too large for any: the guard then says so', () => {
    const found = waves(names(3), { files: 297, groups: 1 })
    expect(found.map(({ regions }) => Object.keys(regions).length)).toEqual([1, 1, 1])
  })
})
