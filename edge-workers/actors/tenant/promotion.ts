// Moves `live` forward over merges that are authorised, and makes what was promoted the tenant's resources.
import { eq, inArray } from 'drizzle-orm'
import { promotionTarget, type Verdict } from '../../../gitops/promote.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { isApproved } from './approvals.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { readChangeRow, readPlanRow, step } from './context.ts'
import { observe } from './observe.ts'
import { throwIfOutage } from './outbox.ts'
import { writeResource } from './resources.ts'
import { revertOf } from './strays.ts'

/** Checks everything that is merged once more, then advances `live`. Done again for whatever merges later. */
export const promote = async (context: TenantContext, id: string): Promise<void> => {
  const asked = readChangeRow(context.db, id)
  if (asked?.state !== 'merged') return
  const { repository } = context.tenant()
  const pending = await context.repository().pending(repository)
  throwIfOutage(pending)
  if (!pending.ok) return
  const { line } = pending.value
  let verdict = promotionTarget(line, judge(context))
  if (verdict.blockedBy !== null && !knownMerge(context, verdict.blockedBy)) {
    // Nobody told us yet: whichever open pull request was merged says so itself.
    await observeOpen(context)
    verdict = promotionTarget(line, judge(context))
  }
  if (verdict.target === null || !line.some(({ sha }) => sha === asked.mergeSha)) {
    if (verdict.blockedBy !== null) noteBlocked(context, id)
    else if (line.length === 0) settleOn(context, asked.mergeSha === null ? [] : [asked.mergeSha])
    return
  }
  const moved = await context.repository().promote(repository, verdict.target)
  throwIfOutage(moved)
  if (!moved.ok) return noteBlocked(context, id)
  settleOn(
    context,
    line.slice(0, line.findIndex(({ sha }) => sha === verdict.target) + 1).map(({ sha }) => sha),
  )
  if (verdict.blockedBy !== null) noteBlocked(context, id)
}

/** A merge may be applied when its change says so now: merged through the gate, its approvals standing. */
const judge =
  ({ db }: TenantContext) =>
  (sha: string): Verdict => {
    const change = db.select().from(tables.changes).where(eq(tables.changes.mergeSha, sha)).get()
    if (change === undefined) return 'barred'
    if (change.liveSha !== null) return 'authorised'
    if (change.state === 'merged') return isApproved(db, change) ? 'authorised' : 'barred'
    const revert = revertOf(db, change)
    return revert?.mergeSha ? { onlyWith: revert.mergeSha } : 'barred'
  }

const knownMerge = (context: TenantContext, sha: string): boolean =>
  context.db.select().from(tables.changes).where(eq(tables.changes.mergeSha, sha)).get() !==
  undefined

const observeOpen = async (context: TenantContext): Promise<void> => {
  const open = context.db
    .select()
    .from(tables.changes)
    .where(inArray(tables.changes.state, ['proposed', 'approved']))
    .all()
  for (const { id } of open) await observe(context, id, false)
}

const noteBlocked = (context: TenantContext, id: string): void => {
  const reason =
    'promotion waits: main holds a merge that went around the gate, and live does not move past it'
  const change = readChangeRow(context.db, id)
  if (change?.state !== 'merged' || change.reason === reason) return
  transaction(context.db, (tx) =>
    step(tx, change, 'merged', { actor: 'phoenix', at: context.now().toISOString(), reason }),
  )
  context.changed()
}

/** Records the new commits of `live` in order; every change among them is promoted and becomes what exists. */
const settleOn = (context: TenantContext, shas: string[]): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    for (const sha of shas) {
      const place = placeOf(tx, sha, at)
      const change = tx.select().from(tables.changes).where(eq(tables.changes.mergeSha, sha)).get()
      if (change?.state === 'merged') promoteChange(tx, change, sha, place, at)
    }
    return null
  })
  context.changed()
}

const placeOf = (tx: Tx, sha: string, at: string): number => {
  tx.insert(tables.lives).values({ sha, at }).onConflictDoNothing().run()
  const row = tx.select().from(tables.lives).where(eq(tables.lives.sha, sha)).get()
  if (!row) throw new Error('a place in live was not written')
  return row.place
}

const promoteChange = (tx: Tx, change: ChangeRow, sha: string, place: number, at: string): void => {
  const { plan } = readPlanRow(tx, change)
  const row = step(tx, change, 'promoted', {
    actor: 'phoenix',
    at,
    reason: null,
    patch: { liveSha: sha, livePlace: place },
  })
  for (const { cluster, component } of plan.targets) {
    tx.insert(tables.targets)
      .values({
        changeId: row.id,
        cluster,
        component,
        state: 'waiting',
        revision: null,
        message: 'no report yet',
        simulated: false,
      })
      .onConflictDoNothing()
      .run()
  }
  writeResource(tx, row, sha)
}
