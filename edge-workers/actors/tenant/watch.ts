// The watch over the pull request of an open change, for what no webhook told of.
import type { ChangeState } from '../../../schemas/change.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { type ChangeRow, enqueue, readChangeRow, type TenantContext } from './context.ts'
import { expire, isOver } from './expiry.ts'
import { postGate } from './gate.ts'
import { observe } from './observe.ts'
import { stillTrue } from './reads.ts'
import { firstWait, forgetLooks, isLookDue, noteLook, wakeAfter, watchedOf } from './watch-times.ts'

const OPEN: ReadonlySet<ChangeState> = new Set(['proposed', 'approved'])

const readOpen = ({ db }: TenantContext, id: string): ChangeRow | null => {
  const change = readChangeRow(db, id)
  return change && OPEN.has(change.state) ? change : null
}

/**
 * What needs no answer of the forge, but before it expires: it may have been merged since the last look. Its room may be another by
 * now, and nobody may have told us.
 */
const judgeAgain = async (context: TenantContext, id: string): Promise<ChangeRow | null> => {
  if (isOver(context, id)) await observe(context, id, true)
  expire(context, id)
  if (!readOpen(context, id)) return null
  throwIfOutage(await postGate(context, id))
  return readOpen(context, id)
}

const lookAt = async (context: TenantContext, id: string): Promise<void> => {
  await observe(context, id, true)
  transaction(context.db, (tx) => noteLook(tx, id, context.now().getTime()))
}

const hasReason = async (
  context: TenantContext,
  change: ChangeRow,
  now: number,
): Promise<boolean> => {
  // Once more after its end: somebody may have merged it right before.
  if (!OPEN.has(change.state)) return true
  if (isLookDue(watchedOf(context.db, change, now), now)) return true
  // Its approvals are void, unless the forge shows that it was merged before that.
  return change.state === 'approved' && !(await stillTrue(context, change)).ok
}

const endWatch = ({ db }: TenantContext, id: string): void =>
  transaction(db, (tx) => forgetLooks(tx, id))

/** Handler of the outbox: somebody told of it, or there is reason to look at once. */
export const lookNow = async (context: TenantContext, id: string): Promise<void> => {
  await lookAt(context, id)
  const change = await judgeAgain(context, id)
  if (!change) return endWatch(context, id)
  transaction(context.db, (tx) => enqueue(tx, 'watch', id, context.now().getTime() + firstWait()))
}

/** Handler of the outbox: returns after how many milliseconds it wakes again, for as long as the change is open. */
export const watch = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const { db } = context
  const now = () => context.now().getTime()
  const before = readChangeRow(db, id)
  if (before && (await hasReason(context, before, now()))) await lookAt(context, id)
  const change = await judgeAgain(context, id)
  if (change) return wakeAfter(watchedOf(db, change, now()), now())
  endWatch(context, id)
  return undefined
}
