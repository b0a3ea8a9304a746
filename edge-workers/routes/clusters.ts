// /v1/clusters: where manifests are rendered to. Operators write; tenants read those of their jurisdiction.
import * as z from 'zod'
import { Cluster, UpdateCluster } from '../../schemas/place.ts'
import { isOperator } from '../../schemas/principal.ts'
import { ok, refuse } from '../../schemas/result.ts'
import { findTenant } from '../actors/stubs.ts'
import { clusterWebhookSecret } from '../auth/cluster-secret.ts'
import { platformDoor } from '../auth/door.ts'
import { answer, answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import {
  creates,
  inventoryOf,
  keeperOf,
  listOf,
  lists,
  READERS,
  readCreation,
  readPatch,
  TAG,
} from './place-routes.ts'

const view = { schema: Cluster, name: 'Cluster' }
const NewCluster = z.strictObject({
  ...Cluster.shape,
  /** With which the cluster's engine signs its reports; only in this answer. */
  webhookSecret: z.string(),
})

/** Whose cluster it is says that somebody else exists. */
const withoutOwner = ({ owner, ...cluster }: Cluster, slug: string): Cluster =>
  owner === slug ? { ...cluster, owner } : cluster

export const registerClusterRoutes = (app: App): void => {
  addRoute(
    app,
    lists('/v1/clusters', 'List clusters', 'Cluster', Cluster),
    listOf((inventory, page) => inventory.listClusters(page), withoutOwner),
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
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/clusters/{cluster}',
      summary: 'Read a cluster',
      tag: TAG,
      action: 'catalogue.read',
      who: READERS,
      answers: { 200: { text: 'The cluster.', ...view } },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const name = param(c, 'cluster')
      const inventory = await keeperOf(c.env, who.value, 'cluster', name)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const found = await inventory.value.readCluster(name)
      const slug = (await findTenant(c.env, who.value.tenantId))?.slug ?? ''
      return answerVersioned(c, found ? ok(found) : refuse('not-found'), {
        show: ({ webhookGeneration: _generation, ...cluster }) =>
          isOperator(who.value) ? cluster : withoutOwner(cluster, slug),
      })
    },
  )
  addRoute(
    app,
    {
      method: 'patch',
      path: '/v1/clusters/{cluster}',
      summary: 'Change a cluster',
      description:
        'Sets its owner, who alone may install what reaches beyond a namespace. Commit the entry points anew afterwards.',
      tag: TAG,
      action: 'platform.write',
      ifMatch: true,
      body: UpdateCluster,
      bodyName: 'UpdateCluster',
      answers: { 200: { text: 'The cluster as it is now.', ...view } },
    },
    async (c) => {
      const patch = await readPatch(c, 'cluster', UpdateCluster)
      if (!patch.ok) return answerRefusal(c, patch.refusal)
      const { inventory, name, version, change } = patch.value
      return answerVersioned(c, await inventory.updateCluster(name, version, change))
    },
  )
}
