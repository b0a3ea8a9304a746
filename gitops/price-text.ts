// Prices in words, the same in a pull request and on a page.
import type { Price } from '../schemas/quantity.ts'

const DIGITS = 2

const amount = (minor: number): string => (minor / 10 ** DIGITS).toFixed(DIGITS)

/** `12.00 EUR`, `10.00 to 12.50 EUR`, `at least …` where a part has no price, or `unpriced: <why>`. */
export const priceText = (price: Price): string => {
  if (price.leastMinor === null) return `unpriced: ${price.reason}`
  const { leastMinor, mostMinor, currency, unpriced } = price
  const range =
    leastMinor === mostMinor ? amount(leastMinor) : `${amount(leastMinor)} to ${amount(mostMinor)}`
  const open = unpriced.length === 0 ? '' : `, without ${unpriced.length} unpriced`
  return `${range} ${currency}${open}`
}
