// Operations on people and machines: members, invitations, tokens, sessions, personal data.

import type { Invitation, InvitationView, NewInvitation } from '../../../../schemas/invitation.ts'
import type {
  CreateMember,
  CreateServiceAccount,
  Me,
  MemberDetail,
  MemberView,
  UpdateMember,
} from '../../../../schemas/member.ts'
import type { PersonalExport } from '../../../../schemas/personal-export.ts'
import type { SessionView } from '../../../../schemas/session.ts'
import type { CreateToken, RotateToken, TokenView } from '../../../../schemas/token.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

export interface PeopleOperations {
  'me.read': { input: null; output: Me }
  /** Names of the members behind pseudonyms, for pages. Unknown and erased ones are left out. */
  'members.names': { input: string[]; output: Record<string, string> }

  'members.create': { input: Keyed<CreateMember>; output: Versioned<MemberDetail> }
  'members.list': { input: PageRequest; output: Page<MemberView> }
  'members.read': { input: string; output: Versioned<MemberDetail> }
  'members.update': { input: Conditional<UpdateMember>; output: Versioned<MemberDetail> }
  /** Out at once: his tokens and sessions end, his approvals of open changes are void. */
  'members.remove': { input: Conditional<null>; output: Versioned<MemberView> }
  'members.export': { input: string; output: PersonalExport }
  /** Of a removed member, or of oneself. */
  'members.erase': { input: Conditional<null>; output: Versioned<MemberView> }
  'service-accounts.create': { input: Keyed<CreateServiceAccount>; output: Versioned<MemberView> }

  'invitations.create': { input: Keyed<NewInvitation>; output: Invitation }
  'invitations.list': { input: PageRequest; output: Page<InvitationView> }
  'invitations.read': { input: string; output: Versioned<InvitationView> }
  'invitations.revoke': { input: Conditional<null>; output: Versioned<InvitationView> }

  'tokens.create': { input: Keyed<CreateToken>; output: TokenView & { token: string } }
  'tokens.rotate': {
    input: Keyed<RotateToken> & { id: string }
    output: TokenView & { token: string }
  }
  'tokens.list': { input: PageRequest; output: Page<TokenView> }
  'tokens.read': { input: string; output: Versioned<TokenView> }
  'tokens.revoke': { input: Conditional<null>; output: Versioned<TokenView> }

  /** One's own; all of them for owners and admins. */
  'sessions.list': { input: PageRequest; output: Page<SessionView> }
  /** One's own ends everywhere; somebody else's, for owners and admins, ends here. */
  'sessions.end': { input: string; output: SessionView }
}

/** Comes with no principal: the invitation is the credential, the identity is proved by the edge. */
export interface AcceptInvitation {
  invitationId: string
  secretDigest: string
  identity: string
  /** What he says of himself, to begin with. */
  profile: { name?: string; email?: string; handle?: string }
  /** Only whether it would be accepted, and what it offers. */
  validateOnly: boolean
}
