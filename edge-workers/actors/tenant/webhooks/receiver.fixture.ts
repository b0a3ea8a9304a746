// A tenant whose webhooks go to receivers in this process, in the place of the public internet.
import { vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
  type TenantWorldOptions,
} from '../../../../functions/simulator/tenant-world.ts'
import type { DeliveryView, NewWebhook, WebhookEvent } from '../../../../schemas/webhook.ts'

export interface Arrived {
  url: string
  headers: Record<string, string>
  body: string
  event: WebhookEvent
}

export const ANSWER = {
  ok: () => new Response(null, { status: 204 }),
  broken: () => new Response('no', { status: 500 }),
}

/** `answer`: what a receiver says; by its address. Put `vi.unstubAllGlobals` after it. */
export const createWebhookWorld = async (options: TenantWorldOptions = {}) => {
  const world = await createTenantWorld(options)
  const arrived: Arrived[] = []
  const state = { answer: (_url: string): Response | Promise<Response> => ANSWER.ok() }
  vi.stubGlobal('fetch', async (input: string, init: RequestInit) => {
    const body = String(init.body)
    const headers = Object.fromEntries(new Headers(init.headers))
    arrived.push({ url: String(input), headers, body, event: JSON.parse(body) })
    return state.answer(String(input))
  })
  /** Alarms and what goes on beside them, until nothing is due. */
  const settle = async (tenantId = world.tenantId): Promise<void> => {
    for (let round = 0; round < 50; round += 1) {
      const due = world.tenants.alarmOf(tenantId)
      if (due === null || due > Date.now()) {
        await world.tenants.actors.get(tenantId)?.surroundings.settled()
        const after = world.tenants.alarmOf(tenantId)
        if (after === null || after > Date.now()) return
      } else await world.tenants.alarm(tenantId)
    }
    throw new Error('the webhooks never come to rest')
  }
  /** Alarms, without waiting for what goes on beside them: it may never end. */
  const turn = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await world.settle()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  let keys = 0
  const ask = async <T>(
    method: string,
    path: string,
    {
      body,
      token = world.tokens.owner,
      ifMatch,
    }: { body?: unknown; token?: string; ifMatch?: string } = {},
  ): Promise<{ status: number; body: T }> => {
    keys += 1
    const answer = await world.http(method, `/v1/tenants/acme/webhooks${path}`, {
      ...{ token, key: `webhook-${keys}` },
      ...(body === undefined ? {} : { body }),
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  const create = async (body: object): Promise<NewWebhook> => {
    const made = await ask<NewWebhook>('POST', '', { body })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
    return made.body
  }
  const deliveriesOf = async (id: string, query = ''): Promise<DeliveryView[]> =>
    (await ask<{ items: DeliveryView[] }>('GET', `/${id}/deliveries${query}`)).body.items
  const test = async (id: string): Promise<DeliveryView> =>
    (await ask<DeliveryView>('POST', `/${id}/test`)).body
  /** Moves the clock and lets what is due by then happen. */
  const later = async (seconds: number): Promise<void> => {
    vi.setSystemTime(Date.now() + seconds * 1000)
    world.advance(seconds)
    await settle()
  }
  const receive = (answer: (url: string) => Response | Promise<Response>): void => {
    state.answer = answer
  }
  return {
    ...world,
    arrived,
    settleHooks: settle,
    turn,
    ask,
    createHook: create,
    deliveriesOf,
    test,
    later,
    receive,
  }
}
export type WebhookWorld = Awaited<ReturnType<typeof createWebhookWorld>>
export type { TenantWorld }
