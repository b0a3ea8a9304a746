// Turns at a vault: every tenant of one vault shares its limit of 20 new keys in ten seconds, so one actor says who may ask when.
// The generic cell rate algorithm (ITU-T I.371 §A.1) without a burst; what is left of the limit covers requests that come late.
import { eq } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/directory.ts'
import type { Database } from '../database.ts'
import { transaction } from '../database.ts'

const { vaultTurns } = tables
type Db = Database<typeof tables>

/**
 * 15 in ten seconds. Any ten seconds see at most 20 requests as long as none is more than 2.6 seconds later than its turn:
 * (10,000 + 2,600) / 667 + 1 = 19.9.
 */
export const TURN_MILLISECONDS = 667
/** Milliseconds; 5,000 keys. What is later than that is of a clock that was ahead. */
const QUEUE_AT_MOST = 3_600_000

/** `at`: when its caller may ask, in milliseconds since 1970. A turn that is not used is lost. */
export const takeVaultTurn = (db: Db, vault: string, now: number): { at: number } =>
  transaction(db, (tx) => {
    const row = tx.select().from(vaultTurns).where(eq(vaultTurns.vault, vault)).get()
    const queued = row?.next ?? 0
    const at = queued > now + QUEUE_AT_MOST ? now : Math.max(now, queued)
    const next = at + TURN_MILLISECONDS
    tx.insert(vaultTurns)
      .values({ vault, next })
      .onConflictDoUpdate({ target: vaultTurns.vault, set: { next } })
      .run()
    return { at }
  })
