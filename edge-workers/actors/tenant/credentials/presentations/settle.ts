// The one transaction in which a verified answer counts: it is looked at once more whether the request is open and the
// credentials hold, whoever asked takes it, and it is never answered again.
import { type PresentationFault, presentationMoves } from '../../../../../schemas/presentation.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import { transaction } from '../../../database.ts'
import { enqueue, type TenantContext, type Tx } from '../../context.ts'
import { takeVerified } from '../powers/verified.ts'
import { PRESENTED_MILLISECONDS } from './age.ts'
import { findRequest, isLate, move, type RequestRow } from './rows.ts'
import { endedSince, ownCredentialAt } from './trust.ts'

export const EVIDENCE = 'presentation-evidence'

export interface Settling {
  presented: Presented[]
  /** The same, and what the wallet sent, as they are kept. */
  sealed: { presented: string; evidence: string | null }
  actor: 'wallet' | 'browser'
}

/** What signs in or approves is one credential, which is this tenant's own. Of others it is not kept whose they were. */
const credentialOf = (
  context: TenantContext,
  tx: Tx,
  { kind }: RequestRow,
  presented: readonly Presented[],
): string | null => {
  const [first] = presented
  if (kind === 'request' || !first?.own || !first.status_list) return null
  return ownCredentialAt(context, tx, first.status_list)?.id ?? null
}

/** `fault`: null where it was taken. Not ok: the row has moved since it was read, or its time is over. */
export const settle = (
  context: TenantContext,
  row: RequestRow,
  { presented, sealed, actor }: Settling,
): { ok: true; fault: PresentationFault | null } | { ok: false } => {
  const settled = transaction(context.db, (tx) => {
    const now = context.now()
    const at = now.toISOString()
    const standing = findRequest(tx, row.id)
    // As it was read, but for a wallet that fetched the request once more.
    const same = standing && standing.responseCodeDigest === row.responseCodeDigest
    if (!same || presentationMoves[standing.state].length === 0 || isLate(standing, now))
      return null
    const credentialId = credentialOf(context, tx, standing, presented)
    const fault =
      endedSince(context, tx, presented) ??
      takeVerified(context, tx, { ...standing, credentialId }, presented)
    const moved = fault
      ? move(tx, standing, 'rejected', {
          ...{ actor, at, reason: fault, patch: { fault, presented: null, evidence: null } },
        })
      : move(tx, standing, 'verified', { actor, at, patch: { ...sealed, credentialId } })
    if (!moved) throw new Error('a request that moved within its transaction')
    if (!fault) enqueue(tx, 'presentation', row.id, now.getTime() + PRESENTED_MILLISECONDS)
    return { ok: true as const, fault }
  })
  context.changed()
  return settled ?? { ok: false }
}
