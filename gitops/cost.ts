// What a change costs each month, now and afterwards, from a dated price book. Pure.
// Both sides are priced by the same book, so that the difference is the change's and not the book's.
import type { Cost, CostLine, Finding } from '../schemas/plan.ts'
import { bookName, type PriceBook } from '../schemas/price-book.ts'
import type { Price } from '../schemas/quantity.ts'
import { hasPricedThings, linesOf, pricesOf, type Standing, type TierOf } from './cost/lines.ts'
import { differenceOf, pricedBy, sumOf, unpriced } from './cost/price.ts'
import { finding } from './finding.ts'

export interface CostInput {
  /** Null: none is installed. */
  book: PriceBook | null
  /** The tenant's. */
  jurisdiction: string
  /** Null: nothing stands. */
  now: Standing | null
  /** Null: nothing will stand. */
  after: Standing | null
  tierOf: TierOf
}

const NO_BOOK = 'no price book is installed'
const OTHER_BOOK = 'the price book is for other jurisdictions'
export const NOTHING_OF_ITS_OWN =
  'no line of its own: it runs on machines that are priced with what made them'

const EMPTY_BOOK: PriceBook = {
  ...{ name: 'none', version: '0', date: '1970-01-01', currency: 'XXX', standIn: false },
  ...{ jurisdictions: [], excludes: [], ownHardware: [], azure: [] },
}

const NOTHING: Standing = { placement: [], objects: [] }

export const judgeCost = ({
  book,
  jurisdiction,
  now,
  after,
  tierOf,
}: CostInput): { cost: Cost; findings: Finding[] } => {
  const blind = book === null ? NO_BOOK : serves(book, jurisdiction) ? null : OTHER_BOOK
  if (book === null || blind !== null) return allUnpriced(blind ?? NO_BOOK, after ?? now, tierOf)
  if (![now, after].some((side) => side !== null && hasPricedThings(side))) {
    const price = unpriced(NOTHING_OF_ITS_OWN)
    return { cost: { now: price, after: price, difference: price, lines: [] }, findings: [] }
  }
  const before = linesOf(book, now ?? NOTHING, tierOf)
  const later = linesOf(book, after ?? NOTHING, tierOf)
  // What goes altogether is shown by what it cost.
  const lines = [...(after === null ? before : later).values()]
  return {
    cost: {
      now: sideOf(book, now, before),
      after: sideOf(book, after, later),
      difference: differenceOf(
        book,
        pricesOf(book, now ?? NOTHING, tierOf),
        pricesOf(book, after ?? NOTHING, tierOf),
      ),
      lines,
    },
    findings: findingsOf(book, lines),
  }
}

const serves = ({ jurisdictions }: PriceBook, jurisdiction: string): boolean =>
  jurisdictions.some((one) => one === jurisdiction)

/** Nothing stands: that is known to cost nothing. Something stands and none of it has a price of its own: it is not. */
const sideOf = (book: PriceBook, side: Standing | null, lines: Map<string, CostLine>): Price => {
  if (side === null) return pricedBy(book, 0, 0)
  return lines.size === 0 ? unpriced(NOTHING_OF_ITS_OWN) : sumOf(book, [...lines.values()])
}

const allUnpriced = (
  reason: string,
  standing: Standing | null,
  tierOf: TierOf,
): { cost: Cost; findings: Finding[] } => {
  const price = unpriced(reason)
  const lines = [...linesOf(EMPTY_BOOK, standing ?? NOTHING, tierOf).values()].map((line) => ({
    ...line,
    price,
  }))
  const cost = { now: price, after: price, difference: price, lines }
  return { cost, findings: lines.length === 0 ? [] : [missing(lines.length, lines.length)] }
}

const missing = (count: number, lines: number): Finding =>
  finding('UNPRICED', `${count} of ${lines} lines have no price; the cost names them.`, {
    pointer: '/parameters',
    numbers: { unpriced: count, lines },
  })

const findingsOf = (book: PriceBook, lines: CostLine[]): Finding[] => {
  const blind = lines.filter(({ price }) => price.leastMinor === null).length
  return [
    ...(blind === 0 ? [] : [missing(blind, lines.length)]),
    ...(book.standIn
      ? [
          finding(
            'COST-STANDIN',
            `The price book ${bookName(book)} of ${book.date} is stand-in data: an estimate, no offer.`,
            { pointer: '/parameters' },
          ),
        ]
      : []),
  ]
}
