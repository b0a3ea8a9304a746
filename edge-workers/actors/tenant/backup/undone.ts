// A merge that `live` went past and that it never had: somebody had taken it out of main again. A restore takes it for what it was.
// What it wrote is looked for where it must have been last: on main before a later change of ours wrote over it, or in `live`.
import { unexplained } from '../../../../gitops/promote.ts'
import { mayMove } from '../../../../schemas/change.ts'
import type { PullRequest } from '../../../../schemas/ports.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { type ChangeRow, readChangeRow, step, type TenantContext } from '../context.ts'
import { writtenIfKnown } from '../explained.ts'
import { TAKEN_OUT } from '../promotion.ts'
import { revertedBy } from '../revert-of.ts'
import { markUndone, PAST_THE_GATE } from '../strays.ts'

export type Merged = PullRequest & { mergeSha: string }

export interface Past {
  pull: Merged
  byRight: boolean
  live: string
  /** Merges that `live` has too and that came after it, oldest first. */
  later: { id: string; pull: PullRequest }[]
  /** Of some merges nobody knows yet, or ever, what they wrote over. */
  unread: boolean
}

type Files = NonNullable<ReturnType<typeof writtenIfKnown>>

/** For engines. */
const filesOf = (context: TenantContext, change: ChangeRow): Files | null => {
  const written = writtenIfKnown(context, change)
  return written && unexplained(written, new Map())
}

const isAnyAt = async (context: TenantContext, files: Files, sha: string): Promise<boolean> => {
  if (files.length === 0) return true
  const paths = files.map(({ path }) => path)
  const read = await context.repository().blobs(context.tenant().repository, sha, paths)
  throwIfOutage(read)
  return !read.ok || files.some(({ blob }, at) => read.value[at] === blob)
}

/** Whether main had any of it right before another was merged. */
const wasAnyBefore = async (
  context: TenantContext,
  files: Files,
  { mergeSha }: Merged,
): Promise<boolean> => {
  const paths = files.map(({ path }) => path)
  const asked = { mergeSha, paths, before: true }
  const read = await context.repository().undoing(context.tenant().repository, asked)
  throwIfOutage(read)
  if (!read.ok) return true
  const before = new Map(read.value.before.map(({ path, blob }) => [path, blob]))
  return files.some(({ path, blob }) => before.get(path) === blob)
}

const firstOver = (
  context: TenantContext,
  files: Files,
  later: Past['later'],
): { row: ChangeRow; pull: Merged } | null => {
  const own = new Set(files.map(({ path }) => path))
  for (const { id, pull } of later) {
    const row = readChangeRow(context.db, id)
    const { mergeSha } = pull
    if (!row || mergeSha === null) continue
    if (filesOf(context, row)?.some(({ path }) => own.has(path)))
      return { row, pull: { ...pull, mergeSha } }
  }
  return null
}

/** Rejects with Outage. Where nothing says that it was undone it was not. */
export const wasUndone = async (
  context: TenantContext,
  change: ChangeRow,
  { byRight, live, later, unread }: Past,
): Promise<boolean> => {
  if (!mayMove(change.state, 'merged_unauthorised')) return false
  const files = filesOf(context, change)
  if (files === null) return false
  const over = firstOver(context, files, later)
  if (!over) return !unread && !(await isAnyAt(context, files, live))
  if (byRight) return false
  return revertedBy(over.row) === change.id || !(await wasAnyBefore(context, files, over.pull))
}

export const takeAsUndone = (
  context: TenantContext,
  before: ChangeRow,
  { pull: { mergeSha, headSha }, byRight, live }: Past,
): void => {
  const at = context.now().toISOString()
  const reason = byRight ? TAKEN_OUT : PAST_THE_GATE
  transaction(context.db, (tx) => {
    const change = readChangeRow(tx, before.id)
    if (change?.version !== before.version) return null
    const stray = step(tx, change, 'merged_unauthorised', {
      ...{ actor: 'phoenix', at, reason, work: ['delete-branch', 'release'] },
      patch: { mergeSha, mergedAt: at, headSha },
    })
    // A revert of it that looks open here may have been merged: that is followed later.
    markUndone(tx, stray, live, at)
    return null
  })
}
