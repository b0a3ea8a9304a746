// Who gets the room: the change that is merged first. A claim makes its hold firm and finds, in the same transaction, the
// open changes that no longer fit beside it. Nothing here calls anybody: whoever is concerned is answered to the actor.
import { and, eq, sql } from 'drizzle-orm'
import type { MachineRow } from '../../../gitops/reservation.ts'
import { lostRoom } from '../../../gitops/room.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import { statement, transaction } from '../database.ts'
import { ledgerOf } from './ledger.ts'
import { allPlaces, type InventoryDatabase, type Tx } from './places.ts'
import { OLD_MILLISECONDS, reservationOf } from './reservations.ts'

const { machines, reservations } = tables

/** Open changes whose room may be another now. */
export interface Concerned {
  tenantId: string
  changeId: string
}

const itemsById = statement((tx: Tx) =>
  tx
    .select()
    .from(machines)
    .where(eq(machines.changeId, sql.placeholder('id')))
    .prepare(),
)
const itemsOf = (tx: Tx, id: string): MachineRow[] => itemsById(tx).all({ id })

const sitesIn = (rows: readonly MachineRow[]): string[] => [
  ...new Set(rows.map(({ site }) => site)),
]

/** Whether the items fit beside everything firm at their sites. */
const judge = (tx: Tx, changeId: string, items: readonly MachineRow[]): Finding[] => {
  const { firm } = ledgerOf(tx, { without: changeId, sites: sitesIn(items) })
  return lostRoom(allPlaces(tx, 'site'), firm, items)
}

/** Why an open change has no room any more; empty while it has, and when its room is firm. */
export const roomOf = (database: InventoryDatabase, changeId: string): Finding[] =>
  transaction(database, (tx) =>
    reservationOf(tx, changeId)?.state === 'held' ? judge(tx, changeId, itemsOf(tx, changeId)) : [],
  )

/** Other open changes with machines at these sites. */
const openAt = (tx: Tx, sites: string[]): Map<string, MachineRow[]> =>
  Map.groupBy(ledgerOf(tx, { sites }).held, ({ changeId }) => changeId)

const toConcerned = ([changeId, rows]: [string, MachineRow[]]): Concerned => ({
  changeId,
  tenantId: rows[0]?.tenantId ?? '',
})

const beside = (tx: Tx, mine: readonly MachineRow[]): Concerned[] =>
  [...openAt(tx, sitesIn(mine))].map(toConcerned)

export const neighboursIn = (tx: Tx, changeId: string): Concerned[] =>
  beside(tx, itemsOf(tx, changeId))

/** Open changes at the sites of a change: told when room comes back there. */
export const neighboursOf = (
  database: InventoryDatabase,
  at: { changeId: string } | { tenantId: string; resource: string },
): Concerned[] =>
  transaction(database, (tx) => {
    if ('changeId' in at) return neighboursIn(tx, at.changeId)
    const own = and(eq(machines.tenantId, at.tenantId), eq(machines.resource, at.resource))
    return beside(tx, tx.select().from(machines).where(own).all())
  })

/** Open changes at a site. */
export const openAtSite = (database: InventoryDatabase, site: string): Concerned[] =>
  transaction(database, (tx) => [...openAt(tx, [site])].map(toConcerned))

/** Every open change that holds something: what all plans read has become another. */
export const openEverywhere = (database: InventoryDatabase): Concerned[] =>
  transaction(database, (tx) =>
    tx
      .select({ changeId: reservations.changeId, tenantId: reservations.tenantId })
      .from(reservations)
      .where(eq(reservations.state, 'held'))
      .all(),
  )

/** All or nothing, and repeated without effect. Refuses with CAPACITY-LOST when what is firm left no room. */
export const claim = (
  database: InventoryDatabase,
  changeId: string,
  now: number,
): { claimed: Result<{ held: number }>; losers: Concerned[] } =>
  transaction(database, (tx) => {
    const row = reservationOf(tx, changeId)
    const items = itemsOf(tx, changeId)
    if (!row || row.state === 'released') {
      const detail = 'Nothing is held for this change.'
      return { claimed: refuse('conflict', { detail }), losers: [] }
    }
    if (row.state === 'held') {
      const findings = judge(tx, changeId, items)
      if (findings.length > 0) return { claimed: refuse('plan-blocked', { findings }), losers: [] }
      // A row of its own at the end: what is firm is ordered by when it became so.
      const { tenantId, resource } = row
      tx.delete(reservations).where(eq(reservations.changeId, changeId)).run()
      const askAt = now + OLD_MILLISECONDS
      tx.insert(reservations)
        .values({ changeId, tenantId, resource, state: 'claimed', askAt })
        .run()
    }
    const losers = [...openAt(tx, sitesIn(items))].filter(
      ([other, rows]) => judge(tx, other, rows).length > 0,
    )
    return { claimed: ok({ held: items.length }), losers: losers.map(toConcerned) }
  })

/** The merge that it was claimed for did not happen: the room is for whoever is merged first again. */
/** Its room is nobody else's any more. */
export const isFirm = (database: InventoryDatabase, changeId: string): boolean => {
  const state = transaction(database, (tx) => reservationOf(tx, changeId))?.state
  return state === 'claimed' || state === 'settled'
}

export const unclaim = (database: InventoryDatabase, changeId: string): void => {
  database
    .update(reservations)
    .set({ state: 'held' })
    .where(and(eq(reservations.changeId, changeId), eq(reservations.state, 'claimed')))
    .run()
}
