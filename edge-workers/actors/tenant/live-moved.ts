// Whether somebody else has moved `live`: only where Phoenix has put it, or what else is known of it, is it gone on from.
import { eq, sql } from 'drizzle-orm'
import { explains } from '../../../gitops/promote.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement, transaction } from '../database.ts'
import type { Pending } from '../repository-contracts.ts'
import { isFreshlyRestored } from './backup/log-name.ts'
import type { ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { byHand, differenceOf } from './explained.ts'
import { isKnownLive, lastLive, placeOf } from './lives.ts'

const changeByMerge = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.mergeSha, sql.placeholder('sha')))
    .prepare(),
)
export const mergedAt = ({ db }: { db: Db | Tx }, sha: string): ChangeRow | undefined =>
  changeByMerge(db).get({ sha })

/** What was promoted already is not before `live` any more. */
export const isMovedBack = (context: TenantContext, line: Pending['line']): boolean =>
  line.some(({ sha }) => typeof mergedAt(context, sha)?.liveSha === 'string')

/** `live` is at a commit where Phoenix never put it. What it found there the first time is where it starts from. */
export const isStranger = async (context: TenantContext, live: string): Promise<boolean> => {
  const { db } = context
  const last = lastLive(db)
  if (last === null) intend(context, live)
  if (isKnownLive(db, live) || last === null || isMovedBeforeRestore(context, live)) return false
  return !(await isEntryPointsOnly(context, last, live))
}

/**
 * A move of ours that was on its way when the database was put back: it reached the forge after Git had been asked, and the older
 * rows do not know of it. As long as nothing was promoted since, a merge of ours where `live` is was put there by us, as it is for
 * whatever a restore finds there.
 */
const isMovedBeforeRestore = (context: TenantContext, live: string): boolean => {
  const { db } = context
  if (!mergedAt(context, live) || !isFreshlyRestored(db, context.tenant().id)) return false
  intend(context, live)
  return true
}

/** Operators moved `live` of the platform's repository to entry points of theirs: it goes on from there. */
const isEntryPointsOnly = async (
  context: TenantContext,
  from: string,
  live: string,
): Promise<boolean> => {
  const allowed = byHand(context)
  const moved = allowed && (await differenceOf(context, from, live))
  if (!moved?.forward || !moved.filesComplete || !explains(moved.files, new Map(), allowed)) {
    return false
  }
  intend(context, live)
  return true
}

/** Recorded before live is moved, so that a move whose answer was lost is known as our own. */
export const intend = (context: TenantContext, sha: string): void => {
  transaction(context.db, (tx) => placeOf(tx, sha, context.now().toISOString()))
}
