// Parameters of the template failover-policy: which resource may move where, agreed on before it must.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'

export const FailoverPolicyParameters = z.strictObject({
  resource: Slug.describe('Name of the resource that may move'),
  to: z
    .array(HostName)
    .min(1)
    .max(16)
    .refine(isUnique, 'each at most once')
    .describe('Sites or regions that it may move to'),
  reason: z
    .string()
    .min(10)
    .max(500)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line of plain text')
    .describe('When it is to be used, and who decides; no personal data: Git keeps it for ever'),
})
export type FailoverPolicyParameters = z.infer<typeof FailoverPolicyParameters>
