// Invitations: a link with a secret, shown to whoever makes it, used once, before it expires. It never gives more than whoever
// made it could still give today.
import { and, asc, eq, gt } from 'drizzle-orm'
import {
  INVITATION_HOURS,
  type Invitation,
  type InvitationView,
} from '../../../../schemas/invitation.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { mintInvitation, secretDigestOf } from '../../../auth/token.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { byId, pageOf } from '../../page.ts'
import { isAside } from '../backup/aside.ts'
import type { TenantContext } from '../context.ts'
import type { PeopleOperations } from './contracts.ts'
import { deriveSecret } from './derived.ts'
import { leaf } from './leaves.ts'
import { findMember, mayGive } from './members.ts'
import { isSpent } from './spent-keys.ts'

export type InvitationRow = typeof tables.invitations.$inferSelect
type Input<Name extends keyof PeopleOperations> = PeopleOperations[Name]['input']

const HOUR_MILLISECONDS = 3_600_000

/** Of an operator who is no member here: nobody here learns when he stops being one. */
const OPERATOR_HOURS = INVITATION_HOURS.default

/** Whoever invited is still there and could still give these roles. One who left and came back invites anew. */
const inviterStands = (context: TenantContext, row: InvitationRow): boolean => {
  const by = findMember(context.db, row.createdBy)
  if (by === undefined) {
    const age = context.now().getTime() - Date.parse(row.createdAt)
    return age < OPERATOR_HOURS * HOUR_MILLISECONDS
  }
  const who = { roles: by.roles } as Principal
  const stands = by.state === 'active' && by.createdAt <= row.createdAt
  return stands && mayGive(context, who, row.roles).ok
}

export const stateOf = (context: TenantContext, row: InvitationRow): InvitationView['state'] => {
  if (row.acceptedAt !== null) return 'accepted'
  if (row.revokedAt !== null || isAside(context.db, row.id)) return 'revoked'
  if (Date.parse(row.expiresAt) <= context.now().getTime()) return 'expired'
  return inviterStands(context, row) ? 'open' : 'revoked'
}

const invitationView = (context: TenantContext, row: InvitationRow): InvitationView => ({
  ...{ id: row.id, roles: row.roles, state: stateOf(context, row) },
  ...{ createdAt: row.createdAt, createdBy: row.createdBy, expiresAt: row.expiresAt },
  acceptedBy: row.acceptedBy,
})

const linkOf = ({ env, tenant }: TenantContext, id: string, secret: string): string =>
  `${env.PUBLIC_URL}/invitations/${mintInvitation({ tenantId: tenant().id, id, secret })}`

/** A repeat shows the same link, to whoever made it and as long as it is open. */
const replay = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint }: Input<'invitations.create'>,
): Result<Invitation> | null => {
  const earlier = context.db
    .select()
    .from(tables.invitations)
    .where(eq(tables.invitations.idempotencyKey, key))
    .get()
  if (!earlier) {
    return isSpent(context, 'invitation', key)
      ? refuse('conflict', {
          detail: 'What this key made has ended and is forgotten: use a new key.',
        })
      : null
  }
  if (earlier.fingerprint !== fingerprint || earlier.createdBy !== who.subject)
    return refuse('idempotency-key-reused')
  const view = invitationView(context, earlier)
  if (view.state !== 'open')
    return refuse('conflict', { detail: 'This invitation is not open any more.' })
  const request = { subject: who.subject, key, at: earlier.createdAt }
  const { secret } = deriveSecret(context, 'invitation', request)
  return ok({ ...view, link: linkOf(context, earlier.id, secret) })
}

export const createInvitation = (
  context: TenantContext,
  who: Principal,
  input: Input<'invitations.create'>,
): Result<Invitation> => {
  const { key, fingerprint, body } = input
  const given = mayGive(context, who, body.roles)
  if (!given.ok) return given
  if (body.expiresInHours > OPERATOR_HOURS && !findMember(context.db, who.subject)) {
    return refuse('invalid-parameters', {
      errors: [
        {
          pointer: '/expiresInHours',
          detail: `An operator’s invitation holds for ${OPERATOR_HOURS} hours at most.`,
        },
      ],
    })
  }
  const earlier = replay(context, who, input)
  if (earlier) return earlier
  const now = context.now()
  const at = now.toISOString()
  const derived = deriveSecret(context, 'invitation', { subject: who.subject, key, at })
  const id = `inv${derived.id}`
  const row = transaction(context.db, (tx) => {
    const [made] = tx
      .insert(tables.invitations)
      .values({
        ...{ id, roles: body.roles, secretDigest: secretDigestOf(derived.secret) },
        ...{ createdAt: at, createdBy: who.subject },
        expiresAt: new Date(now.getTime() + body.expiresInHours * HOUR_MILLISECONDS).toISOString(),
        ...{ version: 1, idempotencyKey: key, fingerprint },
      })
      .returning()
      .all()
    if (!made) throw new Error('the invitation was not written')
    leaf(tx, {
      ...{ id, version: 1, from: 'none', to: 'invited', by: who.subject, at, about: body.roles },
    })
    return made
  })
  return ok({ ...invitationView(context, row), link: linkOf(context, id, derived.secret) })
}

export const listInvitations = (
  context: TenantContext,
  { limit, after }: PageRequest,
): Page<InvitationView> => {
  const rows = context.db
    .select()
    .from(tables.invitations)
    .where(gt(tables.invitations.id, after ?? ''))
    .orderBy(asc(tables.invitations.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => invitationView(context, row))
}

/** Of whoever may give what it gives. One that was accepted stays: remove the member instead. */
export const revokeInvitation = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Input<'invitations.revoke'>,
): Result<Versioned<InvitationView>> => {
  const row = findInvitation(context, id)
  if (!row) return refuse('not-found')
  const given = mayGive(context, who, row.roles)
  if (!given.ok) return given
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  if (row.acceptedAt !== null)
    return refuse('conflict', { detail: 'It was accepted: remove the member instead.' })
  if (row.revokedAt !== null)
    return ok({ value: invitationView(context, row), version: row.version })
  const at = context.now().toISOString()
  const version = row.version + 1
  const revoked = transaction(context.db, (tx) => {
    const same = and(eq(tables.invitations.id, id), eq(tables.invitations.version, row.version))
    const [next] = tx
      .update(tables.invitations)
      .set({ revokedAt: at, version })
      .where(same)
      .returning()
      .all()
    if (!next) throw new Error('the invitation was not revoked')
    leaf(tx, { id, version, from: 'invited', to: 'revoked', by: who.subject, at })
    return next
  })
  return ok({ value: invitationView(context, revoked), version })
}

export const readInvitation = (
  context: TenantContext,
  id: string,
): Versioned<InvitationView> | null => {
  const row = findInvitation(context, id)
  return row ? { value: invitationView(context, row), version: row.version } : null
}

export const findInvitation = ({ db }: TenantContext, id: string): InvitationRow | undefined =>
  db.select().from(tables.invitations).where(eq(tables.invitations.id, id)).get()
