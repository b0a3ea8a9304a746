// /v1/tenants/{tenant}/workloads: which programs may come with a token of another issuer instead of a secret of ours.
import { CreateWorkload, WORKLOAD_PRESETS, WorkloadView } from '../../schemas/workload.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Workload identity'
const LIST = '/v1/tenants/{tenant}/workloads'
const ONE = `${LIST}/{id}`
const view = { schema: WorkloadView, name: 'Workload' }

const PRESETS = WORKLOAD_PRESETS.map(
  ({ name, issuer, audience, claims, note }) =>
    `- **${name}**: issuer ${issuer}; audience ${audience}; claims \`${JSON.stringify(claims)}\`. ${note}`,
).join('\n')

const ABOUT = `Tokens of this issuer, for this audience and with exactly these claims, are exchanged at \`POST /v1/token\` for short tokens of the service account. Claims are compared as text and whole: no wildcards, no paths into objects; of a list one member must be equal; what is missing or empty never matches. Bind \`sub\` wherever you can. Nobody who makes a workload approves what it asks for.

The audience is your tenant’s address in this API unless you say otherwise. What to send for:
${PRESETS}`

export const registerWorkloadRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Trust a workload',
      description: ABOUT,
      tag: TAG,
      action: 'workloads.create',
      idempotencyKey: true,
      body: CreateWorkload,
      bodyName: 'CreateWorkload',
      answers: { 201: { text: 'The workload.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, CreateWorkload)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'workloads.create', {
        ...{ key: key.value, body: body.value },
        fingerprint: fingerprint(body.value, 'POST workloads'),
      })
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.id}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List workloads',
      tag: TAG,
      action: 'workloads.read',
      answers: { 200: { text: 'The workloads that are trusted now.', ...view, list: true } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const page = readPage(c, { tenantId })
      if (!page.ok) return answerRefusal(c, page.refusal)
      return answerPage(c, await tenant.call(caller, 'workloads.list', page.value), { tenantId })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a workload',
      tag: TAG,
      action: 'workloads.read',
      answers: { 200: { text: 'The workload.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.call(caller, 'workloads.read', param(c, 'id')))
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Trust a workload no more',
      description: 'It is exchanged no more, and every token that came of it stops at once.',
      tag: TAG,
      action: 'workloads.delete',
      ifMatch: true,
      answers: { 200: { text: 'The workload as it was.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: null }
      return answerVersioned(c, await tenant.call(caller, 'workloads.delete', input))
    },
  )
}
