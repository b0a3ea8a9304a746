// What a tenant's owners decide for themselves: where its things may be, who must approve what, how long things are kept.
import * as z from 'zod'
import { TenantRole } from './principal.ts'

/** A deleted tenant waits for its end of grace; an erased one is a slug that nobody can take again. */
export const TenantState = z.enum(['active', 'suspended', 'deleting', 'deleted', 'erased'])
export type TenantState = z.infer<typeof TenantState>

/** Kinds of change an approval policy tells apart. */
export const ChangeKind = z.enum(['create', 'update', 'delete', 'failover', 'tenant-deletion'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** One rule: the strictest of those that fit counts, and never less than one approval by somebody else. */
export const ApprovalRule = z.strictObject({
  /** Absent: every kind. `delete` is also the deletion of the tenant. */
  kinds: z.array(ChangeKind).min(1).max(5).optional(),
  approvals: z.int().min(1).max(10),
  /** Who may approve; of those whose role allows it at all. Absent: approver and owner. */
  roles: z
    .array(TenantRole.extract(['owner', 'approver']))
    .min(1)
    .max(2)
    .optional(),
  /** An approval must be a presentation of a credential. */
  credential: z.boolean().optional(),
})
export type ApprovalRule = z.infer<typeof ApprovalRule>

export const Retention = z.strictObject({
  /** Days between the deletion of the tenant and its erasure. */
  graceDays: z.int().min(1).max(365).optional(),
  /** Days after which ended sessions, tokens and invitations are forgotten. */
  endedDays: z.int().min(1).max(3650).optional(),
})
export type Retention = z.infer<typeof Retention>

export const TenantSettings = z.strictObject({
  /** Of those that operators allow; absent: all of them. */
  allowedRegions: z.array(z.string().min(1).max(63)).min(1).max(400).optional(),
  approvals: z.array(ApprovalRule).max(20).optional(),
  retention: Retention.optional(),
})
export type TenantSettings = z.infer<typeof TenantSettings>

export const GRACE_DAYS = 30
export const ENDED_DAYS = 90
