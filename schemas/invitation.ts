// Places offered to people: a link with a secret, used once, by whoever signs in with an identity provider.
import * as z from 'zod'
import { Slug } from './ids.ts'
import { Email, MemberId, MemberRoles, PersonName } from './member.ts'

export const INVITATION_HOURS = { default: 72, most: 30 * 24 }

export const NewInvitation = z.strictObject({
  roles: MemberRoles,
  expiresInHours: z.int().min(1).max(INVITATION_HOURS.most).default(INVITATION_HOURS.default),
})
export type NewInvitation = z.infer<typeof NewInvitation>

export const InvitationView = z.strictObject({
  id: z.string(),
  roles: MemberRoles,
  state: z.enum(['open', 'accepted', 'revoked', 'expired']),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime(),
  acceptedBy: z.string().nullable(),
})
export type InvitationView = z.infer<typeof InvitationView>

/** Shown to whoever makes it, and never again to anybody else. */
export const Invitation = InvitationView.extend({ link: z.url() })
export type Invitation = z.infer<typeof Invitation>

export const AcceptInvitationBody = z.strictObject({
  /** The last part of the link. */
  invitation: z.string().min(1).max(200),
  /** What people call him in this tenant; with a number where somebody has it. */
  handle: Slug.optional(),
  name: PersonName.optional(),
  email: Email.optional(),
})
export type AcceptInvitationBody = z.infer<typeof AcceptInvitationBody>

/** What an invitation offers, and who one is once it was accepted. */
export const Acceptance = z.strictObject({
  tenant: Slug,
  /** Of the tenant. */
  name: z.string(),
  roles: MemberRoles,
  /** Null before it was accepted. */
  member: MemberId.nullable(),
  handle: z.string().nullable(),
})
export type Acceptance = z.infer<typeof Acceptance>
