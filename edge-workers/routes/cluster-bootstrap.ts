// /v1/clusters/{cluster}/bootstrap and /health: what a new cluster is given so that it follows live, and when it was last heard of.
import * as z from 'zod'
import { bootstrapText } from '../../gitops/bootstrap.ts'
import { inventoryStub } from '../actors/stubs.ts'
import { platformDoor } from '../auth/door.ts'
import { repositoryUrl } from '../forge-address.ts'
import { answerDigested, answerJson } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { findCluster } from './entry-points.ts'

const ClusterHealth = z.strictObject({
  /** `silent`: nothing for a day. Engines speak when something changes: silence alone is no illness. */
  state: z.enum(['never', 'heard', 'silent']),
  lastReportAt: z.iso.datetime().nullable(),
  /** What its last report said of what it was about. */
  lastState: z.string().nullable(),
})
const SILENT_MILLISECONDS = 86_400_000

const registerHealth = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/clusters/{cluster}/health',
      summary: 'Read when a cluster was last heard of',
      description:
        'By the reports of its engine. How each resource on it is, its tenant reads with the resource.',
      tag: 'Places',
      action: 'platform.write',
      answers: { 200: { text: 'Its health.', schema: ClusterHealth, name: 'ClusterHealth' } },
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const name = param(c, 'cluster')
      const found = await findCluster(c, name)
      const inventory = found && inventoryStub(c.env, found.jurisdiction)
      if (!inventory) return answerRefusal(c, { problem: 'not-found' })
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const last = await inventory.value.stub.heardOf(name)
      const age = last ? c.get('clock')().getTime() - Date.parse(last.at) : 0
      return answerJson(c, {
        state: last === null ? 'never' : age > SILENT_MILLISECONDS ? 'silent' : 'heard',
        ...{ lastReportAt: last?.at ?? null, lastState: last?.state ?? null },
      } satisfies z.infer<typeof ClusterHealth>)
    },
  )

export const registerClusterBootstrapRoutes = (app: App): void => {
  registerHealth(app)
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/clusters/{cluster}/bootstrap',
      summary: 'Read a cluster’s bootstrap bundle',
      description:
        'YAML for `kubectl apply`, with the steps as comments: the engine’s namespace, and the entry that makes it follow `live` of the platform repository. Secrets are named, and are not in it. Commit the entry points (`…/entry-points`) before you apply it.',
      tag: 'Places',
      action: 'platform.write',
      answers: { 200: { text: 'The bundle.', contentType: 'application/yaml' } },
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const found = await findCluster(c, param(c, 'cluster'))
      if (!found) return answerRefusal(c, { problem: 'not-found' })
      const text = bootstrapText({
        cluster: found.cluster,
        platformRepositoryUrl: repositoryUrl(c.env, c.env.PLATFORM_REPOSITORY),
        publicUrl: c.env.PUBLIC_URL,
      })
      return answerDigested(c, text, 'application/yaml')
    },
  )
}
