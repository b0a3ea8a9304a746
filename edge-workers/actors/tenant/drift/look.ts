// Compares main with what Phoenix promoted: what no change of ours wrote was made by hand. It is shown on the resource whose
// file it is, or on the tenant where it is nobody's; it is never put right behind anybody's back.
import { count, eq, inArray, isNotNull } from 'drizzle-orm'
import { unexplained } from '../../../../gitops/promote.ts'
import { MAIN } from '../../../../gitops/propose.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import type { Pending } from '../../repository-contracts.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { byHand, waiting } from '../explained.ts'
import { mergedAt } from '../live-moved.ts'
import { isKnownLive, lastLive } from '../lives.ts'
import { observeOpen } from '../promotion.ts'
import { type HandMade, noteOnResources } from './differences.ts'

const COMMITS_KEPT = 50
const FILES_KEPT = 300

/** As often in a row, before it is left to the next time. */
const LOOKS_AT_MOST = 3

/**
 * One call; two more where somebody else moved `live`, which then says nothing of where main should be; and one for each open
 * pull request where main holds a commit of nobody's. Returns whether it was taken: rows that move all the time keep it from it.
 */
export const lookAtMain = async (context: TenantContext): Promise<boolean> => {
  for (let tries = 0; tries < LOOKS_AT_MOST; tries += 1) if (await look(context)) return true
  return false
}

/** False when what it is judged by has moved while the forge was read: what was read may be older, and proves nothing. */
const look = async (context: TenantContext): Promise<boolean> => {
  const { repository } = context.tenant()
  const before = judgedBy(context.db)
  const read = await context.repository().pending(repository)
  throwIfOutage(read)
  if (!read.ok) return true
  // A merge that nobody told us yet is no hand edit: the open pull requests say it themselves.
  if (read.value.line.some(({ sha }) => !mergedAt(context, sha))) await observeOpen(context)
  if (judgedBy(context.db) !== before) return false
  const last = lastLive(context.db)
  const known = last === null || read.value.live === last
  const moved = known ? null : await beyond(context, last, read.value.live)
  const all = known ? read.value : await beyond(context, last, MAIN)
  if (judgedBy(context.db) !== before) return false
  const { files, filesComplete } = all
  take(context, { ...read.value, files, filesComplete }, moved)
  context.changed()
  return true
}

/** All of the rows that says whether a file on main is one of ours. */
const judgedBy = (db: Db): string => {
  const { id, state, mergeSha } = tables.changes
  const waits = inArray(state, ['merged', 'merged_unauthorised'])
  const waiting = db.select({ id, state }).from(tables.changes).where(waits).all()
  const merged = db.select({ count: count() }).from(tables.changes).where(isNotNull(mergeSha)).get()
  return JSON.stringify([waiting, merged, lastLive(db)])
}

const beyond = async (
  context: TenantContext,
  last: string,
  head: string,
): Promise<Pick<Pending, 'files' | 'filesComplete'>> => {
  const read = await context.repository().difference(context.tenant().repository, last, head)
  throwIfOutage(read)
  return (read.ok ? read.value : null) ?? { files: [], filesComplete: false }
}

/**
 * Where somebody else has moved `live`. As long as a change waits to be promoted a move of ours may be on its way, and that change
 * says what it waits for; entry points of the platform's repository operators bring in themselves.
 */
const movedLive = (
  context: TenantContext,
  tx: Tx,
  { live, moved }: { live: string; moved: Pending['files'] | null },
): string | null => {
  const waits = tx.select().from(tables.changes).where(eq(tables.changes.state, 'merged')).get()
  if (moved === null || waits) return null
  const allowed = byHand(context)
  const isEntry = allowed && !isKnownLive(tx, live) && moved.length > 0
  return isEntry && unexplained(moved, new Map(), allowed).length === 0 ? null : live
}

const take = (
  context: TenantContext,
  pending: Pending,
  moved: Pick<Pending, 'files'> | null,
): void => {
  const written = waiting(context)
  const now = context.now()
  const mainSha = pending.line.at(-1)?.sha ?? pending.live
  transaction(context.db, (tx) => {
    const made = unexplained(pending.files, written, byHand(context))
    const files: HandMade[] = [
      ...unexplained(moved?.files ?? [], written, byHand(context)).map((file) => ({
        ...file,
        where: 'live' as const,
      })),
      ...made.map((file) => ({ ...file, where: 'git' as const })),
    ]
    const commits = pending.line
      .filter(({ sha }) => !mergedAt({ db: tx }, sha))
      .map(({ sha, message }) => ({ sha, title: titleOf(message) }))
    const row = {
      ...{ id: 1, at: now.getTime(), mainSha, complete: pending.filesComplete },
      // A merge from the side shows its own commits; without a file that differs they changed nothing.
      commits: files.length === 0 ? [] : commits.slice(0, COMMITS_KEPT),
      files: files.slice(0, FILES_KEPT),
      liveMoved: movedLive(context, tx, { live: pending.live, moved: moved?.files ?? null }),
    }
    tx.insert(tables.mainLooks)
      .values(row)
      .onConflictDoUpdate({ target: tables.mainLooks.id, set: row })
      .run()
    noteOnResources(tx, files, { at: mainSha, now: now.toISOString() })
    return null
  })
}

/** Somebody's words: one line, and shown as text only. */
const titleOf = (message: string): string =>
  (message.split('\n', 1)[0] ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 120)
