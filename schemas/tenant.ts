// A tenant as its own people see it, its quota, and the API tokens of its members.
import * as z from 'zod'
import { REGIONS_AT_MOST } from './fleet.ts'
import { Jurisdiction, Slug, TenantId } from './ids.ts'
import { Scope, TenantRole } from './principal.ts'
import { Residency } from './residency.ts'

export const TenantQuota = z.strictObject({
  vms: z.int().min(0).max(100_000),
  cores: z.int().min(0).max(1_000_000),
  memoryMiB: z.int().min(0).max(1_000_000_000),
  diskGiB: z.int().min(0).max(1_000_000_000),
})
export type TenantQuota = z.infer<typeof TenantQuota>

/** People who must approve a failover from or to a core place. */
export const FailoverApprovals = z.int().min(2).max(10)

/** What operators set for a tenant: how much it may have, where, and how many must agree to a failover. Kept together. */
export interface TenantLimits extends TenantQuota {
  /** Absent: the tenant's own jurisdiction, and nothing else. */
  residency?: Residency
  /** Absent: two. */
  failoverApprovals?: number
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

const DisplayName = z
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

/** All but the name are the operators' to set. */
export const UpdateTenant = z
  .strictObject({
    name: DisplayName.optional(),
    quota: TenantQuota.optional(),
    foundations: z.array(Foundation).max(20).optional(),
    /** Null: the tenant's own jurisdiction again. */
    residency: Residency.nullable().optional(),
    failoverApprovals: FailoverApprovals.optional(),
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
  /** Systems it may stand on although others have rolled them out; whose they are is not said. */
  foundations: z.array(z.string()),
  createdAt: z.iso.datetime(),
})
export type TenantView = z.infer<typeof TenantView>

export const CreateToken = z.strictObject({
  name: DisplayName,
  /** The person or machine the token belongs to. */
  member: Slug,
  person: z.boolean().default(true),
  role: TenantRole,
  /** Absent: all scopes of the role. */
  scopes: z.array(Scope).min(1).max(20).optional(),
  expiresAt: z.iso.datetime().optional(),
  /** The member's account on the forge: an approving review there counts as this member's approval. */
  forgeLogin: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/)
    .optional(),
})
export type CreateToken = z.infer<typeof CreateToken>

export const TokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  member: z.string(),
  person: z.boolean(),
  role: TenantRole,
  scopes: z.array(Scope),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type TokenView = z.infer<typeof TokenView>
