// Sends what is due. It does not wait for receivers: each endpoint's queue runs beside the outbox, one message at a time, so that
// a slow one holds up neither the others nor any change. A message is leased before it is sent: after a crash it is due again.
// Order is not promised.
import { and, asc, eq, lte, min } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { framesOf } from '../../../frames.ts'
import { transaction } from '../../database.ts'
import { enqueue, type TenantContext, WEBHOOKS } from '../context.ts'
import { forgetOldWebhooks } from './deliveries.ts'
import { eventOf, testEventOf } from './event.ts'
import { takeOutcome } from './outcome.ts'
import { type DeliveryRow, type EndpointRow, eventsAt, findEndpoint } from './rows.ts'
import { signaturesOf } from './secrets.ts'
import { LIMIT_MILLISECONDS, type Message, sendMessage } from './send.ts'

/** Endpoints of one tenant that are called at the same time: fewer than the connections an object may have open. */
const CALLED_AT_ONCE = 4
const MESSAGES_PER_RUN = 20
const LEASE_MILLISECONDS = 6 * LIMIT_MILLISECONDS
/** How soon it looks again, should those that run now end without a word. */
const BUSY_MILLISECONDS = 15_000
/** A suspended tenant's messages wait. */
const SUSPENDED_MILLISECONDS = 3_600_000

const deliveries = tables.webhookDeliveries

/** Endpoints being called, for each actor in memory. After a crash there are none, and the leases run out. */
const calling = new WeakMap<TenantContext['db'], Set<string>>()
const busyOf = ({ db }: TenantContext): Set<string> => {
  const known = calling.get(db) ?? new Set<string>()
  calling.set(db, known)
  return known
}

/** Answers with the number of milliseconds after which something more is due. */
export const deliver = (context: TenantContext): number | undefined => {
  if (context.tenant().state === 'suspended') return SUSPENDED_MILLISECONDS
  forgetOldWebhooks(context)
  const busy = busyOf(context)
  for (const endpointId of dueEndpoints(context)) {
    if (busy.size >= CALLED_AT_ONCE) break
    if (busy.has(endpointId)) continue
    busy.add(endpointId)
    context.background(serve(context, endpointId))
  }
  const next = nextDue(context)
  if (next === null) return undefined
  const wait = next - context.now().getTime()
  return wait > 0 ? wait : BUSY_MILLISECONDS
}

const dueEndpoints = ({ db, now }: TenantContext): string[] =>
  db
    .select({ id: deliveries.endpointId })
    .from(deliveries)
    .where(and(eq(deliveries.state, 'waiting'), lte(deliveries.dueAt, now().getTime())))
    .groupBy(deliveries.endpointId)
    .orderBy(asc(min(deliveries.dueAt)))
    .all()
    .map(({ id }) => id)

const nextDue = ({ db }: TenantContext): number | null =>
  db
    .select({ due: min(deliveries.dueAt) })
    .from(deliveries)
    .where(eq(deliveries.state, 'waiting'))
    .get()?.due ?? null

/** Its queue for a while; then others have the place, and the outbox looks for more at once. Never rejects. */
const serve = async (context: TenantContext, endpointId: string): Promise<void> => {
  try {
    await drain(context, endpointId).finally(() => busyOf(context).delete(endpointId))
    const due = nextDue(context)
    if (due !== null) transaction(context.db, (tx) => enqueue(tx, 'deliver', WEBHOOKS, due))
    await context.arm()
  } catch (error) {
    // What was leased is due again. Without its message, because that may carry what somebody sent.
    console.error(
      JSON.stringify({
        ...{ level: 'error', event: 'delivery-failed', actor: 'tenant' },
        frames: framesOf(error),
      }),
    )
  }
}

const drain = async (context: TenantContext, endpointId: string): Promise<void> => {
  for (let sent = 0; sent < MESSAGES_PER_RUN; sent += 1) {
    const taken = take(context, endpointId)
    if (!taken) return
    const outcome = await sendMessage(context.env, taken.message)
    takeOutcome(context, taken.row, outcome)
  }
}

/** The next message of this endpoint, leased. */
const take = (
  context: TenantContext,
  endpointId: string,
): { row: DeliveryRow; message: Message } | undefined =>
  transaction(context.db, (tx) => {
    const endpoint = findEndpoint(tx, endpointId)
    if (endpoint?.state !== 'enabled') return undefined
    const now = context.now()
    const due = tx
      .select()
      .from(deliveries)
      .where(
        and(
          eq(deliveries.endpointId, endpointId),
          eq(deliveries.state, 'waiting'),
          lte(deliveries.dueAt, now.getTime()),
        ),
      )
      .orderBy(asc(deliveries.dueAt), asc(deliveries.seq))
      .limit(1)
      .get()
    if (!due) return undefined
    const [row] = tx
      .update(deliveries)
      .set({ attempts: due.attempts + 1, dueAt: now.getTime() + LEASE_MILLISECONDS })
      .where(eq(deliveries.id, due.id))
      .returning()
      .all()
    if (!row) throw new Error('the delivery was not leased')
    return { row, message: messageOf(context, endpoint, row) }
  })

const messageOf = (context: TenantContext, endpoint: EndpointRow, row: DeliveryRow): Message => {
  const event = eventsAt(context.db, [row.seq]).get(row.seq)
  const body = JSON.stringify(event ? eventOf(context, event) : testEventOf(context, row))
  const at = context.now()
  const signed = signaturesOf(context, endpoint, { messageId: row.id, at, body })
  return { url: endpoint.url, id: row.id, body, ...signed }
}
