// The targets of a promoted change: what its engines must report. A cluster of a fleet that the change leaves alone keeps
// what its engine said last: it has nothing new to report.
import { and, desc, eq } from 'drizzle-orm'
import type { Plan } from '../../../schemas/plan.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Tx } from './context.ts'

const { targets, changes } = tables
type Said = Pick<typeof targets.$inferInsert, 'state' | 'revision' | 'message' | 'simulated'>

const NOTHING_SAID: Said = {
  ...{ state: 'waiting', revision: null, message: 'no report yet', simulated: false },
}

/** What the engine said of the component before; nothing where no change was ever about it. */
const lastSaid = (tx: Tx, cluster: string, component: string): Said | undefined => {
  const [row] = tx
    .select({ target: targets })
    .from(targets)
    .innerJoin(changes, eq(changes.id, targets.changeId))
    .where(and(eq(targets.cluster, cluster), eq(targets.component, component)))
    .orderBy(desc(changes.livePlace))
    .limit(1)
    .all()
  if (!row) return undefined
  const { state, revision, message, simulated } = row.target
  return { state, revision, message, simulated }
}

export const openTargets = (
  tx: Tx,
  changeId: string,
  plan: Pick<Plan, 'targets' | 'fleet'>,
): void => {
  const touched = new Set(
    plan.fleet?.classes.flatMap(({ regions }) => regions.map(({ cluster }) => cluster)),
  )
  for (const { cluster, component } of plan.targets) {
    const stays = plan.fleet !== undefined && !touched.has(cluster)
    const said = (stays ? lastSaid(tx, cluster, component) : undefined) ?? NOTHING_SAID
    tx.insert(targets)
      .values({ changeId, cluster, component, ...said })
      .onConflictDoNothing()
      .run()
  }
}
