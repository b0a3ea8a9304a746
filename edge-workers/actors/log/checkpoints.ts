// Checkpoints as they are kept: which is the newest, which may leave the house, and how one is shown.
import { and, desc, eq, gte, isNotNull, lte } from 'drizzle-orm'
import type { CheckpointView } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { platformOrigin } from '../../log-key.ts'
import { statement } from '../database.ts'
import type { Db, LogContext, Tx } from './context.ts'

const { checkpoints, anchors, work } = tables
export type CheckpointRow = typeof checkpoints.$inferSelect

const last = statement((db: Db | Tx) =>
  db.select().from(checkpoints).orderBy(desc(checkpoints.size)).limit(1).prepare(),
)
export const newest = (db: Db | Tx): CheckpointRow | undefined => last(db).get()

const lastCosigned = statement((db: Db | Tx) =>
  db
    .select()
    .from(checkpoints)
    .where(eq(checkpoints.cosigned, true))
    .orderBy(desc(checkpoints.size))
    .limit(1)
    .prepare(),
)
export const newestCosigned = (db: Db | Tx): CheckpointRow | undefined => lastCosigned(db).get()

const lastCommitted = statement((db: Db | Tx) =>
  db
    .select()
    .from(checkpoints)
    .where(isNotNull(checkpoints.commit))
    .orderBy(desc(checkpoints.size))
    .limit(1)
    .prepare(),
)
export const newestCommitted = (db: Db | Tx): CheckpointRow | undefined => lastCommitted(db).get()

/** In `work.lastError` of `cosign`, where the Functions have no key for it: then the edge's signature has to do. */
export const NO_COSIGNER = 'no co-signer'

const cosigning = statement((db: Db | Tx) =>
  db.select().from(work).where(eq(work.kind, 'cosign')).prepare(),
)

/** The newest that may leave the house: signed by both, or by the edge where nobody else is there to sign. */
export const newestReady = (db: Db | Tx): CheckpointRow | undefined => {
  const waiting = cosigning(db).get()
  return waiting?.lastError === NO_COSIGNER ? newest(db) : newestCosigned(db)
}

/** The checkpoint to prove a leaf under: one that both have signed, if there is one over it. */
export const checkpointOver = (db: Db | Tx, index: number): CheckpointRow | undefined => {
  const over = gte(checkpoints.size, index + 1)
  const pick = (where: typeof over | ReturnType<typeof and>) =>
    db.select().from(checkpoints).where(where).orderBy(desc(checkpoints.size)).limit(1).get()
  return pick(and(over, eq(checkpoints.cosigned, true))) ?? pick(over)
}

export const anchorOf = (db: Db | Tx, size: number) =>
  db.select().from(anchors).where(eq(anchors.size, size)).get()

/** The newest anchored checkpoint of each kind, of at most this size. */
const anchorsUpTo = (db: Db, size: number): CheckpointView['anchors'] =>
  (['evm', 'file'] as const).flatMap((kind) => {
    const found = db
      .select()
      .from(anchors)
      .where(and(eq(anchors.kind, kind), lte(anchors.size, size)))
      .orderBy(desc(anchors.size))
      .limit(1)
      .get()
    return found ? [found] : []
  })

export const showNewest = ({ db, env }: LogContext): CheckpointView | null => {
  const row = newest(db)
  return row ? { origin: platformOrigin(env), ...row, anchors: anchorsUpTo(db, row.size) } : null
}
