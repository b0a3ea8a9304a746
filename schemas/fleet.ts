// A fleet: one template in many regions. What may be asked, what a rollout of it keeps, and the groups that it is made of.
import * as z from 'zod'
import { FleetSummary } from './fleet-plan.ts'
import { Jurisdiction, Slug } from './ids.ts'
import { isUnique } from './unique.ts'

/** Of one request; the catalogue has 325. A tenant may begin with as many bases. */
export const REGIONS_AT_MOST = 2000
const GROUPS_AT_MOST = 4096

const Version = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/)
const TemplateName = z.string().min(1).max(60)
/** As a caller writes them; the template's own schema has the last word. */
const Parameters = z.record(z.string(), z.unknown())
const Overrides = z.record(Slug, Parameters)

const RegionSelector = z.strictObject({
  tier: z.enum(['core', 'regional', 'edge']).optional(),
  jurisdiction: Jurisdiction.optional(),
})
export type RegionSelector = z.infer<typeof RegionSelector>

const RegionList = z.array(Slug).min(1).max(REGIONS_AT_MOST).refine(isUnique, 'each region once')

const fields = {
  template: TemplateName.describe('Template that every region gets'),
  version: Version.optional().describe('Of the template; absent: the newest'),
  parameters: Parameters.default({}).describe('Of the template, the same for all regions'),
  overrides: Overrides.default({}).describe(
    'By region, a JSON Merge Patch (RFC 7396) on the parameters',
  ),
  canary: Slug.optional().describe('Region that comes first; absent: the first by name'),
}

/** What a caller asks for. The regions named are those that change: regions that the fleet has beside them stay as they are. */
export const FleetParameters = z.strictObject({
  ...fields,
  regions: z
    .union([RegionList, RegionSelector])
    .describe('Names of regions; or a tier or a jurisdiction, for all clusters of yours there'),
  groups: z
    .int()
    .min(1)
    .max(GROUPS_AT_MOST)
    .optional()
    .describe('Number of groups; kept from the first request on, which takes one for 20 regions'),
})
export type FleetParameters = z.infer<typeof FleetParameters>

/** One pull request: the regions of one group that it brings forward. */
export const FleetWave = z.strictObject({
  id: z.string(),
  group: z.int().min(0),
  /** Region to cluster. */
  regions: z.record(Slug, Slug),
})
export type FleetWave = z.infer<typeof FleetWave>

/** The same once its regions are known: kept with the rollout, so that it means the same until it is over. */
export const FleetRollout = z.strictObject({
  ...fields,
  regions: FleetParameters.shape.regions,
  version: Version,
  groups: z.int().min(1).max(GROUPS_AT_MOST),
  waves: z.array(FleetWave),
  /** Absent: it was asked for before this was kept. */
  summary: FleetSummary.optional(),
})
export type FleetRollout = z.infer<typeof FleetRollout>

/** Regions alike: what they get, and on which cluster each. */
export const FleetVariant = z.strictObject({
  version: Version,
  parameters: Parameters,
  regions: z
    .record(Slug, Slug)
    .refine((regions) => Object.keys(regions).length > 0, 'at least one region'),
})
export type FleetVariant = z.infer<typeof FleetVariant>

/** A group is one resource on several clusters. */
export const FleetGroupParameters = z
  .strictObject({
    fleet: Slug.max(20).describe('Name of the fleet, and of what stands in each region'),
    template: TemplateName,
    variants: z.array(FleetVariant).min(1).describe('Regions by what they get'),
  })
  .refine(
    ({ variants }) => isUnique(variants.flatMap(({ regions }) => Object.keys(regions))),
    'each region once',
  )
  .refine(
    ({ variants }) => isUnique(variants.flatMap(({ regions }) => Object.values(regions))),
    'each cluster once',
  )
export type FleetGroupParameters = z.infer<typeof FleetGroupParameters>
