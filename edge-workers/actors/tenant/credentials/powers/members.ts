// The platform's own credentials of its members: whether somebody holds one, and how they end with the membership or the role.
// In the transaction of whatever ends them.
import { and, eq, gt, inArray, ne, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { MemberRow } from '../../enter.ts'
import { memberById } from '../../people/roles.ts'
import { endOffersOf } from '../issuance/expiry.ts'
import { APPROVER_CONFIGURATION, builtIns } from '../issuer/configurations.ts'
import { changeStatus } from '../status/change.ts'
import { revokeLater } from './due.ts'
import { isStrong, mayHaveOffered, offererOf } from './offerers.ts'

const { credentials, credentialOffers: offers } = tables

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

/**
 * What another issuer keeps the status of is ended there first, and here when that is done: what we say of it is never ahead of
 * what verifiers see.
 */
export const endCredentialsOf = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: string,
  { by, reason, configuration }: Step & { configuration?: string },
): void => {
  const his = tx
    .select({ id: credentials.id, driver: credentials.driver })
    .from(credentials)
    .where(
      and(
        ...[eq(credentials.member, member), ne(credentials.status, 'invalid')],
        configuration === undefined ? undefined : eq(credentials.configuration, configuration),
      ),
    )
  const at = context.now().toISOString()
  for (const { id, driver } of his.all())
    if (driver === 'entra') revokeLater(tx, id, at)
    else changeStatus(context, tx, id, 'invalid', { actor: by, reason })
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

/** Held, and offered by somebody who may not offer it to him as he is now. */
const endWhatOthersOffered = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: Pick<MemberRow, 'id' | 'roles'>,
  by: string,
): void => {
  const his = tx
    .select()
    .from(credentials)
    .where(
      and(
        ...[eq(credentials.member, member.id), ne(credentials.status, 'invalid')],
        inArray(credentials.configuration, Object.keys(builtIns)),
      ),
    )
  for (const held of his.all())
    if (!mayHaveOffered(tx, offererOf(tx, held), member))
      changeStatus(context, tx, held.id, 'invalid', { actor: by, reason: GREATER })
}

/**
 * Whoever is removed, or no owner any more, may have taken what he offered to owners and approvers, and would be what they are.
 * Call it when his row says what he is from now on.
 */
export const endWhatHeOffered = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  offerer: string,
  by: string,
): void => {
  const given = tx
    .select({ id: credentials.id, offerId: credentials.offerId, member: credentials.member })
    .from(credentials)
    .innerJoin(offers, eq(offers.id, credentials.offerId))
    .where(
      and(
        ...[ne(credentials.status, 'invalid'), ne(credentials.member, offerer)],
        inArray(credentials.configuration, Object.keys(builtIns)),
        sql`(${offers.createdBy} = ${offerer} or ${offerer} in (select value from json_each(${offers.behind})))`,
      ),
    )
  for (const held of given.all()) {
    const holder = memberById(tx).get({ id: held.member ?? '' })
    if (holder && !mayHaveOffered(tx, offererOf(tx, held), holder))
      changeStatus(context, tx, held.id, 'invalid', { actor: by, reason: OFFERER_ENDED })
  }
}

/**
 * Whoever does not approve any more holds nothing that says so. Whoever is an owner or an approver from now on holds nothing that
 * an admin has offered him: the admin may have taken it himself, and would be what he is. Call it when his row says what he is.
 */
export const endWithRole = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: Pick<MemberRow, 'id' | 'roles'>,
  { by, before }: { by: string; before: readonly string[] },
): void => {
  const { id, roles } = member
  const isGreater = roles.some((role) => isStrong(role) && !before.includes(role))
  if (isGreater) endWhatOthersOffered(context, tx, member, by)
  if (before.includes('owner') && !roles.includes('owner')) endWhatHeOffered(context, tx, id, by)
  if (roles.includes('approver')) return
  endCredentialsOf(context, tx, id, {
    by,
    reason: NO_APPROVER,
    configuration: APPROVER_CONFIGURATION,
  })
}

export const ENDED = 'the membership has ended'
export const GREATER = 'the holder is an owner or approver now: an owner offers him another'
export const OFFERER_ENDED = 'whoever offered it is no owner any more: an owner offers another'
export const NO_APPROVER = 'the holder is no approver any more'
