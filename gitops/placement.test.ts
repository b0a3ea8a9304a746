// Where machines go: the spread over sites, what an update leaves in place, VM ids and addresses.
import { describe, expect, it } from 'vitest'
import type { VmPlacement } from '../schemas/plan.ts'
import { faultTolerance } from '../schemas/qbft.ts'
import { gib } from '../schemas/quantity.ts'
import type { Spread } from '../schemas/template.ts'
import { place, spreadOver } from './placement.ts'
import {
  demandOf,
  hostOf,
  rulesOf,
  siteOf,
  snapshotOf,
  vmsOf,
  withExisting,
} from './world.fixture.ts'

describe('spreadOver', () => {
  it.each<[Spread, number, number, number[]]>([
    // One place too many losses: the first site carries what would break the quorum elsewhere.
    ['quorum', 1, 4, [4]],
    ['quorum', 2, 1, [1, 0]],
    ['quorum', 2, 4, [3, 1]],
    ['quorum', 2, 5, [4, 1]],
    ['quorum', 2, 6, [4, 2]],
    ['quorum', 2, 7, [5, 2]],
    ['quorum', 3, 4, [2, 1, 1]],
    ['quorum', 3, 6, [2, 2, 2]],
    ['quorum', 3, 7, [3, 2, 2]],
    ['quorum', 3, 9, [3, 3, 3]],
    ['quorum', 4, 4, [1, 1, 1, 1]],
    ['quorum', 4, 5, [2, 1, 1, 1]],
    ['quorum', 4, 7, [2, 2, 2, 1]],
    ['even', 2, 5, [3, 2]],
    ['even', 3, 2, [1, 1, 0]],
    ['even', 3, 0, [0, 0, 0]],
    ['primary', 3, 4, [4, 0, 0]],
    ['secondary', 1, 4, [4]],
    ['secondary', 3, 4, [0, 4, 0]],
  ])('%s over %i sites: %i -> %j', (spread, sites, count, expected) => {
    expect(spreadOver(sites, count, spread)).toEqual(expected)
  })

  it('places every machine, and a quorum survives every site but perhaps the first', () => {
    for (let sites = 1; sites <= 6; sites += 1)
      for (let count = 1; count <= 60; count += 1) {
        for (const spread of ['quorum', 'even', 'primary', 'secondary'] as const) {
          const shares = spreadOver(sites, count, spread)
          expect(shares).toHaveLength(sites)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count)
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
        }
        const [, ...others] = spreadOver(sites, count, 'quorum')
        for (const share of others) expect(share).toBeLessThanOrEqual(faultTolerance(count))
      }
  })
})

describe('a first placement', () => {
  it('is the same for the same input, and avoids the hosts of its own group', () => {
    const site = siteOf('a', { hosts: ['x', 'y', 'z'].map((name) => hostOf(name)) })
    const snapshot = snapshotOf({ sites: [site] })
    const demand = demandOf(vmsOf(6), { sites: ['a'] })
    const placed = place(demand, snapshot)
    expect(placed.placement.map(({ host }) => host)).toEqual(['x', 'y', 'z', 'x', 'y', 'z'])
    expect(place(demand, snapshot)).toEqual(placed)
  })

  it('prefers a host that can hold the machine over one with more memory', () => {
    const fewCores = hostOf('few-cores', { cores: 1, cpuOvercommit: 1 })
    const littleMemory = hostOf('x', { memory: gib(32) })
    const site = siteOf('a', { hosts: [fewCores, littleMemory] })
    const { placement } = place(demandOf(vmsOf(1), { sites: ['a'] }), snapshotOf({ sites: [site] }))
    expect(placement[0]?.host).toBe('x')
  })

  it('of a site nobody knows is SITE-UNKNOWN with a pointer, and places nothing', () => {
    const { placement, findings } = place(
      demandOf(vmsOf(2), { sites: ['a', 'nowhere'] }),
      snapshotOf(),
    )
    expect(placement).toEqual([])
    expect(findings).toMatchObject([{ rule: 'SITE-UNKNOWN', pointer: '/parameters/sites/1' }])
  })

  it('counts a site that is named twice once', () => {
    const { placement } = place(demandOf(vmsOf(4), { sites: ['b', 'b', 'a'] }), snapshotOf())
    expect(placement.map(({ site }) => site)).toEqual(['b', 'b', 'a', 'a'])
  })

  it('refuses a machine name that another resource has', () => {
    const snapshot = snapshotOf({ takenNames: ['vm-02'] })
    expect(rulesOf(place(demandOf(vmsOf(2)), snapshot).findings)).toEqual(['NAME-UNIQUE'])
    expect(rulesOf(place(demandOf(vmsOf(1)), snapshot).findings)).toEqual([])
  })
})

/** Where machines are, without the sentence that says why. */
const places = (placement: VmPlacement[]) => placement.map(({ why: _, ...place }) => place)

describe('an update', () => {
  const quorum = (count: number) => vmsOf(count, { spread: 'quorum', group: 'validator' })
  const first = place(demandOf(quorum(4), { firstVmId: 500 }), snapshotOf())
  const standing = withExisting(snapshotOf(), first.placement)

  it('leaves every machine where it is, whatever the free memory says by now', () => {
    const uses = [
      {
        host: 'a-1',
        yours: { vms: 0, cores: 0, memoryMiB: 60_000, diskGiB: 0 },
        others: { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 },
      },
    ]
    const again = place(demandOf(quorum(4), { firstVmId: 500 }), { ...standing, uses })
    expect(places(again.placement)).toEqual(places(first.placement))
    expect(again.placement[0]?.why).toBe('stays on a-1, where it stands')
    expect(again.findings).toEqual([])
  })

  it('takes new sizes in place', () => {
    const bigger = quorum(4).map((vm) => ({ ...vm, cores: 8 }))
    const { placement } = place(demandOf(bigger, { firstVmId: 500 }), standing)
    expect(places(placement)).toEqual(places(first.placement.map((vm) => ({ ...vm, cores: 8 }))))
  })

  it('puts new machines where the share of their site is not yet full', () => {
    const { placement } = place(demandOf(quorum(5)), standing)
    expect(places(placement.slice(0, 4))).toEqual(places(first.placement))
    // Three and one stand; of five only one may be outside the first site.
    expect(placement[4]?.site).toBe('a')
    const seven = place(demandOf(quorum(7)), standing).placement.map(({ site }) => site)
    expect(seven.filter((site) => site === 'b')).toHaveLength(2)
  })

  it('never gives an id or address of its own machines to another, though a new one comes before them', () => {
    const { placement: before } = place(
      demandOf([...quorum(2), ...vmsOf(2)], { firstVmId: 500, firstAddress: '10.0.0.50' }),
      snapshotOf(),
    )
    expect(before.map(({ vmId }) => vmId)).toEqual([500, 501, 502, 503])
    const { placement, findings } = place(
      demandOf([...quorum(3), ...vmsOf(2)], { firstVmId: 500, firstAddress: '10.0.0.50' }),
      withExisting(snapshotOf(), before),
    )
    expect(findings).toEqual([])
    expect(placement.map(({ vmId }) => vmId)).toEqual([500, 501, 504, 502, 503])
    expect(new Set(placement.map(({ address }) => address)).size).toBe(5)
    expect(placement[2]?.address).toBe('10.0.0.54')
  })

  it('gives nothing of a machine that it drops to a new one: it stands until an engine has pruned it', () => {
    const { placement } = place(demandOf(vmsOf(2)), standing)
    const dropped = first.placement.map(({ vmId, address }) => `${vmId} ${address}`)
    for (const { vmId, address } of placement) {
      expect(
        dropped.some((text) => text.startsWith(`${vmId} `) || text.endsWith(` ${address}`)),
      ).toBe(false)
    }
  })

  it('moves what stands on a site that is no longer asked for', () => {
    const { placement } = place(demandOf(quorum(4), { sites: ['a'] }), standing)
    expect(placement.map(({ site }) => site)).toEqual(['a', 'a', 'a', 'a'])
    expect(places(placement.slice(0, 3))).toEqual(places(first.placement.slice(0, 3)))
    expect(placement[3]?.vmId).not.toBe(first.placement[3]?.vmId)
  })
})

describe('VM ids', () => {
  const idsOf = (snapshot = snapshotOf(), firstVmId?: number) => {
    const { placement, findings } = place(
      demandOf(vmsOf(3), firstVmId === undefined ? {} : { firstVmId }),
      snapshot,
    )
    return { ids: placement.map(({ vmId }) => vmId), rules: rulesOf(findings) }
  }

  it('follow the first one named; without one they are free ones', () => {
    expect(idsOf(snapshotOf(), 13_801)).toEqual({ ids: [13_801, 13_802, 13_803], rules: [] })
    expect(idsOf(snapshotOf({ takenVmIds: [20_000, 20_002] }))).toEqual({
      ids: [20_001, 20_003, 20_004],
      rules: [],
    })
  })

  it.each([
    [499, []],
    [500, ['VMID-UNIQUE']],
    [502, ['VMID-UNIQUE']],
    [503, []],
  ])('when %i is taken, 500 to 502 clash: %j', (taken, rules) => {
    expect(idsOf(snapshotOf({ takenVmIds: [taken] }), 500).rules).toEqual(rules)
  })
})

describe('addresses', () => {
  const network = siteOf('a').network
  const poolOf = (first: string, last: string) => ({
    network: { ...network, pool: { first, last } },
  })
  const addressesOf = (count: number, more: Parameters<typeof snapshotOf>[0], first?: string) => {
    const { placement, findings } = place(
      demandOf(vmsOf(count), first === undefined ? {} : { firstAddress: first }),
      snapshotOf(more),
    )
    return { addresses: placement.map(({ address }) => address), rules: rulesOf(findings) }
  }
  const both = (more: ReturnType<typeof poolOf>) => [siteOf('a', more), siteOf('b', more)]

  it('of sites that share a network come out of one pool, and the pool may be used up to the last', () => {
    const sites = both(poolOf('10.0.0.10', '10.0.0.13'))
    expect(addressesOf(4, { sites })).toEqual({
      addresses: ['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.13'],
      rules: [],
    })
    expect(addressesOf(5, { sites }).rules).toEqual(['IP-UNIQUE'])
    expect(addressesOf(4, { sites, takenAddresses: ['10.0.0.12'] }).rules).toEqual(['IP-UNIQUE'])
    expect(addressesOf(3, { sites, takenAddresses: ['10.0.0.11'] })).toEqual({
      addresses: ['10.0.0.10', '10.0.0.12', '10.0.0.13'],
      rules: [],
    })
  })

  it('of one network with a pool per site stay each in its own pool', () => {
    const sites = [
      siteOf('a', poolOf('10.0.0.10', '10.0.0.19')),
      siteOf('b', poolOf('10.0.0.200', '10.0.0.209')),
    ]
    expect(addressesOf(4, { sites }).addresses).toEqual([
      '10.0.0.10',
      '10.0.0.11',
      '10.0.0.200',
      '10.0.0.201',
    ])
  })

  it('never are the gateway’s or a name server’s', () => {
    const inside = poolOf('10.0.0.1', '10.0.0.9')
    expect(addressesOf(2, { sites: both(inside) }).addresses).toEqual(['10.0.0.3', '10.0.0.4'])
  })

  it('cross a byte', () => {
    const wide = {
      network: { ...network, cidr: '10.0.0.0/16', pool: { first: '10.0.0.255', last: '10.0.1.9' } },
    }
    expect(addressesOf(2, { sites: both(wide) }).addresses).toEqual(['10.0.0.255', '10.0.1.0'])
  })

  it.each([
    ['10.0.0.100', [], []],
    ['10.0.0.100', ['10.0.0.101'], ['IP-UNIQUE']],
    ['10.0.0.9', [], ['IP-UNIQUE']],
    ['10.0.0.250', [], ['IP-UNIQUE']],
    ['10.0.0.251', [], ['IP-UNIQUE']],
  ])('from %s on with %j taken: %j', (first, takenAddresses, rules) => {
    expect(addressesOf(2, { takenAddresses }, first).rules).toEqual(rules)
  })
})
