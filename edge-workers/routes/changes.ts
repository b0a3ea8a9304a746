// /v1/tenants/{tenant}/changes: ask for infrastructure, look at the consequence, watch it become real.
// Decisions about a change (approve, merge, …) are in decisions.ts, its documents (plan, diff, files, events) in documents.ts.
import * as z from 'zod'
import { ChangeRequest, ChangeState } from '../../schemas/change.ts'
import { Slug } from '../../schemas/ids.ts'
import { ok, type Result } from '../../schemas/result.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerPacked } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { changeDoor, defined, LIST, ONE, READERS, TAG, view } from './change-door.ts'
import { registerDecisionRoutes } from './decisions.ts'
import { registerDocumentRoutes } from './documents.ts'

const Filter = z.strictObject({ state: ChangeState.optional(), name: Slug.optional() })
const Preview = z.strictObject({ validateOnly: z.enum(['true', 'false']).optional() })

export const registerChangeRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Request a change',
      description:
        'With `validateOnly=true` nothing is written and the answer is the plan: placement, capacity, quota, destroy list, findings. Otherwise the answer is the accepted change with a signed receipt; its pull request follows within moments.',
      tag: TAG,
      who: 'owner, admin, requester',
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
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const query = readQuery(c, Preview)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const validateOnly = query.value.validateOnly === 'true'
      const key: Result<string | null> = validateOnly ? ok(null) : requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, ChangeRequest)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.createChange(caller, {
        key: key.value,
        fingerprint: fingerprint(body.value, 'POST changes'),
        request: body.value,
        validateOnly,
      })
      const { id, replayed } = result.ok ? result.value : { id: null }
      return answer(c, result, {
        status: validateOnly ? 200 : 202,
        headers: {
          ...(id === null ? {} : { location: `${c.req.path}/${id}` }),
          // Stripe's word for the answer to a key that was seen before.
          ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
        },
        show: ({ replayed: _told, ...change }) => change,
      })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List changes',
      description: 'Newest first.',
      tag: TAG,
      who: READERS,
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
      who: READERS,
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
}
