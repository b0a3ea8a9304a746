// Where a token comes from: the people who could have made it, and the tokens that it was made with. It is for the first to be kept
// from approving what it asks for, and for the second to end it with them.
import { eq, isNull } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Db, Tx } from '../context.ts'
import type { TokenRow } from './end-token.ts'

/** With a colon, as no member's id has. */
const TOKEN = 'token:'
const madeWith = (tokenId: string): string => `${TOKEN}${tokenId}`

/** Who can act by this token besides its member: people, by their pseudonyms. */
export const behindOf = ({ lineage, member }: Pick<TokenRow, 'lineage' | 'member'>): string[] =>
  lineage.filter((id) => id !== member && !id.startsWith(TOKEN))

/** The token that somebody came with. Null: with a session, an access token of his identity provider, or as an operator. */
export const tokenOf = (db: Db | Tx, { credential }: Principal): TokenRow | null =>
  db.select().from(tables.tokens).where(eq(tables.tokens.id, credential)).get() ?? null

/** Of a token that is made with this credential, in the place of another's or of none. Whoever asks comes last. */
export const lineageOf = (
  who: Principal,
  token: TokenRow | null,
  before: readonly string[] = [],
): string[] => {
  const own = token === null ? [] : [...token.lineage, madeWith(token.id)]
  const others = [...before, ...own, ...who.behind].filter((id) => id !== who.subject)
  return [...new Set(others), who.subject]
}

/** Whether all that stands behind this credential stands behind that token too. */
export const standsWithin = (
  who: Principal,
  token: TokenRow | null,
  lineage: readonly string[],
): boolean => lineageOf(who, token).every((id) => lineage.includes(id))

/** What was made with this token, by any number of hands, and has not been revoked. */
export const madeBy = (db: Db | Tx, { id }: Pick<TokenRow, 'id'>): TokenRow[] =>
  db
    .select()
    .from(tables.tokens)
    .where(isNull(tables.tokens.revokedAt))
    .all()
    .filter(({ lineage }) => lineage.includes(madeWith(id)))
