// An invitation is accepted: whoever proves an identity becomes a member, once; who was one before is the same one again. Every
// invitation that cannot be used answers alike: spent, expired, revoked, or never made.
import { and, eq, isNull } from 'drizzle-orm'
import type { Acceptance } from '../../../../schemas/invitation.ts'
import { Email, PersonName, type Profile } from '../../../../schemas/member.ts'
import { Outage, ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { equalInConstantTime } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import type { TenantContext, Tx } from '../context.ts'
import type { MemberRow } from '../enter.ts'
import type { AcceptInvitation } from './contracts.ts'
import { agreeOnErasures } from './erasures.ts'
import { freeHandle } from './handles.ts'
import { findInvitation, type InvitationRow, stateOf } from './invitations.ts'
import { leaf } from './leaves.ts'
import { memberIdOf } from './members.ts'
import { hasProfile, writeProfile } from './profiles.ts'
import { bringBack, memberWith } from './returning.ts'
import { inTurn } from './turn.ts'

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

const insertPerson = (
  tx: Tx,
  { id: invitationId, roles, createdBy }: InvitationRow,
  { id, handle, identity, at }: Pick<MemberRow, 'id' | 'handle' | 'identity'> & { at: string },
): MemberRow => {
  const [member] = tx
    .insert(tables.members)
    .values({
      ...{ id, handle, kind: 'person', roles, state: 'active', identity },
      ...{ createdAt: at, createdBy, version: 1, idempotencyKey: keyOf(invitationId) },
    })
    .returning()
    .all()
  if (!member) throw new Error('the member was not written')
  const about = [invitationId, ...roles]
  leaf(tx, { id, version: 1, from: 'none', to: 'joined', by: id, at, about })
  return member
}

/** With a blank, so that no caller's key can be the same. */
const keyOf = (invitationId: string): string => `invitation ${invitationId}`

const spend = (tx: Tx, invitation: InvitationRow, acceptedBy: string, at: string): void => {
  const version = invitation.version + 1
  const [spent] = tx
    .update(tables.invitations)
    .set({ acceptedAt: at, acceptedBy, version })
    .where(and(eq(tables.invitations.id, invitation.id), isNull(tables.invitations.acceptedAt)))
    .returning()
    .all()
  if (!spent) throw new Error('the invitation was not accepted')
  leaf(tx, { id: invitation.id, version, from: 'invited', to: 'accepted', by: acceptedBy, at })
}

/** Member and invitation in one transaction: of two who come with the same link, one finds it spent. */
const takeIn = (
  context: TenantContext,
  invitation: InvitationRow,
  { identity, profile }: AcceptInvitation,
): MemberRow =>
  transaction(context.db, (tx) => {
    const at = context.now().toISOString()
    const before = memberWith(tx, identity)
    const id = before?.id ?? memberIdOf(context, 'person', keyOf(invitation.id))
    spend(tx, invitation, id, at)
    // His own handle of before is free for him.
    tx.update(tables.members).set({ handle: null }).where(eq(tables.members.id, id)).run()
    const handle = freeHandle(tx, [profile.handle, profile.name, profile.email])
    if (!before) return insertPerson(tx, invitation, { id, handle, identity, at })
    const { roles, createdBy } = invitation
    const about = [invitation.id, ...roles]
    return bringBack(tx, before, { handle, roles, createdBy, by: id, about, at })
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
    if (memberWith(context.db, identity)?.state !== 'active') {
      await directory.leaveTenant(identity, tenantId)
      return refuse('not-found')
    }
  } catch {
    return refuse('outage', { detail: 'The directory does not answer.', retryAfterSeconds: 2 })
  }
  return ok(shown(context, member.roles, member))
}

const judge = (
  context: TenantContext,
  input: AcceptInvitation,
): Result<{ invitation: InvitationRow; present: MemberRow | undefined; repeated: boolean }> => {
  const { invitationId, secretDigest, identity } = input
  const invitation = findInvitation(context, invitationId)
  if (!invitation || !equalInConstantTime(invitation.secretDigest, secretDigest))
    return refuse('not-found')
  const present = memberWith(context.db, identity)
  // His own acceptance, repeated: perhaps he never heard of it.
  if (present?.state === 'active' && invitation.acceptedBy === present.id)
    return ok({ invitation, present, repeated: true })
  if (context.tenant().state !== 'active' || stateOf(context, invitation) !== 'open')
    return refuse('not-found')
  if (present?.state === 'active') {
    return refuse('conflict', {
      detail: 'You are a member of this tenant already. The invitation is still open.',
    })
  }
  return ok({ invitation, present, repeated: false })
}

/** In turn with removals and erasures: what they do to a member is done before he comes back, or finds him here. */
const admit = (context: TenantContext, input: AcceptInvitation): Promise<Result<MemberRow>> =>
  inTurn(context, async () => {
    try {
      // An erasure that broke off is done first: nothing of before may come back with him.
      if (memberWith(context.db, input.identity)) await agreeOnErasures(context)
    } catch (error) {
      if (!(error instanceof Outage)) throw error
      return refuse('outage', { detail: 'The directory does not answer.', retryAfterSeconds: 2 })
    }
    const judged = judge(context, input)
    if (!judged.ok) return judged
    const { invitation, present, repeated } = judged.value
    return ok(repeated && present ? present : takeIn(context, invitation, input))
  })

export const acceptInvitation = async (
  context: TenantContext,
  input: AcceptInvitation,
): Promise<Result<Acceptance>> => {
  const judged = judge(context, input)
  if (!judged.ok) return judged
  if (input.validateOnly) {
    const { invitation, present, repeated } = judged.value
    return ok(
      repeated && present
        ? shown(context, present.roles, present)
        : shown(context, invitation.roles, null),
    )
  }
  const member = await admit(context, input)
  return member.ok ? settleIn(context, member.value, input) : member
}
