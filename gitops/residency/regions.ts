// What is known of a place by its name: first what the operators said of their own regions, then the catalogue, then what
// other vendors publish of theirs.
import { azureLocations } from '../../schemas/parameters/azure.ts'
import type { Region } from '../../schemas/place.ts'
import { regionOf } from '../../templates/index.ts'
import { jurisdictionElsewhere } from './more-regions.ts'

export interface KnownRegion {
  jurisdiction: string
  /** Null where the region is in no tier of ours. */
  tier: Region['tier'] | null
  /** Names of the regions beside it. */
  adjacent: readonly string[]
  standIn: boolean
}

export const knownRegion = (name: string, regions: readonly Region[]): KnownRegion | null => {
  const known = regions.find((region) => region.name === name) ?? regionOf(name)
  if (known) {
    const { jurisdiction, tier, adjacent = [], standIn } = known
    return { jurisdiction, tier, adjacent, standIn }
  }
  const jurisdiction = jurisdictionElsewhere(name)
  return jurisdiction === undefined
    ? null
    : { jurisdiction, tier: null, adjacent: [], standIn: false }
}

/**
 * Where Azure keeps geo-redundant copies of what is in `location`; null where it says of none. A pair need not be
 * mutual: Brazil South keeps its copies in the United States, and nobody keeps any there.
 */
export const pairOf = (location: string): string | null =>
  Object.hasOwn(azureLocations, location)
    ? azureLocations[location as keyof typeof azureLocations].pair
    : (regionOf(location)?.pairedWith ?? null)
