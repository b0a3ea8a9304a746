// What Git has and a restored database has not: changes that were accepted after the export, and steps that were taken after it.
// Git's word is taken for what it alone can say. What `live` has was let through by us, because nobody else moves it; an approval
// that was in no export is given again; and what is neither here nor there comes back when its request is repeated.
import { desc, isNotNull } from 'drizzle-orm'
import { branchName } from '../../../../gitops/propose.ts'
import { type ChangeState, isOver } from '../../../../schemas/change.ts'
import { ChangeId } from '../../../../schemas/ids.ts'
import type { PullRequest } from '../../../../schemas/ports.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import {
  type ChangeRow,
  enqueue,
  readChangeRow,
  step,
  type TenantContext,
  type Tx,
} from '../context.ts'
import { placeOf, promoteChange } from '../promotion.ts'
import { readRecord, takeIn } from './records.ts'

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
  ids: Set<string>
}

/** Returns how many changes were found that the export did not have. Rejects with Outage; may be repeated. */
export const recoverFromGit = async (context: TenantContext): Promise<number> => {
  const trace = await findTrace(context)
  const rows = context.db.select().from(changes).all()
  for (const row of rows) if (!isOver(row.state)) trace.ids.add(row.id)
  const seen: { id: string; pull: PullRequest; at: number }[] = []
  let recovered = 0
  for (const id of trace.ids) {
    const pull = await canonicalPull(context, id)
    if (!pull) continue
    if (!readChangeRow(context.db, id)) {
      const record = await readRecord(context, id, pull)
      if (!record) continue
      if (takeIn(context, record, pull)) recovered += 1
    }
    const at = pull.mergeSha === null ? -1 : trace.order.indexOf(pull.mergeSha)
    seen.push({ id, pull, at })
  }
  // In the order in which main took them: a later one of the same resource has the last word.
  seen.sort((a, b) => a.at - b.at)
  for (const { id, pull } of seen) await follow(context, id, pull, trace.live)
  if (trace.live !== null && seen.length > 0) noteLive(context, trace.live)
  return recovered
}

const canonicalPull = async (context: TenantContext, id: string): Promise<PullRequest | null> => {
  const { slug, repository } = context.tenant()
  const pulls = await context.repository().pullsOf(repository, branchName(slug, id))
  throwIfOutage(pulls)
  return (pulls.ok ? pulls.value : []).find(({ baseBranch }) => baseBranch === 'main') ?? null
}

const findTrace = async (context: TenantContext): Promise<Trace> => {
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
  if (!known) for (const branch of await headsByNumber(context)) add(branch.slice(prefix.length))
  const live = known?.live ?? (await pendingLive(context))
  return { live, order: (known?.commits ?? []).map(({ sha }) => sha), ids }
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
const headsByNumber = async (context: TenantContext): Promise<string[]> => {
  const { repository, slug } = context.tenant()
  const heads: string[] = []
  for (let number = 1, gap = 0; number <= NUMBERS_AT_MOST && gap < GAP_AT_MOST; number += 1) {
    const read = await context.repository().readPull(repository, number, false)
    throwIfOutage(read)
    gap = read.ok && read.value ? 0 : gap + 1
    const head = read.ok ? read.value?.pull.headBranch : undefined
    if (head?.startsWith(branchName(slug, ''))) heads.push(head)
  }
  return heads
}

/** The way that a change went before `live` had it; each step with a leaf of its own. */
const WAY: Partial<Record<ChangeState, ChangeState>> = {
  accepted: 'proposed',
  proposed: 'approved',
  approved: 'merged',
}

/** What `live` has is promoted. Everything else is left to observation, which asks for approvals again. */
const follow = async (
  context: TenantContext,
  id: string,
  pull: PullRequest,
  live: string | null,
): Promise<void> => {
  const before = readChangeRow(context.db, id)
  if (!before || (WAY[before.state] === undefined && before.state !== 'merged')) return
  if (live === null || !pull.merged || pull.mergeSha === null) return
  const { mergeSha } = pull
  const { repository } = context.tenant()
  const behind = await context.repository().difference(repository, mergeSha, live)
  throwIfOutage(behind)
  if (!behind.ok || !behind.value?.forward) return
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const change = readChangeRow(tx, id)
    if (change?.version !== before.version) return null
    const merged = walkToMerged(tx, change, { ...pull, mergeSha }, at)
    promoteChange(tx, merged, mergeSha, placeOf(tx, mergeSha, at), at)
    return null
  })
}

const walkToMerged = (
  tx: Tx,
  from: ChangeRow,
  pull: PullRequest & { mergeSha: string },
  at: string,
): ChangeRow => {
  const { number: pullNumber, url: pullUrl, headSha, mergeSha } = pull
  const reason = 'found in live after a restore'
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
