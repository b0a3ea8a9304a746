// How available something was in a month, what its place promises, and what a broken promise gives back.
import * as z from 'zod'
import { Slug } from './ids.ts'
import { Tier } from './place.ts'

/** A calendar month of UTC: `2026-11`. */
export const Month = z.string().regex(/^20[0-9]{2}-(?:0[1-9]|1[0-2])$/, 'a month, as 2026-11')
export type Month = z.infer<typeof Month>

const Percent = z.number().min(0).max(100)

export const Availability = z.strictObject({
  month: Month,
  /** Of the place it stands at. */
  tier: Tier,
  /** What the tier promises for a month. */
  targetPercent: Percent,
  /** Of the time since it was first healthy; null while it was not. Cut off after four decimals, never rounded up. */
  measuredPercent: Percent.nullable(),
  /** Seconds of the month, until now or its end, in which it was in service. */
  elapsedSeconds: z.int().min(0),
  /** Of these, the ones in which an engine said that it is degraded. */
  downSeconds: z.int().min(0),
  breached: z.boolean(),
  /** Whether a simulated engine said so. */
  simulated: z.boolean(),
})
export type Availability = z.infer<typeof Availability>

/** What of a month's price goes back, by how available it was. Dated; the deepest step that was reached counts. */
export const CreditTable = z.strictObject({
  name: Slug,
  version: z.string(),
  date: z.iso.date(),
  /** Not what anybody has agreed on. */
  standIn: z.boolean(),
  steps: z.array(
    z.strictObject({
      /** Null: below whatever the tier promises. */
      belowPercent: Percent.nullable(),
      creditPercent: Percent,
    }),
  ),
})
export type CreditTable = z.infer<typeof CreditTable>
