// Whose an account at the forge is. One account is one member's, one member has one. Logins are personal data: they stand in the
// row and nowhere else; what has to be remembered of an account without its login is a pseudonym.
import { and, eq, ne, or } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import type { ChangeRow, Db, TenantContext, Tx } from '../context.ts'

export type ForgeAccountRow = typeof tables.forgeAccounts.$inferSelect

/** An account as the forge names it in what it tells us; the number where it says that too. */
export interface Named {
  login: string
  account?: number | null | undefined
}

/**
 * The member who has proved that this account is his; null: nobody. Forges do not tell the cases of a login apart. A login that
 * was given up and taken by somebody else has another number, and is nobody's.
 */
export const memberOfAccount = (db: Db | Tx, { login, account }: Named): string | null => {
  const row = db
    .select()
    .from(tables.forgeAccounts)
    .where(eq(tables.forgeAccounts.login, login.toLowerCase()))
    .get()
  if (!row) return null
  const another = row.account !== null && typeof account === 'number' && row.account !== account
  return another ? null : row.memberId
}

export const accountOfMember = (db: Db | Tx, memberId: string): ForgeAccountRow | undefined =>
  db.select().from(tables.forgeAccounts).where(eq(tables.forgeAccounts.memberId, memberId)).get()

/** Rows of others under this login or number. */
export const othersWith = (
  db: Db | Tx,
  memberId: string,
  { login, account }: { login: string; account: number },
): ForgeAccountRow[] => {
  const { forgeAccounts: rows } = tables
  return db
    .select()
    .from(rows)
    .where(
      and(
        ne(rows.memberId, memberId),
        or(eq(rows.login, login.toLowerCase()), eq(rows.account, account)),
      ),
    )
    .all()
}

type Revised = Pick<ChangeRow, 'id' | 'revision' | 'behind'>

/** Stands behind a revision to whose branch an account pushed that is nobody's: it may be anybody's. */
export const nobodyOn = ({ id, revision }: Pick<Revised, 'id' | 'revision'>): string =>
  `nobody@${id}.${revision}`

/** Until Phoenix has written the next revision, nobody is known not to have pushed: no approval counts. */
export const pushedByNobody = (change: Revised): boolean => change.behind.includes(nobodyOn(change))

/** What stands for an account where no login may: by its login and, if that is known, by its number. */
export const accountPseudonyms = (context: TenantContext, { login, account }: Named): string[] => {
  const key = deriveKey(context.env.PLATFORM_KEY, 'forge-account')
  const pseudonym = (what: string): string =>
    `fga_${base32(hmacSha256(key, `${context.tenant().id}\u0000${what}`), 20)}`
  return [
    pseudonym(`login ${login.toLowerCase()}`),
    ...(typeof account === 'number' ? [pseudonym(`number ${account}`)] : []),
  ]
}
