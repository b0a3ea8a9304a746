// An event as it is sent: CloudEvents 1.0 in its JSON format, structured mode. A function of what does not change any more, so
// that every attempt sends the same bytes. No reasons: people may have written them.
import { eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import {
  EVENT_SUBJECTS,
  eventTypeOf,
  subjectOf,
  TEST_EVENT,
  type WebhookEvent,
} from '../../../../schemas/webhook.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'
import type { DeliveryRow, TransitionRow } from './rows.ts'

/** Behind `evt_` and `msg_`: by what happened, not by its number, which a restored database gives out again. */
const idOf = ({ env, tenant }: TenantContext, parts: readonly string[]): string =>
  base32(
    hmacSha256(
      deriveKey(env.PLATFORM_KEY, 'webhook-event'),
      [tenant().id, ...parts].join('\u0000'),
    ),
    26,
  )

/** Of one event for one endpoint. */
export const messageIdOf = (
  context: TenantContext,
  endpointId: string,
  { leafHash }: Pick<TransitionRow, 'leafHash'>,
): string => `msg_${idOf(context, [endpointId, leafHash])}`

/** Of a test, by who asks for it and his key. */
export const testIdOf = (
  context: TenantContext,
  endpointId: string,
  { subject, key }: { subject: string; key: string },
): string => `msg_${idOf(context, ['test', endpointId, subject, key])}`

const envelope = (
  context: TenantContext,
  event: Pick<WebhookEvent, 'id' | 'type' | 'subject' | 'time'> & {
    data: Omit<WebhookEvent['data'], 'tenant' | 'url'>
    path: string | null
  },
): WebhookEvent => {
  const { slug } = context.tenant()
  const source = `${context.env.PUBLIC_URL}/v1/tenants/${slug}`
  const { data, path, ...attributes } = event
  const url = path === null ? null : `${source}/${path}/${event.subject}`
  return {
    specversion: '1.0',
    ...{ id: attributes.id, source, type: attributes.type, subject: attributes.subject },
    ...{ time: attributes.time, datacontenttype: 'application/json' },
    data: { tenant: slug, ...data, url },
  }
}

export const eventOf = (context: TenantContext, row: TransitionRow): WebhookEvent => {
  const { changeId: id, version, from, to, actor, at, leafHash } = row
  return envelope(context, {
    id: `evt_${idOf(context, [leafHash])}`,
    type: eventTypeOf({ id, from, to }),
    ...{ subject: id, time: at, path: EVENT_SUBJECTS[subjectOf(id)].path },
    data: { version, from: from === 'none' ? null : from, to, actor, ...moreOf(context, row) },
  })
}

/** What it is called, of what people call by name. */
const moreOf = (
  { db }: TenantContext,
  { changeId: id, reason }: Pick<TransitionRow, 'changeId' | 'reason'>,
): Pick<WebhookEvent['data'], 'change' | 'rollout' | 'resource'> => {
  const { changes, rollouts } = tables
  switch (subjectOf(id)) {
    case 'change': {
      const row = db.select().from(changes).where(eq(changes.id, id)).get()
      if (!row) return {}
      const { action, template } = row.request
      return { change: { action, template, name: row.name } }
    }
    case 'rollout': {
      const row = db.select().from(rollouts).where(eq(rollouts.id, id)).get()
      return row ? { rollout: { system: row.system, name: row.name } } : {}
    }
    // Here the words are the name, which nobody wrote for this.
    case 'service':
      return reason === null ? {} : { resource: { name: reason } }
    default:
      return {}
  }
}

export const testEventOf = (context: TenantContext, row: DeliveryRow): WebhookEvent =>
  envelope(context, {
    id: `evt_${idOf(context, ['test', row.id])}`,
    ...{ type: TEST_EVENT, subject: row.endpointId, time: row.createdAt, path: 'webhooks' },
    data: { version: 0, from: null, to: 'test', actor: 'phoenix' },
  })
