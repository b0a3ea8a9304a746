// A tenant's own states, and the one way from one to another: the row, its event and its leaf together.
import { and, desc, eq, ne, sql } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../../schemas/tenant-deletion.ts'
import type { TenantState } from '../../../../schemas/tenant-settings.ts'
import type { ChangeRow, Db, TenantContext, TenantRow, Tx } from '../context.ts'
import { record } from '../context.ts'

export const readTenantRow = (tx: Tx): TenantRow => {
  const row = tx.select().from(tables.tenant).get()
  if (!row) throw new Error('this tenant was never initialised')
  return row
}

interface Entry {
  /** Pseudonym, or `phoenix`. */
  actor: string
  at: string
  reason?: string | null
  eraseAt?: string | null
}

/** Forget the cached row after the transaction. */
export const enterState = (
  tx: Tx,
  to: TenantState,
  { actor, at, reason = null, eraseAt = null }: Entry,
): TenantRow => {
  const before = readTenantRow(tx)
  const version = before.version + 1
  const now = { state: to, stateSince: at, eraseAt, version }
  tx.update(tables.tenant).set(now).where(eq(tables.tenant.id, before.id)).run()
  record(tx, { changeId: before.id, version, from: before.state, to, reason, actor, at })
  return { ...before, ...now }
}

/** The step of the deletion that was asked for last; null where none ever was. */
export const latestStep = (db: Db | Tx): ChangeRow | null =>
  db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.name, DELETION_NAME))
    // In the order in which they were written: two may be of the same millisecond.
    .orderBy(desc(sql`rowid`))
    .limit(1)
    .get() ?? null

/** Nobody would look after them any more once the tenant is gone: its deletion waits. */
export const goingInAzure = (db: Db | Tx): { name: string; fault: string | null }[] => {
  const { name, fault, state } = tables.fluxConfigurations
  return db
    .select({ name, fault })
    .from(tables.fluxConfigurations)
    .where(eq(state, 'removing'))
    .orderBy(name)
    .all()
}

/** What a deletion waits for that has no change; null: for nothing of the kind. */
const waitsFor = (db: Db): string | null => {
  const going = goingInAzure(db)
  const words = going.map(({ name, fault }) => (fault === null ? name : `${name}: ${fault}`))
  return going.length === 0 ? null : `Azure removes Flux configurations (${words.join('; ')})`
}

/** What was said when the tenant came into its state; read only where that is worth saying. */
export const latestWords = (
  context: TenantContext,
): { stateReason: string | null; deletion: string | null } => {
  const { id, state, stateSince } = context.tenant()
  if (stateSince === null) return { stateReason: null, deletion: null }
  const { transitions } = tables
  const entered = context.db
    .select({ reason: transitions.reason })
    .from(transitions)
    .where(
      and(eq(transitions.changeId, id), eq(transitions.to, state), ne(transitions.from, state)),
    )
    .orderBy(desc(transitions.seq))
    .limit(1)
    .get()
  return {
    stateReason: state === 'deleting' ? waitsFor(context.db) : (entered?.reason ?? null),
    deletion: state === 'deleting' ? (latestStep(context.db)?.id ?? null) : null,
  }
}

/** The owners or operators set something: the words say what, never to what. */
export const noteSetting = (
  tx: Tx,
  { id, version, state }: Pick<TenantRow, 'id' | 'version' | 'state'>,
  { actor, at, what }: { actor: string; at: string; what: string[] },
): void => {
  const reason = `set: ${what.join(', ')}`
  record(tx, { changeId: id, version, from: state, to: state, reason, actor, at })
}
