// What an auditor gets of a tenant for a policy pack and a period: counted findings, exceptions with their owners, who
// approved what was merged, and the leaves of the tenant's log. Of the tenant alone, and the same whenever it is asked for.
import * as z from 'zod'
import { Digest } from './ids.ts'

const Day = z.iso.date()
const Counts = {
  block: z.int(),
  warn: z.int(),
  info: z.int(),
  /** Of the warnings: those that would block but for an exception. */
  excused: z.int(),
}

export const EvidenceQuery = z.strictObject({
  from: Day.optional().describe('First day, in UTC; absent: 89 days before the last'),
  to: Day.optional().describe('Last day, in UTC; absent: today'),
})

export const EvidenceException = z.strictObject({
  name: z.string(),
  rule: z.string(),
  resource: z.string().nullable(),
  owner: z.string(),
  reason: z.string(),
  /** Last day on which it holds. */
  expires: Day,
  /** The change that put it into Git, and the commit on `live`. */
  change: z.string(),
  commit: z.string(),
  since: z.iso.datetime(),
  /** When another change took its place or took it away, if that was within the period. */
  endedAt: z.iso.datetime().nullable(),
})
export type EvidenceException = z.infer<typeof EvidenceException>

export const EvidenceControl = z.strictObject({
  id: z.string(),
  title: z.string(),
  reading: z.enum(['direct', 'interpretation']),
  rules: z.array(z.strictObject({ id: z.string(), severity: z.string(), title: z.string() })),
  evidence: z.array(z.enum(['findings', 'exceptions', 'approvals', 'log'])),
  has: z.array(z.string()),
  lacks: z.string(),
  /** Plans judged in the period: each by every rule. */
  plans: z.int(),
  findings: z.strictObject(Counts),
  /** Rules with at least one finding. */
  byRule: z.array(z.strictObject({ rule: z.string(), ...Counts })),
  exceptions: z.array(EvidenceException),
  /** Ids of the changes that speak to it: of `changes`. */
  changes: z.array(z.string()),
})
export type EvidenceControl = z.infer<typeof EvidenceControl>

export const EvidenceChange = z.strictObject({
  id: z.string(),
  action: z.string(),
  template: z.string(),
  name: z.string(),
  /** At the end of the period. */
  state: z.string(),
  requester: z.string(),
  approvals: z.array(
    z.strictObject({
      subject: z.string(),
      source: z.enum(['api', 'forge', 'credential']),
      revision: z.int(),
      headSha: z.string(),
      at: z.iso.datetime(),
      voidedAt: z.iso.datetime().nullable(),
    }),
  ),
  mergeSha: z.string().nullable(),
  mergedAt: z.iso.datetime().nullable(),
  /** Its steps within the period; `leafHash` is the RFC 6962 leaf of the tenant's log. */
  steps: z.array(
    z.strictObject({
      version: z.int(),
      to: z.string(),
      actor: z.string(),
      at: z.iso.datetime(),
      leafHash: z.string(),
    }),
  ),
})
export type EvidenceChange = z.infer<typeof EvidenceChange>

export const Evidence = z.strictObject({
  schema: z.literal('phoenix.evidence/v1'),
  tenant: z.string(),
  pack: z.strictObject({ name: z.string(), title: z.string(), edition: z.string() }),
  period: z.strictObject({ from: Day, to: Day }),
  /** What a reader must know of what is counted here, and what is not. */
  notes: z.array(z.string()),
  controls: z.array(EvidenceControl),
  changes: z.array(EvidenceChange),
  /** SHA-256 over the canonical form (RFC 8785) of all of the above. */
  digest: Digest,
})
export type Evidence = z.infer<typeof Evidence>
