// Which promoted changes made what stand, and until when: what usage and invoices are both read from. No second bookkeeping.
import { and, asc, eq, isNotNull } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../../schemas/tenant-deletion.ts'
import { type PlanRow, readPlanRow, type TenantContext } from '../context.ts'

const { changes, transitions } = tables

/** When each promoted change of a name began to stand, in the order of `live`. */
export const promotions = ({ db }: TenantContext) =>
  db
    .select({
      ...{ id: changes.id, name: changes.name, revision: changes.revision },
      ...{ state: changes.state, at: transitions.at },
    })
    .from(changes)
    .innerJoin(
      transitions,
      and(eq(transitions.changeId, changes.id), eq(transitions.to, 'promoted')),
    )
    .where(isNotNull(changes.livePlace))
    .orderBy(asc(changes.livePlace), asc(transitions.seq))
    .all()
type Promotion = ReturnType<typeof promotions>[number] & {
  /** It removed this and much else: what stood before ends with it, and nothing stands by it. */
  endsAll?: true
}

/** Of each resource, in the order of names. */
export const promotionsByName = (context: TenantContext): [string, Promotion[]][] => {
  const each = promotions(context).flatMap((row) =>
    row.name === DELETION_NAME ? endedBy(context, row) : [row],
  )
  return [...Map.groupBy(each, ({ name }) => name)].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Each resource that a step of the tenant's deletion removed. While its guards are lifted it stands as before. */
const endedBy = (context: TenantContext, row: Promotion): Promotion[] => {
  const { plan, snapshot } = readPlanRow(context.db, row)
  return plan.phase === 'remove'
    ? (snapshot.deletion ?? []).map(({ request }) => ({
        ...row,
        name: request.name,
        endsAll: true,
      }))
    : []
}

const appliedAt = ({ db }: TenantContext, changeId: string): string | null =>
  db
    .select({ at: transitions.at })
    .from(transitions)
    .where(and(eq(transitions.changeId, changeId), eq(transitions.to, 'applied')))
    .orderBy(asc(transitions.seq))
    .get()?.at ?? null

export interface StandingChange {
  id: string
  made: PlanRow
  from: string
  /** Null: it stands. */
  to: string | null
  endedBy: string | null
}

/** Each change of one name until the next one, the second half of a removal until it was applied; of `wanted` ones only. */
export const stretchesOf = (
  context: TenantContext,
  rows: readonly Promotion[],
  wanted: (span: { from: string; to: string | null }) => boolean,
): StandingChange[] =>
  rows.flatMap((row, index) => {
    if (row.endsAll) return []
    const next = rows[index + 1]
    const upTo = (next?.endsAll ? appliedAt(context, next.id) : next?.at) ?? null
    if (!wanted({ from: row.at, to: upTo })) return []
    const made = readPlanRow(context.db, row)
    const gone = made.plan.phase === 'remove' ? appliedAt(context, row.id) : null
    const to = gone ?? upTo
    const ender = gone === null ? (next?.id ?? null) : row.id
    return [{ id: row.id, made, from: row.at, to, endedBy: to === null ? null : ender }]
  })
