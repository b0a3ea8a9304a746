// Credentials as the tenant's people see them, and what they decide about them.
import { and, desc, eq, lt, or, type SQL } from 'drizzle-orm'
import type {
  ChangeCredentialStatus,
  CredentialFilter,
  CredentialStatus,
  CredentialView,
} from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { pageOf } from '../../../page.ts'
import type { Db, TenantContext } from '../../context.ts'
import type { Keyed } from '../../operation-inputs.ts'
import { earlierCommand, keepCommand } from '../commands.ts'
import { revokeAtEntra } from '../entra/revoke.ts'
import { abilitiesOf } from '../issuer/abilities.ts'
import { issuerIdOf, issuerUrl } from '../issuer/issuer.ts'
import { changeStatus, findCredential } from './change.ts'
import { type CredentialRow, statusReference } from './positions.ts'

const { credentials, credentialOffers } = tables
type Shown = Result<Versioned<CredentialView>>

const issuanceOf = (db: Db, { offerId }: Pick<CredentialRow, 'offerId'>): string =>
  db
    .select({ id: credentialOffers.issuanceId })
    .from(credentialOffers)
    .where(eq(credentialOffers.id, offerId))
    .get()?.id ?? ''

export const credentialView = (context: TenantContext, row: CredentialRow): CredentialView => ({
  ...{ id: row.id, configuration: row.configuration, driver: row.driver },
  ...{ issuance: issuanceOf(context.db, row), member: row.member, status: row.status },
  ...{ reason: row.reason, changedBy: row.changedBy },
  statusReference:
    row.list === null || row.position === null
      ? null
      : statusReference(issuerUrl(context.env, issuerIdOf(context)), row.list, row.position),
  ...{ issuedAt: row.issuedAt, expiresAt: row.expiresAt, updatedAt: row.updatedAt },
  version: row.version,
})

const shown = (context: TenantContext, row: CredentialRow): Shown =>
  ok({ value: credentialView(context, row), version: row.version })

/** Where the next page begins: time and id, for several were issued in one moment. */
const placeOf = ({ issuedAt, id }: CredentialRow): string => `${issuedAt} ${id}`
const before = (place: string): SQL | undefined => {
  const [issuedAt = '', id = ''] = place.split(' ')
  return or(
    lt(credentials.issuedAt, issuedAt),
    and(eq(credentials.issuedAt, issuedAt), lt(credentials.id, id)),
  )
}

/** The newest first. */
export const listCredentials = (
  context: TenantContext,
  _who: Principal,
  { limit, after, filter }: PageRequest & { filter: CredentialFilter },
): Result<Page<CredentialView>> => {
  const { configuration, member, status } = filter
  const rows = context.db
    .select()
    .from(credentials)
    .where(
      and(
        configuration === undefined ? undefined : eq(credentials.configuration, configuration),
        member === undefined ? undefined : eq(credentials.member, member),
        status === undefined ? undefined : eq(credentials.status, status),
        after === null ? undefined : before(after),
      ),
    )
    .orderBy(desc(credentials.issuedAt), desc(credentials.id))
    .limit(limit + 1)
    .all()
  return ok(pageOf(rows, limit, placeOf, (row) => credentialView(context, row)))
}

export const readCredentialView = (context: TenantContext, _who: Principal, id: string): Shown => {
  const row = findCredential(context.db, id)
  return row ? shown(context, row) : refuse('not-found')
}

const SAME: Record<CredentialStatus, string> = {
  valid: 'It is valid already.',
  invalid: 'It is revoked already.',
  suspended: 'It is suspended already.',
}

/** Why this step is not taken; null: it may be. */
const objection = (context: TenantContext, row: CredentialRow, to: CredentialStatus) => {
  const { statuses, supports } = abilitiesOf(context, row.driver)
  if (!statuses.includes(to) || (to === 'valid' && !supports.suspend))
    return refuse('driver-unable', { detail: `The driver ${row.driver} suspends nothing.` })
  return row.status === to ? refuse('conflict', { detail: SAME[to] }) : null
}

/**
 * Revokes, suspends or reinstates, once for each Idempotency-Key. Refuses `conflict` for the status that it has already and for
 * what would bring a revoked one back, `driver-unable` where its driver has no such status.
 */
export const changeCredential = async (
  context: TenantContext,
  who: Principal,
  { id, to, body, ...sent }: Keyed<ChangeCredentialStatus> & { id: string; to: CredentialStatus },
): Promise<Shown> => {
  const row = findCredential(context.db, id)
  if (!row) return refuse('not-found')
  const earlier = earlierCommand(context.db, who, sent)
  if (earlier === 'other') return refuse('idempotency-key-reused')
  if (earlier === 'done') return shown(context, row)
  const refused = objection(context, row, to)
  if (refused) return refused
  // There first: what we say of it is never ahead of what verifiers see.
  const told = row.driver === 'entra' ? await revokeAtEntra(context, row) : ok(null)
  if (!told.ok) return told
  const at = context.now().toISOString()
  const changed = transaction(context.db, (tx): Result<CredentialRow> => {
    const meanwhile = earlierCommand(tx, who, sent)
    if (meanwhile === 'other') return refuse('idempotency-key-reused')
    const step = { actor: who.subject, reason: body.reason }
    const result = changeStatus(context, tx, id, to, step)
    if (result.ok && meanwhile === 'none') keepCommand(tx, who, sent, { about: id, at })
    return result
  })
  return changed.ok ? shown(context, changed.value) : changed
}
