// What people decide about a change. Approvals, revisions and reverts make something new and need an Idempotency-Key;
// merge, reject and cancel may go without: each is the same however often the same person says it.
import type * as z from 'zod'
import {
  ApproveRequest,
  type ChangeView,
  ReasonRequest,
  ReviseRequest,
} from '../../schemas/change.ts'
import type { Action } from '../../schemas/principal.ts'
import type { ProblemName } from '../../schemas/problems.ts'
import { ok, type Result } from '../../schemas/result.ts'
import type { Caller, TenantApi } from '../actors/contracts.ts'
import { answer } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { requireIdempotencyKey } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { changeDoor, ONE, TAG, view } from './change-door.ts'

interface Decision<Body> {
  name: string
  summary: string
  description: string
  action: Action
  status: 200 | 201 | 202
  needsKey: boolean
  body: z.ZodType<Body>
  bodyName: string
  problems?: ProblemName[]
  act: (
    tenant: TenantApi,
    caller: Caller,
    id: string,
    key: string,
    body: Body,
  ) => Promise<Result<ChangeView>>
}

const approve: Decision<z.infer<typeof ApproveRequest>> = {
  name: 'approvals',
  summary: 'Approve a change',
  description:
    'Binds to the present head, its tree and what the plan read. A push or a revision voids it. Name `headSha` to approve nothing else. Where the tenant’s rules ask for credentials, this is refused with `credential-required`: POST …/approval-requests.',
  action: 'changes.approve',
  status: 201,
  needsKey: true,
  body: ApproveRequest,
  bodyName: 'ApproveRequest',
  problems: ['separation-of-duties', 'credential-required', 'wrong-state'],
  act: (tenant, caller, id, key, body) => tenant.approveChange(caller, id, key, body),
}

const merge: Decision<z.infer<typeof ReasonRequest>> = {
  name: 'merge',
  summary: 'Merge an approved change',
  description:
    'Merges at exactly the approved head. The clusters follow `live`, which moves after everything has been checked again.',
  action: 'changes.merge',
  status: 200,
  needsKey: false,
  body: ReasonRequest,
  bodyName: 'ReasonRequest',
  problems: ['separation-of-duties', 'wrong-state'],
  act: (tenant, caller, id, key) => tenant.mergeChange(caller, id, key),
}

const reject: Decision<z.infer<typeof ReasonRequest>> = {
  name: 'reject',
  summary: 'Reject a change',
  description: 'Closes the pull request and frees what was reserved.',
  action: 'changes.reject',
  status: 200,
  needsKey: false,
  body: ReasonRequest,
  bodyName: 'ReasonRequest',
  problems: ['wrong-state'],
  act: (tenant, caller, id, key, { reason }) =>
    tenant.rejectChange(caller, id, key, reason ?? null),
}

const cancel: Decision<z.infer<typeof ReasonRequest>> = {
  name: 'cancel',
  summary: 'Withdraw a change',
  description: 'Closes the pull request and frees what was reserved.',
  action: 'changes.revise',
  status: 200,
  needsKey: false,
  body: ReasonRequest,
  bodyName: 'ReasonRequest',
  problems: ['wrong-state'],
  act: (tenant, caller, id, key, { reason }) =>
    tenant.cancelChange(caller, id, key, reason ?? null),
}

const revise: Decision<z.infer<typeof ReviseRequest>> = {
  name: 'revisions',
  summary: 'Revise a change',
  description:
    'Plans again on the present base, with new parameters or the same ones; the pull request gets the new head and every approval is void. Restores a head that somebody touched.',
  action: 'changes.revise',
  status: 202,
  needsKey: true,
  body: ReviseRequest,
  bodyName: 'ReviseRequest',
  problems: ['wrong-state', 'plan-blocked'],
  act: (tenant, caller, id, key, { parameters }) =>
    tenant.reviseChange(caller, id, key, parameters ?? null),
}

const revert: Decision<z.infer<typeof ReasonRequest>> = {
  name: 'revert',
  summary: 'Revert a change',
  description:
    'Requests the inverse as a change of its own, with its own plan and its own approval. Git is asked first: refused where main was changed by hand at its files since, and where an update would not lead back to what Git had, byte by byte.',
  action: 'changes.revert',
  status: 202,
  needsKey: true,
  body: ReasonRequest,
  bodyName: 'ReasonRequest',
  problems: ['wrong-state', 'plan-blocked', 'open-change', 'conflict', 'outage'],
  act: (tenant, caller, id, key, { reason }) =>
    tenant.revertChange(caller, id, key, reason ?? null),
}

/** The caller's key, or one of this request's own where repeating is harmless anyway. */
const keyOf = (
  c: AppContext,
  { name, needsKey }: { name: string; needsKey: boolean },
): Result<string> =>
  needsKey || c.req.header('idempotency-key') !== undefined
    ? requireIdempotencyKey(c)
    : ok(`${name}:${crypto.randomUUID()}`)

const register = <Body>(app: App, decision: Decision<Body>): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/${decision.name}`,
      summary: decision.summary,
      description: decision.description,
      tag: TAG,
      action: decision.action,
      idempotencyKey: decision.needsKey,
      body: decision.body,
      bodyOptional: true,
      bodyName: decision.bodyName,
      answers: { [decision.status]: { text: 'The change as it is now.', ...view } },
      ...(decision.problems ? { problems: decision.problems } : {}),
    },
    async (c) => {
      const found = await changeDoor(c)
      if (!found.ok) return answerRefusal(c, found.refusal)
      const key = keyOf(c, decision)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, decision.body, { optional: true })
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller, id } = found.value
      return answer(c, await decision.act(tenant, caller, id, key.value, body.value), {
        status: decision.status,
      })
    },
  )
}

export const registerDecisionRoutes = (app: App): void => {
  register(app, approve)
  register(app, merge)
  register(app, reject)
  register(app, cancel)
  register(app, revise)
  register(app, revert)
}
