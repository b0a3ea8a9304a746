// What an attempt means for its delivery and for its endpoint: delivered, again later, dead, or switched off.
import { and, desc, eq, gt, max, min } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import { type DeliveryRow, switchOff } from './rows.ts'
import { waitAfter } from './schedule.ts'
import type { Outcome } from './send.ts'

/** An endpoint of which everything dies for this long is switched off. */
export const DAYS_OF_SILENCE = 4
const DAY_MILLISECONDS = 86_400_000

const deliveries = tables.webhookDeliveries

/** `row`: as it was leased. What a member did to it meanwhile stays, but what has arrived has arrived. */
export const takeOutcome = (context: TenantContext, row: DeliveryRow, outcome: Outcome): void =>
  transaction(context.db, (tx) => {
    const now = context.now()
    const at = now.toISOString()
    const shared = { lastStatus: outcome.status, updatedAt: at }
    const { id, attempts, endpointId } = row
    if (outcome.ok) {
      const arrived = { ...shared, state: 'delivered' as const, lastError: null }
      tx.update(deliveries).set(arrived).where(eq(deliveries.id, id)).run()
      return
    }
    const wait = outcome.final
      ? null
      : waitAfter(attempts, { asked: outcome.asked, random: Math.random() })
    const next =
      wait === null
        ? { state: 'dead' as const }
        : { state: 'waiting' as const, dueAt: now.getTime() + wait }
    const [written] = tx
      .update(deliveries)
      .set({ ...shared, ...next, lastError: outcome.error })
      .where(
        and(
          eq(deliveries.id, id),
          eq(deliveries.state, 'waiting'),
          eq(deliveries.attempts, attempts),
        ),
      )
      .returning()
      .all()
    if (outcome.error === 'gone')
      switchOff(tx, endpointId, { reason: 'its receiver answered 410 Gone', at })
    else if (written?.state === 'dead' && isSilent(tx, endpointId, now))
      switchOff(tx, endpointId, { reason: `nothing arrived for ${DAYS_OF_SILENCE} days`, at })
  })

/** Since it was last enabled and last reached, the first of its dead is that old. */
const isSilent = (tx: Tx, endpointId: string, now: Date): boolean => {
  const { updatedAt } = deliveries
  const of = eq(deliveries.endpointId, endpointId)
  const reached = tx
    .select({ at: max(updatedAt) })
    .from(deliveries)
    .where(and(of, eq(deliveries.state, 'delivered')))
    .get()
  const { changeId, to, seq } = tables.transitions
  const enabled = tx
    .select()
    .from(tables.transitions)
    .where(and(eq(changeId, endpointId), eq(to, 'enabled')))
    .orderBy(desc(seq))
    .all()
    .find((step) => step.from !== 'enabled')
  const since = [reached?.at ?? '', enabled?.at ?? ''].sort().at(-1) ?? ''
  const first = tx
    .select({ at: min(updatedAt) })
    .from(deliveries)
    .where(and(of, eq(deliveries.state, 'dead'), gt(updatedAt, since)))
    .get()
  return (
    first?.at != null && now.getTime() - Date.parse(first.at) >= DAYS_OF_SILENCE * DAY_MILLISECONDS
  )
}
