// Hints from the forge. They are not believed, only weighed: does this say something that the rows do not know yet?
import { eq, sql } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { TenantApi } from '../contracts.ts'
import { statement } from '../database.ts'
import type { ChangeRow, OutboxKind, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow } from './context.ts'
import { lookSoon } from './drift/forge.ts'
import { isOpen, notePusher, openChangeOn } from './forge-accounts/pushers.ts'
import { isObserved } from './observe.ts'
import { takeDelivery } from './statuses.ts'
import { noteTold } from './watch-times.ts'

/**
 * What we did ourselves the forge tells us as well, often before it has answered us. The answer comes first then; the hint
 * counts only when that was lost.
 */
const OWN_DOING_MILLISECONDS = 5_000

type Hint = Parameters<TenantApi['forgeHint']>[0]

/** What to look at because of a hint; null when it tells nothing new (most often: our own doing). */
const worthLooking = (hint: Hint, change: ChangeRow): OutboxKind | null => {
  if (change.state !== 'proposed' && change.state !== 'approved')
    return hint.merged && isObserved(change) ? 'observe' : null
  if (change.commitSha === null) return null
  if (hint.kind === 'pull_request_review') return 'observe-reviews'
  const news =
    hint.merged ||
    hint.kind === 'closed' ||
    (hint.headSha !== null && hint.headSha !== change.headSha)
  const edited = hint.kind === 'edited' && !hint.senderIsApp
  return news || edited ? 'observe' : null
}

/** Only Phoenix moves these: what somebody else did there is looked at, and several pushes are one look. */
const WATCHED: ReadonlySet<string> = new Set(['refs/heads/main', 'refs/heads/live'])
const LOOK_AFTER_MILLISECONDS = 60_000

/** Somebody moved main: what waited for it to be put right is looked at again. */
const wakeWaiting = (tx: Tx, now: number): void => {
  const waiting = tx.select().from(tables.changes).where(eq(tables.changes.state, 'merged')).all()
  for (const { id } of waiting) enqueue(tx, 'promote', id, now)
}

const BRANCH = 'refs/heads/'

/** Somebody pushed, or forced, the branch of an open change: also where its head is again what it was. */
const takePush = (context: TenantContext, tx: Tx, hint: Hint): boolean => {
  if (!hint.pushedRef?.startsWith(BRANCH)) return false
  const change = openChangeOn(tx, hint.pushedRef.slice(BRANCH.length))
  return change !== undefined && note(context, tx, change, hint)
}

const note = (context: TenantContext, tx: Tx, change: ChangeRow, hint: Hint): boolean => {
  if (hint.senderIsApp || !hint.sender) return false
  notePusher(context, tx, change, hint.sender)
  return true
}

const changeByPull = statement((tx: Tx) =>
  tx
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.pullNumber, sql.placeholder('number')))
    .prepare(),
)

/** Takes a delivery once; a replay is refused and changes nothing. */
export const takeHint = (
  context: TenantContext,
  tx: Tx,
  hint: Hint,
): Result<{ taken: boolean }> => {
  const now = context.now()
  if (context.tenant().state === 'erased') return ok({ taken: false })
  if (!takeDelivery(tx, hint.bodyDigest, now.toISOString())) return refuse('webhook-replayed')
  if (hint.pushedRef !== null && WATCHED.has(hint.pushedRef) && !hint.senderIsApp) {
    lookSoon(tx, now.getTime() + LOOK_AFTER_MILLISECONDS)
    wakeWaiting(tx, now.getTime())
    return ok({ taken: true })
  }
  if (hint.pullNumber === null) return ok({ taken: takePush(context, tx, hint) })
  noteTold(tx, now.getTime())
  const change = changeByPull(tx).get({ number: hint.pullNumber })
  if (!change) return ok({ taken: false })
  if (hint.kind === 'synchronize' && isOpen(change)) note(context, tx, change, hint)
  const kind = worthLooking(hint, readChangeRow(tx, change.id) ?? change)
  if (kind === null) return ok({ taken: false })
  enqueue(tx, kind, change.id, now.getTime() + (hint.senderIsApp ? OWN_DOING_MILLISECONDS : 0))
  return ok({ taken: true })
}
