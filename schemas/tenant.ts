// A tenant as its own people see it, and its quota.
import * as z from 'zod'
import { REGIONS_AT_MOST } from './fleet.ts'
import { ChangeId, Jurisdiction, Slug, TenantId } from './ids.ts'
import { Residency } from './residency.ts'
import { TenantSettings, TenantState } from './tenant-settings.ts'

export const TenantQuota = z.strictObject({
  vms: z.int().min(0).max(100_000),
  cores: z.int().min(0).max(1_000_000),
  memoryMiB: z.int().min(0).max(1_000_000_000),
  diskGiB: z.int().min(0).max(1_000_000_000),
})
export type TenantQuota = z.infer<typeof TenantQuota>

/** People who must approve a failover from or to a core place. */
export const FailoverApprovals = z.int().min(2).max(10)

/** Parties that must stand behind an invoice before it counts as settled: of tenant, auditor and platform. */
export const InvoiceAttestations = z.int().min(2).max(3)

/** The promoted change of the operators' repository that said the quota, or took its record away. */
export interface QuotaRecord {
  change: string
  /** Its place in `live` there: the latest counts. */
  order: number
  removed: boolean
  /** What operators had set without Git: it holds again when the record goes. */
  before: TenantQuota
}

/** What operators set for a tenant: how much it may have, where, and how many must agree to what. Kept together. */
export interface TenantLimits extends TenantQuota {
  /** Absent: the tenant's own jurisdiction, and nothing else. */
  residency?: Residency
  /** Absent: two. */
  failoverApprovals?: number
  /** Absent: two. */
  invoiceAttestations?: number
  /** Absent: nobody has kept it in Git yet. */
  quotaRecord?: QuotaRecord
}

export const DEFAULT_QUOTA: TenantQuota = {
  vms: 50,
  cores: 200,
  memoryMiB: 400 * 1024,
  diskGiB: 2000,
}

/** `owner/name` on the forge. */
export const RepositoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/)

export const DisplayName = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} .,'()&-]*$/u, 'letters, digits and plain punctuation')

export const CreateTenant = z.strictObject({
  slug: Slug,
  name: DisplayName,
  jurisdiction: Jurisdiction,
  repository: RepositoryName,
  quota: TenantQuota.default(DEFAULT_QUOTA),
  /** Clusters whose tenant base is already in the repository's first commit. */
  basesOn: z.array(Slug).max(REGIONS_AT_MOST).default([]),
})
export type CreateTenant = z.infer<typeof CreateTenant>

/** A system that another tenant has rolled out and this one may stand on. */
export const Foundation = z.strictObject({ system: z.string().min(1).max(40), tenant: Slug })
export type Foundation = z.infer<typeof Foundation>

/** The name and the settings are the owners', the rest is the operators'. */
export const UpdateTenant = z
  .strictObject({
    name: DisplayName.optional(),
    quota: TenantQuota.optional(),
    foundations: z.array(Foundation).max(20).optional(),
    /** Null: the tenant's own jurisdiction again. */
    residency: Residency.nullable().optional(),
    failoverApprovals: FailoverApprovals.optional(),
    invoiceAttestations: InvoiceAttestations.optional(),
    /** The owners' to set. Replaced as a whole. */
    settings: TenantSettings.optional(),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), 'name a field')
export type UpdateTenant = z.infer<typeof UpdateTenant>

export const TenantView = z.strictObject({
  id: TenantId,
  slug: Slug,
  name: z.string(),
  jurisdiction: Jurisdiction,
  /** True where the runtime cannot hold the tenant's rows in its jurisdiction (a laptop). */
  jurisdictionSimulated: z.boolean(),
  repository: z.string(),
  repositoryUrl: z.string(),
  quota: TenantQuota,
  /** Where its things may be, copies, backups and logs included. */
  residency: Residency,
  failoverApprovals: FailoverApprovals,
  /** Of the three parties, before an invoice counts as settled. */
  invoiceAttestations: InvoiceAttestations,
  /** Systems it may stand on although others have rolled them out; whose they are is not said. */
  foundations: z.array(z.string()),
  settings: TenantSettings,
  state: TenantState,
  stateSince: z.iso.datetime().nullable(),
  /** What an operator said when he suspended it, why a deletion came to nothing, or what it waits for beside its change. */
  stateReason: z.string().nullable(),
  /** The change by which it is being deleted now. */
  deletion: ChangeId.nullable(),
  /** Of a deleted tenant. */
  eraseAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
})
export type TenantView = z.infer<typeof TenantView>
