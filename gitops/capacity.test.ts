// What hosts can hold: memory is never overcommitted, CPU by the factor, a reserve stays free. Exactly full fits, one more
// does not. And what the loss of each host means.
import { describe, expect, it } from 'vitest'
import type { Host, Site } from '../schemas/place.ts'
import type { VmPlacement } from '../schemas/plan.ts'
import { gib } from '../schemas/quantity.ts'
import type { HostUse, Snapshot, Use } from '../schemas/snapshot.ts'
import { judgeCapacity, judgeLoss, NO_USE, supplyOf } from './capacity.ts'
import {
  hostOf,
  rulesOf,
  SUPPLY,
  sharedStorage,
  siteOf,
  snapshotOf,
  withExisting,
} from './world.fixture.ts'

let count = 0
const vm = (host: string, more: Partial<VmPlacement> = {}): VmPlacement => {
  count += 1
  return {
    ...{ name: `vm-${count}`, role: 'vm', group: 'vm', site: 'a', host },
    ...{ cores: 1, memoryMiB: 1024, diskGiB: 10, vmId: count, address: '10.0.0.10' },
    ...more,
  }
}
const use = (more: Partial<Use>): Use => ({ ...NO_USE, vms: 1, ...more })
const others = (host: string, more: Partial<Use>): HostUse => ({
  host,
  yours: NO_USE,
  others: use(more),
})

describe('a host', () => {
  it('promises cores times its factor, memory less the reserve, whole GiB of disk', () => {
    expect(supplyOf(hostOf('x'))).toEqual(SUPPLY)
    expect(
      supplyOf(
        hostOf('x', {
          cores: 3,
          cpuOvercommit: 1.5,
          memory: { value: 64, unit: 'GB' },
          memoryReserve: { value: 1, unit: 'MB' },
          storage: { datastore: 's', kind: 'local', size: { value: 1, unit: 'TB' } },
        }),
      ),
      // 64e9 B are 61035.2 MiB, the reserve of 0.95 MiB counts as a whole one, 1e12 B are 931.3 GiB.
    ).toEqual({ cores: 4, memoryMiB: 61_034, diskGiB: 931 })
  })

  const site = siteOf('a')
  const judge = (more: Partial<VmPlacement>, uses: HostUse[] = []) => {
    const { capacity, findings } = judgeCapacity([site], [vm('a-1', more)], snapshotOf({ uses }))
    return { fits: capacity[0]?.fits, rules: rulesOf(findings) }
  }
  const FITS = { fits: true, rules: [] }
  const FULL = { fits: false, rules: ['CAPACITY'] }

  it.each(['cores', 'memoryMiB', 'diskGiB'] as const)(
    '%s: exactly full fits, one more does not, alone and with a neighbour',
    (kind) => {
      expect(judge({ [kind]: SUPPLY[kind] })).toEqual(FITS)
      expect(judge({ [kind]: SUPPLY[kind] + 1 })).toEqual(FULL)
      const half = [others('a-1', { [kind]: 20 })]
      expect(judge({ [kind]: SUPPLY[kind] - 20 }, half)).toEqual(FITS)
      expect(judge({ [kind]: SUPPLY[kind] - 19 }, half)).toEqual(FULL)
    },
  )

  it('says with its finding what was asked and what is there, never what a neighbour has', () => {
    const { findings } = judgeCapacity(
      [site],
      [vm('a-1', { memoryMiB: 60_000 })],
      snapshotOf({
        uses: [{ host: 'a-1', yours: use({ memoryMiB: 7 }), others: use({ memoryMiB: 4321 }) }],
      }),
    )
    expect(findings).toMatchObject([
      {
        message: 'a-1 cannot hold the 1 machines planned for it.',
        numbers: { askedMemoryMiB: 60_000, yourMemoryMiB: 7, hostMemoryMiB: SUPPLY.memoryMiB },
      },
    ])
    expect(JSON.stringify(findings)).not.toContain('4321')
  })

  it('that gets nothing new is shown and does not block', () => {
    const two = siteOf('a', { hosts: [hostOf('x'), hostOf('y')] })
    const uses = [others('y', { memoryMiB: SUPPLY.memoryMiB + 1 })]
    const { capacity, findings } = judgeCapacity([two], [vm('x')], snapshotOf({ uses }))
    expect(capacity.map(({ host, fits }) => `${host} ${fits}`)).toEqual(['x true', 'y false'])
    expect(findings).toEqual([])
  })

  it('carries an update at its larger size, and what it drops, until the engines are done', () => {
    const before = [
      vm('a-1', { name: 'stays', diskGiB: 600 }),
      vm('a-1', { name: 'goes', diskGiB: 300 }),
    ]
    const snapshot = withExisting(snapshotOf(), before)
    const fits = (diskGiB: number) =>
      judgeCapacity(
        [site],
        [vm('a-1', { name: 'stays', diskGiB: 500 }), vm('a-1', { name: 'new', diskGiB })],
        snapshot,
      ).capacity[0]?.fits
    expect(fits(100)).toBe(true)
    expect(fits(101)).toBe(false)
  })

  it('shows the tenant its own use before and after', () => {
    const before = [vm('a-1', { name: 'x', memoryMiB: 1024 })]
    const uses = [
      { host: 'a-1', yours: use({ memoryMiB: 2048, cores: 3 }), others: use({ cores: 5 }) },
    ]
    const { capacity } = judgeCapacity(
      [site],
      [vm('a-1', { name: 'x', memoryMiB: 4096 })],
      withExisting(snapshotOf({ uses }), before),
    )
    expect(capacity[0]).toMatchObject({
      yoursBefore: { vms: 2, cores: 4, memory: gib(3) },
      yoursAfter: { vms: 2, cores: 4, memory: gib(6) },
    })
  })
})

describe('a shared datastore', () => {
  const shared = siteOf('a', {
    hosts: ['x', 'y'].map((name) => hostOf(name, { storage: sharedStorage })),
  })
  it('is used up by its hosts together', () => {
    const fits = (diskGiB: number) =>
      judgeCapacity([shared], [vm('x', { diskGiB: 600 }), vm('y', { diskGiB })], snapshotOf())
        .findings.length === 0
    expect(fits(400)).toBe(true)
    expect(fits(401)).toBe(false)
  })
})

describe('the loss of a host', () => {
  const lossOf = (sites: Site[], placement: VmPlacement[], more: Partial<Snapshot> = {}) =>
    judgeLoss(sites, placement, snapshotOf({ sites, ...more }), {
      judge: () => undefined,
      rules: undefined,
    })
  const sharedHost = (name: string, more: Partial<Host> = {}) =>
    hostOf(name, { storage: sharedStorage, ...more })
  const three = siteOf('a', { hosts: ['x', 'y', 'z'].map((name) => sharedHost(name)) })

  it('with local storage loses its machines', () => {
    const { hostLoss, findings } = lossOf(
      [siteOf('a'), siteOf('b'), siteOf('c')],
      [vm('a-1'), vm('b-1')],
    )
    expect(hostLoss).toMatchObject([
      {
        ...{ site: 'a', host: 'a-1', machinesLost: 1, canRestartElsewhere: false, survives: null },
        text: 'Losing a-1: 1 of 2 machines stop; local storage ties them to this host.',
      },
      { host: 'b-1' },
    ])
    expect(rulesOf(findings)).toEqual(['HOST-LOSS'])
    expect(findings[0]).toMatchObject({
      message: expect.stringContaining('a-1, b-1'),
      pointer: '/parameters',
      numbers: { hosts: 2, machines: 2, planned: 2, strandedMemoryMiB: 2 * vm('a-1').memoryMiB },
    })
  })

  it('with shared storage and room lets them restart', () => {
    const { hostLoss, findings } = lossOf([three], [vm('x'), vm('y')])
    expect(hostLoss.map(({ text }) => text)).toEqual([
      'Losing x: 1 of 2 machines stop; the remaining hosts can take them over.',
      'Losing y: 1 of 2 machines stop; the remaining hosts can take them over.',
    ])
    expect(findings).toEqual([])
  })

  it('counts room machine by machine: two halves do not make one whole', () => {
    const half = SUPPLY.memoryMiB / 2
    const filled = [others('y', { memoryMiB: half }), others('z', { memoryMiB: half })]
    const can = (memoryMiB: number) =>
      lossOf([three], [vm('x', { memoryMiB })], { uses: filled }).hostLoss[0]?.canRestartElsewhere
    expect(can(half)).toBe(true)
    expect(can(half + 1)).toBe(false)
  })

  it('needs cores too, and room for what else stood there', () => {
    const can = (more: Partial<VmPlacement>, uses: HostUse[] = []) =>
      lossOf([three], [vm('x', more)], { uses }).hostLoss[0]?.canRestartElsewhere
    const busy = ['y', 'z'].map((host) => others(host, { cores: SUPPLY.cores - 1 }))
    expect(can({ cores: 1 }, busy)).toBe(true)
    expect(can({ cores: 2 }, busy)).toBe(false)
    const full = [
      others('x', { memoryMiB: SUPPLY.memoryMiB - 1024 }),
      others('y', { memoryMiB: SUPPLY.memoryMiB }),
    ]
    expect(can({ memoryMiB: 1024 }, full)).toBe(true)
    expect(can({ memoryMiB: 1025 }, full)).toBe(false)
  })

  it('finds no room on another site’s hosts: they do not reach its disks', () => {
    const far = siteOf('b', { hosts: [sharedHost('far')] })
    const near = siteOf('a', { hosts: [sharedHost('near'), hostOf('plain')] })
    const { hostLoss } = lossOf([near, far], [vm('near')])
    expect(hostLoss[0]?.text).toContain('the remaining hosts have no room for them')
  })

  it('warns of exactly two hosts', () => {
    expect(rulesOf(lossOf([siteOf('a'), siteOf('b')], [vm('a-1')]).findings)).toEqual([
      'HOST-LOSS',
      'QUORUM-HOSTS',
    ])
    expect(rulesOf(lossOf([siteOf('a')], [vm('a-1')]).findings)).toEqual(['HOST-LOSS'])
    expect(lossOf([siteOf('a'), siteOf('b')], []).findings).toEqual([])
  })

  it('is reported under the rules of a template that has some, and else only in the table', () => {
    const judge = (_: VmPlacement[], host: string) => ({
      survives: host === 'b-1',
      text: `without ${host}.`,
    })
    const sites = [siteOf('a'), siteOf('b'), siteOf('c')]
    const rules = { holds: 'QBFT-SITE-HOLDS', stops: 'QBFT-SITE-LOSS' } as const
    const judged = judgeLoss(sites, [vm('a-1'), vm('b-1')], snapshotOf(), { judge, rules })
    expect(judged.findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      'QBFT-SITE-LOSS without a-1.',
      'QBFT-SITE-HOLDS without b-1.',
      expect.stringContaining('HOST-LOSS'),
    ])
    expect(judged.hostLoss[0]?.text).toMatch(/^without a-1\. 1 of 2 machines stop/)
    const silent = judgeLoss(sites, [vm('a-1')], snapshotOf(), { judge, rules: undefined })
    expect(rulesOf(silent.findings)).toEqual(['HOST-LOSS'])
  })
})

describe('open changes that want the same host', () => {
  const site = siteOf('a')
  const judge = (held: HostUse['held'], memoryMiB = 40_000, before = 0) => {
    const asked = vm('a-1', { memoryMiB })
    const uses = [{ host: 'a-1', yours: NO_USE, others: NO_USE, ...(held ? { held } : {}) }]
    const snapshot = snapshotOf({ uses })
    const world = before > 0 ? withExisting(snapshot, [{ ...asked, memoryMiB: before }]) : snapshot
    return judgeCapacity([site], [asked], world)
  }
  const mine = [{ changeId: 'chg_mine', use: use({ memoryMiB: 21_441 }) }]

  it('are a warning that names one’s own, with one’s own numbers; exactly full is none', () => {
    const { capacity, findings } = judge({ yours: mine, others: NO_USE })
    expect(capacity[0]).toMatchObject({
      fits: true,
      yoursBefore: { vms: 0 },
      yoursAfter: { vms: 1 },
    })
    expect(findings).toMatchObject([
      {
        ...{ rule: 'CAPACITY-CONTENDED', severity: 'warn' },
        message: expect.stringContaining('not beside your open change chg_mine: '),
        numbers: { askedMemoryMiB: 40_000, openMemoryMiB: 21_441, hostMemoryMiB: 61_440 },
      },
    ])
    const full = [{ changeId: 'chg_mine', use: use({ memoryMiB: 21_440 }) }]
    expect(judge({ yours: full, others: NO_USE }).findings).toEqual([])
  })

  it('of others are another tenant’s change, without any number of theirs', () => {
    const { findings } = judge({ yours: [], others: use({ memoryMiB: 54_321 }) })
    expect(findings[0]?.message).toContain('not beside another tenant’s change: ')
    expect(JSON.stringify(findings)).not.toContain('54321')
  })

  it('are no matter to what does not grow, and what does not fit at all is CAPACITY', () => {
    const held = { yours: mine, others: NO_USE }
    expect(judge(held, 40_000, 40_000).findings).toEqual([])
    expect(rulesOf(judge(held, 70_000).findings)).toEqual(['CAPACITY'])
  })
})
