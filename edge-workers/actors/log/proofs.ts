// Proofs out of the platform's tree. Never beyond the newest checkpoint: what nobody has signed is not shown.
import { and, asc, eq, gte } from 'drizzle-orm'
import { consistencyPath, inclusionPath } from '../../../gitops/log/tree.ts'
import type { ConsistencyProof, InclusionProof } from '../../../schemas/log.ts'
import { ok, type Refused, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { sha256Hex } from '../../digest.ts'
import type { HeadProof } from '../log-contracts.ts'
import { checkpointOver, newest } from './checkpoints.ts'
import type { Db } from './context.ts'
import { headAt, treeOf } from './tree.ts'

const { leaves } = tables

const beyond = (name: string, least: number, most: number): Refused =>
  refuse('invalid-parameters', {
    detail: 'The log does not reach so far, or not so far back.',
    errors: [
      {
        pointer: `/${name}`,
        detail: most < least ? 'There is none yet.' : `From ${least} to ${most}.`,
        numbers: { least, most },
      },
    ],
  })

const within = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most

const prove = (db: Db, leaf: { index: number; hash: string }, size: number): InclusionProof => ({
  index: leaf.index,
  size,
  leafHash: leaf.hash,
  root: headAt(db, size).root,
  path: inclusionPath(treeOf(db), leaf.index, size, sha256Hex),
})

/** The first leaf of a tenant's head of at least this size, under a checkpoint over it. */
export const proveHead = (db: Db, tenantId: string, size: number): HeadProof | null => {
  const leaf = db
    .select()
    .from(leaves)
    .where(and(eq(leaves.tenantId, tenantId), gte(leaves.size, size)))
    .orderBy(asc(leaves.size))
    .limit(1)
    .get()
  const checkpoint = leaf && checkpointOver(db, leaf.index)
  if (!leaf || !checkpoint) return null
  return {
    leaf: leaf.leaf,
    proof: prove(db, leaf, checkpoint.size),
    checkpoint: checkpoint.note,
  }
}

export const proveInclusion = (
  db: Db,
  index: number,
  asked: number | undefined,
): Result<{ leaf: string; proof: InclusionProof }> => {
  const most = newest(db)?.size ?? 0
  const size = asked ?? most
  if (!within(size, 1, most)) return beyond('size', 1, most)
  if (!within(index, 0, size - 1)) return beyond('index', 0, size - 1)
  const leaf = db.select().from(leaves).where(eq(leaves.index, index)).get()
  if (!leaf) throw new Error('the log lost a leaf')
  return ok({ leaf: leaf.leaf, proof: prove(db, leaf, size) })
}

/** From size 0 every log has grown: its path is empty. */
export const proveConsistency = (db: Db, from: number, to: number): Result<ConsistencyProof> => {
  const most = newest(db)?.size ?? 0
  if (!within(to, 0, most)) return beyond('to', 0, most)
  if (!within(from, 0, to)) return beyond('from', 0, to)
  const path = consistencyPath(treeOf(db), from, to, sha256Hex)
  return ok({ from: headAt(db, from), to: headAt(db, to), path })
}
