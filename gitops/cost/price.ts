// Arithmetic with prices: whole minor units, ranges stay ranges, and what has no price is named and never 0. Pure.
import { bookName, type PriceAmounts, type PriceBook } from '../../schemas/price-book.ts'
import type { Price } from '../../schemas/quantity.ts'

export type Book = Pick<PriceBook, 'name' | 'version' | 'currency'>
export type Priced = Extract<Price, { leastMinor: number }>

export const isPriced = (price: Price): price is Priced => price.leastMinor !== null

export const unpriced = (reason: string): Price => ({ leastMinor: null, reason })

export const pricedBy = (
  book: Book,
  leastMinor: number,
  mostMinor: number,
  missing: readonly string[] = [],
): Priced => ({
  ...{ leastMinor, mostMinor, currency: book.currency, priceBook: bookName(book) },
  unpriced: [...new Set(missing)].sort(),
})

const TOO_MUCH = 'it comes to more than can be counted exactly'

/** What is past the whole numbers that can be told apart is no price: it would be wrong by some of them. */
const exactly = (...given: Parameters<typeof pricedBy>): Price => {
  const [, leastMinor, mostMinor] = given
  const exact = Number.isSafeInteger(leastMinor) && Number.isSafeInteger(mostMinor)
  return exact ? pricedBy(...given) : unpriced(TOO_MUCH)
}

/** Between `least` and `most` units at a row's price, each end rounded to the nearest minor unit, halves up. */
export const priceOf = (
  book: Book,
  { leastMinor, mostMinor, per }: PriceAmounts,
  { least, most }: { least: number; most: number },
): Price =>
  [leastMinor * least, mostMinor * most].every((all) => all <= Number.MAX_SAFE_INTEGER)
    ? exactly(book, Math.round((leastMinor * least) / per), Math.round((mostMinor * most) / per))
    : unpriced(TOO_MUCH)

export interface Part {
  /** Named among what is missing where it has no price. */
  what: string
  price: Price
}

/** Only what costs nothing has a price: a 0 would read as if all of it were free. */
export const onlyFree = (missing: readonly string[]): string =>
  `whatever in it costs something has no price: ${[...new Set(missing)].sort().join('; ')}`

const NOTHING_PRICED = 'nothing in it has a price'

/** What priced parts come to, with the others named; null when none is priced. Null parts of one sum: one currency. */
export const sumOf = (book: Book, parts: readonly Part[]): Price => {
  const priced = parts.flatMap(({ price }) => (isPriced(price) ? [price] : []))
  const missing = parts.flatMap(({ what, price }) => (isPriced(price) ? price.unpriced : [what]))
  if (priced.length === 0 && missing.length > 0) return unpriced(NOTHING_PRICED)
  const total = (end: (price: Priced) => number) =>
    priced.reduce((sum, price) => sum + end(price), 0)
  const dear = priced.some(({ leastMinor, mostMinor }) => leastMinor !== 0 || mostMinor !== 0)
  if (!dear && missing.length > 0) return unpriced(onlyFree(missing))
  return exactly(
    book,
    total(({ leastMinor }) => leastMinor),
    total(({ mostMinor }) => mostMinor),
    missing,
  )
}

export interface Line extends Part {
  /** What sets its price: lines alike in this are priced alike, wherever they are. */
  pricedAs: string
}

type Side = ReadonlyMap<string, Line>

/**
 * What changes. Lines with the same price are taken together, wherever they are, and of each price the ends that belong
 * together: one price has one value before and after, so that what only moves costs nothing. Two prices never cancel, even
 * where their ranges overlap. Null when neither side has a price.
 */
export const differenceOf = (book: Book, now: Side, after: Side): Price => {
  const keys = [...new Set([...now.keys(), ...after.keys()])]
  const blind = keys.flatMap((key) => {
    const found = [now.get(key), after.get(key)].find((line) => line && !isPriced(line.price))
    return found ? [[key, found] as const] : []
  })
  const skipped = new Set(blind.map(([key]) => key))
  const [before, later] = [endsByPrice(now, skipped), endsByPrice(after, skipped)]
  const moved = [...new Set([...before.keys(), ...later.keys()])].map((pricedAs): Part => {
    const [from, to] = [before.get(pricedAs) ?? ZERO, later.get(pricedAs) ?? ZERO]
    const [least, most] = [to.leastMinor - from.leastMinor, to.mostMinor - from.mostMinor]
    return { what: pricedAs, price: exactly(book, Math.min(least, most), Math.max(least, most)) }
  })
  return sumOf(book, [...moved, ...blind.map(([, line]) => line)])
}

const ZERO = { leastMinor: 0, mostMinor: 0 }

/** What the priced lines of a side come to, price by price. */
const endsByPrice = (side: Side, skipped: ReadonlySet<string>): Map<string, typeof ZERO> => {
  const ends = new Map<string, typeof ZERO>()
  for (const [key, { pricedAs, price }] of side) {
    if (skipped.has(key) || !isPriced(price)) continue
    const { leastMinor, mostMinor } = ends.get(pricedAs) ?? ZERO
    ends.set(pricedAs, {
      leastMinor: leastMinor + price.leastMinor,
      mostMinor: mostMinor + price.mostMinor,
    })
  }
  return ends
}
