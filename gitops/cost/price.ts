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

/** Between `least` and `most` units at a row's price, each end rounded to the nearest minor unit, halves up. */
export const priceOf = (
  book: Book,
  { leastMinor, mostMinor, per }: PriceAmounts,
  { least, most }: { least: number; most: number },
): Priced =>
  pricedBy(book, Math.round((leastMinor * least) / per), Math.round((mostMinor * most) / per))

export interface Part {
  /** Named among what is missing where it has no price. */
  what: string
  price: Price
}

const NOTHING_PRICED = 'nothing in it has a price'

/** What priced parts come to, with the others named; null when none is priced. Null parts of one sum: one currency. */
export const sumOf = (book: Book, parts: readonly Part[]): Price => {
  const priced = parts.flatMap(({ price }) => (isPriced(price) ? [price] : []))
  const missing = parts.flatMap(({ what, price }) => (isPriced(price) ? price.unpriced : [what]))
  if (priced.length === 0 && missing.length > 0) return unpriced(NOTHING_PRICED)
  const total = (end: (price: Priced) => number) =>
    priced.reduce((sum, price) => sum + end(price), 0)
  return pricedBy(
    book,
    total(({ leastMinor }) => leastMinor),
    total(({ mostMinor }) => mostMinor),
    missing,
  )
}

const ZERO = { leastMinor: 0, mostMinor: 0 }

/**
 * What changes, part by part: of each the ends that belong together, because one unit has one price before and after.
 * Null when neither side has a price.
 */
export const differenceOf = (
  book: Book,
  now: ReadonlyMap<string, Part>,
  after: ReadonlyMap<string, Part>,
): Price => {
  const keys = [...new Set([...now.keys(), ...after.keys()])]
  const parts = keys.map((key): Part => {
    const [before, later] = [now.get(key), after.get(key)]
    const known = [before, later].filter((part) => part !== undefined)
    const blind = known.find(({ price }) => !isPriced(price))
    if (blind) return blind
    const ends = ({ price }: Part = { what: '', price: { ...unpriced('') } }) =>
      isPriced(price) ? price : ZERO
    const least = ends(later).leastMinor - ends(before).leastMinor
    const most = ends(later).mostMinor - ends(before).mostMinor
    return {
      what: known[0]?.what ?? key,
      price: pricedBy(book, Math.min(least, most), Math.max(least, most)),
    }
  })
  return sumOf(book, parts)
}
