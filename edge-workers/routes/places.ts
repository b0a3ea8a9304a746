// /v1/regions and /v1/clusters; sites are in sites.ts. Operators write; tenants read what their jurisdiction has.
import * as z from 'zod'
import { Cluster, Region } from '../../schemas/place.ts'
import { directoryStub, inventoryStub } from '../actors/stubs.ts'
import { clusterWebhookSecret } from '../auth/cluster-secret.ts'
import { answer, answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { creates, inventoryOf, listOf, lists, readCreation } from './place-routes.ts'
import { registerSiteRoutes } from './sites.ts'

const NewCluster = z.strictObject({
  ...Cluster.shape,
  /** With which the cluster's engine signs its reports; only in this answer. */
  webhookSecret: z.string(),
})

const registerRegionRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/regions', 'List regions', 'Region', Region),
    listOf((inventory, page) => inventory.listRegions(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/regions',
      summary: 'Create a region',
      body: Region,
      bodyName: 'CreateRegion',
      answers: { 201: { text: 'The region.', schema: Region, name: 'Region' } },
    }),
    async (c) => {
      const creation = await readCreation(c, Region)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
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

const registerClusterRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/clusters', 'List clusters', 'Cluster', Cluster),
    listOf((inventory, page) => inventory.listClusters(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/clusters',
      summary: 'Register a cluster',
      description: 'The answer holds the secret with which the cluster’s engine signs its reports.',
      body: Cluster,
      bodyName: 'CreateCluster',
      answers: { 201: { text: 'The cluster.', schema: NewCluster, name: 'NewCluster' } },
    }),
    async (c) => {
      const creation = await readCreation(c, Cluster)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      const inventory = await inventoryOf(c.env, 'cluster', value)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const created = await inventory.value.createCluster(key, print, value)
      return answer(c, created, {
        status: 201,
        show: ({ value: { webhookGeneration, ...cluster } }) => ({
          ...cluster,
          webhookSecret: clusterWebhookSecret(c.env, cluster.name, webhookGeneration),
        }),
      })
    },
  )
}

export const registerPlaceRoutes = (app: App): void => {
  registerRegionRoutes(app)
  registerSiteRoutes(app)
  registerClusterRoutes(app)
}
