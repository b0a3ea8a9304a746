// Compares main with what Phoenix promoted: what no change of ours wrote was made by hand. It is shown on the resource whose
// file it is, or on the tenant where it is nobody's; it is never put right behind anybody's back.
import { desc, eq, ne } from 'drizzle-orm'
import { type Contents, unexplained } from '../../../../gitops/promote.ts'
import { MAIN } from '../../../../gitops/propose.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import type { Pending } from '../../repository-contracts.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { readPlanRow } from '../context.ts'
import { byHand, writtenBy } from '../promotion.ts'
import { describe, digestOf, type HandMade, isAbout, noteDifferences } from './differences.ts'

const COMMITS_KEPT = 50
const FILES_KEPT = 300

/** One call; two more where somebody else moved `live`, which then says nothing of where main should be. */
export const lookAtMain = async (context: TenantContext): Promise<void> => {
  const { repository } = context.tenant()
  const read = await context.repository().pending(repository)
  throwIfOutage(read)
  if (!read.ok) return
  const last = lastLive(context.db)
  const pending = read.value
  if (last === null || isKnown(context.db, pending.live)) take(context, pending, [])
  else {
    const moved = await beyond(context, last, pending.live)
    const { files, filesComplete } = await beyond(context, last, MAIN)
    take(context, { ...pending, files, filesComplete }, moved.files)
  }
  context.changed()
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

/** The commit that Phoenix put `live` at; null before it ever did. */
export const lastLive = (db: Db | Tx): string | null =>
  db.select().from(tables.lives).orderBy(desc(tables.lives.place)).limit(1).get()?.sha ?? null

const isKnown = (db: Db, sha: string): boolean =>
  db.select().from(tables.lives).where(eq(tables.lives.sha, sha)).get() !== undefined

/** What merged changes wrote that are not promoted yet, and merges that went around the gate: those have a revert of their own. */
export const waiting = (context: TenantContext): Contents => {
  const written = new Map<string, string | null>()
  const rows = context.db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.state, 'merged'))
    .all()
  const strays = context.db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.state, 'merged_unauthorised'))
    .all()
  for (const change of strays)
    for (const { path, blob } of readPlanRow(context.db, change).written ?? [])
      written.set(path, blob)
  for (const change of rows)
    for (const { path, blob } of writtenBy(context, change)) written.set(path, blob)
  return written
}

const isOurs = (tx: Tx, sha: string): boolean =>
  tx
    .select({ id: tables.changes.id })
    .from(tables.changes)
    .where(eq(tables.changes.mergeSha, sha))
    .get() !== undefined

const take = (context: TenantContext, pending: Pending, moved: Pending['files']): void => {
  const written = waiting(context)
  const now = context.now()
  const mainSha = pending.line.at(-1)?.sha ?? pending.live
  transaction(context.db, (tx) => {
    const made = unexplained(pending.files, written, byHand(context))
    const files: HandMade[] = [
      ...unexplained(moved, written, byHand(context)).map((file) => ({
        ...file,
        where: 'live' as const,
      })),
      ...made.map((file) => ({ ...file, where: 'git' as const })),
    ]
    const commits = pending.line
      .filter(({ sha }) => !isOurs(tx, sha))
      .map(({ sha, message }) => ({ sha, title: titleOf(message) }))
    const row = {
      ...{ id: 1, at: now.getTime(), mainSha, complete: pending.filesComplete },
      // A merge from the side shows its own commits; without a file that differs they changed nothing.
      commits: files.length === 0 ? [] : commits.slice(0, COMMITS_KEPT),
      files: files.slice(0, FILES_KEPT),
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

const noteOnResources = (tx: Tx, files: HandMade[], { at, now }: { at: string; now: string }) => {
  const rows = tx.select().from(tables.resources).where(ne(tables.resources.state, 'removed')).all()
  for (const row of rows) {
    const own = files.length === 0 ? [] : files.filter((file) => isAbout(row, file))
    if (own.length === 0 && row.drift === null) continue
    noteDifferences(tx, row, {
      replaces: ({ where }) => where !== 'cluster',
      differences: own.map((file) => describe(row.stands, file)),
      digest: own.length === 0 ? null : digestOf(own),
      ...{ at, now, simulated: false },
    })
  }
}
