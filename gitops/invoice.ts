// A month's invoice, from what stood in it. Pure: the hash and the time come in as arguments. Sums are exact: what a number
// cannot hold exactly has no price, or no total, and says so.
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
  attestationsNeeded: number
  /** Absent: a draft. */
  state?: Invoice['state']
}

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
/** Ten thousandths of a percent, so that a part of one is whole. */
const PARTS_PER_PERCENT = 10_000
const WHOLE_PERCENT = 100 * PARTS_PER_PERCENT
const TOO_LARGE = 'larger than can be counted exactly'

/** The nearest whole number, halves up, without what a product beyond 2^53 would lose. Of whole numbers; `whole` above 0. */
const share = (minor: number, part: number, whole: number): number => {
  const divisor = 2n * BigInt(whole)
  const doubled = 2n * BigInt(minor) * BigInt(part) + BigInt(whole)
  // Division of BigInt cuts off towards zero; this one has to go down.
  const down = doubled % divisor < 0n ? 1n : 0n
  return Number(doubled / divisor - down)
}

/** A part of a price, each end rounded to the nearest minor unit. */
const partOf = (price: Price, part: number, whole: number): Price => {
  if (!isPriced(price)) return price
  const minors = [price.leastMinor, price.mostMinor]
  if (!minors.every(Number.isSafeInteger)) return unpriced(TOO_LARGE)
  const ends = minors.map((minor) => share(minor, part, whole))
  if (!ends.every(Number.isSafeInteger)) return unpriced(TOO_LARGE)
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
  return linesOf(cost).map(({ price: ofMonth, ...line }) => {
    const price = partOf(ofMonth, seconds, SECONDS_PER_MONTH)
    const [before, after] = [ofMonth.leastMinor ?? 0, price.leastMinor]
    const rounded = before > 0 && after === 0
    return {
      resource,
      change,
      ...line,
      ...time,
      price,
      ...(rounded ? { roundedToZero: true as const } : {}),
    }
  })
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
  const { totals: charged, uncounted } = totalsOf(own.map(({ price }) => price))
  const open = uncounted.map(() => ({ ...about, price: unpriced(TOO_LARGE) }))
  if (charged.length + open.length === 0) {
    return [{ ...about, price: unpriced('what it cost is unpriced, so the credit is too') }]
  }
  const books = [...new Set(own.flatMap(({ price }) => bookOf(price)))].join(', ')
  const back = -Math.round(percent * PARTS_PER_PERCENT)
  const counted = charged.map(({ currency, leastMinor, mostMinor }) => {
    const charge: Priced = { leastMinor, mostMinor, currency, priceBook: books, unpriced: [] }
    return { ...about, price: partOf(charge, back, WHOLE_PERCENT) }
  })
  return [...counted, ...open]
}

const bookOf = (price: Price): string[] => (isPriced(price) ? [price.priceBook] : [])

const sumOf = (minors: readonly number[]): number =>
  Number(minors.reduce((sum, minor) => sum + BigInt(minor), 0n))

/** A sum that no number holds exactly is no total. */
const totalsOf = (prices: readonly Price[]): Pick<Invoice, 'totals' | 'uncounted'> => {
  const priced = prices.filter(isPriced)
  const sums = [...new Set(priced.map(({ currency }) => currency))].sort().map((currency) => {
    const own = priced.filter((price) => price.currency === currency)
    const leastMinor = sumOf(own.map((price) => price.leastMinor))
    const mostMinor = sumOf(own.map((price) => price.mostMinor))
    return { currency, leastMinor, mostMinor }
  })
  const isExact = ({ leastMinor, mostMinor }: Invoice['totals'][number]): boolean =>
    Number.isSafeInteger(leastMinor) && Number.isSafeInteger(mostMinor)
  return {
    totals: sums.filter(isExact),
    uncounted: sums.filter((sum) => !isExact(sum)).map(({ currency }) => currency),
  }
}

export const draftInvoice = (
  { tenant, month, now, stood, availability, credits: table, ...input }: InvoiceInput,
  sha256: Sha256,
): Invoice => {
  const whole = spanOf(month)
  const complete = now.getTime() >= whole.to
  const period = { from: whole.from, to: Math.min(whole.to, now.getTime()) }
  const lines = stood.flatMap((one) => invoiceLines(one, period))
  const credits = availability.flatMap((measured) => creditLines(lines, measured, table))
  const prices = [...lines, ...credits].map(({ price }) => price)
  const { name, version, date, standIn } = table
  const { state = 'draft', simulated, attestationsNeeded } = input
  const made: Omit<Invoice, 'digest'> = {
    ...{ schema: 'phoenix.invoice/v1', state, tenant, month },
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    ...{ complete, lines, availability: [...availability], credits },
    creditTable: { name, version, date, standIn },
    ...totalsOf(prices),
    unpriced: prices.filter((price) => !isPriced(price)).length,
    priceBooks: [...new Set(prices.flatMap(bookOf))].sort(),
    simulated: [
      ...simulated,
      ...(standIn ? [`the credit table ${name}@${version} is stand-in data`] : []),
      ...(availability.some((one) => one.simulated)
        ? ['availability is what simulated engines reported']
        : []),
    ],
    attestationsNeeded,
  }
  return { ...made, digest: `sha256:${sha256(canonicalJson(made))}` }
}
