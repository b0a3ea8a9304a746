// Merges that went around the gate. They stay on main, unapplied; what they wrote is undone by a revert, which is a change
// like any other. Until that is merged, whatever is planned for the resource starts from what main really holds.
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm'
import type { ExistingResource } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement } from '../database.ts'
import type { Db, PlanRow, Tx } from './context.ts'
import { readPlanRow } from './context.ts'

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

/** What a stray merge left on main under this name; null when there is none, or a later merge has gone over it. */
export const strayOf = (db: Db | Tx, name: string): PlanRow | null => {
  const latest = lastMerged(db).get({ name })
  return latest?.state === 'merged_unauthorised' ? readPlanRow(db, latest) : null
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
