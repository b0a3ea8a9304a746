// A pull request that somebody merged before its change had heard of it: the answer that it was opened was lost, and an
// administrator was quick. Its branch is the change's and our seal is on its record, so it is no hand edit: the change claims it, and
// what follows is that of any merge past the gate.
import { and, eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { readRecord, writtenOf } from './backup/records.ts'
import { type ChangeRow, readChangeRow, step, type TenantContext } from './context.ts'

/** True where there is one, and the change has it now. Costs a call, and two more where a pull request was merged. Throws Outage. */
export const claimUnseenMerge = async (
  context: TenantContext,
  { id, branch, pullNumber, revision, version }: ChangeRow,
): Promise<boolean> => {
  if (pullNumber !== null) return false
  const pulls = await context.repository().pullsOf(context.tenant().repository, branch)
  throwIfOutage(pulls)
  const pull = pulls.ok ? pulls.value.find(({ merged }) => merged) : undefined
  if (!pull) return false
  const found = await readRecord(context, id, pull, null)
  const row = readChangeRow(context.db, id)
  const isOurs = found !== 'later' && found?.change.revision === revision
  if (!isOurs || row?.version !== version) return false
  const { number, url, headSha } = pull
  const { changeId, revision: ofPlan } = tables.plans
  const written = writtenOf(context, row)
  transaction(context.db, (tx) => {
    tx.update(tables.plans)
      .set({ written })
      .where(and(eq(changeId, id), eq(ofPlan, revision)))
      .run()
    step(tx, row, 'proposed', {
      ...{ actor: 'phoenix', at: context.now().toISOString(), work: ['observe-reviews'] },
      reason: 'its pull request was merged before its change had heard of it',
      patch: { pullNumber: number, pullUrl: url, headSha, commitSha: headSha },
    })
    return null
  })
  context.changed()
  return true
}
