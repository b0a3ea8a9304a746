// A region of the catalogue: where an installation could be, whether or not it has anything there.
import * as z from 'zod'
import { Country, Jurisdiction, Slug } from './ids.ts'
import { LatencyClass, Tier } from './place.ts'

export const CatalogueRegion = z.strictObject({
  name: Slug,
  jurisdiction: Jurisdiction,
  country: Country,
  tier: Tier,
  latency: LatencyClass,
  /** Made up: nobody has a region of this name. The others are Azure's. */
  standIn: z.boolean(),
  /** The other region of Azure's pair, where both name each other. */
  pairedWith: Slug.nullable(),
  /** Where what runs here can go, nearest first; never in another jurisdiction. */
  adjacent: z.array(Slug),
  /** What the tier promises in a month, in percent. */
  availabilityPercent: z.number(),
})
export type CatalogueRegion = z.infer<typeof CatalogueRegion>
