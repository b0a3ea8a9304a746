// Sizes with their unit. GB and GiB are different things and never meet without a conversion here.
import * as z from 'zod'

const BYTES = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const

/** By these words an error is known as one of the rule SIZE-UNIT (issues.ts). */
export const NOT_A_SIZE = 'a positive number with one of the units MB, GB, TB, MiB, GiB, TiB'

export const SizeUnit = z.enum(['MB', 'GB', 'TB', 'MiB', 'GiB', 'TiB'], NOT_A_SIZE)
export const Size = z.strictObject(
  {
    value: z.number(NOT_A_SIZE).positive(NOT_A_SIZE).max(1_000_000_000),
    unit: SizeUnit,
  },
  { error: (issue) => (issue.code === 'invalid_type' ? NOT_A_SIZE : undefined) },
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

/** A size of at least so many MiB: less is no machine. */
export const sizeOfAtLeast = (mib: number) =>
  Size.refine((size) => demandMiB(size) >= mib, `at least ${mib} MiB`)

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
