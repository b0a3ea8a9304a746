// /v1/tenants/{tenant}/webhooks: where a tenant wants to be told. The secret is in the answer of what makes it and nowhere else.
import {
  CreateWebhook,
  DELIVERY_DAYS,
  ENDPOINTS_AT_MOST,
  NewWebhook,
  RotateWebhookSecret,
  UpdateWebhook,
  WebhookView,
} from '../../schemas/webhook.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList, answerOne } from './collection.ts'
import { registerDeliveryRoutes } from './webhook-deliveries.ts'

const TAG = 'Webhooks'
const LIST = '/v1/tenants/{tenant}/webhooks'
const ONE = `${LIST}/{id}`
const view = { schema: WebhookView, name: 'Webhook' }
const made = { schema: NewWebhook, name: 'NewWebhook' }

export const registerWebhookEndpointRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Create a webhook',
      description: [
        `Every step of a change, a rollout, a member and so on is sent as a CloudEvents 1.0 JSON envelope, signed as Standard Webhooks says, to every enabled webhook that asks for its type. The answer holds the signing secret; it is shown here and when it is rotated. At most ${ENDPOINTS_AT_MOST}.`,
        `What is not answered with 2xx within 10 seconds is tried again over about a day, then dead, and can be replayed. Redirects are not followed, 410 switches the webhook off, Retry-After of 429 and 503 is heeded. An event may come twice, with the same \`webhook-id\`; order is not promised: \`data.version\` counts the steps of one object. Deliveries are forgotten after ${DELIVERY_DAYS} days.`,
      ].join('\n\n'),
      tag: TAG,
      action: 'webhooks.write',
      idempotencyKey: true,
      body: CreateWebhook,
      bodyName: 'CreateWebhook',
      answers: { 201: { text: 'The webhook with its secret.', ...made } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateWebhook, 'POST webhooks')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'webhooks.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.id}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List webhooks',
      tag: TAG,
      action: 'webhooks.read',
      answers: { 200: { text: 'The webhooks, without their secrets.', ...view, list: true } },
    },
    answerList('webhooks.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a webhook',
      tag: TAG,
      action: 'webhooks.read',
      answers: { 200: { text: 'The webhook, without its secret.', ...view } },
    },
    answerOne('webhooks.read'),
  )

  addRoute(
    app,
    {
      method: 'patch',
      path: ONE,
      summary: 'Change a webhook',
      description:
        'Disabled, what waits for it is dead and nothing new is kept for it; enabled again, it is told of what happens from then on.',
      tag: TAG,
      action: 'webhooks.write',
      ifMatch: true,
      body: UpdateWebhook,
      bodyName: 'UpdateWebhook',
      answers: { 200: { text: 'The webhook as it is now.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateWebhook)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: body.value }
      return answerVersioned(c, await tenant.call(caller, 'webhooks.update', input))
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Delete a webhook',
      description: 'With its address and its deliveries. What is on its way may still arrive.',
      tag: TAG,
      action: 'webhooks.write',
      ifMatch: true,
      answers: { 204: { text: 'It is gone.' } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: null }
      const deleted = await tenant.call(caller, 'webhooks.delete', input)
      return deleted.ok ? c.body(null, 204) : answerRefusal(c, deleted.refusal)
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/rotate-secret`,
      summary: 'Rotate a webhook’s secret',
      description:
        'Both secrets sign until the overlap is over. Rotated again within it, the oldest ends at once.',
      tag: TAG,
      action: 'webhooks.write',
      idempotencyKey: true,
      body: RotateWebhookSecret,
      bodyOptional: true,
      bodyName: 'RotateWebhookSecret',
      answers: { 200: { text: 'The webhook with its new secret.', ...made } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, RotateWebhookSecret, 'POST rotate-secret', {
        optional: true,
      })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ...asked.value }
      return answerVersioned(c, await tenant.call(caller, 'webhooks.rotate-secret', input))
    },
  )

  registerDeliveryRoutes(app)
}
