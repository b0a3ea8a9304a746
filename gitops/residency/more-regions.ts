// Jurisdictions of regions in which nothing of ours runs, but stores for backups and logs do: by the names that addresses
// give away. A region outside every jurisdiction that Phoenix knows is not here.
import type { Jurisdiction } from '../../schemas/ids.ts'
import { amazonRegions } from './amazon-regions.ts'
import { googleRegions } from './google-regions.ts'
import { wasabiRegions } from './wasabi-regions.ts'

export const AZURE_GOVERNMENT = 'azure-government'

const byName: ReadonlyMap<string, Jurisdiction> = new Map(
  [amazonRegions, googleRegions, wasabiRegions, { us: [AZURE_GOVERNMENT] }].flatMap((table) =>
    Object.entries(table).flatMap(([jurisdiction, names]) =>
      names.map((name): [string, Jurisdiction] => [name, jurisdiction as Jurisdiction]),
    ),
  ),
)

export const jurisdictionElsewhere = (name: string): Jurisdiction | undefined => byName.get(name)
