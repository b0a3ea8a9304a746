// Prices in words, the same in a pull request and on a page.
import { decimalsOf } from '../schemas/currency.ts'
import type { CostLine } from '../schemas/plan.ts'
import type { Price } from '../schemas/quantity.ts'

const MOST_DECIMALS = 100

const amount = (minor: number, currency: string): string => {
  const decimals = decimalsOf(currency)
  return (minor / 10 ** decimals).toFixed(decimals)
}

/** `12.00 EUR`, `10.00 to 12.50 EUR`. */
export const rangeText = ({
  leastMinor,
  mostMinor,
  currency,
}: {
  leastMinor: number
  mostMinor: number
  currency: string
}): string =>
  leastMinor === mostMinor
    ? `${amount(leastMinor, currency)} ${currency}`
    : `${amount(leastMinor, currency)} to ${amount(mostMinor, currency)} ${currency}`

/** Of a price whose least is 0 by rounding alone: `less than 0.01 EUR`, `up to 0.03 EUR`. */
export const smallText = ({
  mostMinor,
  currency,
}: {
  mostMinor: number
  currency: string
}): string =>
  mostMinor === 0
    ? `less than ${amount(1, currency)} ${currency}`
    : `up to ${amount(mostMinor, currency)} ${currency}`

/** What a row's price is for: `GiB`, `100 GiB`. */
export const perText = ({ per, unit }: { per: number; unit: string }): string =>
  per === 1 ? unit : `${per} ${unit}`

/** `12.00 EUR`, `10.00 to 12.50 EUR`, `… and 2 parts without a price`, or `unpriced: <why>`. */
export const priceText = (price: Price): string => {
  if (price.leastMinor === null) return `unpriced: ${price.reason}`
  return `${rangeText(price)}${openText(price.unpriced)}`
}

const openText = ({ length }: string[]): string =>
  length === 0 ? '' : ` and ${length} ${length === 1 ? 'part' : 'parts'} without a price`

/** `12.00 EUR more than now`, `3.90 to 39.06 USD less than now`, `the same as now`. */
export const differenceText = (price: Price): string => {
  if (price.leastMinor === null) return `unpriced: ${price.reason}`
  const { leastMinor, mostMinor, currency, unpriced } = price
  const open = openText(unpriced)
  if (leastMinor === 0 && mostMinor === 0) return `the same as now${open}`
  if (leastMinor >= 0) return `${rangeText(price)} more than now${open}`
  const less = { leastMinor: Math.max(0, -mostMinor), mostMinor: -leastMinor, currency }
  if (mostMinor <= 0) return `${rangeText(less)} less than now${open}`
  return `between ${amount(-leastMinor, currency)} less and ${amount(mostMinor, currency)} ${currency} more than now${open}`
}

const rounded = (value: number): number => Math.round(value * MOST_DECIMALS) / MOST_DECIMALS

/** `72 vCPU`, `20 to 100 capacity unit`, `? GiB` where nothing says how many. */
export const quantityText = ({
  quantity,
  upTo,
  unit,
}: Pick<CostLine, 'quantity' | 'upTo' | 'unit'>): string => {
  if (quantity === null) return `? ${unit}`
  const range = upTo === undefined ? rounded(quantity) : `${rounded(quantity)} to ${rounded(upTo)}`
  return `${range} ${unit}`
}
