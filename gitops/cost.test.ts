// What a change costs: sums worked out on paper, ranges that stay ranges, and what has no price and is never 0.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOURS_PER_MONTH } from '../schemas/price-book.ts'
import type { Price } from '../schemas/quantity.ts'
import type { Manifest } from '../schemas/template.ts'
import { flyable } from '../templates/fleet/flyable.ts'
import { exampleInput, templates } from '../templates/index.ts'
import { azureCounts, isAzure, isCountedFile } from './cost/azure.ts'
import { testBook } from './cost/book.fixture.ts'
import type { Standing } from './cost/lines.ts'
import { pricedBy, priceOf, sumOf } from './cost/price.ts'
import { judgeCost } from './cost.ts'
import { render } from './render.ts'
import { applied, planned, rulesOf, snapshotOf, VM_REQUEST } from './world.fixture.ts'

const vm = (more: object = {}) => ({ site: 'a', cores: 4, memoryMiB: 8192, diskGiB: 50, ...more })
const machines = (...placement: ReturnType<typeof vm>[]): Standing => ({ placement, objects: [] })
const azure = (...objects: [kind: string, spec: object][]): Standing => ({
  placement: [],
  objects: objects.map(
    ([kind, spec], index): Manifest => ({
      ...{ apiVersion: 'some.azure.com/v1', kind, metadata: { name: `o-${index}` } },
      spec: { location: 'westeurope', ...spec },
    }),
  ),
})
type Input = Parameters<typeof judgeCost>[0]
const costOf = (more: Partial<Input>) =>
  judgeCost({
    ...{ book: testBook(), jurisdiction: 'eu', now: null, after: null, tierOf: () => undefined },
    ...more,
  })
const ends = (price: Price) =>
  price.leastMinor === null ? price.reason : [price.leastMinor, price.mostMinor]

describe('own hardware', () => {
  it('is its cores, memory and disk at the prices of its place', () => {
    const { cost, findings } = costOf({ after: machines(vm(), vm()) })
    // 8 vCPU x 3.00 = 24.00; 16 GiB x 1.00..1.50 = 16.00..24.00; 100 GiB x 0.10..0.20 for each 10 = 1.00..2.00
    expect(cost.lines.map(({ quantity, unit, price }) => [quantity, unit, ends(price)])).toEqual([
      [8, 'vCPU', [2400, 2400]],
      [16, 'GiB memory', [1600, 2400]],
      [100, 'GiB disk', [100, 200]],
    ])
    expect(ends(cost.now)).toEqual([0, 0])
    expect(ends(cost.after)).toEqual([4100, 5000])
    expect(ends(cost.difference)).toEqual([4100, 5000])
    expect(cost.after).toMatchObject({ currency: 'EUR', priceBook: 'test@1', unpriced: [] })
    expect(findings).toEqual([])
  })

  it('has no price where it comes to more than can be counted exactly', () => {
    const many = machines(vm({ cores: Number.MAX_SAFE_INTEGER / 8 }))
    const { cost } = costOf({ after: many })
    const reason = 'it comes to more than can be counted exactly'
    expect(cost.lines.map(({ price }) => ends(price))).toEqual([reason, [800, 1200], [50, 100]])
    expect(cost.after).toMatchObject({ leastMinor: 850, unpriced: ['machines at a'] })
    const row = { leastMinor: 2 ** 40, mostMinor: 2 ** 40, per: 1 }
    expect(ends(priceOf(testBook(), row, { least: 2 ** 14, most: 2 ** 14 }))).toBe(reason)
    const most = Number.MAX_SAFE_INTEGER
    const part = { what: 'it', price: pricedBy(testBook(), most, most) }
    expect(ends(sumOf(testBook(), [part]))).toEqual([most, most])
    expect(ends(sumOf(testBook(), [part, part]))).toBe(reason)
  })

  it('has the price of its site before that of its tier, and of its tier before any other', () => {
    const tierOf = (site: string) => (site === 'a' ? undefined : ('edge' as const))
    const after = machines(vm(), vm({ site: 'far' }), vm({ site: 'dear' }))
    const { cost } = costOf({ after, tierOf })
    const cores = cost.lines.filter(({ unit }) => unit === 'vCPU')
    expect(cores.map(({ what, price }) => [what, ends(price)])).toEqual([
      ['machines at a', [1200, 1200]],
      ['machines at dear', [4000, 4000]],
      ['machines at far', [3600, 3600]],
    ])
  })

  it('is unpriced where the book has no row for its place, and the rest is not 0 for it', () => {
    const [, edge] = testBook().ownHardware
    const { cost, findings } = costOf({
      book: testBook({ ownHardware: [edge] }),
      after: machines(vm(), vm({ site: 'far' })),
      tierOf: (site) => (site === 'far' ? 'edge' : undefined),
    })
    expect(cost.after).toMatchObject({ leastMinor: 7050, unpriced: ['machines at a'] })
    expect(findings).toMatchObject([{ rule: 'UNPRICED', numbers: { unpriced: 3, lines: 6 } }])
  })
})

describe('Azure', () => {
  const server = { sku: { name: 'Standard_D4ds_v5' }, storage: { storageSizeGB: 128 } }

  it('counts a standby in another zone as a second server with a second disk', () => {
    const alone = costOf({
      after: azure(['FlexibleServer', { ...server, highAvailability: { mode: 'Disabled' } }]),
    })
    const twice = costOf({
      after: azure(['FlexibleServer', { ...server, highAvailability: { mode: 'ZoneRedundant' } }]),
    })
    // 260.00 + 128 x 0.12 = 275.36; backups depend on use
    expect(ends(alone.cost.after)).toEqual([27_536, 27_536])
    expect(ends(twice.cost.after)).toEqual([55_072, 55_072])
    expect(twice.cost.after).toMatchObject({ unpriced: ['Azure postgres-backup in westeurope'] })
    expect(twice.findings).toMatchObject([{ rule: 'UNPRICED', severity: 'info' }])
  })

  it('keeps a pool that scales by itself a range, with its disks', () => {
    const pool = { vmSize: 'Standard_D4s_v5', osDiskSizeGB: 100, minCount: 2, maxCount: 5 }
    const after = azure(['ManagedClustersAgentPool', { ...pool, enableAutoScaling: true }])
    const { cost } = costOf({ after })
    // 2..5 nodes x 100.00, 200..500 GiB x 15.00 for each 100
    expect(cost.lines).toMatchObject([
      { quantity: 2, upTo: 5, unit: 'node' },
      { quantity: 200, upTo: 500, unit: 'GiB' },
    ])
    expect(ends(cost.after)).toEqual([23_000, 57_500])
  })

  it('takes the row for the very region where there is one', () => {
    const pool = { vmSize: 'Standard_E16s_v5', count: 1, osDiskSizeGB: 100 }
    const at = (location: string) =>
      ends(
        costOf({ after: azure(['ManagedClustersAgentPool', { ...pool, location }]) }).cost.lines[0]
          ?.price as Price,
      )
    expect(at('westeurope')).toEqual([70_000, 80_000])
    expect(at('northeurope')).toEqual([90_000, 90_000])
  })

  it('bills a gateway for ten capacity units an instance', () => {
    const spec = {
      sku: { name: 'WAF_v2' },
      autoscaleConfiguration: { minCapacity: 2, maxCapacity: 4 },
    }
    // 320.00 + 20..40 x 10.00
    expect(ends(costOf({ after: azure(['ApplicationGateway', spec]) }).cost.after)).toEqual([
      52_000, 72_000,
    ])
  })

  it('bounds logs by their daily cap, and leaves them unpriced without one', () => {
    const spec = { sku: { name: 'PerGB2018' } }
    const capped = azure(['Workspace', { ...spec, workspaceCapping: { dailyQuotaGb: 24 } }])
    // 24 GB x 730 / 24 days x 2.76
    expect(ends(costOf({ after: capped }).cost.after)).toEqual([0, HOURS_PER_MONTH * 276])
    expect(ends(costOf({ after: azure(['Workspace', spec]) }).cost.after)).toBe(
      'nothing in it has a price',
    )
  })

  it('never takes a kind it does not know for free', () => {
    const { cost, findings } = costOf({ after: azure(['QuantumWorkspace', {}]) })
    expect(ends(cost.after)).toBe('nothing in it has a price')
    expect(rulesOf(findings)).toEqual(['UNPRICED'])
  })

  it('knows how to count every kind that any template renders, and its file by its name', () => {
    const rendered = templates.flatMap((template) =>
      template.examples.flatMap(
        (example) => render(template, exampleInput(template, example)).objects,
      ),
    )
    const objects = rendered.filter(({ manifest }) => isAzure(manifest))
    expect(new Set(objects.map(({ manifest }) => manifest.kind)).size).toBeGreaterThan(25)
    for (const { path, manifest } of objects) {
      const counts = azureCounts(manifest)
      expect(counts, manifest.kind).not.toBeNull()
      expect([manifest.kind, isCountedFile(path)]).toEqual([manifest.kind, counts?.length !== 0])
      for (const { sku } of counts ?? []) expect(sku, manifest.kind).not.toBe('?')
    }
  })
})

describe('a fleet', () => {
  it('has no line of its own: nothing that can fly in one has a price', () => {
    const flown = flyable.flatMap((template) =>
      template.examples.map((example) => exampleInput(template, example)),
    )
    expect(flown.length).toBeGreaterThan(flyable.length - 1)
    expect(flown.flatMap(({ placement }) => placement)).toEqual([])
    for (const template of flyable)
      for (const example of template.examples) {
        const { objects } = render(template, exampleInput(template, example))
        expect(objects.filter(({ manifest }) => isAzure(manifest))).toEqual([])
      }
  })
})

describe('without a price', () => {
  const after = machines(vm())
  it('nothing is 0 where no book is installed: each line is there, with the reason', () => {
    const { cost, findings } = costOf({ book: null, after })
    const price = { leastMinor: null, reason: 'no price book is installed' }
    expect([cost.now, cost.after, cost.difference]).toEqual([price, price, price])
    expect(cost.lines).toMatchObject([
      { quantity: 4, unit: 'vCPU', price },
      { quantity: 8, unit: 'GiB memory', price },
      { quantity: 50, unit: 'GiB disk', price },
    ])
    expect(findings).toMatchObject([{ rule: 'UNPRICED', numbers: { unpriced: 3, lines: 3 } }])
  })

  it('nor where the book is for tenants elsewhere', () => {
    const { cost } = costOf({ book: testBook({ jurisdictions: ['us'] }), after })
    expect(ends(cost.after)).toBe('the price book is for other jurisdictions')
  })

  it('nor where it runs on machines that something else has paid for', () => {
    const { cost, findings } = costOf({ after: { placement: [], objects: [] } })
    expect(ends(cost.after)).toContain('no line of its own')
    expect(findings).toEqual([])
  })

  it('says so of stand-in data', () => {
    const { findings } = costOf({ book: testBook({ standIn: true }), after })
    expect(findings).toMatchObject([{ rule: 'COST-STANDIN', severity: 'info' }])
    expect(findings[0]?.message).toContain('test@1 of 2026-11-01')
  })
})

describe('the difference', () => {
  it('is what goes, with its sign, when everything goes', () => {
    const { cost } = costOf({ now: machines(vm()) })
    expect(ends(cost.after)).toEqual([0, 0])
    expect(ends(cost.difference)).toEqual([-2500, -2050])
    expect(cost.lines).toHaveLength(3)
  })

  it('of what stays as it is is 0, for one price has one value before and after', () => {
    const { cost } = costOf({ now: machines(vm()), after: machines(vm()) })
    expect(ends(cost.difference)).toEqual([0, 0])
  })

  it('is worked out thing by thing: what grows and what shrinks do not borrow each other’s ends', () => {
    const now = machines(vm({ memoryMiB: 0 }))
    const after = machines(vm({ cores: 2, memoryMiB: 8192 }))
    // 2 vCPU less = -6.00; 8 GiB more = 8.00..12.00
    expect(ends(costOf({ now, after }).cost.difference)).toEqual([200, 600])
  })

  const atPrices = (...rows: [site: string, mostMinor: number, source?: string][]) =>
    testBook({
      ownHardware: rows.map(([site, mostMinor, source = 'list']) => ({
        ...(site === '' ? {} : { site }),
        prices: ['vCPU', 'GiB memory', 'GiB disk'].map((unit) => ({
          ...{ unit, leastMinor: 100, mostMinor, per: 1, source },
        })),
      })),
    })
  /** A machine of 4 vCPU, 8 GiB and 50 GiB goes from a to b. */
  const moving = (book: Input['book'], more: object = {}) => {
    const [now, after] = [machines(vm()), machines(vm({ site: 'b', ...more }))]
    return ends(costOf({ book, now, after }).cost.difference)
  }

  it('of what only moves is 0: a place is no price', () => {
    expect(moving(testBook())).toEqual([0, 0])
    const now = machines(vm(), vm({ site: 'c', diskGiB: 70 }))
    const after = machines(vm({ site: 'c' }), vm({ site: 'd', diskGiB: 70 }))
    expect(ends(costOf({ now, after }).cost.difference)).toEqual([0, 0])
    // 2 vCPU more x 3.00, whichever the place.
    expect(moving(testBook(), { cores: 6 })).toEqual([600, 600])
  })

  it('is 0 between rows that say the same price from the same source', () => {
    expect(moving(atPrices(['a', 300], ['b', 300]))).toEqual([0, 0])
  })

  it('is the whole of both ranges where two places have prices of their own', () => {
    // 62 units go at 1.00..3.00, and come at 1.00..5.00 or at 1.00..3.00 of another source: no end of one is of the other.
    expect(moving(atPrices(['a', 300], ['b', 500]))).toEqual([-62 * 200, 62 * 400])
    expect(moving(atPrices(['a', 300], ['b', 300, 'rent']))).toEqual([-62 * 200, 62 * 200])
  })

  it('of what moves in Azure is 0 by one row, and the difference of the rows by two', () => {
    const pool = (vmSize: string, location: string) =>
      azure(['ManagedClustersAgentPool', { vmSize, count: 1, osDiskSizeGB: 100, location }])
    const move = (vmSize: string) =>
      ends(
        costOf({ now: pool(vmSize, 'westeurope'), after: pool(vmSize, 'northeurope') }).cost
          .difference,
      )
    expect(move('Standard_D4s_v5')).toEqual([0, 0])
    // 900.00 less 700.00..800.00.
    expect(move('Standard_E16s_v5')).toEqual([10_000, 20_000])
  })

  it('names what it cannot compare, and counts the rest', () => {
    const server = { sku: { name: 'Standard_D4ds_v5' }, storage: { storageSizeGB: 100 } }
    const now = azure(['FlexibleServer', server])
    const after = azure(['FlexibleServer', { ...server, storage: { storageSizeGB: 200 } }])
    const { difference } = costOf({ now, after }).cost
    expect(ends(difference)).toEqual([1200, 1200])
    expect(difference).toMatchObject({ unpriced: ['Azure postgres-backup in westeurope'] })
  })

  const sizes = fc.record({
    site: fc.constantFrom('a', 'dear'),
    cores: fc.integer({ min: 1, max: 64 }),
    memoryMiB: fc.integer({ min: 1, max: 500_000 }),
    diskGiB: fc.integer({ min: 1, max: 10_000 }),
  })
  const some = fc.array(sizes, { minLength: 1, maxLength: 6 })
  const priced = (price: Price) => {
    if (price.leastMinor === null) throw new Error(price.reason)
    return price
  }

  it('is after less now, and every range is the right way round', () => {
    fc.assert(
      fc.property(some, some, (before, later) => {
        const { cost } = costOf({ now: machines(...before), after: machines(...later) })
        const [now, after, difference] = [cost.now, cost.after, cost.difference].map(priced)
        if (!now || !after || !difference) throw new Error('a side is missing')
        for (const { leastMinor, mostMinor } of [now, after, difference])
          expect(leastMinor).toBeLessThanOrEqual(mostMinor)
        const [least, most] = [
          after.leastMinor - now.leastMinor,
          after.mostMinor - now.mostMinor,
        ].sort((a, b) => a - b)
        // Ends that belong together lie inside; where all prices are single numbers they are the whole of it.
        expect(difference.leastMinor).toBeLessThanOrEqual(least ?? 0)
        expect(difference.mostMinor).toBeGreaterThanOrEqual(most ?? 0)
        expect(difference.leastMinor + difference.mostMinor).toBe((least ?? 0) + (most ?? 0))
      }),
      { seed: 20261122 },
    )
  })

  it('is exactly after less now where every price is one number', () => {
    const single = ['a', 'dear'].map((site, index) => ({
      site,
      prices: ['vCPU', 'GiB memory', 'GiB disk'].map((unit, at) => {
        const minor = 7 + 13 * index + at
        return { unit, leastMinor: minor, mostMinor: minor, per: 3, source: 'list' }
      }),
    }))
    const book = testBook({ ownHardware: single })
    fc.assert(
      fc.property(some, some, (before, later) => {
        const { cost } = costOf({ book, now: machines(...before), after: machines(...later) })
        const [now, after] = [cost.now, cost.after].map((one) => priced(one).leastMinor)
        const exact = (after ?? 0) - (now ?? 0)
        expect(ends(cost.difference)).toEqual([exact, exact])
      }),
      { seed: 20261122 },
    )
  })

  it('is 0 for the same machines elsewhere at the same prices', () => {
    const elsewhere = { a: 'b', dear: 'c' } as Record<string, string>
    fc.assert(
      fc.property(some, (before) => {
        const book = testBook({ ownHardware: testBook().ownHardware.slice(0, 2) })
        const later = before.map((one) => ({ ...one, site: elsewhere[one.site] ?? '' }))
        const { cost } = costOf({ book, now: machines(...before), after: machines(...later) })
        expect(cost.after).toEqual(cost.now)
        expect(ends(cost.difference)).toEqual([0, 0])
      }),
      { seed: 20261122 },
    )
  })

  it('is never less for more', () => {
    fc.assert(
      fc.property(some, sizes, (before, one) => {
        const now = machines(...before)
        const { cost } = costOf({ now, after: machines(...before, one) })
        expect(priced(cost.after).leastMinor).toBeGreaterThanOrEqual(priced(cost.now).leastMinor)
        expect(priced(cost.difference).leastMinor).toBeGreaterThanOrEqual(0)
      }),
      { seed: 20261122 },
    )
  })
})

describe('a plan', () => {
  const world = snapshotOf({ priceBook: testBook() })
  it('has the cost of what it makes, of what stands, and of the step between', () => {
    const made = planned(VM_REQUEST, world)
    const size = made.plan.placement[0]
    // The made-up world's region is of the tier edge: 9.00 for a vCPU.
    const own = (size?.cores ?? 0) * 900
    expect(made.plan.cost.lines[0]?.price).toMatchObject({ leastMinor: own })
    const larger = { ...VM_REQUEST.parameters, cores: (size?.cores ?? 0) + 2 }
    const update = { ...VM_REQUEST, action: 'update' as const, parameters: larger }
    const { cost } = planned(update, applied(world, made)).plan
    expect(cost.now).toEqual(made.plan.cost.after)
    expect(ends(cost.difference)).toEqual([1800, 1800])
  })

  it('prices what stands in Azure as the version that made it rendered it', () => {
    const request = {
      action: 'create',
      template: 'azure-postgres',
      name: 'db',
      parameters: { location: 'westeurope', azureName: 'acme-db', size: 'Standard_D4ds_v5' },
    } as const
    const made = planned(request, world)
    const update = { ...request, action: 'update' as const }
    const larger = { ...request.parameters, storageGiB: 1024 }
    const { cost } = planned({ ...update, parameters: larger }, applied(world, made)).plan
    expect(cost.now).toEqual(made.plan.cost.after)
    const before = made.plan.cost.lines.find(({ what }) => what.includes('postgres-storage'))
    expect(ends(cost.difference)).toEqual(Array(2).fill((2048 - (before?.quantity ?? 0)) * 12))
  })

  it('costs the same until the second half of a removal, and then nothing', () => {
    const made = planned(VM_REQUEST, world)
    const remove = { ...VM_REQUEST, action: 'delete' as const }
    const lifted = planned(remove, applied(world, made))
    expect(lifted.plan.phase).toBe('lift-guards')
    expect(lifted.plan.cost.after).toEqual(lifted.plan.cost.now)
    const gone = planned(remove, applied(world, lifted))
    expect(gone.plan.phase).toBe('remove')
    expect(ends(gone.plan.cost.after)).toEqual([0, 0])
  })

  it('is another once the book is another: what was approved by the old one falls', () => {
    const reads = (book: ReturnType<typeof testBook> | null) =>
      planned(VM_REQUEST, snapshotOf({ priceBook: book })).plan.reads
    const all = [null, testBook(), testBook({ version: '2' }), testBook({ azure: [] })].map(reads)
    expect(new Set(all).size).toBe(4)
    expect(reads(testBook())).toBe(all[1])
  })
})
