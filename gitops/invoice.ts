// The draft of a month's invoice, from what stood in it. Pure: the hash and the time come in as arguments.
// A price is the one that was approved with the change, by the book it was planned with: a later book changes what is
// planned later, not what somebody has agreed to.
import type { Availability, CreditTable, Month } from '../schemas/availability.ts'
import { canonicalJson } from '../schemas/canonical-json.ts'
import type { CreditLine, Invoice, InvoiceLine } from '../schemas/invoice.ts'
import type { Cost } from '../schemas/plan.ts'
import { HOURS_PER_MONTH } from '../schemas/price-book.ts'
import type { Price } from '../schemas/quantity.ts'
import { creditPercent, type Span, secondsWithin, spanOf } from './availability.ts'
import { isPriced, type Priced, unpriced } from './cost/price.ts'
import { NOTHING_OF_ITS_OWN } from './cost.ts'
import type { Sha256 } from './plan.ts'

/** What one change made stand, from its promotion until the next one’s, or until its removal was applied. */
export interface Stood {
  resource: string
  change: string
  cost: Cost
  from: string
  /** Null: it stands. */
  to: string | null
}

export interface InvoiceInput {
  tenant: string
  month: Month
  now: Date
  stood: readonly Stood[]
  availability: readonly (Availability & { resource: string })[]
  credits: CreditTable
  simulated: readonly string[]
}

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
const PERCENT = 100

/** A part of a price, each end rounded to the nearest minor unit. */
const partOf = (price: Price, part: number, whole: number): Price => {
  if (!isPriced(price)) return price
  const ends = [price.leastMinor, price.mostMinor].map(
    (minor) =>
      // No negative zero.
      Math.round((minor * part) / whole) || 0,
  )
  return { ...price, leastMinor: Math.min(...ends), mostMinor: Math.max(...ends) }
}

/** A plan without lines still cost something, unless it said that nothing of it has a price of its own. */
const linesOf = ({ after, lines }: Cost): Cost['lines'] => {
  if (lines.length > 0) return lines
  return isPriced(after) || after.reason === NOTHING_OF_ITS_OWN
    ? []
    : [{ what: 'all of it', quantity: null, unit: '', price: after }]
}

const invoiceLines = ({ resource, change, cost, from, to }: Stood, period: Span): InvoiceLine[] => {
  const span = { from: Date.parse(from), to: to === null ? period.to : Date.parse(to) }
  const seconds = secondsWithin(span, period)
  if (seconds === 0) return []
  const time = {
    from: new Date(Math.max(span.from, period.from)).toISOString(),
    to: new Date(Math.min(span.to, period.to)).toISOString(),
    seconds,
  }
  return linesOf(cost).map(({ price, ...line }) => ({
    ...{ resource, change, ...line, ...time },
    price: partOf(price, seconds, SECONDS_PER_MONTH),
  }))
}

/** Of one resource, for each currency that its lines are in. */
const creditLines = (
  lines: readonly InvoiceLine[],
  { resource, ...measured }: Availability & { resource: string },
  table: CreditTable,
): CreditLine[] => {
  const { targetPercent, measuredPercent, downSeconds, simulated } = measured
  const percent = creditPercent(table, measured)
  if (percent === 0 || measuredPercent === null) return []
  const own = lines.filter((line) => line.resource === resource)
  const about = { resource, percent, targetPercent, measuredPercent, downSeconds, simulated }
  const charged = totalsOf(own.map(({ price }) => price))
  if (charged.length === 0) {
    return [{ ...about, price: unpriced('what it cost is unpriced, so the credit is too') }]
  }
  const books = [...new Set(own.flatMap(({ price }) => bookOf(price)))].join(', ')
  return charged.map(({ currency, leastMinor, mostMinor }) => {
    const charge: Priced = { leastMinor, mostMinor, currency, priceBook: books, unpriced: [] }
    return { ...about, price: partOf(charge, -percent, PERCENT) }
  })
}

const bookOf = (price: Price): string[] => (isPriced(price) ? [price.priceBook] : [])

const totalsOf = (prices: readonly Price[]): Invoice['totals'] => {
  const priced = prices.filter(isPriced)
  return [...new Set(priced.map(({ currency }) => currency))].sort().map((currency) => {
    const own = priced.filter((price) => price.currency === currency)
    return {
      currency,
      leastMinor: own.reduce((sum, price) => sum + price.leastMinor, 0),
      mostMinor: own.reduce((sum, price) => sum + price.mostMinor, 0),
    }
  })
}

export const draftInvoice = (
  { tenant, month, now, stood, availability, credits: table, simulated }: InvoiceInput,
  sha256: Sha256,
): Invoice => {
  const whole = spanOf(month)
  const complete = now.getTime() >= whole.to
  const period = { from: whole.from, to: Math.min(whole.to, now.getTime()) }
  const lines = stood.flatMap((one) => invoiceLines(one, period))
  const credits = availability.flatMap((measured) => creditLines(lines, measured, table))
  const prices = [...lines, ...credits].map(({ price }) => price)
  const { name, version, date, standIn } = table
  const made: Omit<Invoice, 'digest'> = {
    ...{ schema: 'phoenix.invoice/v1', state: 'draft', tenant, month },
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    ...{ complete, lines, availability: [...availability], credits },
    creditTable: { name, version, date, standIn },
    totals: totalsOf(prices),
    unpriced: prices.filter((price) => !isPriced(price)).length,
    priceBooks: [...new Set(prices.flatMap(bookOf))].sort(),
    simulated: [
      ...simulated,
      ...(standIn ? [`the credit table ${name}@${version} is stand-in data`] : []),
      ...(availability.some((one) => one.simulated)
        ? ['availability is what simulated engines reported']
        : []),
    ],
  }
  return { ...made, digest: `sha256:${sha256(canonicalJson(made))}` }
}
