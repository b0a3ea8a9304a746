// A tenant's quota: the record by which operators change it, and what of it is used, spoken for and left.
import * as z from 'zod'
import { ChangeId, Slug } from './ids.ts'
import { TenantQuota } from './tenant.ts'

export const QUOTA_TEMPLATE = 'tenant-quota'

/** Replaced as a whole: a kind that is not named would be a kind that nobody reads. */
export const TenantQuotaParameters = TenantQuota.extend({
  tenant: Slug.describe('Slug of the tenant; the name of the resource is the same'),
})
export type TenantQuotaParameters = z.infer<typeof TenantQuotaParameters>

export const quotaKinds = ['vms', 'cores', 'memoryMiB', 'diskGiB'] as const
export const QuotaKind = z.enum(quotaKinds)
export type QuotaKind = z.infer<typeof QuotaKind>

export const QuotaUse = z.strictObject({
  kind: QuotaKind,
  limit: z.int().min(0),
  /** By what stands. */
  used: z.int().min(0),
  /** By what open changes would add: it is theirs once they are merged, and whoever is merged first gets it. */
  reserved: z.int().min(0),
  reservedBy: z.array(z.strictObject({ change: ChangeId, amount: z.int().min(1) })),
  /** What is left when all of them are merged; 0 where they cannot all be. */
  available: z.int().min(0),
})
export type QuotaUse = z.infer<typeof QuotaUse>

export const QuotaView = z.strictObject({
  tenant: Slug,
  items: z.array(QuotaUse),
  /** Who set the limits: operators, when they made the tenant or later without Git, or a change in their own tenant. */
  source: z.union([
    z.strictObject({ kind: z.literal('operators') }),
    z.strictObject({
      kind: z.literal('change'),
      change: ChangeId,
      /** True where that change took the record away: what operators had set without Git holds again. */
      removed: z.boolean(),
    }),
  ]),
})
export type QuotaView = z.infer<typeof QuotaView>
