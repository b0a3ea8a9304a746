// /v1/tenants/{tenant}/drift: what was made by hand in the tenant's repository, whose ever it is.
import { RepositoryDrift } from '../../schemas/drift.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerDigested } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

export const registerDriftRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/drift',
      summary: 'Read what was made by hand in Git',
      description:
        'Commits on main that no change of Phoenix made, and the files that differ by them, as of the last look: taken within a minute of a push that the forge tells of, and every six hours. What the engines say of the clusters is on each resource.',
      tag: 'Resources',
      action: 'resources.read',
      answers: {
        200: { text: 'What differs.', schema: RepositoryDrift, name: 'RepositoryDrift' },
      },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const read = await tenant.call(caller, 'drift.read', null)
      return read.ok
        ? answerDigested(c, JSON.stringify(read.value))
        : answerRefusal(c, read.refusal)
    },
  )
}
