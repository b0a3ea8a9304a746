// A token's end, by whoever revokes it or removes its member: the door forgets what it knows with the write.
import { eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Tx } from '../context.ts'
import { leaf } from './leaves.ts'

export type TokenRow = typeof tables.tokens.$inferSelect

/** Of a token that is not revoked. */
export const endToken = (
  tx: Tx,
  { id, version: before }: TokenRow,
  { by, at }: { by: string; at: string },
): TokenRow => {
  const version = before + 1
  const [revoked] = tx
    .update(tables.tokens)
    .set({ revokedAt: at, version })
    .where(eq(tables.tokens.id, id))
    .returning()
    .all()
  if (!revoked) throw new Error('the token was not revoked')
  leaf(tx, { id, version, from: 'issued', to: 'revoked', by, at })
  return revoked
}
