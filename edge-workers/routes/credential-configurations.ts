// /v1/tenants/{tenant}/credential-configurations: what the tenant's issuer issues.
import {
  CredentialConfigurationView,
  NewCredentialConfiguration,
  UpdateCredentialConfiguration,
} from '../../schemas/credential.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList } from './collection.ts'

const TAG = 'Credential configurations'
const LIST = '/v1/tenants/{tenant}/credential-configurations'
const ONE = `${LIST}/{name}`
const view = { schema: CredentialConfigurationView, name: 'CredentialConfiguration' }

const registerMaking = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Create a credential configuration',
      description: [
        'A kind of credential: its claims by path, how wallets show it, how long it lasts, and which driver issues it. Without `vct` its type is an address of this installation, where the type’s metadata is. Every declared claim is for the holder to disclose or not, but those that are `always` disclosed.',
        'Names stay taken. `phoenix-member` and `phoenix-approver` are the platform’s own.',
      ].join('\n\n'),
      tag: TAG,
      action: 'configurations.write',
      idempotencyKey: true,
      body: NewCredentialConfiguration,
      bodyName: 'NewCredentialConfiguration',
      answers: { 201: { text: 'The configuration.', ...view } },
      problems: ['conflict', 'driver-unavailable'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewCredentialConfiguration, 'POST credential-configurations')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'configurations.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.name}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List credential configurations',
      tag: TAG,
      action: 'configurations.read',
      answers: { 200: { text: 'The configurations by name.', ...view, list: true } },
    },
    answerList('configurations.list'),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a credential configuration',
      tag: TAG,
      action: 'configurations.read',
      answers: { 200: { text: 'The configuration.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const read = await tenant.call(caller, 'configurations.read', param(c, 'name'))
      return answerVersioned(c, read)
    },
  )
}

export const registerCredentialConfigurationRoutes = (app: App): void => {
  registerMaking(app)
  addRoute(
    app,
    {
      method: 'patch',
      path: ONE,
      summary: 'Change a credential configuration',
      description:
        'Holds for what is issued from now on. The platform’s own keep their claims; a withdrawn one stays as it is.',
      tag: TAG,
      action: 'configurations.write',
      ifMatch: true,
      body: UpdateCredentialConfiguration,
      bodyName: 'UpdateCredentialConfiguration',
      answers: { 200: { text: 'The configuration as it is now.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateCredentialConfiguration)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'name'), ifVersion: version.value, body: body.value }
      return answerVersioned(c, await tenant.call(caller, 'configurations.update', input))
    },
  )
  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Withdraw a credential configuration',
      description:
        'Nothing new is offered by it. What was issued stays as it is, and its type’s metadata stays where it was.',
      tag: TAG,
      action: 'configurations.write',
      ifMatch: true,
      answers: { 200: { text: 'The configuration, withdrawn.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'name'), ifVersion: version.value, body: null }
      return answerVersioned(c, await tenant.call(caller, 'configurations.withdraw', input))
    },
  )
}
