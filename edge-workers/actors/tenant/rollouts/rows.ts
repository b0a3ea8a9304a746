// The rows of a rollout, how it stands by them, and the one way in which it moves. No decisions about phases here:
// gitops/rollout.ts makes them.
import { and, eq } from 'drizzle-orm'
import { findSystem } from '../../../../gitops/catalog.ts'
import { assess, type Outlook, type PhaseChange, withPhases } from '../../../../gitops/rollout.ts'
import { type RolloutState, rolloutMoves } from '../../../../schemas/rollout.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { ChangeRow, Db, Tx } from '../context.ts'
import { enqueue, readChangeRow, record, StaleChange } from '../context.ts'

/** Not over yet. */
export const LIVING: RolloutState[] = ['running', 'paused', 'failed']

export type RolloutRow = typeof tables.rollouts.$inferSelect
export type PhaseRow = typeof tables.rolloutPhases.$inferSelect
export type ReportRow = typeof tables.rolloutReports.$inferSelect

export const readRollout = (db: Db | Tx, id: string): RolloutRow | undefined =>
  db.select().from(tables.rollouts).where(eq(tables.rollouts.id, id)).get()

export const readReports = (db: Db | Tx, rolloutId: string): ReportRow[] =>
  db
    .select()
    .from(tables.rolloutReports)
    .where(eq(tables.rolloutReports.rolloutId, rolloutId))
    .all()

export const readPhases = (db: Db | Tx, rolloutId: string): Map<string, PhaseRow> =>
  new Map(
    db
      .select()
      .from(tables.rolloutPhases)
      .where(eq(tables.rolloutPhases.rolloutId, rolloutId))
      .all()
      .map((row) => [row.phase, row]),
  )

/**
 * In the version in which it was asked for, as long as the catalogue has that.
 * @throws {Error} when the catalogue has lost a system that somebody rolled out.
 */
export const systemOf = ({ system, systemVersion, parameters }: RolloutRow): System => {
  const found = findSystem(system, systemVersion) ?? findSystem(system)
  if (!found) throw new Error('a rollout of a system that the catalogue has no more')
  return withPhases(found, parameters)
}

/** A later phase of the same rollout has taken the resource over: that phase says how it is now. */
const isPassedOn = (db: Db | Tx, change: ChangeRow, { changeId }: { changeId: string }): boolean =>
  change.state === 'applied' &&
  changeId !== change.id &&
  change.rollout !== null &&
  readChangeRow(db, changeId)?.rollout === change.rollout

const changeOf = (db: Db | Tx, changeId: string): PhaseChange | null => {
  const change = readChangeRow(db, changeId)
  if (!change) return null
  const resource = db
    .select()
    .from(tables.resources)
    .where(eq(tables.resources.name, change.name))
    .get()
  return {
    id: change.id,
    state: change.state,
    reason: change.reason,
    healthy:
      resource?.state === 'applied' &&
      (resource.health === 'healthy' || isPassedOn(db, change, resource)),
    stands:
      resource !== undefined &&
      resource.state !== 'removed' &&
      resource.template === change.request.template,
  }
}

/** How a rollout stands, by its rows as they are now. */
export const outlookOf = (
  db: Db | Tx,
  rollout: RolloutRow,
  state: RolloutState = rollout.state,
): Outlook => {
  const reports = readReports(db, rollout.id)
  const named = (state: ReportRow['state']) =>
    new Set(reports.filter((report) => report.state === state).map(({ id }) => id))
  const phases = new Map(
    [...readPhases(db, rollout.id)].map(([phase, { changeId, refused }]) => [
      phase,
      { change: changeId === null ? null : changeOf(db, changeId), refused },
    ]),
  )
  return assess(systemOf(rollout), rollout.parameters, {
    state,
    phases,
    done: named('done'),
    met: named('met'),
  })
}

interface Move {
  to: RolloutState
  actor: string
  at: string
  /** Why; for a note, what it notes. */
  reason: string | null
}

/** One step of a rollout, with its leaf and the work it causes. The same state is a note. Throws StaleChange. */
export const moveRollout = (
  tx: Tx,
  rollout: RolloutRow,
  { to, actor, at, reason }: Move,
): RolloutRow => {
  if (to !== rollout.state && !rolloutMoves[rollout.state].includes(to)) {
    throw new Error(`illegal move ${rollout.state} -> ${to}`)
  }
  const version = rollout.version + 1
  const [row] = tx
    .update(tables.rollouts)
    .set({
      state: to,
      reason: to === rollout.state ? rollout.reason : reason,
      version,
      updatedAt: at,
    })
    .where(and(eq(tables.rollouts.id, rollout.id), eq(tables.rollouts.version, rollout.version)))
    .returning()
    .all()
  if (!row) throw new StaleChange()
  record(tx, {
    changeId: rollout.id,
    version,
    from: rollout.state,
    to,
    reason,
    actor,
    at,
  })
  if (to === 'running') enqueue(tx, 'advance', rollout.id, Date.parse(at))
  return row
}

export const writePhase = (tx: Tx, row: PhaseRow): void => {
  const { rolloutId: _id, phase: _phase, ...values } = row
  tx.insert(tables.rolloutPhases)
    .values(row)
    .onConflictDoUpdate({
      target: [tables.rolloutPhases.rolloutId, tables.rolloutPhases.phase],
      set: values,
    })
    .run()
}
