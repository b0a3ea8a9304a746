// /v1/regions; sites are in sites.ts, clusters in clusters.ts. Operators write; tenants read what their jurisdiction has.
import { judgeByCatalogue } from '../../gitops/places.ts'
import { Region, RegionView } from '../../schemas/place.ts'
import { directoryStub, inventoryStub } from '../actors/stubs.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { registerClusterRoutes } from './clusters.ts'
import { creates, listOf, lists, readCreation } from './place-routes.ts'
import { registerSiteRoutes } from './sites.ts'

const registerRegionRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/regions', 'List regions', 'Region', RegionView),
    listOf((inventory, page) => inventory.listRegions(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/regions',
      summary: 'Create a region',
      body: Region,
      bodyName: 'CreateRegion',
      answers: { 201: { text: 'The region.', schema: RegionView, name: 'Region' } },
    }),
    async (c) => {
      const creation = await readCreation(c, Region)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      // Before the name is anybody's: a wrong jurisdiction would have it for good.
      const otherwise = judgeByCatalogue(value).map(({ rule, message, pointer = '' }) => ({
        ...{ pointer, detail: message, rule },
      }))
      if (otherwise.length > 0) {
        return answerRefusal(c, { problem: 'invalid-parameters', errors: otherwise })
      }
      const reached = inventoryStub(c.env, value.jurisdiction)
      if (!reached.ok) return answerRefusal(c, reached.refusal)
      const registered = await directoryStub(c.env).registerPlace(
        'region',
        value.name,
        value.jurisdiction,
      )
      if (!registered.ok) return answerRefusal(c, registered.refusal)
      const created = await reached.value.stub.createRegion(key, print, value)
      return answerVersioned(c, created, { status: 201 })
    },
  )
}

export const registerPlaceRoutes = (app: App): void => {
  registerRegionRoutes(app)
  registerSiteRoutes(app)
  registerClusterRoutes(app)
}
