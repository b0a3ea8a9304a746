// From events to deliveries: every step in the log, once for every endpoint that asks for it. Runs as work of the outbox, which
// the step itself has put there in its own transaction; what it does twice is the same rows.
import { asc, eq, gt } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { eventTypeOf, isAskedFor } from '../../../../schemas/webhook.ts'
import { transaction } from '../../database.ts'
import { enqueue, type TenantContext, type Tx, WEBHOOKS } from '../context.ts'
import { messageIdOf } from './event.ts'
import type { EndpointRow, TransitionRow } from './rows.ts'

const EVENTS_PER_RUN = 200

/** Answers with 0 while there is more. */
export const fanOut = (context: TenantContext): number | undefined =>
  transaction(context.db, (tx) => {
    const { webhookEndpoints, webhookCursor, transitions } = tables
    const endpoints = tx
      .select()
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.state, 'enabled'))
      .all()
    if (endpoints.length === 0) return undefined
    const told = tx.select().from(webhookCursor).get()?.seq ?? 0
    const start = Math.max(told, Math.min(...endpoints.map(({ fromSeq }) => fromSeq)))
    const events = tx
      .select()
      .from(transitions)
      .where(gt(transitions.seq, start))
      .orderBy(asc(transitions.seq))
      .limit(EVENTS_PER_RUN)
      .all()
    for (const event of events)
      for (const endpoint of endpoints) deliverTo(context, tx, endpoint, event)
    const seq = events.at(-1)?.seq ?? start
    tx.insert(webhookCursor)
      .values({ id: 1, seq })
      .onConflictDoUpdate({ target: webhookCursor.id, set: { seq } })
      .run()
    if (events.length > 0) enqueue(tx, 'deliver', WEBHOOKS, context.now().getTime())
    return events.length === EVENTS_PER_RUN ? 0 : undefined
  })

const deliverTo = (
  context: TenantContext,
  tx: Tx,
  { id: endpointId, events, fromSeq }: EndpointRow,
  event: TransitionRow,
): void => {
  const type = eventTypeOf({ ...event, id: event.changeId })
  if (event.seq <= fromSeq || !isAskedFor(events, type)) return
  const now = context.now()
  const at = now.toISOString()
  tx.insert(tables.webhookDeliveries)
    .values({
      id: messageIdOf(context, endpointId, event),
      ...{ endpointId, seq: event.seq, state: 'waiting', attempts: 0, dueAt: now.getTime() },
      ...{ lastStatus: null, lastError: null, createdAt: at, updatedAt: at },
    })
    .onConflictDoNothing()
    .run()
}
