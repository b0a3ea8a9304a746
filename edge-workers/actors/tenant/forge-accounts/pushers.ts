// Who pushed to the branch of a change stands behind it: he approves nothing of it, also where the head is again what it was. An
// account that is nobody's may be anybody's: after its push no approval counts until Phoenix has written the next revision.
// The forge says who it was in its signed webhooks; that is believed, because it can only take power away. What the head is, is
// read again as ever.
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { ChangeState } from '../../../../schemas/change.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { isApproved, liveApprovals, voidApproval } from '../approvals.ts'
import { type ChangeRow, step, type TenantContext, type Tx } from '../context.ts'
import { accountPseudonyms, memberOfAccount, type Named, nobodyOn } from './accounts.ts'

const REASON = 'somebody pushed to the branch: he approves nothing of it'

/** His approvals of it are void with that. */
const add = (tx: Tx, change: ChangeRow, ids: readonly string[], at: string): void => {
  const news = ids.filter((id) => !change.behind.includes(id))
  if (news.length === 0) return
  const behind = [...change.behind, ...news]
  const everybody = news.includes(nobodyOn(change))
  for (const approval of liveApprovals(tx, change))
    if (everybody || news.includes(approval.subject)) voidApproval(tx, approval, at, REASON)
  const next =
    change.state === 'approved' && !isApproved(tx, { ...change, behind })
      ? 'proposed'
      : change.state
  step(tx, change, next, { actor: 'forge', at, reason: REASON, patch: { behind }, work: ['gate'] })
}

/** The account is remembered too, as a pseudonym: whoever proves later that it was his stands behind the change from then on. */
export const notePusher = (
  context: TenantContext,
  tx: Tx,
  change: ChangeRow,
  pusher: Named,
): void => {
  const member = memberOfAccount(tx, pusher)
  const ids = [...accountPseudonyms(context, pusher), member ?? nobodyOn(change)]
  add(tx, change, ids, context.now().toISOString())
}

const OPEN: ChangeState[] = ['accepted', 'proposed', 'approved']
export const isOpen = ({ state, mergeSha }: Pick<ChangeRow, 'state' | 'mergeSha'>): boolean =>
  mergeSha === null && OPEN.includes(state)

/** The change that this branch is of, while it is still open. */
export const openChangeOn = (tx: Tx, branch: string): ChangeRow | undefined =>
  tx
    .select()
    .from(tables.changes)
    .where(
      and(
        ...[eq(tables.changes.branch, branch), isNull(tables.changes.mergeSha)],
        inArray(tables.changes.state, OPEN),
      ),
    )
    .get()

/** The account of these pseudonyms is this member's: he stands behind what it pushed to. */
export const standBehind = (
  tx: Tx,
  memberId: string,
  pseudonyms: readonly string[],
  at: string,
): void => {
  const open = tx.select().from(tables.changes).where(inArray(tables.changes.state, OPEN)).all()
  for (const change of open)
    if (change.behind.some((id) => pseudonyms.includes(id))) add(tx, change, [memberId], at)
}
