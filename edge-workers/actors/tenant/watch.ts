// The watch over the pull request of an open change, for what no webhook told of.
import type { ChangeState } from '../../../schemas/change.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { type ChangeRow, enqueue, readChangeRow, type TenantContext } from './context.ts'
import { expire, expiresAt } from './expiry.ts'
import { postGate } from './gate.ts'
import { observe } from './observe.ts'
import { stillTrue } from './reads.ts'
import { firstWait, forgetLooks, isLookDue, noteLook, wakeAfter, watchedOf } from './watch-times.ts'

const OPEN: ReadonlySet<ChangeState> = new Set(['proposed', 'approved'])

const readOpen = ({ db }: TenantContext, id: string): ChangeRow | null => {
  const change = readChangeRow(db, id)
  return change && OPEN.has(change.state) ? change : null
}

/** Its room may be another by now, and nobody may have told us. `isSeen`: the forge has just shown what became of it. */
const judgeAgain = async (
  context: TenantContext,
  id: string,
  isSeen: boolean,
): Promise<ChangeRow | null> => {
  if (isSeen) expire(context, id)
  if (!readOpen(context, id)) return null
  throwIfOutage(await postGate(context, id))
  return readOpen(context, id)
}

/** Whether the forge showed what became of it. */
const lookAt = async (context: TenantContext, id: string): Promise<boolean> => {
  const isSeen = await observe(context, id, true)
  transaction(context.db, (tx) => noteLook(tx, id, context.now().getTime()))
  return isSeen
}

const hasReason = async (
  context: TenantContext,
  change: ChangeRow,
  now: number,
): Promise<boolean> => {
  // Once more after its end: somebody may have merged it right before.
  if (!OPEN.has(change.state)) return true
  const watched = watchedOf(context.db, change, now)
  if (isLookDue(watched, now)) return true
  // It is about to expire: once for that.
  if (now >= expiresAt(change) && watched.lookedAt < expiresAt(change)) return true
  // Its approvals are void, unless the forge shows that it was merged before that.
  return change.state === 'approved' && !(await stillTrue(context, change)).ok
}

const endWatch = ({ db }: TenantContext, id: string): void =>
  transaction(db, (tx) => forgetLooks(tx, id))

/** Handler of the outbox: somebody told of it, or there is reason to look at once. */
export const lookNow = async (context: TenantContext, id: string): Promise<void> => {
  const change = await judgeAgain(context, id, await lookAt(context, id))
  if (!change) return endWatch(context, id)
  transaction(context.db, (tx) => enqueue(tx, 'watch', id, context.now().getTime() + firstWait()))
}

/** Handler of the outbox: returns after how many milliseconds it wakes again, for as long as the change is open. */
export const watch = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const { db } = context
  const now = () => context.now().getTime()
  const before = readChangeRow(db, id)
  const looks = before !== undefined && (await hasReason(context, before, now()))
  const change = await judgeAgain(context, id, looks && (await lookAt(context, id)))
  if (change) return wakeAfter(watchedOf(db, change, now()), now())
  endWatch(context, id)
  return undefined
}
