// An exception from a rule: a file in the tenant's own repository, asked for, planned and approved like any other change.
// It says who answers for it, why, and until when. A schema has no clock: whether it has ended is judged where one is.
import * as z from 'zod'

/** The template whose resources are exceptions. */
export const EXCEPTION_TEMPLATE = 'rule-exception'
/** Folder of the repository in which they are, one file each. */
export const EXCEPTIONS_FOLDER = 'exceptions'
/** Counted from the day on which it is planned; to go on, it is asked for and approved again. */
export const LONGEST_TERM_DAYS = 366

/** An exception that stands in Git, as a plan reads it. */
export const StandingException = z.strictObject({
  name: z.string(),
  rule: z.string(),
  /** The one resource it is for; null for all of the tenant's. */
  resource: z.string().nullable(),
  owner: z.string(),
  reason: z.string(),
  /** The last day on which it holds, in UTC: `2027-03-31`. */
  expires: z.string(),
  expired: z.boolean(),
})
export type StandingException = z.infer<typeof StandingException>

/** Whether an exception has ended by a day, both as `YYYY-MM-DD` in UTC. It holds on its last day. */
export const hasEnded = (expires: string, day: string): boolean => expires < day
