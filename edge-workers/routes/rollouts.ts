// /v1/tenants/{tenant}/rollouts: a system in phases. Ask for it, watch whom it waits on, report what people did.
import type * as z from 'zod'
import type { Action } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import {
  PrerequisiteReport,
  RolloutCommand,
  RolloutRequest,
  RolloutSummary,
  RolloutView,
  TaskReport,
} from '../../schemas/rollout.ts'
import type { Caller, TenantApi } from '../actors/contracts.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerDigested } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param, type RouteDoc } from '../http/route.ts'
import { answerAsked, Preview } from './asking.ts'

const TAG = 'Rollouts'
const LIST = '/v1/tenants/{tenant}/rollouts'
const ONE = `${LIST}/{id}`
const view = { schema: RolloutView, name: 'Rollout' }

/** The tenant's door and the id in the path; an id of another shape is simply not found, by whoever may ask for the action. */
const rolloutDoor = async (c: AppContext, action: Action) => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return door
  const { tenant, caller } = door.value
  const id = param(c, 'id')
  if (/^rol_[a-z2-7]{26}$/.test(id)) return ok({ tenant, caller, id })
  const who = await tenant.whoAmI(caller, action)
  return who.ok ? refuse('not-found') : who
}

/** A route about one rollout, with or without a body. */
const aboutOne = <Body>(
  app: App,
  doc: RouteDoc & { action: Action; body?: z.ZodType<Body> },
  act: (
    tenant: TenantApi,
    caller: Caller,
    id: string,
    body: Body,
    c: AppContext,
  ) => Promise<Result<unknown>>,
): void =>
  addRoute(app, doc, async (c) => {
    const door = await rolloutDoor(c, doc.action)
    if (!door.ok) return answerRefusal(c, door.refusal)
    const body = doc.body
      ? await readJson(c, doc.body, { optional: doc.bodyOptional === true })
      : ok(undefined)
    if (!body.ok) return answerRefusal(c, body.refusal)
    const { tenant, caller, id } = door.value
    return answer(c, await act(tenant, caller, id, body.value as Body, c))
  })

export const registerRolloutRoutes = (app: App): void => {
  registerAsking(app)
  registerReading(app)
  registerOrders(app)
  registerReports(app)
}

const registerAsking = (app: App): void =>
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Request a system',
      description:
        'Every phase is planned before anything is written; with `validateOnly=true` that is all. Otherwise the phases follow by themselves: each is a change of its own, opened when the one before is healthy and what people must do for it is reported. The system `fleet` puts one template into many regions: a canary region first, then groups, each one pull request. To change what some regions get, ask again under the same name with those regions: only they are rendered and compared, the others stay as they are. A region leaves by an update of its group’s resource, a whole group by a delete.',
      tag: TAG,
      action: 'rollouts.create',
      idempotencyKey: true,
      query: Preview,
      body: RolloutRequest,
      bodyName: 'RolloutRequest',
      answers: {
        200: { text: 'The preview.', ...view },
        202: { text: 'The rollout.', ...view },
      },
      problems: ['plan-blocked'],
    },
    answerAsked({ body: RolloutRequest, command: 'POST rollouts' }, (tenant, caller, asking) =>
      tenant.createRollout(caller, asking),
    ),
  )

const registerReading = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List rollouts',
      description: 'Newest first.',
      tag: TAG,
      action: 'rollouts.read',
      answers: {
        200: {
          text: 'The rollouts.',
          schema: RolloutSummary,
          name: 'RolloutSummary',
          list: true,
        },
      },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const { tenant, caller, tenantId } = door.value
      const scope = { tenantId }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      return answerPage(c, await tenant.listRollouts(caller, page.value), scope)
    },
  )

  aboutOne(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a rollout',
      description:
        'Its phases as a graph: what each waits on and who must act. `graph` has the same as nodes and edges.',
      tag: TAG,
      action: 'rollouts.read',
      answers: { 200: { text: 'The rollout.', ...view } },
    },
    (tenant, caller, id) => tenant.readRollout(caller, id),
  )

  const texts = [
    {
      path: `${ONE}/runbook`,
      summary: 'Read the runbook',
      description: 'What people do, phase by phase, with the commands and what to report.',
      contentType: 'text/markdown; charset=utf-8',
      what: () => 'runbook' as const,
    },
    {
      path: `${ONE}/documents/{name}`,
      summary: 'Read a document of the system',
      description: 'For people outside, such as `add-chain` for a wallet (EIP-3085).',
      contentType: 'application/json',
      what: (c: AppContext) => ({ document: param(c, 'name') }),
    },
  ]
  for (const { path, summary, description, contentType, what } of texts) {
    addRoute(
      app,
      {
        ...{ method: 'get', path, summary, description, tag: TAG, action: 'rollouts.read' },
        answers: { 200: { text: 'The document.', contentType } },
      },
      async (c) => {
        const door = await rolloutDoor(c, 'rollouts.read')
        if (!door.ok) return answerRefusal(c, door.refusal)
        const { tenant, caller, id } = door.value
        const text = await tenant.readRolloutText(caller, id, what(c))
        return text.ok ? answerDigested(c, text.value, contentType) : answerRefusal(c, text.refusal)
      },
    )
  }
}

const ORDERS = {
  pause: ['Pause a rollout', 'No further phase is opened; what is open stays as it is.'],
  resume: ['Resume a rollout', 'Goes on, and asks again for a phase that failed.'],
  abort: [
    'Abort a rollout',
    'Withdraws what is not merged and opens nothing more. What was applied stands until it is deleted.',
  ],
} as const

const registerOrders = (app: App): void => {
  for (const order of ['pause', 'resume', 'abort'] as const) {
    const [summary, description] = ORDERS[order]
    aboutOne(
      app,
      {
        ...{ method: 'post', path: `${ONE}/${order}`, summary, description, tag: TAG },
        action: 'rollouts.order',
        body: RolloutCommand,
        bodyOptional: true,
        bodyName: 'ReasonRequest',
        answers: { 200: { text: 'The rollout.', ...view } },
        problems: ['wrong-state'],
      },
      (tenant, caller, id, { reason }) =>
        tenant.actOnRollout(caller, id, { kind: 'order', order, reason: reason ?? null }),
    )
  }
}

const registerReports = (app: App): void => {
  aboutOne(
    app,
    {
      method: 'post',
      path: `${ONE}/phases/{phase}/tasks/{task}`,
      summary: 'Report a task as done',
      description:
        'What people did, in the form that the task’s own schema asks for (`phases[].tasks[].inputs`). The same report twice is one.',
      tag: TAG,
      action: 'rollouts.report',
      body: TaskReport,
      bodyName: 'TaskReport',
      answers: { 200: { text: 'The rollout.', ...view } },
      problems: ['plan-blocked', 'wrong-state', 'conflict'],
    },
    (tenant, caller, id, { inputs }, c) =>
      tenant.actOnRollout(caller, id, {
        ...{ kind: 'task', phase: param(c, 'phase'), task: param(c, 'task'), inputs },
      }),
  )
  aboutOne(
    app,
    {
      method: 'post',
      path: `${ONE}/prerequisites/{prerequisite}`,
      summary: 'Report a prerequisite',
      description: 'Whether something from outside is there, and where that can be looked up.',
      tag: TAG,
      action: 'rollouts.report',
      body: PrerequisiteReport,
      bodyName: 'PrerequisiteReport',
      answers: { 200: { text: 'The rollout.', ...view } },
      problems: ['wrong-state'],
    },
    (tenant, caller, id, report, c) =>
      tenant.actOnRollout(caller, id, {
        ...{ kind: 'prerequisite', prerequisite: param(c, 'prerequisite'), report },
      }),
  )
}
