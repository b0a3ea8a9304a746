// /v1/tenants/{tenant}/changes: ask for infrastructure, look at the consequence, watch it become real.
// Decisions about a change (approve, merge, …) are in decisions.ts, its documents (plan, diff, files, events) in documents.ts.
import * as z from 'zod'
import { ChangeRequest, ChangeState } from '../../schemas/change.ts'
import { Slug } from '../../schemas/ids.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerPacked } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { registerApprovalRequestRoutes } from './approval-requests.ts'
import { answerAsked, Preview } from './asking.ts'
import { changeDoor, defined, LIST, ONE, TAG, view } from './change-door.ts'
import { registerDecisionRoutes } from './decisions.ts'
import { registerDocumentRoutes } from './documents.ts'

const Filter = z.strictObject({ state: ChangeState.optional(), name: Slug.optional() })

export const registerChangeRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Request a change',
      description:
        'With `validateOnly=true` nothing is written and the answer is the plan: placement, capacity, quota, destroy list, findings. Otherwise the answer is the accepted change with a signed receipt; its pull request follows within moments. The action `failover` moves a resource: its parameters are `from` and `to`, two sites or two regions.',
      tag: TAG,
      action: 'changes.create',
      idempotencyKey: true,
      query: Preview,
      body: ChangeRequest,
      bodyName: 'ChangeRequest',
      answers: {
        200: { text: 'The preview.', ...view },
        202: { text: 'The accepted change.', ...view },
      },
      problems: ['plan-blocked', 'open-change', 'confirm-required', 'conflict'],
    },
    answerAsked({ body: ChangeRequest, command: 'POST changes' }, (tenant, caller, asking) =>
      tenant.createChange(caller, asking),
    ),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List changes',
      description: 'Newest first.',
      tag: TAG,
      action: 'changes.read',
      query: Filter,
      answers: { 200: { text: 'The changes.', ...view, list: true } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const filter = readQuery(c, Filter)
      if (!filter.ok) return answerRefusal(c, filter.refusal)
      const scope = { tenantId, filter: filter.value }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      return answerPage(
        c,
        await tenant.listChanges(caller, page.value, defined(filter.value)),
        scope,
      )
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a change',
      description: 'State, pull request, gate, approvals, targets, and who may do what next.',
      tag: TAG,
      action: 'changes.read',
      answers: { 200: { text: 'The change.', ...view } },
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const { tenant, caller, id } = found.value
      return answerPacked(c, await tenant.readChange(caller, id))
    },
  )

  registerDocumentRoutes(app)
  registerDecisionRoutes(app)
  registerApprovalRequestRoutes(app)
}
