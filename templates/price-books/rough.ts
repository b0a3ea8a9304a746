// Small makers of price rows, so that the stand-in book reads as a table. Amounts in US cents a month of 730 hours.
import type { AzureMeter, AzurePrice, PriceBook } from '../../schemas/price-book.ts'
import { meterOf } from '../../schemas/price-book.ts'

const SOURCE = 'rough estimate after public list prices in dollars, Union regions; nobody’s offer'

/** Cents for one unit, as a range. */
export const azure = (
  meter: AzureMeter,
  sku: string | null,
  [leastMinor, mostMinor]: readonly [number, number],
  source = SOURCE,
  per = 1,
): AzurePrice => ({
  ...{ meter, unit: meterOf(meter).unit, leastMinor, mostMinor, per, source },
  ...(sku === null ? {} : { sku }),
})

/** The same for several SKUs. */
export const skus = (
  meter: AzureMeter,
  rows: Record<string, readonly [number, number]>,
  source = SOURCE,
  per = 1,
): AzurePrice[] => Object.entries(rows).map(([sku, range]) => azure(meter, sku, range, source, per))

/** What the vendor itself charges nothing for. */
export const free = (meter: AzureMeter, source: string): AzurePrice =>
  azure(meter, null, [0, 0], source)

export type OwnPrices = PriceBook['ownHardware'][number]['prices']
