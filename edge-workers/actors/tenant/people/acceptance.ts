// An invitation is accepted: whoever proves an identity becomes a member, once. Every invitation that cannot be used answers
// alike: spent, expired, revoked, or never made.
import { and, eq, isNull } from 'drizzle-orm'
import type { Acceptance } from '../../../../schemas/invitation.ts'
import { Email, PersonName, type Profile } from '../../../../schemas/member.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { equalInConstantTime } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import type { TenantContext } from '../context.ts'
import type { MemberRow } from '../enter.ts'
import type { AcceptInvitation } from './contracts.ts'
import { freeHandle } from './handles.ts'
import { findInvitation, type InvitationRow, stateOf } from './invitations.ts'
import { leaf } from './leaves.ts'
import { memberIdOf } from './members.ts'
import { hasProfile, writeProfile } from './profiles.ts'

const memberWith = ({ db }: TenantContext, identity: string): MemberRow | undefined =>
  db.select().from(tables.members).where(eq(tables.members.identity, identity)).get()

const shown = (
  context: TenantContext,
  roles: MemberRow['roles'],
  member: MemberRow | null,
): Acceptance => {
  const { slug, name } = context.tenant()
  return { tenant: slug, name, roles, member: member?.id ?? null, handle: member?.handle ?? null }
}

/** What does not fit is left out: a name that we cannot take is no reason to keep its owner out. */
const profileOf = ({ name, email }: AcceptInvitation['profile']): Profile => ({
  ...(PersonName.safeParse(name).success && name !== undefined ? { name } : {}),
  ...(Email.safeParse(email).success && email !== undefined ? { email } : {}),
})

/** Member and invitation in one transaction: of two who come with the same link, one finds it spent. */
const takeIn = (
  context: TenantContext,
  invitation: InvitationRow,
  { identity, profile }: AcceptInvitation,
): MemberRow =>
  transaction(context.db, (tx) => {
    const at = context.now().toISOString()
    // With a blank, so that no caller's key can be the same.
    const key = `invitation ${invitation.id}`
    const id = memberIdOf(context, 'person', key)
    const handle = freeHandle(tx, [profile.handle, profile.name, profile.email])
    const [member] = tx
      .insert(tables.members)
      .values({
        ...{ id, handle, kind: 'person', roles: invitation.roles, state: 'active', identity },
        ...{ createdAt: at, createdBy: invitation.createdBy, version: 1, idempotencyKey: key },
      })
      .returning()
      .all()
    const version = invitation.version + 1
    const [spent] = tx
      .update(tables.invitations)
      .set({ acceptedAt: at, acceptedBy: id, version })
      .where(and(eq(tables.invitations.id, invitation.id), isNull(tables.invitations.acceptedAt)))
      .returning()
      .all()
    if (!member || !spent) throw new Error('the invitation was not accepted')
    leaf(tx, { id: invitation.id, version, from: 'invited', to: 'accepted', by: id, at })
    leaf(tx, {
      ...{ id, version: 1, from: 'none', to: 'joined', by: id, at },
      about: [invitation.id, ...invitation.roles],
    })
    return member
  })

/**
 * What comes after the transaction. It may be repeated, and is when it broke off: the invitation then says who it was. A session
 * comes in by itself when it is used here.
 */
const settleIn = async (
  context: TenantContext,
  member: MemberRow,
  { identity, profile }: AcceptInvitation,
): Promise<Result<Acceptance>> => {
  if (!hasProfile(context, member.id)) await writeProfile(context, member.id, profileOf(profile))
  try {
    const directory = directoryStub(context.env)
    const { id: tenantId } = context.tenant()
    await directory.joinTenant(identity, tenantId)
    // He may have been removed meanwhile, and the Directory told so before this.
    if (memberWith(context, identity)?.id !== member.id) {
      await directory.leaveTenant(identity, tenantId)
      return refuse('not-found')
    }
  } catch {
    return refuse('outage', { detail: 'The directory does not answer.', retryAfterSeconds: 2 })
  }
  return ok(shown(context, member.roles, member))
}

export const acceptInvitation = async (
  context: TenantContext,
  input: AcceptInvitation,
): Promise<Result<Acceptance>> => {
  const { invitationId, secretDigest, identity, validateOnly } = input
  const invitation = findInvitation(context, invitationId)
  if (!invitation || !equalInConstantTime(invitation.secretDigest, secretDigest))
    return refuse('not-found')
  const present = memberWith(context, identity)
  if (present?.state === 'active' && invitation.acceptedBy === present.id) {
    // His own acceptance, repeated: perhaps he never heard of it.
    return validateOnly
      ? ok(shown(context, present.roles, present))
      : settleIn(context, present, input)
  }
  if (context.tenant().state !== 'active' || stateOf(context, invitation) !== 'open')
    return refuse('not-found')
  if (present) {
    return refuse('conflict', {
      detail: 'You are a member of this tenant already. The invitation is still open.',
    })
  }
  if (validateOnly) return ok(shown(context, invitation.roles, null))
  return settleIn(context, takeIn(context, invitation, input), input)
}
