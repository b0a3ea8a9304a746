// How secrets and keys are shown: out of the rows, which never had a value.
import { and, asc, eq, gt, ne } from 'drizzle-orm'
import type { KeyView, SecretView, Unfinished } from '../../../../schemas/secret-view.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { nameInVault } from '../../../../schemas/vault.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { pageOf } from '../../page.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { subjectOf, unfinishedOf } from './requests.ts'

const { secrets, vaultKeys } = tables
export type SecretRow = typeof secrets.$inferSelect
export type KeyRow = typeof vaultKeys.$inferSelect

export const findSecret = (on: Db | Tx, name: string): SecretRow | undefined =>
  on.select().from(secrets).where(eq(secrets.name, name)).get()
export const findKey = (on: Db | Tx, name: string): KeyRow | undefined =>
  on.select().from(vaultKeys).where(eq(vaultKeys.name, name)).get()

const shownRequest = (db: Db, subject: string): Unfinished | null => {
  const of = unfinishedOf(db, subject)
  return (
    of && {
      what: of.what.replace('-key', '') as Unfinished['what'],
      state: of.lost ? 'lost' : 'unanswered',
      since: new Date(of.sentAt).toISOString(),
    }
  )
}

export const secretView = (
  context: TenantContext,
  row: SecretRow,
  vault: string | null = null,
): Versioned<SecretView> => {
  const { vaultVersion, generator, version, ...shown } = row
  const due = row.rotationDueAt !== null && row.rotationDueAt <= context.now().toISOString()
  return {
    version,
    value: {
      ...shown,
      ...{ currentVersion: vaultVersion, generate: generator },
      rotationDue: due && generator === null && row.state === 'active',
      unfinished: shownRequest(context.db, row.name),
      reference: { vault, key: nameInVault(context.tenant().id, 'secret', row.name) ?? '' },
    },
  }
}

export const keyView = (
  { db }: TenantContext,
  { vaultVersion, version, rotateDays, expireDays, publicJwk, ...shown }: KeyRow,
): Versioned<KeyView> => ({
  version,
  value: {
    ...{ ...shown, unfinished: shownRequest(db, subjectOf('read-key', shown.name)) },
    ...{ currentVersion: vaultVersion, policy: { rotateDays, expireDays } },
    publicJwk: publicJwk as KeyView['publicJwk'],
  },
})

/** By name; those that are purged are history. */
export const listSecrets = (
  context: TenantContext,
  { limit, after }: PageRequest,
): Page<SecretView> => {
  const rows = context.db
    .select()
    .from(secrets)
    .where(and(ne(secrets.state, 'purged'), after === null ? undefined : gt(secrets.name, after)))
    .orderBy(asc(secrets.name))
    .limit(limit + 1)
    .all()
  return pageOf(
    rows,
    limit,
    ({ name }) => name,
    (row) => secretView(context, row).value,
  )
}

export const listKeys = (context: TenantContext, { limit, after }: PageRequest): Page<KeyView> => {
  const rows = context.db
    .select()
    .from(vaultKeys)
    .where(
      and(ne(vaultKeys.state, 'purged'), after === null ? undefined : gt(vaultKeys.name, after)),
    )
    .orderBy(asc(vaultKeys.name))
    .limit(limit + 1)
    .all()
  return pageOf(
    rows,
    limit,
    ({ name }) => name,
    (row) => keyView(context, row).value,
  )
}
