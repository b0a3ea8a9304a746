// Holds that have stood for long: their tenants are asked whether they still want them, a few in a round and each about once a day.
// A hold goes by its tenant's word alone. Of a tenant that does not answer everything stays, and it is asked again later and later.
import { and, asc, eq, min, or, sql } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/inventory.ts'
import { statement, transaction } from '../database.ts'
import { type Concerned, neighboursIn } from './claims.ts'
import type { HoldsJudged } from './holds-contracts.ts'
import type { InventoryDatabase, Tx } from './places.ts'
import { reservationOf } from './reservations.ts'

const { machines, reservations, MAY_BE_OLD } = tables

const DAY_MILLISECONDS = 86_400_000
/** Doubles each time that a tenant does not answer, up to a day. */
const FIRST_WAIT_MILLISECONDS = 600_000
const HOLDS_PER_ROUND = 100
const BETWEEN_ROUNDS_MILLISECONDS = 60_000

export interface OldHold {
  changeId: string
  tenantId: string
  /** Of the row that was asked about; it is another as soon as the tenant has wanted it again. */
  askAt: number
}

/** Not all at one moment. */
const withJitter = (milliseconds: number): number =>
  Math.ceil(milliseconds * (0.5 + Math.random() / 2))

const waitAfter = (unanswered: number): number =>
  withJitter(Math.min(DAY_MILLISECONDS, FIRST_WAIT_MILLISECONDS * 2 ** Math.min(unanswered, 12)))

/** A clock that was ahead and was put back left times that no wait of ours leads to: they are due as well. */
const due = statement((tx: Tx) =>
  tx
    .select()
    .from(reservations)
    .where(
      and(
        MAY_BE_OLD,
        or(
          sql`${reservations.askAt} <= ${sql.placeholder('now')}`,
          sql`${reservations.askAt} > ${sql.placeholder('latest')}`,
        ),
      ),
    )
    .orderBy(asc(reservations.askAt))
    .limit(HOLDS_PER_ROUND)
    .prepare(),
)

/** What is to be asked about now. Each is put off before anybody is asked, so that nothing is asked about all the time. */
export const takeOldHolds = (database: InventoryDatabase, now: number): OldHold[] =>
  transaction(database, (tx) =>
    due(tx)
      .all({ now, latest: now + DAY_MILLISECONDS })
      .map(({ changeId, tenantId, unanswered }) => {
        const askAt = now + waitAfter(unanswered)
        tx.update(reservations)
          .set({ askAt, unanswered: unanswered + 1 })
          .where(eq(reservations.changeId, changeId))
          .run()
        return { changeId, tenantId, askAt }
      }),
  )

const soonest = statement((database: InventoryDatabase) =>
  database
    .select({ at: min(reservations.askAt) })
    .from(reservations)
    .where(MAY_BE_OLD)
    .prepare(),
)

/** When somebody is asked next, in milliseconds since the epoch, a day ahead at most; null: nothing is held. */
export const nextQuestion = (database: InventoryDatabase, now: number): number | null => {
  const at = soonest(database).get()?.at ?? null
  return at === null ? null : Math.min(at, now + DAY_MILLISECONDS)
}

/** After a round the next one waits a little. */
export const afterRound = (next: number, now: number): number =>
  Math.max(next, now + BETWEEN_ROUNDS_MILLISECONDS)

/** Gone for good, and whose room came back with it. */
const free = (tx: Tx, { changeId, tenantId }: OldHold, why: keyof HoldsJudged): Concerned[] => {
  const row = reservationOf(tx, changeId)
  // A mere hold kept room from nobody.
  const concerned = row?.state === 'claimed' ? neighboursIn(tx, changeId) : []
  const own = eq(reservations.changeId, changeId)
  // Of what the tenant does not know no row stays: the same request may come again under its key, and reserves then.
  if (why === 'unknown') tx.delete(reservations).where(own).run()
  else tx.update(reservations).set({ state: 'released' }).where(own).run()
  tx.delete(machines).where(eq(machines.changeId, changeId)).run()
  const about = { tenant: tenantId, change: changeId, why }
  console.log(JSON.stringify({ level: 'warn', event: 'old-hold-freed', ...about }))
  return concerned
}

/**
 * Does what the tenant said of a hold; answers with the open changes whose room may be another now. Of a hold that was wanted anew
 * while the question was on its way the answer is an old one, and nothing is done.
 */
export const settleOldHold = (
  database: InventoryDatabase,
  hold: OldHold,
  { unknown, over }: HoldsJudged,
  now: number,
): Concerned[] =>
  transaction(database, (tx) => {
    const { changeId, askAt } = hold
    const row = reservationOf(tx, changeId)
    if (row?.askAt !== askAt || (row.state !== 'held' && row.state !== 'claimed')) return []
    if (unknown.includes(changeId)) return free(tx, hold, 'unknown')
    if (over.includes(changeId)) return free(tx, hold, 'over')
    tx.update(reservations)
      .set({ askAt: now + withJitter(DAY_MILLISECONDS), unanswered: 0 })
      .where(eq(reservations.changeId, changeId))
      .run()
    return []
  })
