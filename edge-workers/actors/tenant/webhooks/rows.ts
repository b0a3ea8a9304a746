// Rows of endpoints and deliveries: how they are found, shown, and switched off.
import { and, desc, eq, isNull, max, sql } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import {
  type DeliveryFault,
  type DeliveryView,
  eventTypeOf,
  TEST_EVENT,
  type WebhookView,
} from '../../../../schemas/webhook.ts'
import { type Db, record, type Tx } from '../context.ts'

export type EndpointRow = typeof tables.webhookEndpoints.$inferSelect
export type DeliveryRow = typeof tables.webhookDeliveries.$inferSelect
export type TransitionRow = typeof tables.transitions.$inferSelect

/** Undefined for a deleted one too. */
export const findEndpoint = (db: Db | Tx, id: string): EndpointRow | undefined =>
  db
    .select()
    .from(tables.webhookEndpoints)
    .where(and(eq(tables.webhookEndpoints.id, id), isNull(tables.webhookEndpoints.deletedAt)))
    .get()

/** The place of the last event there is. */
export const lastSeq = (db: Db | Tx): number =>
  db
    .select({ last: max(tables.transitions.seq) })
    .from(tables.transitions)
    .get()?.last ?? 0

/** The events at these places. Tests have none. */
export const eventsAt = (db: Db | Tx, places: readonly number[]): Map<number, TransitionRow> => {
  const { seq } = tables.transitions
  const rows = db
    .select()
    .from(tables.transitions)
    .where(sql`${seq} in (select value from json_each(${JSON.stringify(places)}))`)
    .all()
  return new Map(rows.map((row) => [row.seq, row]))
}

/** What the log says of why the system switched it off. */
const disabledReasonOf = (db: Db | Tx, { id, state }: EndpointRow): string | null => {
  if (state === 'enabled') return null
  const { changeId, to, seq } = tables.transitions
  const last = db
    .select()
    .from(tables.transitions)
    .where(and(eq(changeId, id), eq(to, 'disabled')))
    .orderBy(desc(seq))
    .limit(1)
    .get()
  return last?.actor === 'phoenix' ? last.reason : null
}

export const endpointView = (db: Db | Tx, row: EndpointRow): WebhookView => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: row.events,
  enabled: row.state === 'enabled',
  disabledReason: disabledReasonOf(db, row),
  previousSecretUntil: row.previousUntil,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
})

/** `event`: null for a test, which is not in the log. */
export const deliveryView = (row: DeliveryRow, event: TransitionRow | null): DeliveryView => ({
  id: row.id,
  endpoint: row.endpointId,
  type: event ? eventTypeOf({ ...event, id: event.changeId }) : TEST_EVENT,
  subject: event ? event.changeId : row.endpointId,
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.state === 'waiting' ? new Date(row.dueAt).toISOString() : null,
  lastStatus: row.lastStatus,
  lastError: row.lastError as DeliveryFault | null,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
})

/** One step of an endpoint, in the log as every other. `reason`: words of ours, never its address. */
export const noteEndpoint = (
  tx: Tx,
  row: EndpointRow,
  {
    from,
    actor,
    at,
    reason = null,
    to = row.state,
  }: {
    from: string
    actor: string
    at: string
    reason?: string | null
    to?: string
  },
): void => record(tx, { changeId: row.id, version: row.version, from, to, reason, actor, at })

/** What it waits for is dead: a member can replay it when the endpoint is on again. */
export const giveUp = (tx: Tx, endpointId: string, at: string): void => {
  const { endpointId: endpoint, state } = tables.webhookDeliveries
  tx.update(tables.webhookDeliveries)
    .set({ state: 'dead', lastError: 'endpoint-disabled', updatedAt: at })
    .where(and(eq(endpoint, endpointId), eq(state, 'waiting')))
    .run()
}

/** Switches an endpoint off that is of no use any more, and says so. */
export const switchOff = (
  tx: Tx,
  endpointId: string,
  { reason, at }: { reason: string; at: string },
): void => {
  const before = findEndpoint(tx, endpointId)
  if (before?.state !== 'enabled') return
  const [row] = tx
    .update(tables.webhookEndpoints)
    .set({ state: 'disabled', version: before.version + 1 })
    .where(eq(tables.webhookEndpoints.id, endpointId))
    .returning()
    .all()
  if (!row) return
  noteEndpoint(tx, row, { from: 'enabled', actor: 'phoenix', at, reason })
  giveUp(tx, endpointId, at)
}
