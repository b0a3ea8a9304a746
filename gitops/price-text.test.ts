// What is said of a price below the smallest unit.
import { describe, expect, it } from 'vitest'
import { smallText } from './price-text.ts'

describe('a price whose least rounds to 0', () => {
  it.each([
    [{ mostMinor: 0, currency: 'USD' }, 'less than 0.01 USD'],
    [{ mostMinor: 3, currency: 'USD' }, 'up to 0.03 USD'],
    [{ mostMinor: 0, currency: 'JPY' }, 'less than 1 JPY'],
  ])('%j is %s', (price, text) => {
    expect(smallText(price)).toBe(text)
  })
})
