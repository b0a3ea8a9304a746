// The platform's own credentials of its members: whether somebody holds one, and how they end with the membership or the role.
// In the transaction of whatever ends them.
import { and, eq, gt, ne } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { MemberRow } from '../../enter.ts'
import { endOffersOf } from '../issuance/expiry.ts'
import { APPROVER_CONFIGURATION } from '../issuer/configurations.ts'
import { changeStatus } from '../status/change.ts'

const { credentials, credentialOffers } = tables

/** Whether anybody holds a valid one of this kind. */
export const hasCredential = ({ db, now }: TenantContext, configuration: string): boolean =>
  db
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        ...[eq(credentials.configuration, configuration), eq(credentials.status, 'valid')],
        gt(credentials.expiresAt, now().toISOString()),
      ),
    )
    .limit(1)
    .get() !== undefined

/** Valid approver's credentials of this member. */
export const usableCredentials = ({ db, now }: TenantContext, member: string) =>
  db
    .select({ offerId: credentials.offerId, member: credentials.member })
    .from(credentials)
    .where(
      and(
        ...[eq(credentials.configuration, APPROVER_CONFIGURATION), eq(credentials.member, member)],
        ...[eq(credentials.status, 'valid'), gt(credentials.expiresAt, now().toISOString())],
      ),
    )
    .all()

interface Step {
  by: string
  reason: string
}

/** What another issuer keeps the status of is not ended here: what we say of it would be ahead of what verifiers see. */
export const endCredentialsOf = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: string,
  { by, reason, configuration }: Step & { configuration?: string },
): void => {
  const his = tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        ...[eq(credentials.member, member), ne(credentials.status, 'invalid')],
        eq(credentials.driver, 'openid4vci'),
        configuration === undefined ? undefined : eq(credentials.configuration, configuration),
      ),
    )
  for (const { id } of his.all()) changeStatus(context, tx, id, 'invalid', { actor: by, reason })
}

/** What was offered and what was issued. */
export const endWithMembership = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: string,
  { by, at }: { by: string; at: string },
): void => {
  endOffersOf(tx, member, { by, at })
  endCredentialsOf(context, tx, member, { by, reason: ENDED })
}

/** Whoever does not approve any more holds nothing that says so. */
export const endWithRole = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  { id, roles }: Pick<MemberRow, 'id' | 'roles'>,
  by: string,
): void => {
  if (roles.includes('approver')) return
  const reason = 'the holder is no approver any more'
  endCredentialsOf(context, tx, id, { by, reason, configuration: APPROVER_CONFIGURATION })
}

/** Erased: credentials end, and nothing says whose they were. */
export const forgetCredentialsOf = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: string,
  { by }: Pick<Step, 'by'>,
): void => {
  endCredentialsOf(context, tx, member, { by, reason: ENDED })
  tx.update(credentials).set({ member: null }).where(eq(credentials.member, member)).run()
  tx.update(credentialOffers).set({ member: null }).where(eq(credentialOffers.member, member)).run()
}

const ENDED = 'the membership has ended'
