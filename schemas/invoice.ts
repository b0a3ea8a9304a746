// The draft of a month's invoice: what stood, for how long, at which price, and what goes back for promises not kept.
// A draft: nobody has settled or attested it.
import * as z from 'zod'
import { Availability, CreditTable, Month } from './availability.ts'
import { ChangeId, Digest } from './ids.ts'
import { Price } from './quantity.ts'

export const InvoiceLine = z.strictObject({
  resource: z.string(),
  /** The change that made it so. */
  change: ChangeId,
  what: z.string(),
  quantity: z.number().nullable(),
  upTo: z.number().optional(),
  unit: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  seconds: z.int().min(0),
  /** For these seconds; the book's prices are for a month of 730 hours. */
  price: Price,
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

export const CreditLine = z.strictObject({
  resource: z.string(),
  percent: z.number(),
  targetPercent: z.number(),
  measuredPercent: z.number(),
  downSeconds: z.int(),
  /** Negative. */
  price: Price,
  simulated: z.boolean(),
})
export type CreditLine = z.infer<typeof CreditLine>

export const Invoice = z.strictObject({
  schema: z.literal('phoenix.invoice/v1'),
  state: z.literal('draft'),
  tenant: z.string(),
  month: Month,
  from: z.iso.datetime(),
  /** The end of the month, or the moment of asking. */
  to: z.iso.datetime(),
  /** Whether the month is over. */
  complete: z.boolean(),
  lines: z.array(InvoiceLine),
  availability: z.array(Availability.extend({ resource: z.string() })),
  credits: z.array(CreditLine),
  creditTable: CreditTable.pick({ name: true, version: true, date: true, standIn: true }),
  /** Of lines and credits, for each currency. */
  totals: z.array(
    z.strictObject({ currency: z.string(), leastMinor: z.int(), mostMinor: z.int() }),
  ),
  /** Lines and credits that have no price and are in no total. */
  unpriced: z.int(),
  /** Books that priced it. */
  priceBooks: z.array(z.string()),
  /** What in it is simulated or stand-in data, in words. */
  simulated: z.array(z.string()),
  /** Of all of the above. */
  digest: Digest,
})
export type Invoice = z.infer<typeof Invoice>
