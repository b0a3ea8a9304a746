// From the text of an invitation to the tenant it is of. What is mistyped, of no tenant, or refused there looks the same.

import type { Acceptance, AcceptInvitationBody } from '../../schemas/invitation.ts'
import { type Result, refuse } from '../../schemas/result.ts'
import { findTenant, tenantStub } from '../actors/stubs.ts'
import type { AppContext } from '../http/context.ts'
import { parseInvitation } from './token.ts'

interface Asked extends AcceptInvitationBody {
  /** Proved: a keyed digest of issuer and subject. */
  identity: string
  /** Only what it offers, and whether it would be accepted. */
  validateOnly: boolean
}

export const takeInvitation = async (
  c: AppContext,
  { invitation, handle, name, email, identity, validateOnly }: Asked,
): Promise<Result<Acceptance>> => {
  const parsed = parseInvitation(invitation)
  const entry = parsed && (await findTenant(c.env, parsed.tenantId))
  if (!parsed || !entry) return refuse('not-found')
  const reached = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!reached.ok) return reached
  const { id: invitationId, secretDigest } = parsed
  return reached.value.stub.acceptInvitation({
    ...{ invitationId, secretDigest, identity, validateOnly },
    profile: {
      ...(handle === undefined ? {} : { handle }),
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    },
  })
}
