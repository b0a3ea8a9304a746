// Machines as they are listed and read, and their removal: what was in Azure is gone when Azure says so.
import { and, desc, eq, lt, max, sql } from 'drizzle-orm'
import type { ArcMachineView } from '../../../../../schemas/arc-machine.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { pageOf } from '../../../page.ts'
import type { TenantContext } from '../../context.ts'
import type { ArcMachineOperations } from './contracts.ts'
import {
  findMachine,
  MACHINES,
  type MachineRow,
  machineView,
  move,
  NO_LINK,
  readAgain,
  versionedView,
} from './rows.ts'

const { arcMachines, outbox } = tables

const keyOf = ({ createdAt, id }: MachineRow): string => `${createdAt} ${id}`

export const listMachines = (
  { db }: TenantContext,
  { limit, after }: PageRequest,
): Page<ArcMachineView> => {
  const key = sql`${arcMachines.createdAt} || ' ' || ${arcMachines.id}`
  const rows = db
    .select()
    .from(arcMachines)
    .where(after === null ? undefined : lt(key, after))
    .orderBy(desc(arcMachines.createdAt), desc(arcMachines.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, keyOf, (row) => machineView(db, row))
}

export const readMachine = (
  { db }: TenantContext,
  id: string,
): Result<Versioned<ArcMachineView>> => {
  const row = findMachine(db, id)
  return row ? ok(versionedView(db, row)) : refuse('not-found')
}

export const readBack = ({ db }: TenantContext) => {
  const at = db
    .select({ at: max(arcMachines.readAt) })
    .from(arcMachines)
    .get()
  const work = db
    .select({ fault: outbox.lastError })
    .from(outbox)
    .where(and(eq(outbox.kind, 'read-arc'), eq(outbox.changeId, MACHINES)))
    .get()
  return { readAt: at?.at ?? null, fault: work?.fault ?? null }
}

/** Of what nobody has downloaded nothing can be in Azure. */
export const removeMachine = (
  { db, now }: TenantContext,
  who: Principal,
  { id, ifVersion }: ArcMachineOperations['arc-machines.remove']['input'],
): Result<Versioned<ArcMachineView>> =>
  transaction(db, (tx): Result<Versioned<ArcMachineView>> => {
    const row = findMachine(tx, id)
    if (!row) return refuse('not-found')
    if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
    if (row.state === 'removing' || row.state === 'removed') return ok(versionedView(tx, row))
    const at = now()
    const isOut = row.downloadedAt !== null || row.remote !== null
    const after = move(tx, row, isOut ? 'removing' : 'removed', {
      ...{ actor: who.subject, at: at.toISOString(), patch: NO_LINK },
    })
    if (isOut) readAgain(tx, at.getTime())
    return ok(versionedView(tx, after))
  })
