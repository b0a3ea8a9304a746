// What an engine says of a component becomes drift of the resource that stands there, and goes when the engine is content again.
import { eq } from 'drizzle-orm'
import type { Difference } from '../../../../schemas/drift.ts'
import type { StatusReport } from '../../../../schemas/status.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { ChangeRow, Tx } from '../context.ts'
import { noteDifferences } from './differences.ts'

/** `lab/60-web`, or an object in it: `lab/60-web: Deployment acme/web`. */
const isOf = (difference: Difference, place: string): boolean =>
  difference.where === 'cluster' &&
  (difference.what === place || difference.what.startsWith(`${place}: `))

const saidBy = ({ cluster, component, state, message, differs }: StatusReport): Difference[] => {
  const what = `${cluster}/${component}`
  if (differs && differs.length > 0)
    return differs.map((one) => ({
      ...{ where: 'cluster', what: `${what}: ${one.what}`, how: one.how, message },
    }))
  if (state !== 'degraded' && state !== 'failed') return []
  return [{ where: 'cluster', what, how: 'degraded', message }]
}

/** A report about an older change says nothing of what stands now. That a commit is being applied is no drift. */
export const noteCluster = (tx: Tx, change: ChangeRow, report: StatusReport, now: string): void => {
  const { state, differs, cluster, component, revision, simulated } = report
  if (state === 'progressing' && differs === undefined) return
  const { resources } = tables
  const rows = tx.select().from(resources).where(eq(resources.changeId, change.id)).all()
  const differences = saidBy(report)
  for (const row of rows) {
    if (differences.length === 0 && row.drift === null) continue
    noteDifferences(tx, row, {
      replaces: (one) => isOf(one, `${cluster}/${component}`),
      ...{ differences, at: revision, simulated, now },
    })
  }
}
