// From what stands to its lines: how much there is of each thing, and what the book asks for it. Pure.
// The same thing at the same place is one line, however many objects it is in.
import type { Tier } from '../../schemas/place.ts'
import type { CostLine, VmPlacement } from '../../schemas/plan.ts'
import {
  type AzureMeter,
  meterOf,
  type OwnUnit,
  ownUnits,
  type PriceAmounts,
  type PriceBook,
} from '../../schemas/price-book.ts'
import type { Price } from '../../schemas/quantity.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureCounts, isAzure, locationOf } from './azure.ts'
import { type Line, priceOf, unpriced } from './price.ts'

export interface Standing {
  placement: readonly Pick<VmPlacement, 'site' | 'cores' | 'memoryMiB' | 'diskGiB'>[]
  objects: readonly Manifest[]
}

/** Where the own hardware stands, as far as its price depends on it. */
export type TierOf = (site: string) => Tier | undefined

interface Counted {
  what: string
  /** The thing itself, wherever it is: what a row of the book is for. */
  thing: string
  unit: string
  least: number | null
  most: number | null
  /** What the book asks for one; or why it does not. */
  asked: Asked | string
}

/** A row's amounts, and where they come from: rows alike in all of it say the same price. */
type Asked = PriceAmounts & { source: string }

const MIB_PER_GIB = 1024
const OF_MACHINE: Record<OwnUnit, (vm: Standing['placement'][number]) => number> = {
  vCPU: ({ cores }) => cores,
  'GiB memory': ({ memoryMiB }) => memoryMiB / MIB_PER_GIB,
  'GiB disk': ({ diskGiB }) => diskGiB,
}

/** Of its own row, else of its tier, else of any place. */
const ownPrice = (
  { ownHardware }: PriceBook,
  { site, tier }: { site: string; tier: Tier | undefined },
  unit: OwnUnit,
): Asked | string => {
  const row =
    ownHardware.find((one) => one.site === site) ??
    ownHardware.find((one) => one.tier !== undefined && one.tier === tier) ??
    ownHardware.find((one) => one.site === undefined && one.tier === undefined)
  return (
    row?.prices.find((price) => price.unit === unit) ??
    'the price book has no row for machines at this site'
  )
}

const machineCounts = (
  book: PriceBook,
  placement: Standing['placement'],
  tierOf: TierOf,
): Map<string, Counted> => {
  const counted = new Map<string, Counted>()
  for (const site of [...new Set(placement.map((vm) => vm.site))].sort()) {
    const machines = placement.filter((vm) => vm.site === site)
    for (const unit of ownUnits) {
      const count = machines.reduce((sum, vm) => sum + OF_MACHINE[unit](vm), 0)
      const asked = ownPrice(book, { site, tier: tierOf(site) }, unit)
      counted.set(`own ${site} ${unit}`, {
        ...{
          what: site === '' ? 'machines' : `machines at ${site}`,
          thing: 'own',
          unit,
          least: count,
          most: count,
          asked,
        },
      })
    }
  }
  return counted
}

/** The row for this very region, else the one for all that have none. */
const azurePrice = (
  { azure }: PriceBook,
  { meter, sku, location }: { meter: AzureMeter; sku: string | undefined; location: string },
): Asked | string => {
  const rows = azure.filter((row) => row.meter === meter && row.sku === sku)
  return (
    rows.find(({ locations }) => locations?.includes(location)) ??
    rows.find(({ locations }) => locations === undefined) ??
    (rows.length > 0
      ? 'the price book has no row for this in this region'
      : 'the price book has no row for this')
  )
}

const added = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b

const addCount = (counted: Map<string, Counted>, key: string, next: Counted): void => {
  const known = counted.get(key)
  counted.set(
    key,
    known
      ? { ...known, least: added(known.least, next.least), most: added(known.most, next.most) }
      : next,
  )
}

const azureObjectCounts = (book: PriceBook, objects: readonly Manifest[]): Map<string, Counted> => {
  const counted = new Map<string, Counted>()
  for (const object of objects.filter(isAzure)) {
    const location = locationOf(object)
    const counts = azureCounts(object)
    if (!counts) {
      const asked = 'nothing says how this kind is counted'
      const thing = `kind ${object.kind}`
      const next = { what: `Azure ${object.kind}`, unit: 'object', least: 1, most: 1, asked }
      addCount(counted, thing, { ...next, thing })
    }
    for (const { meter, sku, least, most } of counts ?? []) {
      const name = [meter, sku].filter((part) => part !== undefined).join(' ')
      const what = `Azure ${name}${location === '' ? '' : ` in ${location}`}`
      const asked = azurePrice(book, { meter, sku, location })
      // What nothing bounds must not swallow what is known of the same thing.
      const key = `${meter} ${sku ?? ''} ${location} ${least === null ? 'by use' : ''}`
      const thing = `Azure ${name}`
      addCount(counted, key, { what, thing, unit: meterOf(meter).unit, least, most, asked })
    }
  }
  return counted
}

const priceOfCount = (book: PriceBook, { least, most, asked }: Counted): Price => {
  if (least === null || most === null) return unpriced('it depends on use, and nothing caps that')
  return typeof asked === 'string' ? unpriced(asked) : priceOf(book, asked, { least, most })
}

const countsOf = (
  book: PriceBook,
  { placement, objects }: Standing,
  tierOf: TierOf,
): [string, Counted][] => [
  ...machineCounts(book, placement, tierOf),
  ...azureObjectCounts(book, objects),
]

type Arguments = Parameters<typeof countsOf>

/** By a key that is the same before and after a change. */
export const linesOf = (...[book, standing, tierOf]: Arguments): Map<string, CostLine> =>
  new Map(
    countsOf(book, standing, tierOf).map(([key, count]) => {
      const { what, unit, least, most } = count
      const range = most !== null && most !== least ? { upTo: most } : {}
      return [key, { what, quantity: least, ...range, unit, price: priceOfCount(book, count) }]
    }),
  )

/** The same lines by the same keys, each with what sets its price. */
export const pricesOf = (...[book, standing, tierOf]: Arguments): Map<string, Line> =>
  new Map(
    countsOf(book, standing, tierOf).map(([key, count]) => {
      const { what, thing, unit, asked } = count
      const pricedAs =
        typeof asked === 'string'
          ? key
          : [thing, unit, asked.leastMinor, asked.mostMinor, asked.per, asked.source].join(' | ')
      return [key, { what, price: priceOfCount(book, count), pricedAs }]
    }),
  )

/** Whether anything of it is a thing with a price, whatever a book says. */
export const hasPricedThings = ({ placement, objects }: Standing): boolean =>
  placement.length > 0 ||
  objects.filter(isAzure).some((object) => (azureCounts(object) ?? [0]).length > 0)
