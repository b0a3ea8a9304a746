// When each cluster's engine was last heard of, whatever it spoke about: its health as far as Phoenix can know it.
import { eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { Database } from '../database.ts'

type Db = Database<typeof tables>
const { heard } = tables

export interface Heard {
  at: string
  /** Of its last report. */
  state: string
}
export interface HeardApi {
  /** A report of this cluster's engine came, and was authentic. */
  noteHeard(cluster: string, said: Heard): Promise<void>
  /** Null: nothing was ever heard of it. */
  heardOf(cluster: string): Promise<Heard | null>
}

export const noteHeard = (db: Db, cluster: string, { at, state }: Heard): void => {
  const set = { at, state }
  db.insert(heard)
    .values({ cluster, ...set })
    .onConflictDoUpdate({ target: heard.cluster, set })
    .run()
}

export const heardOf = (db: Db, cluster: string): Heard | null =>
  db
    .select({ at: heard.at, state: heard.state })
    .from(heard)
    .where(eq(heard.cluster, cluster))
    .get() ?? null
