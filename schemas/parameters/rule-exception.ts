// Parameters of the template rule-exception. Everything but the resource is required: without an owner, a reason and an
// end there is no exception.
import * as z from 'zod'
import { LONGEST_TERM_DAYS } from '../exception.ts'
import { Slug } from '../ids.ts'
import { MemberId } from '../member.ts'
import { ruled } from '../ruled.ts'

export const RuleExceptionParameters = z.strictObject({
  rule: z
    .string()
    .regex(/^[A-Z][A-Z0-9-]{1,39}$/, 'the id of a rule, such as PROBES')
    .describe('Id of the rule, which must be one that may be excused: see /rules'),
  resource: Slug.optional().describe(
    'Name of the one resource it is for, which need not exist yet; absent: all of the tenant’s',
  ),
  owner: MemberId.describe(
    'The member who answers for it, by handle or id; Git keeps the id, which is a pseudonym',
  ),
  reason: z
    .string()
    .min(10)
    .max(500)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line of plain text')
    .describe('Why it is needed, in a sentence; no personal data, because Git keeps it for ever'),
  expires: ruled(
    z.iso
      .date()
      .describe(
        `Last day on which it holds, in UTC; at most ${LONGEST_TERM_DAYS} days from the day of the request`,
      ),
    {
      rule: 'EXCEPTION-EXPIRY',
      detail: 'The last day on which it holds is required, as YYYY-MM-DD.',
      numbers: { most: LONGEST_TERM_DAYS },
    },
  ),
})
export type RuleExceptionParameters = z.infer<typeof RuleExceptionParameters>
