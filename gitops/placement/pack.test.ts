// Which host of a site a machine gets: with its image, apart from its group, few of them, out of the way of open changes,
// and blind to what neighbours have as long as everything fits. And the sentence that says so.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../schemas/place.ts'
import type { HostUse, Use } from '../../schemas/snapshot.ts'
import type { VmDemand } from '../../schemas/template.ts'
import { NO_USE } from '../capacity.ts'
import { place } from '../placement.ts'
import {
  demandOf,
  hostOf,
  rulesOf,
  sharedStorage,
  siteOf,
  snapshotOf,
  vmsOf,
} from '../world.fixture.ts'

const placed = (hosts: Host[], vms: VmDemand[], uses: HostUse[] = []) => {
  const snapshot = snapshotOf({ sites: [siteOf('a', { hosts })], uses })
  return { ...place(demandOf(vms, { sites: ['a'] }), snapshot), snapshot }
}
const hostsOf = (...asked: Parameters<typeof placed>) =>
  placed(...asked).placement.map(({ host }) => host)
const whyOf = (...asked: Parameters<typeof placed>) =>
  placed(...asked).placement.map(({ why }) => why)
const three = (more: Partial<Host> = {}) => ['x', 'y', 'z'].map((name) => hostOf(name, more))
/** Each in a group of its own. */
const singles = (count: number, more: Partial<VmDemand> = {}) =>
  Array.from({ length: count }, (_, at) => vmsOf(1, { ...more, group: `g${at}` })[0] as VmDemand)
const useOf = (host: string, more: Partial<HostUse>): HostUse => ({
  ...{ host, yours: NO_USE, others: NO_USE, ...more },
})
const use = (memoryMiB: number, more: Partial<Use> = {}): Use => ({
  ...{ vms: 1, cores: 1, memoryMiB, diskGiB: 1, ...more },
})

describe('local storage', () => {
  it('pins a machine to the hosts that have the image', () => {
    const hosts = [hostOf('x', { images: [] }), hostOf('y', { images: ['os.img'] })]
    const both = [...hosts, hostOf('z', { images: ['other.img'] })]
    expect(hostsOf(both, vmsOf(3))).toEqual(['y', 'y', 'y'])
    expect(whyOf(both, vmsOf(1))).toEqual(['on y: the only host of its site with the image'])
  })

  it('without the image anywhere is IMAGE-HOST, with the numbers', () => {
    const { findings } = placed(three({ images: [] }), vmsOf(2))
    expect(findings).toMatchObject([
      { rule: 'IMAGE-HOST', severity: 'block', numbers: { machines: 2, hosts: 3 } },
    ])
  })

  it('that hosts share has it for all of them, and so has a host that says nothing of images', () => {
    const shared = three({ images: [], storage: sharedStorage })
    expect(rulesOf(placed(shared, vmsOf(3)).findings)).toEqual([])
    expect(new Set(hostsOf(shared, vmsOf(3))).size).toBe(3)
    expect(new Set(hostsOf(three(), vmsOf(3))).size).toBe(3)
  })
})

describe('few hosts', () => {
  it('are used by machines that have no group to keep away from', () => {
    expect(new Set(hostsOf(three(), singles(6))).size).toBe(1)
    expect(whyOf(three(), singles(2))[0]).toBe(
      'on x: it has room for this beside 1 more of the plan',
    )
  })

  it('are those where the tenant has machines already', () => {
    const uses = [useOf('y', { yours: use(1024) })]
    expect(hostsOf(three(), singles(1), uses)).toEqual(['y'])
    expect(whyOf(three(), singles(1), uses)).toEqual([
      'on y: you have machines there already, and it has room',
    ])
  })

  it('never at the price of a group: its machines are apart as long as there are hosts', () => {
    const vms = [...vmsOf(3, { group: 'web' }), ...vmsOf(4, { group: 'db' })]
    const { placement } = placed(three(), vms)
    const perHost = (group: string) =>
      [
        ...Map.groupBy(
          placement.filter((vm) => vm.group === group),
          ({ host }) => host,
        ).values(),
      ]
        .map(({ length }) => length)
        .sort()
    expect(perHost('web')).toEqual([1, 1, 1])
    expect(perHost('db')).toEqual([1, 1, 2])
    expect(placement[0]?.why).toMatch(/; 2 of its group are on other hosts of the site$/)
    const beside = placement.filter(({ why }) =>
      why?.endsWith('1 of its group is beside it; 2 of its group are on other hosts of the site'),
    )
    expect(beside).toHaveLength(2)
  })
})

describe('open changes', () => {
  it('are kept out of the way of, where there is another host', () => {
    const held = { yours: [{ changeId: 'chg_other', use: use(55_000) }], others: NO_USE }
    const uses = [useOf('x', { held }), useOf('y', { held: { yours: [], others: use(55_000) } })]
    expect(hostsOf(three(), singles(2, { memoryMiB: 10_000 }), uses)).toEqual(['z', 'z'])
  })

  it('do not keep a machine from the only host that has room beside what stands', () => {
    const held = { yours: [], others: use(55_000) }
    const full = use(60_000)
    const uses = [useOf('x', { held }), ...['y', 'z'].map((host) => useOf(host, { others: full }))]
    expect(hostsOf(three(), singles(1, { memoryMiB: 10_000 }), uses)).toEqual(['x'])
  })
})

describe('neighbours', () => {
  it('decide nothing but what fits: where all of it fits anywhere, the placement is the same', () => {
    const vms = [...singles(4), ...vmsOf(3, { group: 'web' })]
    // All seven machines together are less than what is left on each host.
    const amount = fc.record({
      vms: fc.nat(9),
      cores: fc.nat(16),
      memoryMiB: fc.nat(50_000),
      diskGiB: fc.nat(900),
    })
    const alone = place(demandOf(vms, { sites: ['a'] }), placed(three(), vms).snapshot)
    fc.assert(
      fc.property(amount, amount, amount, (x, y, z) => {
        const uses = Object.entries({ x, y, z }).map(([host, others]) => useOf(host, { others }))
        expect(placed(three(), vms, uses).placement).toEqual(alone.placement)
      }),
      { numRuns: 60, seed: 20261122 },
    )
  })

  it('are seen as room that is not there', () => {
    const uses = ['x', 'y'].map((host) => useOf(host, { others: use(60_000) }))
    expect(hostsOf(three(), singles(1, { memoryMiB: 10_000 }), uses)).toEqual(['z'])
  })
})

it('a machine that fits nowhere still has a host and says so', () => {
  expect(whyOf(three(), singles(1, { memoryMiB: 1e6 }))[0]).toMatch(
    /^on [xyz]: no host of its site has room for all of this$/,
  )
})

it('the only host of a site is no choice', () => {
  expect(whyOf([hostOf('x')], vmsOf(2))).toEqual(
    Array(2).fill('on x: the only host of its site; 1 of its group is beside it'),
  )
})
