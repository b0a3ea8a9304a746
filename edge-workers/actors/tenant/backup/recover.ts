// What Git has and a restored database has not: changes that were accepted after the export, and steps that were taken after it.
// Git's word is taken for what it alone can say. What `live` has was let through by us, because nobody else moves it; an approval
// that was in no export is given again, also to what was merged and not promoted yet; and what is neither here nor there comes back when its request is repeated.
import { desc, isNotNull } from 'drizzle-orm'
import { branchName } from '../../../../gitops/propose.ts'
import { type ChangeState, isOver } from '../../../../schemas/change.ts'
import { ChangeId } from '../../../../schemas/ids.ts'
import type { PullRequest } from '../../../../schemas/ports.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { isApprover, MERGED_BEFORE_LOSS } from '../approvals.ts'
import {
  type ChangeRow,
  enqueue,
  readChangeRow,
  step,
  type TenantContext,
  type Tx,
} from '../context.ts'
import { memberOfAccount } from '../forge-accounts/accounts.ts'
import { placeOf } from '../lives.ts'
import { promoteChange } from '../promotion.ts'
import { endReverts } from '../strays.ts'
import { isOurs, NO_COMMIT, noteOurs } from './ours.ts'
import { readRecord, takeIn } from './records.ts'
import { type Merged, type Past, takeAsUndone, wasUndone } from './undone.ts'

const { changes, lives } = tables
/** Numbers of pull requests that are tried where nothing says where to begin, and how many in a row may be something else. */
const NUMBERS_AT_MOST = 2_000
const GAP_AT_MOST = 20
const TRAILER = /^Phoenix-Change-Id: (\S+)$/m

interface Trace {
  /** Where `live` is; null: the repository does not say. */
  live: string | null
  /** Commits of main that came after what the database knows, oldest first. */
  order: string[]
  /** Changes that have left something. */
  ids: string[]
}

/** What the pull requests that were tried one by one have shown. */
interface Tried {
  /** The next number. */
  number: number
  /** How many in a row were something else. */
  gap: number
  heads: string[]
}

interface Seen {
  id: string
  pull: PullRequest
  /** Of its merge among what came later on main; -1: it has none there. */
  at: number
}

/** How far a recovery has come. */
export interface Progress {
  tried: Tried
  trace: Trace | null
  /** Of the trace's changes, so many have been looked for. */
  looked: number
  seen: Seen[]
  /** Of what was seen, so many have been followed. */
  followed: number
  /** Seen and followed, in an earlier round. */
  done: Seen[]
  /** Those of ours that stand on what is not here yet: they are looked for again once the others are followed. */
  later: Seen[]
  /** Those that nothing proves to be ours. */
  foreign: Seen[]
  /** So many were looked for again in this round. */
  again: number
  /** Changes that the export did not have. */
  recovered: number
  /** Ids under which Git has a pull request of our form and nothing that proves it ours. */
  unproved: string[]
}
export const NOTHING_FOUND: Progress = {
  tried: { number: 1, gap: 0, heads: [] },
  ...{ trace: null, looked: 0, seen: [], followed: 0, done: [], later: [], again: 0, recovered: 0 },
  ...{ foreign: [], unproved: [] },
}

/** In the order in which main took them: a later one of the same resource has the last word. */
const byMain = (a: Seen, b: Seen): number => a.at - b.at || a.pull.number - b.pull.number

/** Writes into `progress` how far it has come, and goes on from there. Rejects with Outage: then repeat it. */
export const recoverFromGit = async (context: TenantContext, progress: Progress): Promise<void> => {
  const trace = progress.trace ?? (await findTrace(context, progress.tried))
  progress.trace = trace
  for (let more = true; more; ) {
    await followRound(context, progress, trace)
    const { later, again } = progress
    // What has found nothing to stand on in a whole round never will.
    more = later.length > 0 && later.length !== again
    const ids = later.map(({ id }) => id)
    if (more) trace.ids.push(...ids)
    else progress.unproved.push(...ids)
    progress.done.push(...progress.seen)
    Object.assign(progress, { again: later.length, later: [], seen: [], followed: 0 })
  }
  endRevertsOfUndone(context, progress.done)
  if (trace.live !== null && progress.done.length > 0) noteLive(context, trace.live)
}

const followRound = async (
  context: TenantContext,
  progress: Progress,
  trace: Trace,
): Promise<void> => {
  const { order, live } = trace
  for (; progress.looked < trace.ids.length; progress.looked += 1)
    await lookFor(context, progress, trace, trace.ids[progress.looked] ?? '')
  const seen = [...progress.seen].sort(byMain)
  const reached = live === null ? -1 : order.indexOf(live)
  // In an export from before anything was proposed nothing says in which order main took them: then it is that of their numbers.
  const isReached = ({ at, pull }: Seen): boolean =>
    order.length === 0 ? pull.merged : at >= 0 && at <= reached
  for (; progress.followed < seen.length; progress.followed += 1) {
    const one = seen[progress.followed]
    if (!one) continue
    const isLater = (other: Seen): boolean => byMain(one, other) < 0 && isReached(other)
    const later = [...progress.done, ...seen].filter(isLater).sort(byMain)
    const unread = [...progress.later, ...progress.foreign].some(isLater)
    await follow(context, one, { live, later, unread })
  }
}

const lookFor = async (
  context: TenantContext,
  progress: Progress,
  { order, live }: Trace,
  id: string,
): Promise<void> => {
  const pull = await canonicalPull(context, id)
  if (!pull) return
  const found = { id, pull, at: pull.mergeSha === null ? -1 : order.indexOf(pull.mergeSha) }
  if (!readChangeRow(context.db, id)) {
    const record = await readRecord(context, id, pull, live)
    if (record === 'later') {
      progress.later.push(found)
      return
    }
    if (record === null) {
      progress.foreign.push(found)
      progress.unproved.push(id)
      return
    }
    if (takeIn(context, record, pull)) progress.recovered += 1
  }
  const row = readChangeRow(context.db, id)
  if (row?.commitSha === NO_COMMIT && (await isOurs(context, row, pull)))
    noteOurs(context, row, pull.headSha)
  progress.seen.push(found)
}

const canonicalPull = async (context: TenantContext, id: string): Promise<PullRequest | null> => {
  const { slug, repository } = context.tenant()
  const pulls = await context.repository().pullsOf(repository, branchName(slug, id))
  throwIfOutage(pulls)
  return (pulls.ok ? pulls.value : []).find(({ baseBranch }) => baseBranch === 'main') ?? null
}

const findTrace = async (context: TenantContext, tried: Tried): Promise<Trace> => {
  const { repository, slug } = context.tenant()
  const ids = new Set<string>()
  const add = (id: string | undefined) => ChangeId.safeParse(id).success && ids.add(id ?? '')
  const prefix = branchName(slug, '')
  const branches = await context.repository().branches(repository, prefix)
  throwIfOutage(branches)
  for (const { branch } of branches.ok ? branches.value : []) add(branch.slice(prefix.length))
  const base = baseOf(context)
  const history = base === null ? null : await context.repository().history(repository, base)
  if (history) throwIfOutage(history)
  const known = history?.ok ? history.value : null
  for (const { message } of known?.commits ?? []) add(TRAILER.exec(message)?.[1])
  if (!known)
    for (const branch of await headsByNumber(context, tried)) add(branch.slice(prefix.length))
  const live = known?.live ?? (await pendingLive(context))
  const rows = context.db.select().from(changes).all()
  for (const row of rows) if (!isOver(row.state)) ids.add(row.id)
  return { live, order: (known?.commits ?? []).map(({ sha }) => sha), ids: [...ids] }
}

/** The newest commit that both know: where `live` was, or what the last proposal stood on. */
const baseOf = ({ db }: TenantContext): string | null =>
  db.select().from(lives).orderBy(desc(lives.place)).limit(1).get()?.sha ??
  db
    .select({ sha: changes.baseSha })
    .from(changes)
    .where(isNotNull(changes.baseSha))
    .orderBy(changes.acceptedAt)
    .limit(1)
    .get()?.sha ??
  null

const pendingLive = async (context: TenantContext): Promise<string | null> => {
  const pending = await context.repository().pending(context.tenant().repository)
  throwIfOutage(pending)
  return pending.ok ? pending.value.live : null
}

/** An export from before anything was proposed says nothing of the repository: its pull requests are asked one by one. */
const headsByNumber = async (context: TenantContext, tried: Tried): Promise<string[]> => {
  const { repository, slug } = context.tenant()
  for (; tried.number <= NUMBERS_AT_MOST && tried.gap < GAP_AT_MOST; tried.number += 1) {
    const read = await context.repository().readPull(repository, tried.number, false)
    throwIfOutage(read)
    tried.gap = read.ok && read.value ? 0 : tried.gap + 1
    const head = read.ok ? read.value?.pull.headBranch : undefined
    if (head?.startsWith(branchName(slug, ''))) tried.heads.push(head)
  }
  return tried.heads
}

/** The way that a change went before `live` had it; each step with a leaf of its own. */
const WAY: Partial<Record<ChangeState, ChangeState>> = {
  accepted: 'proposed',
  proposed: 'approved',
  approved: 'merged',
}

/**
 * What `live` has is promoted. What was merged by whoever may, and had not come there, waits as merged until it is approved
 * again. Everything else is left to observation, which asks for approvals again too.
 */
const follow = async (
  context: TenantContext,
  { id, pull }: Seen,
  { live, later, unread }: { live: string | null; later: Seen[]; unread: boolean },
): Promise<void> => {
  const before = readChangeRow(context.db, id)
  if (!before || (WAY[before.state] === undefined && before.state !== 'merged')) return
  if (live === null || !pull.merged || pull.mergeSha === null) return
  const { mergeSha } = pull
  const { repository } = context.tenant()
  const behind = await context.repository().difference(repository, mergeSha, live)
  throwIfOutage(behind)
  if (!behind.ok) return
  if (!behind.value?.forward) return waitAsMerged(context, before, { ...pull, mergeSha })
  const merger = await withMerger(context, { ...pull, mergeSha })
  const byRight = mergedByRight(context, before, merger)
  const past: Past = { pull: merger, byRight, live, later, unread }
  if (await wasUndone(context, before, past)) return takeAsUndone(context, before, past)
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const change = readChangeRow(tx, id)
    if (change?.version !== before.version) return null
    const reason = 'found in live after a restore'
    const merged = walkToMerged(tx, change, { ...pull, mergeSha }, { at, reason })
    promoteChange(tx, merged, mergeSha, placeOf(tx, mergeSha, at), at)
    return null
  })
}

/** What was to take one of them back is followed by now, and takes nothing back where it is still open. */
const endRevertsOfUndone = (context: TenantContext, seen: readonly Seen[]): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    for (const { id } of seen) {
      const change = readChangeRow(tx, id)
      if (change && change.undoneSha !== null) endReverts(tx, change, at)
    }
    return null
  })
}

/** By us, or by somebody who may approve it: anybody else went past the gate. */
const mergedByRight = (context: TenantContext, change: ChangeRow, pull: Merged): boolean => {
  const { mergedBy, mergedByAccount } = pull
  if (mergedBy === null) return false
  if (mergedBy === context.env.FORGE_APP_LOGIN) return true
  const member = memberOfAccount(context.db, { login: mergedBy, account: mergedByAccount })
  return member !== null && isApprover(context.db, member, change)
}

/** Found in a list, which does not say who merged (docs.github.com/rest/pulls, list pull requests). */
const withMerger = async (context: TenantContext, found: Merged): Promise<Merged> => {
  const read = await context.repository().readPull(context.tenant().repository, found.number, false)
  throwIfOutage(read)
  const { mergedBy = null, mergedByAccount } = (read.ok && read.value?.pull) || {}
  return { ...found, mergedBy, ...(mergedByAccount === undefined ? {} : { mergedByAccount }) }
}

const waitAsMerged = async (
  context: TenantContext,
  before: ChangeRow,
  found: Merged,
): Promise<void> => {
  if (before.state === 'merged') return
  const pull = await withMerger(context, found)
  if (!mergedByRight(context, before, pull)) return
  if (!(await isOurs(context, before, pull))) return
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const change = readChangeRow(tx, before.id)
    if (change?.version !== before.version) return null
    const { id } = walkToMerged(tx, change, pull, { at, reason: MERGED_BEFORE_LOSS })
    enqueue(tx, 'promote', id, Date.parse(at))
    return null
  })
}

const walkToMerged = (
  tx: Tx,
  from: ChangeRow,
  pull: Merged,
  { at, reason }: { at: string; reason: string },
): ChangeRow => {
  const { number: pullNumber, url: pullUrl, headSha, mergeSha } = pull
  let row = from
  for (let next = WAY[row.state]; next !== undefined; next = WAY[row.state])
    row = step(tx, row, next, {
      ...{ actor: 'phoenix', at, reason },
      patch: {
        ...{ pullNumber, pullUrl, headSha, commitSha: headSha },
        ...(next === 'merged' ? { mergeSha, mergedAt: at } : {}),
      },
    })
  enqueue(tx, 'delete-branch', row.id, Date.parse(at))
  return row
}

/** Where `live` is, is where we put it. */
const noteLive = (context: TenantContext, live: string): void => {
  transaction(context.db, (tx) => placeOf(tx, live, context.now().toISOString()))
}
