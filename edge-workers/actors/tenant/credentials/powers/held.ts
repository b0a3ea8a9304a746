// One of the platform's own credentials, as it was presented: issued here, of this kind, and of somebody who is a member now.
import type { PresentationFault } from '../../../../../schemas/presentation.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { MemberRow } from '../../enter.ts'
import { memberById } from '../../people/roles.ts'
import type { RequestRow } from '../presentations/rows.ts'
import { findCredential } from '../status/change.ts'
import type { CredentialRow } from '../status/positions.ts'

export interface Held {
  credential: CredentialRow
  member: MemberRow
}

/**
 * A credential of a trusted issuer may say the same and have the same type: it says nothing here. The row decides, and what was
 * presented has to agree with it.
 */
export const heldBy = (
  { now }: TenantContext,
  tx: Tx,
  { credentialId }: Pick<RequestRow, 'credentialId'>,
  { presented, configuration }: { presented: readonly Presented[]; configuration: string },
): Held | PresentationFault => {
  const [first, ...more] = presented
  if (!first || more.length > 0) return 'missing'
  if (!first.own) return 'untrusted-issuer'
  const credential = credentialId === null ? undefined : findCredential(tx, credentialId)
  if (credential?.configuration !== configuration || credential.holder !== first.holder)
    return 'not-permitted'
  if (credential.status !== 'valid')
    return credential.status === 'suspended' ? 'suspended' : 'revoked'
  if (Date.parse(credential.expiresAt) <= now().getTime()) return 'expired'
  const member =
    credential.member === null ? undefined : memberById(tx).get({ id: credential.member })
  const isHis = member?.id === first.claims.member
  return member?.state === 'active' && member.kind === 'person' && isHis
    ? { credential, member }
    : 'not-permitted'
}
