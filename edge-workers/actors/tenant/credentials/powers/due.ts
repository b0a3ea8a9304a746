// What comes due of a credential by itself, at the tenant's alarm: the end of one that somebody approved with, and the revocation
// of one that ended here and is kept by Microsoft Entra Verified ID.
import { transaction } from '../../../database.ts'
import { throwIfOutage } from '../../../outage.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { enqueue } from '../../context.ts'
import { revokeAtEntra } from '../entra/revoke.ts'
import { changeStatus, findCredential } from '../status/change.ts'
import { approverExpired, approvesSomething } from './status-changed.ts'

/** What Entra does not take now it may take later: somebody has to put it right there. */
const AGAIN_MILLISECONDS = 3_600_000
const ENDED = 'the membership has ended'

/** In the transaction in which it approves: the gate of what it approved is red from the moment it expires. */
export const watchEnd = (tx: Tx, { id, expiresAt }: { id: string; expiresAt: string }): void =>
  enqueue(tx, 'credential-end', id, Date.parse(expiresAt))

/** Handler of the outbox. Milliseconds until it is to be looked at again; approvals are void for good once it has expired. */
export const endApprovals = (context: TenantContext, id: string): number | undefined => {
  const now = context.now()
  const row = findCredential(context.db, id)
  if (row?.status !== 'valid') return undefined
  const left = Date.parse(row.expiresAt) - now.getTime()
  if (left > 0) return approvesSomething(context.db, row) ? left : undefined
  transaction(context.db, (tx) => {
    approverExpired(tx, row, now.toISOString())
    return null
  })
  context.changed()
  return undefined
}

/** In the transaction that ends whose it was. */
export const revokeLater = (tx: Tx, id: string, at: string): void =>
  enqueue(tx, 'credential-revoke', id, Date.parse(at))

/**
 * Handler of the outbox: revoked there first, as when somebody asks for it, and then here. An outage is tried again by the outbox.
 * Milliseconds until it is to be tried again where Entra refuses, or this installation is not connected to it.
 */
export const revokeEnded = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const row = findCredential(context.db, id)
  if (row?.driver !== 'entra' || row.status === 'invalid') return undefined
  const told = await revokeAtEntra(context, row)
  throwIfOutage(told)
  if (!told.ok) return AGAIN_MILLISECONDS
  transaction(context.db, (tx) => {
    // Somebody may have revoked it meanwhile: that is the same.
    changeStatus(context, tx, id, 'invalid', { actor: 'phoenix', reason: ENDED })
    return null
  })
  context.changed()
  return undefined
}
