// Hints from the forge. They are not believed, only weighed: does this say something that the rows do not know yet?
import { eq } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { TenantApi } from '../contracts.ts'
import type { ChangeRow, OutboxKind, TenantContext, Tx } from './context.ts'
import { enqueue } from './context.ts'
import { takeDelivery } from './statuses.ts'

type Hint = Parameters<TenantApi['forgeHint']>[0]

/** What to look at because of a hint; null when it tells nothing new (most often: our own doing). */
const worthLooking = (hint: Hint, change: ChangeRow): OutboxKind | null => {
  if (change.state !== 'proposed' && change.state !== 'approved') return null
  if (change.commitSha === null) return null
  if (hint.kind === 'pull_request_review') return 'observe-reviews'
  const news =
    hint.merged ||
    hint.kind === 'closed' ||
    (hint.headSha !== null && hint.headSha !== change.headSha)
  const edited = hint.kind === 'edited' && !hint.senderIsApp
  return news || edited ? 'observe' : null
}

/** Takes a delivery once; a replay is refused and changes nothing. */
export const takeHint = (
  context: TenantContext,
  tx: Tx,
  hint: Hint,
): Result<{ taken: boolean }> => {
  const now = context.now()
  if (!takeDelivery(tx, hint.bodyDigest, now.toISOString())) return refuse('webhook-replayed')
  if (hint.pullNumber === null) return ok({ taken: false })
  const change = tx
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.pullNumber, hint.pullNumber))
    .get()
  if (!change) return ok({ taken: false })
  const kind = worthLooking(hint, change)
  if (kind === null) return ok({ taken: false })
  enqueue(tx, kind, change.id, now.getTime())
  return ok({ taken: true })
}
