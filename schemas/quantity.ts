// Sizes with their unit. GB and GiB are different things and never meet without a conversion here.
import * as z from 'zod'
import { type Mark, ruled } from './ruled.ts'

const BYTES = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const

const MOST = 1_000_000_000
const units = ['MB', 'GB', 'TB', 'MiB', 'GiB', 'TiB'] as const
const NO_SIZE: Mark = {
  rule: 'SIZE-UNIT',
  detail: `a positive number with one of the units ${units.join(', ')}`,
  numbers: { above: 0, most: MOST, units: units.length },
}

export const SizeUnit = ruled(z.enum(units), NO_SIZE)
export const Size = ruled(
  z.strictObject({ value: ruled(z.number().positive().max(MOST), NO_SIZE), unit: SizeUnit }),
  NO_SIZE,
)
export type Size = z.infer<typeof Size>

/** A size that may be nothing: a sum, not a demand. */
export const Amount = Size.extend({ value: z.number().nonnegative() })

/** Whole MiB in a size, rounded down: supply is never overstated. */
export const toMiB = ({ value, unit }: Size): number =>
  Math.floor((value * BYTES[unit]) / BYTES.MiB)

/** Whole MiB a demand needs, rounded up: demand is never understated. */
export const demandMiB = ({ value, unit }: Size): number =>
  Math.ceil((value * BYTES[unit]) / BYTES.MiB)

const LARGEST: Size = { value: MOST, unit: 'TiB' }

/** A size from so many MiB on, up to another size. */
const sizeFrom = (leastMiB: number, most: Size) => {
  const mostMiB = demandMiB(most)
  const params = { rule: 'SIZE-AMOUNT', numbers: { leastMiB, mostMiB } } satisfies Mark
  return Size.refine((size) => demandMiB(size) >= leastMiB, {
    ...{ error: `at least ${leastMiB} MiB`, params },
  }).refine((size) => demandMiB(size) <= mostMiB, { error: `at most ${sizeText(most)}`, params })
}

/** A size of at least so many MiB: less is no machine. */
export const sizeOfAtLeast = (mib: number) => sizeFrom(mib, LARGEST)

/** A size from `least` to `most`, both allowed. */
export const sizeBetween = (least: Size, most: Size) =>
  sizeFrom(demandMiB(least), most).describe(`From ${sizeText(least)} to ${sizeText(most)}`)

/** A whole number of cores from `least` to `most`, both allowed. */
export const coresBetween = (least: number, most: number) =>
  ruled(z.int().min(least).max(most), {
    rule: 'CORES-AMOUNT',
    detail: `a whole number of cores, ${least} to ${most}`,
    numbers: { least, most },
  })

export const gib = (value: number): Size => ({ value, unit: 'GiB' })
/** MiB as GiB with at most two decimals, for people. */
export const mibAsGiB = (mib: number): Size => gib(Math.round((mib / 1024) * 100) / 100)

export const sizeText = ({ value, unit }: Size): string => `${value} ${unit}`

/** What something costs in a month: a range of minor units, or why there is none. What has no price is never 0. */
export const Price = z.union([
  z.strictObject({
    leastMinor: z.int(),
    mostMinor: z.int(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** Name and version of the book. */
    priceBook: z.string(),
    /** What is not in it although it is part of this: the price is then at least so much. */
    unpriced: z.array(z.string()),
  }),
  z.strictObject({ leastMinor: z.null(), reason: z.string() }),
])
export type Price = z.infer<typeof Price>
