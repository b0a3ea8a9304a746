// Branches of changes that have ended are taken away, whoever put them back: a reconciler that woke up late, or a person.
// (Crash point C16: a second pull request from such a branch could land the change again.) Bounded, and only ever our own.
import { eq } from 'drizzle-orm'
import { branchName } from '../../../../gitops/propose.ts'
import type { ChangeState } from '../../../../schemas/change.ts'
import type { Result } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { throwIfOutage } from '../../outage.ts'
import type { ChangeRow, TenantContext } from '../context.ts'

/** One run takes so many away at most: each costs two calls. The rest waits for the next. */
export const BRANCHES_AT_ONCE = 10
/** A change in one of these states still needs its branch. */
const USED: ReadonlySet<ChangeState> = new Set(['accepted', 'proposed', 'approved'])

/** The change of this tenant that had this branch and has ended. What cannot be attributed is nobody's to delete. */
const endedOf = ({ db }: TenantContext, branch: string): ChangeRow | undefined => {
  const change = db.select().from(tables.changes).where(eq(tables.changes.branch, branch)).get()
  return change && !USED.has(change.state) ? change : undefined
}

/** Without a pull request, which shows what somebody pushed, only what is ours goes. */
export const takeBranchAway = (
  context: TenantContext,
  { id, fingerprint, branch, pullNumber }: ChangeRow,
  hasPull = pullNumber !== null,
): Promise<Result<null>> => {
  const own = hasPull ? undefined : { id, fingerprint }
  return context.repository().deleteBranch(context.tenant().repository, branch, own)
}

/** Returns whether there may be more. */
export const tidyBranches = async (context: TenantContext): Promise<boolean> => {
  const { repository, slug } = context.tenant()
  const listed = await context.repository().branches(repository, branchName(slug, ''))
  throwIfOutage(listed)
  if (!listed.ok) return false
  const found = listed.value.map(({ branch }) => branch).filter((name) => endedOf(context, name))
  for (const branch of found.slice(0, BRANCHES_AT_ONCE)) {
    const hasPull = await closePulls(context, branch)
    // Nothing brings an ended change back; it is asked again all the same, right before.
    const ended = endedOf(context, branch)
    if (ended) throwIfOutage(await takeBranchAway(context, ended, hasPull))
  }
  return found.length > BRANCHES_AT_ONCE
}

/**
 * Whether there are any: one whose opening was never answered is in no row. A forge closes them with their branch as well; before,
 * so that none can be merged in between.
 */
const closePulls = async (context: TenantContext, branch: string): Promise<boolean> => {
  const { repository } = context.tenant()
  const pulls = await context.repository().pullsOf(repository, branch)
  throwIfOutage(pulls)
  if (!pulls.ok) return false
  for (const { number, state } of pulls.value)
    if (state === 'open') throwIfOutage(await context.repository().closePull(repository, number))
  return pulls.value.length > 0
}
