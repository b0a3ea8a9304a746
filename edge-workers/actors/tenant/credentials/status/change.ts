// The status of a credential: valid, suspended and valid again, or invalid for good.
import { and, eq, sql } from 'drizzle-orm'
import type { CredentialStatus } from '../../../../../schemas/credential.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { statement } from '../../../database.ts'
import { type Db, record, type TenantContext, type Tx } from '../../context.ts'
import { statusChanged } from '../powers/status-changed.ts'
import type { CredentialRow } from './positions.ts'

const { credentials, credentialOffers, statusLists } = tables

const byId = statement((db: Db | Tx) =>
  db
    .select()
    .from(credentials)
    .where(eq(credentials.id, sql.placeholder('id')))
    .prepare(),
)
export const findCredential = (db: Db | Tx, id: string): CredentialRow | undefined =>
  byId(db).get({ id })

/** Null: there is no such credential here. */
export const statusOf = (db: Db | Tx, id: string): CredentialStatus | null =>
  findCredential(db, id)?.status ?? null

const STAYS = 'What was revoked stays revoked: issue another.'

/**
 * One step of a credential's status in the caller's transaction: row, list, leaf. The status that it has already is no step.
 * Refuses `not-found`, and `conflict` for whatever would bring a revoked one back. Whether its driver can do this the caller has
 * asked before.
 */
export const changeStatus = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  id: string,
  to: CredentialStatus,
  { actor, reason }: { actor: string; reason: string | null },
): Result<CredentialRow> => {
  const before = findCredential(tx, id)
  if (!before) return refuse('not-found')
  if (before.status === to) return ok(before)
  if (before.status === 'invalid') return refuse('conflict', { detail: STAYS })
  const at = context.now().toISOString()
  const version = before.version + 1
  const [row] = tx
    .update(credentials)
    .set({ status: to, reason, changedBy: actor, updatedAt: at, version })
    .where(and(eq(credentials.id, id), eq(credentials.version, before.version)))
    .returning()
    .all()
  if (!row) throw new Error('a credential that moved within a transaction')
  if (row.list !== null)
    tx.update(statusLists)
      .set({ version: sql`${statusLists.version} + 1` })
      .where(eq(statusLists.id, row.list))
      .run()
  // What was taken back is not fetched once more, nor what was offered with it.
  if (to === 'invalid')
    tx.update(credentialOffers)
      .set({ claims: null, holderKeys: null })
      .where(eq(credentialOffers.id, row.offerId))
      .run()
  record(tx, { changeId: id, version, from: before.status, to, reason, actor, at })
  statusChanged(tx, row, at)
  return ok(row)
}
