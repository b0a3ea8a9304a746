// /v1/tenants/{tenant}/arc/clusters: clusters in Azure Arc and on AKS, and what GitOps does on them.
import {
  ArcClusterView,
  CreateArcCluster,
  CreateFluxConfiguration,
  FluxConfigurationView,
  MadeArcCluster,
  UpdateFluxConfiguration,
} from '../../schemas/arc.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { fingerprint, readKeyed, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'

const TAG = 'Azure Arc'
const LIST = '/v1/tenants/{tenant}/arc/clusters'
const ONE = `${LIST}/{id}`
const FLUX = `${ONE}/flux-configurations`
const view = { schema: ArcClusterView, name: 'ArcCluster' }
const made = { schema: MadeArcCluster, name: 'MadeArcCluster' }
const flux = { schema: FluxConfigurationView, name: 'FluxConfiguration' }

const registerMakers = (app: App): void => {
  addRoute(
    app,
    {
      ...{ method: 'post', path: LIST, tag: TAG, action: 'arc.write', idempotencyKey: true },
      summary: 'Register a cluster for Azure Arc',
      description:
        'One on which the tenant has a base, or that it owns. `connected`: it stands elsewhere. The answer has, once, what connects it: values of Microsoft’s chart with the private key of its agents (RSA, 4,096 bits), which is kept nowhere, and a script; Azure is given the public half. `connect.cli` is Microsoft’s own way, which makes a key of its own. `managed`: an AKS cluster of the tenant’s resource group, which is looked at and never changed but for GitOps. A repeat under the same Idempotency-Key shows `connect: null`; `POST …/keys` makes another key.',
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

const registerFluxRoutes = (app: App): void => {
  addRoute(
    app,
    {
      ...{ method: 'get', path: FLUX, tag: TAG, action: 'arc.read' },
      summary: 'List a cluster’s Flux configurations',
      answers: { 200: { text: 'The configurations, by name.', ...flux, list: true } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const listed = await tenant.call(caller, 'flux.list', { cluster: param(c, 'id') })
      return answerPage(c, listed, { tenantId })
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: FLUX, tag: TAG, action: 'arc.write', idempotencyKey: true },
      summary: 'Create a Flux configuration',
      description:
        'Flux on the cluster follows `live` of the tenant’s repository, in the directories that are named, in their order. Azure gets no credential of the repository: `localAuthRef` names a Secret that is on the cluster already. Prune and wait are said each time, as Azure’s own defaults are others.',
      ...{ body: CreateFluxConfiguration, bodyName: 'CreateFluxConfiguration' },
      problems: ['conflict'],
      answers: { 201: { text: 'The configuration, `pending`.', ...flux } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateFluxConfiguration, 'POST flux-configurations')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const input = { ...asked.value, cluster: param(c, 'id') }
      const result = await tenant.call(caller, 'flux.create', input)
      const headers = result.ok ? { location: `${c.req.path}/${result.value.value.id}` } : {}
      return answerVersioned(c, result, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: `${FLUX}/{configuration}`, tag: TAG, action: 'arc.read' },
      summary: 'Read a Flux configuration',
      description:
        'Compliance and objects as Azure last told them. `applied.commit` is the commit that Flux has applied, with the change that made it: the proof of application. `drifted`: `status.differs` names the fields in which what stands in Azure is not what was put.',
      answers: { 200: { text: 'The configuration.', ...flux } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const input = { cluster: param(c, 'id'), id: param(c, 'configuration') }
      return answerVersioned(c, await tenant.call(caller, 'flux.read', input))
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'patch', path: `${FLUX}/{configuration}`, tag: TAG, action: 'arc.write' },
      summary: 'Change a Flux configuration',
      description:
        'The whole `spec` anew; also what puts it back where it has drifted. Namespace and scope stay as they were made.',
      ...{ ifMatch: true, body: UpdateFluxConfiguration, bodyName: 'UpdateFluxConfiguration' },
      problems: ['conflict'],
      answers: { 200: { text: 'The configuration, `pending`.', ...flux } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateFluxConfiguration)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.call(caller, 'flux.update', {
        ...{ cluster: param(c, 'id'), id: param(c, 'configuration') },
        ...{ ifVersion: version.value, body: body.value },
      })
      return answerVersioned(c, result)
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'delete', path: `${FLUX}/{configuration}`, tag: TAG, action: 'arc.remove' },
      summary: 'Remove a Flux configuration',
      description:
        'With what it applied, where its kustomizations prune: `removing` until Azure says that it is gone.',
      ifMatch: true,
      answers: { 200: { text: 'The configuration, `removing`.', ...flux } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.call(caller, 'flux.remove', {
        ...{ cluster: param(c, 'id'), id: param(c, 'configuration') },
        ...{ ifVersion: version.value, body: null },
      })
      return answerVersioned(c, result)
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
