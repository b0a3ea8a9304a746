// Whether the credential that an approval was given with still holds: asked each time approvals are counted, and never kept. An
// approval that was no presentation has none, and is none of this file's business.
import { and, eq, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { statement } from '../../../database.ts'
import type { ApprovalRow, ChangeRow, Db, Tx } from '../../context.ts'

const { approvals, credentials, presentationRequests: requests } = tables

const behindPresentation = statement((db: Db | Tx) =>
  db
    .select({ status: credentials.status, expiresAt: credentials.expiresAt })
    .from(requests)
    .innerJoin(credentials, eq(credentials.id, requests.credentialId))
    .where(eq(requests.id, sql.placeholder('id')))
    .prepare(),
)

/** Neither revoked, nor suspended, nor expired. `at`: milliseconds since the epoch. */
export const holds = (
  db: Db | Tx,
  { presentationId }: Pick<ApprovalRow, 'presentationId'>,
  at = Date.now(),
): boolean => {
  const row =
    presentationId === null ? undefined : behindPresentation(db).get({ id: presentationId })
  return row?.status === 'valid' && Date.parse(row.expiresAt) > at
}

const oneByCredential = statement((db: Db | Tx) =>
  db
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.changeId, sql.placeholder('id')),
        eq(approvals.revision, sql.placeholder('revision')),
        eq(approvals.source, 'credential'),
      ),
    )
    .limit(1)
    .prepare(),
)

/** Whether anybody approved this revision with a credential, also where that counts no more. Only where it was asked for. */
export const wasByCredential = (
  db: Db | Tx,
  { id, revision }: Pick<ChangeRow, 'id' | 'revision'>,
): boolean => oneByCredential(db).get({ id, revision }) !== undefined
