// /v1/tenants/{tenant}/azure-scope: the tenant’s place in Azure, which operators set.
import { AzureScope, AzureScopeView } from '../../schemas/azure-scope.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Azure Arc'
const ONE = '/v1/tenants/{tenant}/azure-scope'
const view = { schema: AzureScopeView, name: 'AzureScope' }

export const registerAzureScopeRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read the tenant’s place in Azure',
      description: 'The one resource group in which this installation acts for the tenant.',
      tag: TAG,
      action: 'arc.read',
      answers: { 200: { text: 'The place.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'azure-scope.read', null))
    },
  )
  addRoute(
    app,
    {
      method: 'put',
      path: ONE,
      summary: 'Set the tenant’s place in Azure',
      description:
        'Subscription, resource group, location and directory. No two tenants have the same resource group: whoever may onboard machines there could write every machine in it. The Functions have a list of their own (ARC_SCOPES), which this does not widen. While machines or clusters of the tenant may be in its place it cannot move.',
      tag: TAG,
      action: 'arc.scope',
      body: AzureScope,
      bodyName: 'NewAzureScope',
      answers: { 200: { text: 'The place.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const body = await readJson(c, AzureScope)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'azure-scope.put', body.value))
    },
  )
}
