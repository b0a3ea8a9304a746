// Where Phoenix has put `live`, in order.
import { desc, eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Db, Tx } from './context.ts'

/** The commit that Phoenix put `live` at; null before it ever did. */
export const lastLive = (db: Db | Tx): string | null =>
  db.select().from(tables.lives).orderBy(desc(tables.lives.place)).limit(1).get()?.sha ?? null

export const isKnownLive = (db: Db | Tx, sha: string): boolean =>
  db.select().from(tables.lives).where(eq(tables.lives.sha, sha)).get() !== undefined

/** Its place in `live`, which it gets if it has none. */
export const placeOf = (tx: Tx, sha: string, at: string): number => {
  tx.insert(tables.lives).values({ sha, at }).onConflictDoNothing().run()
  const row = tx.select().from(tables.lives).where(eq(tables.lives.sha, sha)).get()
  if (!row) throw new Error('a place in live was not written')
  return row.place
}
