// /v1/tenants/{tenant}/arc/clusters: clusters in Azure Arc and on AKS, and what GitOps does on them.
import { ArcClusterView, CreateArcCluster, MadeArcCluster } from '../../schemas/arc.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { fingerprint, readKeyed, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'
import { registerFluxRoutes } from './flux-configurations.ts'

const TAG = 'Azure Arc'
const LIST = '/v1/tenants/{tenant}/arc/clusters'
const ONE = `${LIST}/{id}`
const view = { schema: ArcClusterView, name: 'ArcCluster' }
const made = { schema: MadeArcCluster, name: 'MadeArcCluster' }

const registerMakers = (app: App): void => {
  addRoute(
    app,
    {
      ...{ method: 'post', path: LIST, tag: TAG, action: 'arc.write', idempotencyKey: true },
      summary: 'Register a cluster for Azure Arc',
      description:
        'One on which the tenant has a base, or that it owns. `connected`: it stands elsewhere. The answer has, once, what connects it: values of Microsoft’s chart with the private key of its agents (RSA, 4,096 bits), which is kept nowhere, and a script; Azure is given the public half. With `connectBy: "cli"` there is none of that: `next` has the command of Microsoft’s own way, which makes and registers a key of its own. `managed`: an AKS cluster of the tenant’s resource group, which is looked at and never changed but for GitOps. A repeat under the same Idempotency-Key shows `connect: null`; `POST …/keys` makes another key.',
      ...{ body: CreateArcCluster, bodyName: 'CreateArcCluster', problems: ['conflict'] },
      answers: { 201: { text: 'The cluster, and what connects it.', ...made } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateArcCluster, 'POST arc/clusters')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.call(caller, 'arc-clusters.create', asked.value)
      const headers = result.ok
        ? { location: `${c.req.path}/${result.value.value.cluster.id}` }
        : {}
      return answerVersioned(c, result, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/keys`, tag: TAG, action: 'arc.write' },
      summary: 'Make another key for a cluster’s agents',
      description: 'The one before ends. Not while Azure hears from the agents.',
      ...{ idempotencyKey: true, problems: ['conflict'] },
      answers: { 201: { text: 'The cluster, and what connects it.', ...made } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), key: key.value, body: null }
      const print = fingerprint(null, 'POST arc/clusters/keys')
      const result = await tenant.call(caller, 'arc-clusters.rekey', {
        ...input,
        fingerprint: print,
      })
      return answerVersioned(c, result, { status: 201 })
    },
  )
}

export const registerArcClusterRoutes = (app: App): void => {
  registerMakers(app)
  addRoute(
    app,
    {
      ...{ method: 'get', path: LIST, tag: TAG, action: 'arc.read' },
      summary: 'List clusters in Azure Arc',
      answers: { 200: { text: 'The clusters, newest first.', ...view, list: true } },
    },
    answerList('arc-clusters.list'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: ONE, tag: TAG, action: 'arc.read' },
      summary: 'Read a cluster in Azure Arc',
      answers: { 200: { text: 'The cluster, as Azure last said it is.', ...view } },
    },
    answerOne('arc-clusters.read'),
  )
  addRoute(
    app,
    {
      ...{ method: 'delete', path: ONE, tag: TAG, action: 'arc.remove', problems: ['conflict'] },
      summary: 'Remove a cluster from Azure Arc',
      description:
        'Its Flux configurations go first. An AKS cluster itself is left alone: it is no longer looked at.',
      ifMatch: true,
      answers: { 200: { text: 'The cluster, `removing` or `removed`.', ...view } },
    },
    answerEnd('arc-clusters.remove'),
  )
  registerFluxRoutes(app)
}
