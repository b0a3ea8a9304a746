// A month by hand: availability in seconds, prices for the seconds that something stood, and what goes back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CreditTable } from '../schemas/availability.ts'
import type { Tier } from '../schemas/place.ts'
import type { Cost } from '../schemas/plan.ts'
import { standInCredits } from '../templates/index.ts'
import {
  availabilityOf,
  creditPercent,
  monthOf,
  type Stretch,
  spanOf,
  tierOfResource,
} from './availability.ts'
import { NOTHING_OF_ITS_OWN } from './cost.ts'
import { draftInvoice, type InvoiceInput } from './invoice.ts'
import { sha256 } from './world.fixture.ts'

const MONTH = '2026-11'
const DAY = 86_400
const at = (day: number, rest = '00:00:00'): string =>
  `2026-11-${String(day).padStart(2, '0')}T${rest}Z`
const END = Date.parse('2026-12-01T00:00:00Z')
const stretch = (
  state: Stretch['state'],
  since: string,
  until: string | null,
  simulated = false,
): Stretch => ({ state, since, until, simulated })

describe('a month', () => {
  it('is one of UTC', () => {
    expect(spanOf(MONTH)).toEqual({ from: Date.parse(at(1)), to: END })
    expect(spanOf('2026-12').to).toBe(Date.parse('2027-01-01T00:00:00Z'))
    expect(monthOf(new Date('2026-11-30T23:59:59.999Z'))).toBe(MONTH)
  })
})

describe('availability', () => {
  it('is the share of the time in service that it was not down', () => {
    const stretches = [
      stretch('up', '2026-10-20T00:00:00Z', at(11)),
      stretch('down', at(11), at(11, '00:30:00')),
      stretch('up', at(11, '00:30:00'), null),
    ]
    // 1800 of 2,592,000 seconds: 99.9305…
    expect(availabilityOf(MONTH, 'regional', stretches, END)).toEqual({
      ...{ month: MONTH, tier: 'regional', targetPercent: 99.9, measuredPercent: 99.9305 },
      ...{ elapsedSeconds: 30 * DAY, downSeconds: 1800, breached: false, simulated: false },
    })
    expect(availabilityOf(MONTH, 'core', stretches, END)).toMatchObject({ breached: true })
  })

  it('counts from the first time that it was healthy, and until now', () => {
    const stretches = [stretch('up', at(3), at(4)), stretch('down', at(4), null, true)]
    expect(availabilityOf(MONTH, 'edge', stretches, Date.parse(at(5)))).toMatchObject({
      ...{ elapsedSeconds: 2 * DAY, downSeconds: DAY, measuredPercent: 50 },
      ...{ breached: true, simulated: true },
    })
  })

  it('is not known of a month in which it was not in service, and that breaks no promise', () => {
    expect(availabilityOf(MONTH, 'core', [], END)).toMatchObject({
      ...{ measuredPercent: null, elapsedSeconds: 0, breached: false },
    })
  })

  it('keeps the promise to the second, and breaks it a second later', () => {
    // 99.9 % of 2,592,000 seconds leave 2592 of them.
    const of = (seconds: number) => {
      const end = new Date(Date.parse(at(2)) + seconds * 1000).toISOString()
      const stretches = [
        stretch('up', at(1), at(2)),
        stretch('down', at(2), end),
        stretch('up', end, null),
      ]
      return availabilityOf(MONTH, 'regional', stretches, END).breached
    }
    expect([of(2592), of(2593)]).toEqual([false, true])
  })

  it('never shows more than there was, and is less for a longer outage', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * DAY - 1 }), (down) => {
        const end = new Date(Date.parse(at(1)) + down * 1000).toISOString()
        const of = availabilityOf(
          MONTH,
          'edge',
          [stretch('down', at(1), end), stretch('up', end, null)],
          END,
        )
        expect(of.downSeconds).toBe(down)
        // Ten-thousandths of a percent, multiplied out: a division would round.
        const shown = Math.round((of.measuredPercent ?? 0) * 10_000)
        expect(shown * 30 * DAY).toBeLessThanOrEqual((30 * DAY - down) * 1_000_000)
        expect(of.breached).toBe(down * 1000 > 30 * DAY * 5)
      }),
      { seed: 20261122 },
    )
  })

  const places = {
    sites: [
      { name: 'a', region: 'r-core' },
      { name: 'b', region: 'r-edge' },
    ],
    clusters: [{ name: 'lab', region: 'r-regional' }],
    regions: (['core', 'regional', 'edge'] as const).map((tier) => ({ name: `r-${tier}`, tier })),
  }
  it.each<[string, string[], string[], Tier | null]>([
    ['its machines’ region', ['a'], ['lab'], 'core'],
    ['the lowest of several', ['a', 'b'], ['lab'], 'edge'],
    ['its cluster’s where it has no machines', [], ['lab'], 'regional'],
    ['nobody’s where nobody described it', ['c'], [], null],
  ])('is promised by the tier of %s', (_what, sites, on, tier) => {
    const placement = sites.map((site) => ({ site }))
    expect(tierOfResource({ placement, on }, places)).toBe(tier)
  })
})

describe('a credit', () => {
  const table: CreditTable = standInCredits
  const of = (measuredPercent: number | null, breached = true) =>
    creditPercent(table, { measuredPercent, targetPercent: 99.9, breached })

  it('is by the deepest step that was reached', () => {
    expect([of(99.89), of(99), of(98.9), of(94)]).toEqual([10, 10, 25, 100])
  })

  it('is none where the promise was kept or nothing was measured', () => {
    expect([of(99.95, false), of(null)]).toEqual([0, 0])
  })
})

const BOOK = { currency: 'EUR', priceBook: 'test@1', unpriced: [] }
const cost = (leastMinor: number, mostMinor = leastMinor): Cost => {
  const price = { leastMinor, mostMinor, ...BOOK }
  return {
    ...{ now: price, after: price, difference: price },
    lines: [{ what: 'machines at a', quantity: 2, unit: 'vCPU', price }],
  }
}
const stood = (more: object = {}): InvoiceInput['stood'][number] => ({
  ...{ resource: 'web', change: `chg_${'a'.repeat(26)}`, cost: cost(73_000, 146_000) },
  ...{ from: at(1), to: null, ...more },
})
const drafted = (more: Partial<InvoiceInput> = {}) =>
  draftInvoice(
    {
      ...{ tenant: 'acme', month: MONTH, now: new Date(END), credits: standInCredits },
      ...{ stood: [stood()], availability: [], simulated: [], attestationsNeeded: 2, ...more },
    },
    sha256,
  )

describe('a draft invoice', () => {
  it('charges the seconds that something stood, by a month of 730 hours, as a range', () => {
    // 730.00 to 1460.00 for 730 hours are 1.00 to 2.00 an hour; November has 720.
    const { lines, totals, complete } = drafted()
    expect(lines).toMatchObject([
      { seconds: 30 * DAY, price: { leastMinor: 72_000, mostMinor: 144_000 } },
    ])
    expect(totals).toEqual([{ currency: 'EUR', leastMinor: 72_000, mostMinor: 144_000 }])
    expect(complete).toBe(true)
  })

  it('charges each size for its own time when it changed', () => {
    const { lines, totals } = drafted({
      stood: [
        stood({ from: '2026-10-05T00:00:00Z', to: at(11) }),
        stood({ from: at(11), to: at(12), cost: cost(146_000) }),
      ],
    })
    expect(lines.map(({ from, to, seconds }) => [from, to, seconds])).toEqual([
      ['2026-11-01T00:00:00.000Z', '2026-11-11T00:00:00.000Z', 10 * DAY],
      ['2026-11-11T00:00:00.000Z', '2026-11-12T00:00:00.000Z', DAY],
    ])
    // 240 hours at 1.00 to 2.00, and 24 hours at 2.00
    expect(totals).toEqual([{ currency: 'EUR', leastMinor: 28_800, mostMinor: 52_800 }])
  })

  it('is so far, while the month runs', () => {
    const { lines, complete, to } = drafted({ now: new Date(at(2)) })
    expect([complete, to, lines[0]?.seconds]).toEqual([false, '2026-11-02T00:00:00.000Z', DAY])
  })

  it('tells a price that rounds to nothing from one that is nothing', () => {
    // 1.00 to 2.00 an hour: 0.03 to 0.06 cents a second.
    const second = { from: at(1), to: at(1, '00:00:01') }
    const { lines } = drafted({
      stood: [stood(second), stood({ ...second, cost: cost(0) }), stood({ from: at(30) })],
    })
    expect(lines.map(({ price, roundedToZero }) => [price.leastMinor, roundedToZero])).toEqual([
      [0, true],
      [0, undefined],
      [2_400, undefined],
    ])
  })

  it('leaves out what stood in other months only', () => {
    const before = stood({ from: '2026-09-01T00:00:00Z', to: '2026-10-01T00:00:00Z' })
    const later = stood({ from: '2026-12-02T00:00:00Z' })
    expect(drafted({ stood: [before, later] })).toMatchObject({ lines: [], totals: [] })
  })

  it('shows what has no price with the reason, counts it, and adds nothing for it', () => {
    const price = { leastMinor: null, reason: 'no price book is installed' } as const
    const blind = { now: price, after: price, difference: price }
    const lines = [{ what: 'machines at a', quantity: 2, unit: 'vCPU', price }]
    const invoice = drafted({
      stood: [stood({ cost: { ...blind, lines } }), stood({ cost: { ...blind, lines: [] } })],
    })
    expect(invoice.lines.map((line) => line.price)).toEqual([price, price])
    expect(invoice).toMatchObject({ totals: [], unpriced: 2, priceBooks: [] })
  })

  it('has no line for what runs on machines that something else has paid for', () => {
    const price = { leastMinor: null, reason: NOTHING_OF_ITS_OWN } as const
    const free = { now: price, after: price, difference: price, lines: [] }
    expect(drafted({ stood: [stood({ cost: free })] })).toMatchObject({ lines: [], unpriced: 0 })
  })

  const measured = (down: number, simulated = true) => ({
    resource: 'web',
    ...availabilityOf(
      MONTH,
      'regional',
      [
        stretch('down', at(1), new Date(Date.parse(at(1)) + down * 1000).toISOString(), simulated),
        stretch('up', new Date(Date.parse(at(1)) + down * 1000).toISOString(), null, simulated),
      ],
      END,
    ),
  })

  it('gives a tenth back of what one thing cost when its promise is broken', () => {
    const other = stood({ resource: 'db' })
    const invoice = drafted({ stood: [stood(), other], availability: [measured(3 * 3600)] })
    expect(invoice.credits).toMatchObject([
      {
        ...{ resource: 'web', percent: 10, targetPercent: 99.9, downSeconds: 10_800 },
        ...{ simulated: true, price: { leastMinor: -14_400, mostMinor: -7_200 } },
      },
    ])
    expect(invoice.totals).toEqual([
      { currency: 'EUR', leastMinor: 2 * 72_000 - 14_400, mostMinor: 2 * 144_000 - 7_200 },
    ])
    expect(invoice.simulated.join()).toContain('availability')
  })

  it('gives nothing back where the promise was kept', () => {
    expect(drafted({ availability: [measured(2592)] }).credits).toEqual([])
  })

  it('leaves a credit unpriced where what it is of is', () => {
    const price = { leastMinor: null, reason: 'no price book is installed' } as const
    const blind = { now: price, after: price, difference: price, lines: [] }
    const { credits } = drafted({
      stood: [stood({ cost: blind })],
      availability: [measured(DAY)],
    })
    expect(credits).toMatchObject([{ percent: 25, price: { leastMinor: null } }])
  })

  it('says that the credit table is stand-in data, and has one digest for one content', () => {
    const invoice = drafted()
    expect(invoice.simulated.join()).toContain('credit table')
    expect(invoice.digest).toBe(drafted().digest)
    expect(invoice.digest).not.toBe(drafted({ month: '2026-10' }).digest)
  })
})

describe('amounts that a number cannot hold exactly', () => {
  const LARGEST = Number.MAX_SAFE_INTEGER

  it('are not lost on the way: a product beyond 2^53 is rounded as by hand', () => {
    // 2,592,000 of 2,628,000 seconds; in floating point it would be one minor unit more.
    const { lines } = drafted({ stood: [stood({ cost: cost(5_226_933_103_096_309) })] })
    expect(lines).toMatchObject([{ price: { leastMinor: 5_155_331_279_766_223 } }])
  })

  it('leave their currency without a total, and say so', () => {
    const many = [stood({ cost: cost(LARGEST) }), stood({ cost: cost(LARGEST) })]
    const invoice = drafted({ stood: many })
    expect(invoice.totals).toEqual([])
    expect(invoice.uncounted).toEqual(['EUR'])
    expect(invoice.unpriced).toBe(0)
    expect(drafted()).toMatchObject({ uncounted: [] })
  })

  it('are no price: of a longer month than the book’s a price may not fit any more', () => {
    const month = '2026-12'
    const whole = stood({ from: '2026-12-01T00:00:00Z', cost: cost(LARGEST) })
    const { lines, unpriced } = drafted({
      month,
      now: new Date('2027-01-01T00:00:00Z'),
      stood: [whole],
    })
    expect(lines).toMatchObject([
      { price: { leastMinor: null, reason: 'larger than can be counted exactly' } },
    ])
    expect(unpriced).toBe(1)
  })
})

describe('an issued invoice', () => {
  it('is another document than its draft: nobody attests a draft by its digest', () => {
    const [draft, issued] = [drafted(), drafted({ state: 'issued' })]
    expect(issued.state).toBe('issued')
    expect(issued.digest).not.toBe(draft.digest)
    expect({ ...issued, state: 'draft', digest: '' }).toEqual({ ...draft, digest: '' })
  })
})
