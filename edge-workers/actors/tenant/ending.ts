// The end of a change before its merge: its approvals are void, its pull request and its reservation go.
import { voidApprovals } from './approvals.ts'
import { type ChangeRow, type OutboxKind, step, type Tx } from './context.ts'

/** A head that was green must not stay so: whoever has its commit could open a pull request of his own. */
const endWork = ({ gate }: ChangeRow): OutboxKind[] =>
  gate === 'green' ? ['gate', 'close-pull', 'release'] : ['close-pull', 'release']

export interface Ending {
  to: 'rejected' | 'closed'
  actor: string
  at: string
  reason: string
  voidReason: string
}

export const endUnmerged = (
  tx: Tx,
  change: ChangeRow,
  { to, actor, at, reason, voidReason }: Ending,
): ChangeRow => {
  voidApprovals(tx, change, at, voidReason)
  return step(tx, change, to, { actor, at, reason, work: endWork(change) })
}
