// Where a tenant's things may be, and where a system's may not: by jurisdiction first, then by the names of regions.
// It covers the thing itself and whatever is kept of it elsewhere; gitops/residency.ts judges a plan by it.
import * as z from 'zod'
import { Jurisdiction, Slug } from './ids.ts'
import { isUnique } from './unique.ts'

const Regions = z.array(Slug).max(400).refine(isUnique, 'each at most once')

export const Residency = z.strictObject({
  allow: z
    .array(Jurisdiction)
    .min(1)
    .refine(isUnique, 'each at most once')
    .describe('Jurisdictions in which the tenant’s things may be'),
  denyRegions: Regions.optional().describe('Regions in which they may not be all the same'),
  regions: Regions.min(1).optional().describe('The only regions in which they may be'),
})
export type Residency = z.infer<typeof Residency>

/** What a system asks for on top of its tenant: it can only make the circle smaller. */
export interface SystemResidency {
  deny: readonly Jurisdiction[]
  allow?: readonly Jurisdiction[]
  /** In the source's words. */
  source: string
}
