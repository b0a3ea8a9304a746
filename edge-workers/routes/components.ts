// /v1/tenants/{tenant}/components: hardware, and each step of its life as a leaf of the tenant's log.
import {
  ComponentFilter,
  ComponentSummary,
  ComponentView,
  RegisterComponent,
  StepComponent,
} from '../../schemas/component.ts'
import { ok, type Result } from '../../schemas/result.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { defined } from './change-door.ts'
import { answerOne } from './collection.ts'

const TAG = 'Hardware'
const LIST = '/v1/tenants/{tenant}/components'
const ONE = `${LIST}/{id}`
const view = { schema: ComponentView, name: 'Component' }

/** A step is added and overwrites nothing, so the precondition is the caller's choice; where it is given, it is kept to. */
const versionWanted = (c: AppContext): Result<number | '*'> =>
  c.req.header('if-match') === undefined ? ok('*') : requireIfMatch(c)

export const registerComponentRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Register a component',
      description:
        'A machine or a part of one, before it is used. Its serial number is kept as a keyed digest and never shown; the same number a second time is a conflict that names the component. Evidence is digests of papers that stay with you: attestation, certificate of origin, bill of materials.',
      tag: TAG,
      action: 'components.write',
      idempotencyKey: true,
      body: RegisterComponent,
      bodyName: 'RegisterComponent',
      answers: { 201: { text: 'The component with its first leaf.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, RegisterComponent, 'POST components')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const made = await tenant.call(caller, 'components.register', asked.value)
      const headers = made.ok ? { location: `${c.req.path}/${made.value.value.id}` } : {}
      return answerVersioned(c, made, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List components',
      description: 'Newest first, without their history.',
      tag: TAG,
      action: 'components.read',
      query: ComponentFilter,
      answers: {
        200: {
          ...{ text: 'The components.', schema: ComponentSummary },
          ...{ name: 'ComponentSummary', list: true },
        },
      },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const filter = readQuery(c, ComponentFilter)
      if (!filter.ok) return answerRefusal(c, filter.refusal)
      const scope = { tenantId, filter: filter.value }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const input = { ...page.value, filter: defined(filter.value) }
      return answerPage(c, await tenant.call(caller, 'components.list', input), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a component',
      description:
        'With its history: each step has the index and the hash of its leaf, which `/log/proofs/inclusion` proves.',
      tag: TAG,
      action: 'components.read',
      answers: { 200: { text: 'The component.', ...view } },
    },
    answerOne('components.read'),
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/steps`,
      summary: 'Record the next step of a component',
      description:
        'Transferred to another organisation, deployed at a site of yours, or retired, which is the end. A retired component takes no step; a step that changes nothing is a conflict. `If-Match` may be sent: then the step is refused with 412 where somebody else took one meanwhile.',
      tag: TAG,
      action: 'components.write',
      idempotencyKey: true,
      body: StepComponent,
      bodyName: 'StepComponent',
      answers: { 201: { text: 'The component after the step.', ...view } },
      problems: ['conflict', 'precondition-failed'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const id = param(c, 'id')
      const version = versionWanted(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const asked = await readKeyed(c, StepComponent, 'POST components/steps')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const input = { ...asked.value, id, ifVersion: version.value }
      return answerVersioned(c, await tenant.call(caller, 'components.step', input), {
        status: 201,
      })
    },
  )
}
