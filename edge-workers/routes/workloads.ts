// /v1/tenants/{tenant}/workloads: which programs may come with a token of another issuer instead of a secret of ours.
import { CreateWorkload, WORKLOAD_PRESETS, WorkloadView } from '../../schemas/workload.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'

const TAG = 'Workload identity'
const LIST = '/v1/tenants/{tenant}/workloads'
const ONE = `${LIST}/{id}`
const view = { schema: WorkloadView, name: 'Workload' }

const PRESETS = WORKLOAD_PRESETS.map(
  ({ name, issuer, audience, claims, note }) =>
    `- **${name}**: issuer ${issuer}; audience ${audience}; claims \`${JSON.stringify(claims)}\`. ${note}`,
).join('\n')

const ABOUT = `Tokens of this issuer, for this audience and with exactly these claims, are exchanged at \`POST /v1/token\` for short tokens of the service account. Claims are compared as text and whole: no wildcards, no paths into objects; of a list one member must be equal; what is missing or empty never matches. Bind \`sub\` wherever you can. Nobody who makes a workload approves what it asks for; whoever can make the program run acts by it too, so let that be nobody who approves.

Of an issuer that people sign in with here, only an application’s own tokens are taken (its \`sub\` is the client, or Entra’s \`oid\`; \`idtyp\` is \`app\`; or it is the client’s service account of Keycloak), and never a person’s.

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
      const asked = await readKeyed(c, CreateWorkload, 'POST workloads')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'workloads.create', asked.value)
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
    answerList('workloads.list'),
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
    answerOne('workloads.read'),
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/confirm`,
      summary: 'Confirm a workload that a restore set aside',
      description:
        'After a restore from a backup nobody knows which workloads were deleted since: none of their tokens is exchanged until a person who owns the tenant, or an operator, confirms it here. The same however often.',
      tag: TAG,
      action: 'tokens.confirm',
      answers: { 200: { text: 'The workload.', ...view } },
    },
    answerOne('workloads.confirm'),
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
    answerEnd('workloads.delete'),
  )
}
