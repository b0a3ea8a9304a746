// The Azure locations in which a tenant's things may be, as the cluster's own policy is given them. Pure. A system that
// denies more than its tenant is seen by the plan alone: a cluster does not know which object belongs to which system.
import { azureLocations } from '../schemas/parameters/azure.ts'
import type { Residency } from '../schemas/residency.ts'
import { forbids } from './residency/allowed.ts'
import { knownRegion } from './residency/regions.ts'

/** What Azure calls the place of things that are everywhere: public DNS, alerts' receivers. */
const EVERYWHERE = 'global'

export const allowedLocations = (residency: Residency): string[] => {
  const names = Object.entries(azureLocations).flatMap(([name, { pair }]) =>
    pair === null ? [name] : [name, pair],
  )
  const allowed = [...new Set(names)].filter((name) => {
    const jurisdiction = knownRegion(name, [])?.jurisdiction
    return (
      jurisdiction !== undefined &&
      forbids({ residency, system: undefined }, { names: [name], jurisdiction }) === null
    )
  })
  return [EVERYWHERE, ...allowed.sort()]
}
