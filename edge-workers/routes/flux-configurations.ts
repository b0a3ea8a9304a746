// /v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations: GitOps by Azure on a cluster. What is asked for here is a change like any
// other: a file in Git, a plan, somebody else's approval; the answer is the change.
import * as z from 'zod'
import { FluxConfigurationView } from '../../schemas/arc.ts'
import { CreateFluxConfiguration, UpdateFluxConfiguration } from '../../schemas/flux.ts'
import { Digest } from '../../schemas/ids.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param, type RouteDoc } from '../http/route.ts'
import { answerAsked, Preview } from './asking.ts'
import { view } from './change-door.ts'

const TAG = 'Azure Arc'
const LIST = '/v1/tenants/{tenant}/arc/clusters/{id}/flux-configurations'
const ONE = `${LIST}/{configuration}`
const flux = { schema: FluxConfigurationView, name: 'FluxConfiguration' }

const Removal = Preview.extend({ confirm: Digest.optional() })
const at = (c: AppContext): string => `/v1/tenants/${param(c, 'tenant')}/changes`

const asked = {
  ...({ tag: TAG, action: 'changes.create', idempotencyKey: true, query: Preview } as const),
  problems: ['plan-blocked', 'open-change', 'confirm-required', 'conflict'],
  answers: {
    200: { text: 'The preview.', ...view },
    202: { text: 'The accepted change.', ...view },
  },
} satisfies Partial<RouteDoc>

const registerAsking = (app: App): void => {
  addRoute(
    app,
    {
      ...{ ...asked, method: 'post', path: LIST, summary: 'Request a Flux configuration' },
      description:
        'A change that creates a resource of the template `flux-configuration`: `validateOnly`, plan and receipt are those of `POST …/changes`. Flux on the cluster follows `live` of the tenant’s repository, in the directories that are named, in their order. What Azure gets stands in Git as it is, and is put once the change is promoted. Azure gets no credential of the repository: `localAuthRef` names a Secret that is on the cluster already. Prune and wait are said each time, as Azure’s own defaults are others.',
      ...{ body: CreateFluxConfiguration, bodyName: 'CreateFluxConfiguration' },
    },
    answerAsked(
      { body: CreateFluxConfiguration, command: 'POST flux-configurations', at },
      (tenant, caller, { request, ...asking }, c) =>
        tenant.call(caller, 'flux.ask', {
          ...{ ...asking, cluster: param(c, 'id'), asked: { action: 'create', ...request } },
        }),
    ),
  )
  addRoute(
    app,
    {
      ...{ ...asked, method: 'patch', path: ONE, summary: 'Request another Flux configuration' },
      description:
        'A change that updates the resource: the whole `spec` anew. Cluster, namespace and scope stay as they were made. What has drifted in Azure is put back by `POST …/restore`.',
      ...{ body: UpdateFluxConfiguration, bodyName: 'UpdateFluxConfiguration' },
    },
    answerAsked(
      { body: UpdateFluxConfiguration, command: 'PATCH flux-configurations', at },
      (tenant, caller, { request, ...asking }, c) =>
        tenant.call(caller, 'flux.ask', {
          ...{ ...asking, cluster: param(c, 'id') },
          asked: { action: 'update', id: param(c, 'configuration'), ...request },
        }),
    ),
  )
  addRoute(
    app,
    {
      ...{ ...asked, method: 'delete', path: ONE, summary: 'Request the end of a configuration' },
      description:
        'A change that deletes the resource, and with its promotion what it applied, where its kustomizations prune. `confirm` is the digest of the destroy list that the preview (`validateOnly=true`) returns.',
      query: Removal,
    },
    answerAsked(
      {
        ...{ body: z.strictObject({}), optional: true, query: Removal, at },
        command: 'DELETE flux-configurations',
      },
      async (tenant, caller, { request: _, ...asking }, c) => {
        const query = readQuery(c, Removal)
        if (!query.ok) return query
        const { confirm } = query.value
        return tenant.call(caller, 'flux.ask', {
          ...{ ...asking, cluster: param(c, 'id') },
          asked: {
            ...{ action: 'delete', id: param(c, 'configuration') },
            ...(confirm ? { confirm } : {}),
          },
        })
      },
    ),
  )
}

export const registerFluxRoutes = (app: App): void => {
  addRoute(
    app,
    {
      ...{ method: 'get', path: LIST, tag: TAG, action: 'arc.read' },
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
  registerAsking(app)
  addRoute(
    app,
    {
      ...{ method: 'get', path: ONE, tag: TAG, action: 'arc.read' },
      summary: 'Read a Flux configuration',
      description:
        'Compliance and objects as Azure last told them. `applied.commit` is the commit that Flux has applied, with the change that made it: the proof of application. `drifted`: `status.differs` names the fields in which what stands in Azure is not what `file` says in `live`. One that an earlier release put without a file is `drifted` with the fault `not-in-git`, until a change creates the resource of its name.',
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
      ...{ method: 'post', path: `${ONE}/restore`, tag: TAG, action: 'arc.write' },
      summary: 'Put a Flux configuration into Azure again',
      description:
        'What its file in `live` says, where Azure has another. Nothing changes in Git, so nobody has to approve it. Azure changes neither the namespace nor the scope of one that is there: where those differ it answers 409.',
      ...{ ifMatch: true, problems: ['conflict'] },
      answers: { 200: { text: 'The configuration, `pending`.', ...flux } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.call(caller, 'flux.restore', {
        ...{ cluster: param(c, 'id'), id: param(c, 'configuration') },
        ...{ ifVersion: version.value, body: null },
      })
      return answerVersioned(c, result)
    },
  )
}
