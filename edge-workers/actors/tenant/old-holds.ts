// What this tenant says of holds that the Inventory asks about: those of changes that came to nothing, and of changes that are not
// here. A database that was lost may have forgotten a change whose machines stand, so Git is asked before one counts as unknown. And
// what it holds once more, to an Inventory that was restored.
import { branchName } from '../../../gitops/propose.ts'
import { isOpen } from '../../../schemas/change.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { HoldsJudged } from '../inventory/holds-contracts.ts'
import { throwIfOutage } from '../outage.ts'
import { reserveAgain } from './backup/reserve-again.ts'
import { type ChangeRow, readChangeRow, type TenantContext } from './context.ts'
import { beforeWriting } from './log/standing.ts'

/** Of one question: each costs a call of the forge. What is left waits for the next. */
const LOOKED_FOR_AT_MOST = 20

/** What is in `live` stands on its host, whatever became of it there. */
const isWanted = ({ state, liveSha }: ChangeRow): boolean => isOpen(state) || liveSha !== null

/** Nobody has merged a pull request of this change: nothing that it asked for can be anywhere. Rejects with Outage. */
const isNowhere = async (context: TenantContext, id: string): Promise<boolean> => {
  const { repository, slug } = context.tenant()
  const pulls = await context.repository().pullsOf(repository, branchName(slug, id))
  throwIfOutage(pulls)
  return pulls.ok && !pulls.value.some(({ merged }) => merged)
}

/** Rejects with Outage while that is not certain. */
export const judgeHolds = async (
  context: TenantContext,
  changeIds: readonly string[],
): Promise<HoldsJudged> => {
  await beforeWriting(context)
  // Nothing of an erased tenant stands, and nobody can ask for anything.
  if (context.tenant().state === 'erased') return { unknown: [], over: [...changeIds] }
  const missing = changeIds.filter((id) => !readChangeRow(context.db, id))
  const nowhere: string[] = []
  for (const id of missing.slice(0, LOOKED_FOR_AT_MOST))
    if (await isNowhere(context, id)) nowhere.push(id)
  // Time has passed: it may have been asked for again, or a restore have begun.
  await beforeWriting(context)
  const rows = changeIds.map((id) => readChangeRow(context.db, id))
  return {
    unknown: nowhere.filter((id) => !readChangeRow(context.db, id)),
    over: rows.flatMap((row) => (row && !isWanted(row) ? [row.id] : [])),
  }
}

/** The Inventory asks for it. Nothing where nobody has come yet. Rejects with Outage while this database is not level. */
export const holdAgain = async (context: TenantContext): Promise<void> => {
  if (!context.db.select().from(tables.tenant).get()) return
  await beforeWriting(context)
  if (context.tenant().state !== 'erased') await reserveAgain(context)
}
