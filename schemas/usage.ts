// What a tenant has used: a record for each size at each place, from the promotion of the change that made it so.
import * as z from 'zod'
import { Month } from './availability.ts'
import { ChangeId } from './ids.ts'

export const UsageSize = z.strictObject({
  vms: z.int().min(0),
  cores: z.int().min(0),
  memoryMiB: z.int().min(0),
  diskGiB: z.int().min(0),
})
export type UsageSize = z.infer<typeof UsageSize>

export const UsageRecord = z.strictObject({
  resource: z.string(),
  /** Of the resource, as in /resources. */
  kind: z.string(),
  start: z.iso.datetime(),
  /** Null: it stands. Another size, another place, or its removal applied. */
  stop: z.iso.datetime().nullable(),
  /** Of its machines there; nothing for what has none of its own. */
  size: UsageSize,
  /** Null for what has no machines of its own. */
  site: z.string().nullable(),
  /** Null where the operators described none. */
  region: z.string().nullable(),
  startedBy: ChangeId,
  stoppedBy: ChangeId.nullable(),
})
export type UsageRecord = z.infer<typeof UsageRecord>

/** Of the period, for each kind of the quota. */
export const UsageTotals = z.strictObject({
  vmHours: z.number().min(0),
  coreHours: z.number().min(0),
  memoryMiBHours: z.number().min(0),
  diskGiBHours: z.number().min(0),
})
export type UsageTotals = z.infer<typeof UsageTotals>

export const UsagePeriod = z.strictObject({
  from: z.iso.datetime(),
  /** Not included. */
  to: z.iso.datetime(),
})
export type UsagePeriod = z.infer<typeof UsagePeriod>

export const UsagePage = UsagePeriod.extend({
  /** Records that stood in the period, whole: they may begin before it and end after it. */
  items: z.array(UsageRecord),
  next: z.string().nullable().describe('Address of the next page.'),
  /** Of the whole period until now, not of the page. Cut to ten-thousandths of an hour. */
  totals: UsageTotals,
})
export type UsagePage = z.infer<typeof UsagePage>

export const UsageQuery = z.strictObject({
  month: Month.optional().describe(
    'A calendar month of UTC; instead of `from` and `to`. Absent: this one',
  ),
  from: z.iso.date().optional().describe('First day, in UTC'),
  to: z.iso.date().optional().describe('Last day, in UTC; absent: today'),
})
export type UsageQuery = z.infer<typeof UsageQuery>
