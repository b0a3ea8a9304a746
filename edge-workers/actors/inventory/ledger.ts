// The rows of all machines, by what they weigh: firm ones in the order in which they became so, and open holds.
import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Ledger, MachineRow } from '../../../gitops/reservation.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import { amongListed, statement } from '../database.ts'
import type { Tx } from './places.ts'

const { machines, reservations } = tables

const rowsWith = (by: { without: boolean; sites: boolean }) =>
  statement((tx: Tx) =>
    tx
      .select({ machine: machines, state: reservations.state })
      .from(machines)
      .innerJoin(reservations, eq(reservations.changeId, machines.changeId))
      .where(
        and(
          by.without ? ne(machines.changeId, sql.placeholder('without')) : undefined,
          by.sites ? amongListed(machines.site, sql.placeholder('sites')) : undefined,
        ),
      )
      .orderBy(asc(reservations.sequence), asc(machines.name))
      .prepare(),
  )
const everyRow = rowsWith({ without: false, sites: false })
const rowsBeside = rowsWith({ without: true, sites: false })
const rowsAt = rowsWith({ without: false, sites: true })
const rowsBesideAt = rowsWith({ without: true, sites: true })

/** Everybody's machines, or those at some sites; `without` the ones of a change. */
export const ledgerOf = (
  tx: Tx,
  { without, sites }: { without?: string; sites?: string[] } = {},
): Ledger => {
  const beside = without === undefined ? everyRow : rowsBeside
  const besideAt = without === undefined ? rowsAt : rowsBesideAt
  const asked = { without, sites: JSON.stringify(sites ?? []) }
  const rows = (sites === undefined ? beside : besideAt)(tx).all(asked)
  const firm: MachineRow[] = []
  const held: MachineRow[] = []
  for (const { machine, state } of rows) (state === 'held' ? held : firm).push(machine)
  return { firm, held }
}
