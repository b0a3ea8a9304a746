// What stands in places that the owners no longer allow: it is said, and nothing happens to it by itself.
import { eq, ne } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { readPlanRow } from '../context.ts'
import type { OutsidePlace } from './contracts.ts'

const { resources, changes } = tables

/** By the places that the plan of each resource named. A site counts by its own name and by its region's. */
export const outsideOf = (context: TenantContext): OutsidePlace[] => {
  const allowed = context.tenant().settings.allowedRegions
  if (allowed === undefined) return []
  return context.db
    .select({ name: resources.name, id: changes.id, revision: resources.revision })
    .from(resources)
    .innerJoin(changes, eq(changes.id, resources.changeId))
    .where(ne(resources.state, 'removed'))
    .all()
    .flatMap(({ name, id, revision }) => {
      const { plan, snapshot } = readPlanRow(context.db, { id, revision })
      const regionOf = new Map(
        [...snapshot.sites, ...snapshot.clusters].map((place) => [place.name, place.region]),
      )
      const places = plan.residency.flatMap(({ place }) => {
        if (place === null) return []
        const names = [place, regionOf.get(place) ?? place]
        return names.some((one) => allowed.includes(one)) ? [] : [place]
      })
      return places.length === 0 ? [] : [{ resource: name, places: [...new Set(places)].sort() }]
    })
}
