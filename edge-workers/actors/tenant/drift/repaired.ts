// What a promotion put right is no drift any more: it need not wait for the next look, and keeps nobody from the next change.
import { eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type ChangeRow, enqueue, FORGE, readPlanRow, type Tx } from '../context.ts'
import { noteOnResources } from './differences.ts'

/** A forge may still show `live` as it was a moment ago. */
const LOOK_AFTER_MILLISECONDS = 60_000

/** Drops what the change replaced as it was confirmed, or wrote itself. What else was found stays until the look that follows. */
export const noteRepaired = (tx: Tx, change: ChangeRow, at: string): void => {
  const { mainLooks } = tables
  const looked = tx.select().from(mainLooks).where(eq(mainLooks.id, 1)).get()
  if (!looked || looked.files.length === 0) return
  const { written, snapshot } = readPlanRow(tx, change)
  const own = new Map((written ?? []).map(({ path, blob }) => [path, blob]))
  const confirmed = snapshot.handMade?.confirmed === true ? snapshot.handMade.files : []
  const files = looked.files.filter(
    ({ path, blob }) =>
      !own.has(path) ||
      (own.get(path) !== blob && !confirmed.some((one) => one.path === path && one.blob === blob)),
  )
  enqueue(tx, 'look', FORGE, Date.parse(at) + LOOK_AFTER_MILLISECONDS)
  if (files.length === looked.files.length) return
  const commits = files.length === 0 ? [] : looked.commits
  tx.update(mainLooks).set({ files, commits }).where(eq(mainLooks.id, 1)).run()
  noteOnResources(tx, files, { at: looked.mainSha, now: at })
}
