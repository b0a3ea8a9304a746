// The catalogue of regions: Azure's public ones and stand-ins, in three tiers, 325 together. It says where an installation
// could be; what it has is in its inventories.

import { Jurisdiction } from '../../schemas/ids.ts'
import type { Tier } from '../../schemas/place.ts'
import type { CatalogueRegion } from '../../schemas/region-catalogue.ts'
import { azureRegions } from './azure.ts'
import { standInEdge, standInRegional } from './stand-ins.ts'
import { tiers } from './tiers.ts'

/** Members of the European Union in the catalogue: its law holds there. */
const UNION = new Set(
  'at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk'.split(' '),
)

/** Whose law holds in a country of the catalogue. */
const jurisdictionOf = (country: string): Jurisdiction =>
  Jurisdiction.parse(UNION.has(country) ? 'eu' : country === 'gb' ? 'uk' : country)

type Made = Pick<CatalogueRegion, 'name' | 'country' | 'standIn'> &
  Partial<Pick<CatalogueRegion, 'pairedWith' | 'adjacent'>> & { tier: Tier }

const region = ({ name, country, tier, standIn, pairedWith, adjacent }: Made): CatalogueRegion => {
  const { latency, availabilityPercent } = tiers[tier]
  return {
    ...{ name, jurisdiction: jurisdictionOf(country), country, tier, latency, standIn },
    ...{ pairedWith: pairedWith ?? null, adjacent: adjacent ?? [], availabilityPercent },
  }
}

/** Of a pair in one jurisdiction each is the other's neighbour. */
const ofAzure: CatalogueRegion[] = Object.entries(azureRegions).map(
  ([name, { country, tier, pairedWith }]) => {
    const pair = pairedWith === undefined ? undefined : azureRegions[pairedWith]
    const near = pair && jurisdictionOf(pair.country) === jurisdictionOf(country)
    return region({
      ...{ name, country, tier, standIn: false },
      ...(pairedWith === undefined ? {} : { pairedWith }),
      adjacent: near && pairedWith !== undefined ? [pairedWith] : [],
    })
  },
)

const regionalStandIns: CatalogueRegion[] = Object.entries(standInRegional).map(([country, town]) =>
  region({ name: `regional-${country}-${town}`, country, tier: 'regional', standIn: true }),
)

const towns = Object.entries(standInEdge).flatMap(([country, names]) =>
  names.split(' ').map((town) => ({ name: `edge-${country}-${town}`, country })),
)

/** The one before and the one after in the row, as far as the jurisdiction is the same. */
const edges: CatalogueRegion[] = towns.map(({ name, country }, at) => {
  const near = [towns[at - 1], towns[at + 1]].flatMap((other) =>
    other && jurisdictionOf(other.country) === jurisdictionOf(country) ? [other.name] : [],
  )
  return region({ name, country, tier: 'edge', standIn: true, adjacent: near })
})

/** By name. */
export const regionCatalogue: readonly CatalogueRegion[] = [
  ...ofAzure,
  ...regionalStandIns,
  ...edges,
].sort((a, b) => (a.name < b.name ? -1 : 1))

const byName = new Map(regionCatalogue.map((row) => [row.name, row]))

/** A region by its name, also as Azure shows it (`West Europe`); undefined where the catalogue has none. */
export const regionOf = (name: string): CatalogueRegion | undefined =>
  byName.get(name) ?? byName.get(name.toLowerCase().replaceAll(' ', ''))
