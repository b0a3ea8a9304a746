// A change that nobody has touched for long holds ids, addresses and a pull request for nothing: it expires.
import type { ChangeState } from '../../../schemas/change.ts'
import { transaction } from '../database.ts'
import { voidApprovals } from './approvals.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readChangeRow, step } from './context.ts'

const UNTOUCHED_DAYS = 30
const DAY_MILLISECONDS = 86_400_000
const EXPIRING: ChangeState[] = ['proposed', 'approved']

/** Null: it is none that expires, or its time has not come. */
const readOver = ({ db, now }: TenantContext, id: string): ChangeRow | null => {
  const change = readChangeRow(db, id)
  if (!change || !EXPIRING.includes(change.state)) return null
  const untouched = now().getTime() - Date.parse(change.updatedAt)
  return untouched < UNTOUCHED_DAYS * DAY_MILLISECONDS ? null : change
}

export const isOver = (context: TenantContext, id: string): boolean =>
  readOver(context, id) !== null

export const expire = (context: TenantContext, id: string): void => {
  const change = readOver(context, id)
  if (!change) return
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
