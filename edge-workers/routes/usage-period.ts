// The period that a question about usage is about: a month, or whole days, both included.
import { monthOf, spanOf } from '../../gitops/availability.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { UsagePeriod, UsageQuery } from '../../schemas/usage.ts'

const DAY_MILLISECONDS = 86_400_000
const LONGEST_DAYS = 366

const between = (from: number, to: number): UsagePeriod => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
})

const unfit = (name: 'month' | 'from' | 'to', detail: string): Result<never> =>
  refuse('invalid-parameters', {
    detail: 'The query does not fit; pointers name its parameters.',
    errors: [{ pointer: `/${name}`, detail }],
  })

/** Pointers name parameters of the query. */
export const periodOf = ({ month, from, to }: UsageQuery, now: Date): Result<UsagePeriod> => {
  if (month !== undefined && (from !== undefined || to !== undefined))
    return unfit('month', 'Either a month, or days.')
  if (from === undefined && to === undefined) {
    const span = spanOf(month ?? monthOf(now))
    return ok(between(span.from, span.to))
  }
  if (from === undefined) return unfit('from', 'Name the first day too.')
  const first = Date.parse(from)
  const last = to === undefined ? Math.max(first, now.getTime()) : Date.parse(to)
  const end = Math.floor(last / DAY_MILLISECONDS) * DAY_MILLISECONDS + DAY_MILLISECONDS
  if (end <= first) return unfit('to', 'Not before the first day.')
  return end - first > LONGEST_DAYS * DAY_MILLISECONDS
    ? unfit('from', `At most ${LONGEST_DAYS} days.`)
    : ok(between(first, end))
}
