// What a proposal takes with it, so that nothing made by hand is written over unseen: where Phoenix left main, what else it
// knows of, and what the requester has confirmed.
import type { Stood } from '../../../../gitops/propose.ts'
import type { ChangeRow, TenantContext } from '../context.ts'
import { readChangeRow, readPlanRow } from '../context.ts'
import { waiting } from '../explained.ts'
import { lastLive } from '../lives.ts'

/** Null where nothing of ours was ever promoted, and for the revert of a merge that went around the gate: it is to undo that. */
export const stoodFor = (context: TenantContext, change: ChangeRow): Stood | null => {
  const sha = lastLive(context.db)
  const undone = change.follows === null ? undefined : readChangeRow(context.db, change.follows)
  if (sha === null || undone?.state === 'merged_unauthorised') return null
  const { plan, snapshot } = readPlanRow(context.db, change)
  const paths = new Set(plan.files.map(({ path }) => path))
  return {
    sha,
    explained: [...waiting(context)]
      .filter(([path]) => paths.has(path))
      .map(([path, blob]) => ({ path, blob })),
    confirmed: snapshot.handMade?.confirmed === true ? snapshot.handMade.files : [],
  }
}
