// API tokens: one's own, everybody's for owners and admins, and the end of one. mint-token.ts makes them.
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TokenView } from '../../../../schemas/token.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { byId, pageOf } from '../../page.ts'
import { isAside } from '../backup/aside.ts'
import type { Db, TenantContext } from '../context.ts'
import type { PeopleOperations } from './contracts.ts'
import { endToken, type TokenRow } from './end-token.ts'
import { madeBy } from './lineage.ts'
import { seesAll } from './roles.ts'

export const tokenView = (db: Db, row: TokenRow): TokenView => {
  const { id, name, member, scopes, createdAt, expiresAt } = row
  const { revokedAt, lastUsedAt, rotatedTo, workload } = row
  return {
    ...{ id, name, member, scopes, createdAt, expiresAt, revokedAt, lastUsedAt },
    ...{ rotatedTo, workload, setAside: revokedAt === null && isAside(db, id) },
  }
}

export const visible = (
  { db }: TenantContext,
  who: Principal,
  id: string,
): TokenRow | undefined => {
  const row = db.select().from(tables.tokens).where(eq(tables.tokens.id, id)).get()
  return row && (row.member === who.subject || seesAll(who)) ? row : undefined
}

/** One's own; everybody's for owners and admins. */
export const listTokens = (
  { db }: TenantContext,
  who: Principal,
  { limit, after }: PageRequest,
): Page<TokenView> => {
  const rows = db
    .select()
    .from(tables.tokens)
    .where(
      and(
        gt(tables.tokens.id, after ?? ''),
        seesAll(who) ? undefined : eq(tables.tokens.member, who.subject),
      ),
    )
    .orderBy(asc(tables.tokens.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => tokenView(db, row))
}

export const readToken = (
  context: TenantContext,
  who: Principal,
  id: string,
): Versioned<TokenView> | null => {
  const row = visible(context, who, id)
  return row ? { value: tokenView(context.db, row), version: row.version } : null
}

/** Takes effect at once: the door forgets what it knows with this write. What was made with it may be in the same hands. */
export const revokeToken = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: PeopleOperations['tokens.revoke']['input'],
): Result<Versioned<TokenView>> => {
  const row = visible(context, who, id)
  if (!row) return refuse('not-found')
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  if (row.revokedAt !== null) return ok({ value: tokenView(context.db, row), version: row.version })
  const at = context.now().toISOString()
  const revoked = transaction(context.db, (tx) => {
    for (const child of madeBy(tx, row)) endToken(tx, child, { by: who.subject, at })
    return endToken(tx, row, { by: who.subject, at })
  })
  return ok({ value: tokenView(context.db, revoked), version: revoked.version })
}
