// What became of telling an endpoint: the list, a test, and sending again by hand.
import { and, count, desc, eq, lt, min, or } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { DELIVERY_DAYS, type DeliveryView } from '../../../../schemas/webhook.ts'
import type { Page } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { pageOf } from '../../page.ts'
import { type Db, enqueue, type TenantContext, type Tx, WEBHOOKS } from '../context.ts'
import type { WebhookOperations } from './contracts.ts'
import { testIdOf } from './event.ts'
import { type DeliveryRow, deliveryView, type EndpointRow, eventsAt, findEndpoint } from './rows.ts'

type Input<Name extends keyof WebhookOperations> = WebhookOperations[Name]['input']

const DAY_MILLISECONDS = 86_400_000
/** Of one endpoint at a time: a test is for looking, not for load. */
const TESTS_WAITING_AT_MOST = 10

const deliveries = tables.webhookDeliveries

const shown = (db: Db | Tx, row: DeliveryRow): DeliveryView =>
  deliveryView(row, eventsAt(db, [row.seq]).get(row.seq) ?? null)

/** A place in the list: the time first, then the id. */
const placeOf = ({ createdAt, id }: Pick<DeliveryRow, 'createdAt' | 'id'>): string =>
  `${createdAt} ${id}`

/** The latest first. */
export const listDeliveries = (
  { db }: TenantContext,
  _who: Principal,
  { id, page: { limit, after }, state }: Input<'webhooks.deliveries'>,
): Result<Page<DeliveryView>> => {
  if (!findEndpoint(db, id)) return refuse('not-found')
  const [at = '', last = ''] = after?.split(' ') ?? []
  const { createdAt } = deliveries
  const rows = db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.endpointId, id),
        state === null ? undefined : eq(deliveries.state, state),
        after === null
          ? undefined
          : or(lt(createdAt, at), and(eq(createdAt, at), lt(deliveries.id, last))),
      ),
    )
    .orderBy(desc(createdAt), desc(deliveries.id))
    .limit(limit + 1)
    .all()
  const page = rows.slice(0, limit)
  const events = eventsAt(
    db,
    page.map(({ seq }) => seq),
  )
  return ok(pageOf(rows, limit, placeOf, (row) => deliveryView(row, events.get(row.seq) ?? null)))
}

const enabledEndpoint = (db: Db, id: string): Result<EndpointRow> => {
  const endpoint = findEndpoint(db, id)
  if (!endpoint) return refuse('not-found')
  return endpoint.state === 'enabled'
    ? ok(endpoint)
    : refuse('conflict', { detail: 'This endpoint is disabled. Enable it first.' })
}

/** The same key gives the same delivery. Its place is below the events': the log does not know of it. */
export const testEndpoint = (
  context: TenantContext,
  who: Principal,
  { id, key }: Input<'webhooks.test'>,
): Result<DeliveryView> => {
  const { db } = context
  const endpoint = enabledEndpoint(db, id)
  if (!endpoint.ok) return endpoint
  const test = testIdOf(context, id, { subject: who.subject, key })
  const earlier = db.select().from(deliveries).where(eq(deliveries.id, test)).get()
  if (earlier) return ok(shown(db, earlier))
  const ofThis = eq(deliveries.endpointId, id)
  const waiting = db
    .select({ tests: count() })
    .from(deliveries)
    .where(and(ofThis, lt(deliveries.seq, 0), eq(deliveries.state, 'waiting')))
    .get()
  if ((waiting?.tests ?? 0) >= TESTS_WAITING_AT_MOST)
    return refuse('conflict', { detail: 'Earlier tests of this endpoint are still waiting.' })
  const now = context.now()
  const at = now.toISOString()
  const row = transaction(db, (tx) => {
    const lowest = tx
      .select({ seq: min(deliveries.seq) })
      .from(deliveries)
      .where(ofThis)
      .get()
    const [made] = tx
      .insert(deliveries)
      .values({
        ...{ id: test, endpointId: id, seq: Math.min(lowest?.seq ?? 0, 0) - 1, state: 'waiting' },
        ...{ attempts: 0, dueAt: now.getTime(), lastStatus: null, lastError: null },
        ...{ createdAt: at, updatedAt: at },
      })
      .returning()
      .all()
    if (!made) throw new Error('the test was not written')
    enqueue(tx, 'deliver', WEBHOOKS, now.getTime())
    return made
  })
  return ok(shown(db, row))
}

/** Of any state. One that is waiting is due at once. */
export const replayDelivery = (
  context: TenantContext,
  _who: Principal,
  { id, delivery }: Input<'webhooks.replay'>,
): Result<DeliveryView> => {
  const { db } = context
  const ofThis = and(eq(deliveries.id, delivery), eq(deliveries.endpointId, id))
  if (!findEndpoint(db, id) || !db.select().from(deliveries).where(ofThis).get())
    return refuse('not-found')
  const endpoint = enabledEndpoint(db, id)
  if (!endpoint.ok) return endpoint
  const now = context.now()
  const row = transaction(db, (tx) => {
    const [changed] = tx
      .update(deliveries)
      .set({
        ...{ state: 'waiting', attempts: 0, dueAt: now.getTime() },
        updatedAt: now.toISOString(),
      })
      .where(ofThis)
      .returning()
      .all()
    if (!changed) throw new Error('the delivery was not written')
    enqueue(tx, 'deliver', WEBHOOKS, now.getTime())
    return changed
  })
  return ok(shown(db, row))
}

/** A delivery is a copy of what the log keeps: it is forgotten after 30 days, whatever became of it. */
export const forgetOldWebhooks = ({ db, now }: TenantContext): void => {
  const before = new Date(now().getTime() - DELIVERY_DAYS * DAY_MILLISECONDS).toISOString()
  db.delete(deliveries).where(lt(deliveries.createdAt, before)).run()
}
