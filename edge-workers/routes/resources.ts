// /v1/tenants/{tenant}/resources: what exists, at which commit, and how it fares.
import * as z from 'zod'
import { ResourceView } from '../../schemas/resource.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerDigested } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { defined } from './change-door.ts'
import { registerDriftRoutes } from './drift.ts'

const TAG = 'Resources'
const LIST = '/v1/tenants/{tenant}/resources'
const view = { schema: ResourceView, name: 'Resource' }
const Filter = z.strictObject({
  kind: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional(),
  parent: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional(),
})

export const registerResourceRoutes = (app: App): void => {
  registerDriftRoutes(app)
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List resources',
      description:
        'What was asked for and its parts: a network and each of its machines. Filter by `kind` or `parent`.',
      tag: TAG,
      action: 'resources.read',
      query: Filter,
      answers: { 200: { text: 'The resources.', ...view, list: true } },
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
        await tenant.listResources(caller, page.value, defined(filter.value)),
        scope,
      )
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${LIST}/{name}`,
      summary: 'Read a resource',
      tag: TAG,
      action: 'resources.read',
      answers: { 200: { text: 'The resource, or a part of one.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const read = await tenant.readResource(caller, param(c, 'name'))
      // Its availability moves with the clock: what tags it is what is sent.
      return read.ok
        ? answerDigested(c, JSON.stringify(read.value))
        : answerRefusal(c, read.refusal)
    },
  )
}
