// Merges that went around the gate. They stay on main, unapplied; what they wrote is undone by a revert, which is a change
// like any other. Until that is merged, whatever is planned for the resource starts from what main really holds.
import { and, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { ExistingResource } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement } from '../database.ts'
import type { ChangeRow, Db, PlanRow, Tx } from './context.ts'
import { readPlanRow, step } from './context.ts'
import { endUnmerged } from './ending.ts'
import { revertFingerprint } from './revert-of.ts'

const lastMerged = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.changes)
    .where(
      and(eq(tables.changes.name, sql.placeholder('name')), isNotNull(tables.changes.mergedAt)),
    )
    .orderBy(desc(tables.changes.mergedAt))
    .limit(1)
    .prepare(),
)

/** Of a merge that went around the gate, and of which main holds something. */
const isStray = ({ state, undoneSha }: ChangeRow): boolean =>
  state === 'merged_unauthorised' && undoneSha === null

/** What a stray merge left on main under this name; null when there is none, a later merge has gone over it, or it was undone. */
export const strayOf = (db: Db | Tx, name: string): PlanRow | null => {
  const latest = lastMerged(db).get({ name })
  return latest && isStray(latest) ? readPlanRow(db, latest) : null
}

/** Every merge that went around the gate, and was not yet undone when `live` last moved. */
export const strays = (db: Db | Tx): ChangeRow[] =>
  db
    .select()
    .from(tables.changes)
    .where(and(eq(tables.changes.state, 'merged_unauthorised'), isNull(tables.changes.undoneSha)))
    .all()

/** Of what a hand or a revert has undone nothing waits for anybody any more. */
const UNDONE = 'main has nothing of it any more'
export const PAST_THE_GATE = 'merged past the gate'

/** Reverts of it that are still open: there is nothing left that they would take back. */
const openReverts = (tx: Tx, { id }: ChangeRow): ChangeRow[] => {
  const { follows, fingerprint, state } = tables.changes
  const own = and(eq(follows, id), eq(fingerprint, revertFingerprint(id)))
  const open = inArray(state, ['accepted', 'proposed', 'approved'])
  return tx.select().from(tables.changes).where(and(own, open)).all()
}

const NOTHING_LEFT = 'what it was to take back is not on main any more'

/** `live` went past it to this commit of main, which holds nothing of it. */
export const noteUndone = (tx: Tx, change: ChangeRow, head: string, at: string): void => {
  if (!isStray(change)) return
  markUndone(tx, change, head, at)
  endReverts(tx, change, at)
}

export const markUndone = (tx: Tx, change: ChangeRow, head: string, at: string): void => {
  const was = change.reason ?? PAST_THE_GATE
  const why = was.startsWith(PAST_THE_GATE) ? PAST_THE_GATE : was.replace(/; revert it.*$/, '')
  const reason = `${why}; ${UNDONE}`
  step(tx, change, change.state, { actor: 'phoenix', at, reason, patch: { undoneSha: head } })
}

export const endReverts = (tx: Tx, change: ChangeRow, at: string): void => {
  const ending = { reason: NOTHING_LEFT, voidReason: NOTHING_LEFT }
  for (const revert of openReverts(tx, change))
    endUnmerged(tx, revert, { to: 'closed', actor: 'phoenix', at, ...ending })
}

/** A stray creation as something that exists. No engine ever saw it, so no guard has to be lifted first. */
export const strayAsExisting = ({ request, plan, snapshot }: PlanRow): ExistingResource | null =>
  request.action === 'delete'
    ? null
    : {
        name: plan.name,
        template: plan.template.name,
        templateVersion: plan.template.version,
        cluster: plan.targets[0]?.cluster ?? '',
        parameters: plan.parameters,
        placement: plan.placement,
        identities: snapshot.identities,
        guardsLifted: true,
      }
