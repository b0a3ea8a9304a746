// The catalogue of regions for the edge, which reaches templates through this room only.
import type { CatalogueRegion } from '../schemas/region-catalogue.ts'
import { regionCatalogue } from '../templates/index.ts'

export { latencyMilliseconds, regionOf, tiers } from '../templates/index.ts'

/** In name order. */
export const findRegions = ({
  tier,
  jurisdiction,
}: {
  tier?: CatalogueRegion['tier'] | undefined
  jurisdiction?: CatalogueRegion['jurisdiction'] | undefined
}): CatalogueRegion[] =>
  regionCatalogue.filter(
    (region) =>
      (tier === undefined || region.tier === tier) &&
      (jurisdiction === undefined || region.jurisdiction === jurisdiction),
  )
