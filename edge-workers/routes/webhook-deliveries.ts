// /v1/tenants/{tenant}/webhooks/{id}/deliveries: what became of telling a webhook, a test, and sending again by hand.
import * as z from 'zod'
import { DeliveryState, DeliveryView } from '../../schemas/webhook.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Webhooks'
const ONE = '/v1/tenants/{tenant}/webhooks/{id}'
const view = { schema: DeliveryView, name: 'WebhookDelivery' }
const Filter = z.strictObject({ state: DeliveryState.optional() })

export const registerDeliveryRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/test`,
      summary: 'Test a webhook',
      description:
        'Sends an event of the type `phoenix.webhook.test`, which stands for nothing, to this webhook alone, whatever it asks for.',
      tag: TAG,
      action: 'webhooks.write',
      idempotencyKey: true,
      answers: { 202: { text: 'The delivery; read what becomes of it in the list.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), key: key.value }
      return answer(c, await tenant.call(caller, 'webhooks.test', input), { status: 202 })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/deliveries`,
      summary: 'List a webhook’s deliveries',
      tag: TAG,
      action: 'webhooks.read',
      query: Filter,
      answers: { 200: { text: 'The deliveries, the latest first.', ...view, list: true } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const query = readQuery(c, Filter)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const scope = { tenantId, filter: { state: query.value.state } }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const input = { id: param(c, 'id'), page: page.value, state: query.value.state ?? null }
      return answerPage(c, await tenant.call(caller, 'webhooks.deliveries', input), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/deliveries/{delivery}/replay`,
      summary: 'Replay a delivery',
      description:
        'Sends it again, whatever became of it, with the schedule of a new one and the same `webhook-id`.',
      tag: TAG,
      action: 'webhooks.write',
      answers: { 202: { text: 'The delivery, waiting.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), delivery: param(c, 'delivery') }
      return answer(c, await tenant.call(caller, 'webhooks.replay', input), { status: 202 })
    },
  )
}
