// A change that nobody has touched for long holds ids, addresses and a pull request for nothing: it expires.
import type { ChangeState } from '../../../schemas/change.ts'
import { transaction } from '../database.ts'
import { voidApprovals } from './approvals.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readChangeRow, step } from './context.ts'

const UNTOUCHED_DAYS = 30
const DAY_MILLISECONDS = 86_400_000
const EXPIRING: ChangeState[] = ['proposed', 'approved']

/** Milliseconds since the epoch. */
export const expiresAt = ({ updatedAt }: Pick<ChangeRow, 'updatedAt'>): number =>
  Date.parse(updatedAt) + UNTOUCHED_DAYS * DAY_MILLISECONDS

/** Ask for it only where the forge has just shown that it was not merged: the webhook of a merge may be lost. */
export const expire = (context: TenantContext, id: string): void => {
  const change = readChangeRow(context.db, id)
  if (!change || !EXPIRING.includes(change.state)) return
  if (context.now().getTime() < expiresAt(change)) return
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    voidApprovals(tx, change, at, 'the change has expired')
    return step(tx, change, 'expired', {
      actor: 'phoenix',
      at,
      reason: `nobody touched it for ${UNTOUCHED_DAYS} days`,
      work: change.gate === 'green' ? ['gate', 'close-pull', 'release'] : ['close-pull', 'release'],
    })
  })
  context.changed()
}
