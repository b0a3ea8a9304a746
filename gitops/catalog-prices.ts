// What the first example of a template costs each month, by a price book. The places of an example are made up, so its
// machines are priced as those of any place.
import * as z from 'zod'
import { bookName, type PriceBook } from '../schemas/price-book.ts'
import { Price } from '../schemas/quantity.ts'
import { exampleInput } from '../templates/index.ts'
import type { ExamplePart } from './catalog-sample.ts'
import { linesOf, type Standing } from './cost/lines.ts'
import { sumOf } from './cost/price.ts'
import { render } from './render.ts'

export const PriceLine = z.strictObject({
  /** `machines`, or what of Azure it is. */
  what: z.string(),
  unit: z.string(),
  /** How many of it the example asks for; null where nothing says. */
  quantity: z.number().nullable(),
  /** Where it is a range: the other end. */
  upTo: z.number().optional(),
  /** A month of 730 hours. */
  price: Price,
})
export type PriceLine = z.infer<typeof PriceLine>

export const Prices = z.strictObject({
  /** The book's name and version. */
  book: z.string(),
  /** The day its prices are of. */
  date: z.iso.date(),
  /** Rough amounts that come with Phoenix, nobody's offer. */
  standIn: z.boolean(),
  /** What no price covers. */
  excludes: z.array(z.string()),
  /** Null where it runs on what is there already. */
  total: Price.nullable(),
  lines: z.array(PriceLine),
})
export type Prices = z.infer<typeof Prices>

/** Rendering a whole system again for each reader would be slow. */
const known = new Map<string, Standing>()

const standingOf = (name: string, parts: ExamplePart[]): Standing => {
  const made = known.get(name)
  if (made) return made
  const inputs = parts.map(({ template, ...example }) => {
    const input = exampleInput(template, example)
    return { objects: render(template, input).objects, placement: input.placement }
  })
  const standing = {
    objects: inputs.flatMap(({ objects }) => objects.map(({ manifest }) => manifest)),
    placement: inputs.flatMap(({ placement }) => placement.map((vm) => ({ ...vm, site: '' }))),
  }
  known.set(name, standing)
  return standing
}

/** `name`: of the template or system, with its version. */
export const pricesOf = (name: string, parts: ExamplePart[], book: PriceBook): Prices => {
  const lines = [...linesOf(book, standingOf(name, parts), () => undefined).values()]
  const { date, standIn, excludes } = book
  return {
    ...{ book: bookName(book), date, standIn, excludes, lines },
    total: lines.length === 0 ? null : sumOf(book, lines),
  }
}
