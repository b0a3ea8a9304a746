// Steps of releases before the log: each gets its leaf, in the order in which they were taken, before anything is appended.
//
// Their `leafHash` was SHA-256 over 0x00 and the canonical JSON of {actor, at, changeId, from, reason, to, version}; it becomes
// that of the leaf. A receipt that was given with the old hash is explained by the new leaf: `changeId` is its subject, `reason`
// its words (null where it has none), the other fields have its names; hashed as above they give the hash in the receipt. Asking
// again with the same Idempotency-Key gives a receipt with the new one.
import { asc, eq, gt, sql } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { statement, transaction } from '../../database.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { keepLeaf, leafOf, ownerOf } from './append.ts'

const { logLeaves, transitions } = tables
/** One transaction takes in so many, about a tenth of a second. */
const ROWS_AT_ONCE = 2_000
const ROWS_AT_MOST = 1_000_000_000

/**
 * Releases that began to count at 2 (a tenant's creation, an exchanged token) left no first step: it is put before all others,
 * so that every subject's leaves count from 1. Nobody follows events from before the first.
 */
const beginAtOne = (tx: Tx): void => {
  const late = tx
    .select({ ...transitionsOf(), first: sql<number>`min(${transitions.version})` })
    .from(transitions)
    .groupBy(transitions.changeId)
    .having(sql`min(${transitions.version}) = 2`)
    .all()
  if (late.length === 0) return
  const least = tx
    .select({ seq: sql<number>`min(${transitions.seq})` })
    .from(transitions)
    .get()
  let seq = Math.min(least?.seq ?? 0, 1)
  const row = tx.select().from(tables.tenant).get()
  for (const { changeId, from, at } of late) {
    seq -= 1
    const made = row?.id === changeId ? row.createdAt : at
    tx.insert(transitions)
      .values({
        ...{ seq, changeId, version: 1, from: 'none', to: from, reason: null },
        ...{ actor: 'phoenix', at: made, leafHash: '' },
      })
      .run()
  }
}
const transitionsOf = () => ({
  changeId: transitions.changeId,
  from: transitions.from,
  at: transitions.at,
})

/** True while there may be more. */
const takeSome = (tx: Tx, limit: number): boolean => {
  const last = newestLeaf(tx).get()
  if (last?.seq == null) beginAtOne(tx)
  const rows = tx
    .select()
    .from(transitions)
    .where(last?.seq == null ? undefined : gt(transitions.seq, last.seq))
    .orderBy(asc(transitions.seq))
    .limit(limit)
    .all()
  for (const { seq, leafHash: _, ...event } of rows) {
    const made = leafOf(tx, event)
    keepLeaf(tx, seq, made)
    tx.update(transitions).set({ leafHash: made.hash }).where(eq(transitions.seq, seq)).run()
  }
  return rows.length === limit
}

/** In pieces, each its own transaction: what a crash leaves is gone on with. */
export const takeIn = async ({ db }: Pick<TenantContext, 'db'>): Promise<void> => {
  const owner = ownerOf(db)
  while (!owner.takenIn) {
    const more = isLeft(db) && transaction(db, (tx) => takeSome(tx, ROWS_AT_ONCE))
    owner.takenIn = !more
    // Others get their turn, and what was written goes to the disk.
    if (more) await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

const newestStep = statement((on: Db | Tx) =>
  on
    .select({ seq: sql<number | null>`max(${transitions.seq})` })
    .from(transitions)
    .prepare(),
)
const newestLeaf = statement((on: Db | Tx) =>
  on
    .select({ seq: sql<number | null>`max(${logLeaves.seq})` })
    .from(logLeaves)
    .prepare(),
)

const isLeft = (on: Db | Tx): boolean => {
  const step = newestStep(on).get()?.seq ?? null
  return step !== null && step > (newestLeaf(on).get()?.seq ?? Number.NEGATIVE_INFINITY)
}

/** The same at once, for a step that comes before the object has agreed with anybody. */
export const takeInNow = (tx: Tx): void => {
  // Nothing is remembered of it here: a rollback may take it back.
  if (!ownerOf(tx).takenIn && isLeft(tx)) takeSome(tx, ROWS_AT_MOST)
}
