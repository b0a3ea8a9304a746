// Who holds what on which host. A machine's row belongs to the change that asked for it. A hold of an open change keeps its
// ids and addresses for it, but no room: that goes to whoever is merged first. Claiming makes a hold firm, settling turns it
// into what the resource has, and pruning leaves of each machine only what was settled last.
import { and, desc, eq, ne, or, sql } from 'drizzle-orm'
import { blocks } from '../../../gitops/finding.ts'
import {
  judgeReservation,
  type Ledger,
  type MachineRow,
  usesFor,
} from '../../../gitops/reservation.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { InventoryApi, InventorySnapshot, ReservationItem } from '../contracts.ts'
import { statement, transaction } from '../database.ts'
import { everyPlace, placesAbout } from './about.ts'
import { ledgerOf } from './ledger.ts'
import { allPlaces, type InventoryDatabase, type Tx } from './places.ts'
import { priceBookOf } from './price-book.ts'

const { machines, reservations } = tables
/** So long a hold stands before its tenant is asked about it (old-holds.ts). */
export const OLD_MILLISECONDS = 6 * 3_600_000
type Asked = Parameters<InventoryApi['reserve']>[0]

const reservationById = statement((tx: Tx) =>
  tx
    .select()
    .from(reservations)
    .where(eq(reservations.changeId, sql.placeholder('id')))
    .prepare(),
)
export const reservationOf = (tx: Tx, id: string) => reservationById(tx).get({ id })

export const snapshotOf = (
  database: InventoryDatabase,
  { tenantId, resource, about }: Parameters<InventoryApi['snapshot']>[0],
): InventorySnapshot =>
  transaction(database, (tx) => {
    const others = (rows: readonly MachineRow[]) =>
      rows.filter((row) => row.tenantId !== tenantId || row.resource !== resource)
    const all = ledgerOf(tx, about ? { sites: about.sites } : {})
    const ledger: Ledger = { firm: others(all.firm), held: others(all.held) }
    return {
      ...(about ? placesAbout(tx, about) : everyPlace(tx)),
      priceBook: priceBookOf(tx),
      uses: usesFor(ledger, tenantId),
      ...(about?.machines === false
        ? { takenVmIds: [], takenAddresses: [] }
        : takenBeside(tx, tenantId, resource)),
    }
  })

const idsBeside = statement((tx: Tx) =>
  tx
    .select({ vmId: machines.vmId, address: machines.address })
    .from(machines)
    .where(
      or(
        ne(machines.tenantId, sql.placeholder('tenantId')),
        ne(machines.resource, sql.placeholder('resource')),
      ),
    )
    .prepare(),
)

/** Ids and addresses are one pool for all sites: whoever gets new ones has to know everybody's. */
const takenBeside = (tx: Tx, tenantId: string, resource: string) => {
  const rows = idsBeside(tx).all({ tenantId, resource })
  return {
    takenVmIds: [...new Set(rows.map((row) => row.vmId))],
    takenAddresses: [...new Set(rows.map((row) => row.address))],
  }
}

const countOf = (tx: Tx, changeId: string): number =>
  tx.select({ name: machines.name }).from(machines).where(eq(machines.changeId, changeId)).all()
    .length

export const holdsOf = (database: InventoryDatabase, changeId: string): number =>
  transaction(database, (tx) => countOf(tx, changeId))

const rowOf = ({ changeId, tenantId, resource }: Asked, item: ReservationItem) => ({
  changeId,
  tenantId,
  resource,
  name: item.name,
  site: item.site,
  host: item.host,
  cores: item.cores,
  memoryMiB: item.memoryMiB,
  diskGiB: item.diskGiB,
  vmId: item.vmId,
  address: item.address,
})

/** All or nothing. A refusal leaves what the change held before. `now`: milliseconds since the epoch. */
export const reserve = (
  database: InventoryDatabase,
  asked: Asked,
  now: number,
): Result<{ held: number }> =>
  transaction(database, (tx): Result<{ held: number }> => {
    const { changeId, tenantId, resource, items } = asked
    const before = reservationOf(tx, changeId)
    if (before?.state === 'released') {
      return refuse('conflict', { detail: 'This change has given its reservation back.' })
    }
    if (before && (before.tenantId !== tenantId || before.resource !== resource)) {
      return refuse('conflict', { detail: 'This change reserves for another resource.' })
    }
    // Merged already: a late repeat changes nothing, whatever it asks for.
    if (before?.state === 'settled') return ok({ held: countOf(tx, changeId) })
    const wanted = items.map((item) => rowOf(asked, item))
    const ledger = ledgerOf(tx, { without: changeId })
    const findings = judgeReservation(allPlaces(tx, 'site'), ledger, wanted, tenantId)
    if (blocks(findings)) return refuse('plan-blocked', { findings })
    const wants = { state: 'held', askAt: now + OLD_MILLISECONDS, unanswered: 0 } as const
    tx.insert(reservations)
      .values({ changeId, tenantId, resource, ...wants })
      // A revision asks for something else than what was claimed for a merge that did not happen.
      .onConflictDoUpdate({ target: reservations.changeId, set: wants })
      .run()
    tx.delete(machines).where(eq(machines.changeId, changeId)).run()
    for (const row of wanted) tx.insert(machines).values(row).run()
    return ok({ held: wanted.length })
  })

/**
 * A release that overtakes its reservation is remembered: the late reservation must not hold for ever. True when firm room
 * came back; a mere hold kept it from nobody.
 */
export const release = (database: InventoryDatabase, changeId: string): boolean =>
  transaction(database, (tx) => {
    const before = reservationOf(tx, changeId)
    const [row] = tx
      .insert(reservations)
      .values({ changeId, tenantId: '', resource: '', state: 'released' })
      .onConflictDoUpdate({
        target: reservations.changeId,
        set: { state: 'released' },
        setWhere: ne(reservations.state, 'settled'),
      })
      .returning()
      .all()
    if (row) tx.delete(machines).where(eq(machines.changeId, changeId)).run()
    return before?.state === 'claimed'
  })

export const settle = (database: InventoryDatabase, changeId: string): void => {
  database
    .update(reservations)
    .set({ state: 'settled' })
    .where(and(eq(reservations.changeId, changeId), ne(reservations.state, 'released')))
    .run()
}

/** Of a machine that stays, the row of the last settled change stays with it; older sizes and places go. True when any did. */
export const prune = (
  database: InventoryDatabase,
  { tenantId, resource, keep }: Parameters<InventoryApi['prune']>[0],
): boolean =>
  transaction(database, (tx) => {
    const rows = tx
      .select({ changeId: machines.changeId, name: machines.name })
      .from(machines)
      .innerJoin(reservations, eq(reservations.changeId, machines.changeId))
      .where(
        and(
          eq(machines.tenantId, tenantId),
          eq(machines.resource, resource),
          eq(reservations.state, 'settled'),
        ),
      )
      .orderBy(desc(reservations.sequence))
      .all()
    const stay = new Set(keep)
    let gone = false
    for (const { changeId, name } of rows) {
      if (stay.delete(name)) continue
      gone = true
      tx.delete(machines)
        .where(and(eq(machines.changeId, changeId), eq(machines.name, name)))
        .run()
    }
    return gone
  })
