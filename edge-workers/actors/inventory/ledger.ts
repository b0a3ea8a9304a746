// The rows of all machines, by what they weigh: firm ones in the order in which they became so, and open holds.
import { and, asc, eq, ne } from 'drizzle-orm'
import type { Ledger, MachineRow } from '../../../gitops/reservation.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import { among } from '../database.ts'
import type { Tx } from './places.ts'

const { machines, reservations } = tables

/** Everybody's machines, or those at some sites; `without` the ones of a change. */
export const ledgerOf = (
  tx: Tx,
  { without, sites }: { without?: string; sites?: string[] } = {},
): Ledger => {
  const rows = tx
    .select({ machine: machines, state: reservations.state })
    .from(machines)
    .innerJoin(reservations, eq(reservations.changeId, machines.changeId))
    .where(
      and(
        without === undefined ? undefined : ne(machines.changeId, without),
        sites === undefined ? undefined : among(machines.site, sites),
      ),
    )
    .orderBy(asc(reservations.sequence), asc(machines.name))
    .all()
  const firm: MachineRow[] = []
  const held: MachineRow[] = []
  for (const { machine, state } of rows) (state === 'held' ? held : firm).push(machine)
  return { firm, held }
}
