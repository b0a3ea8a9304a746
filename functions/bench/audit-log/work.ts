// What is measured on a log, through the product's own code, and what it is held against: the hash alone, and the whole tree
// built anew. Each answers what it found, so that it can be checked before the clock starts.
import { createHash } from 'node:crypto'
import { transaction } from '../../../edge-workers/actors/database.ts'
import {
  headOf,
  keepLeaf,
  leafOf,
  readerOf,
} from '../../../edge-workers/actors/tenant/log/append.ts'
import { includeLeaf } from '../../../edge-workers/actors/tenant/log/proofs.ts'
import { sha256Hex } from '../../../edge-workers/digest.ts'
import { verifyConsistency, verifyInclusion } from '../../../gitops/log/proof.ts'
import { consistencyPath } from '../../../gitops/log/tree.ts'
import type { ConsistencyProof, Hash, InclusionProof } from '../../../schemas/log.ts'
import { leafAt, type StandingLog, stepAt } from './standing-log.ts'

class TakenBack extends Error {}

/** Milliseconds of so many appends in one transaction, which is then taken back: the log keeps its size. */
export const append = ({ db, size }: StandingLog, times: number): number => {
  let milliseconds = 0
  try {
    transaction(db, (tx) => {
      const start = performance.now()
      for (let index = size; index < size + times; index += 1)
        keepLeaf(tx, index + 1, leafOf(tx, stepAt(index)))
      milliseconds = performance.now() - start
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return milliseconds
}

export const proveLeaf = ({ db, size }: StandingLog, index: number): InclusionProof =>
  includeLeaf(db, index, size)

export const proveGrowth = ({ db, size }: StandingLog, from: number): ConsistencyProof => ({
  ...{ from: headOf(db, from), to: headOf(db, size) },
  path: consistencyPath(readerOf(db), from, size, sha256Hex),
})

/** SHA-256 of the bytes of leaves, and nothing else. */
export const hashBare = (leaves: readonly Buffer[]): void => {
  for (const leaf of leaves) createHash('sha256').update(leaf).digest('hex')
}

export const bytesOfLeaves = (from: number, count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`\u0000${leafAt(from + at)}`))

const NODE = Buffer.from([1])

/** The root out of the leaves' hashes, level by level; an odd one goes up as it is (which is RFC 6962's tree). */
export const rebuild = (leafHashes: readonly Hash[]): Hash => {
  let level = leafHashes.map((hash) => Buffer.from(hash, 'hex'))
  while (level.length > 1) {
    const above: Buffer[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      if (left && right)
        above.push(createHash('sha256').update(NODE).update(left).update(right).digest())
      else if (left) above.push(left)
    }
    level = above
  }
  return level[0]?.toString('hex') ?? sha256Hex('')
}

/** Throws where the log, a proof or the measure it is held against is wrong. Milliseconds of the one rebuild. */
export const check = (log: StandingLog): number => {
  const start = performance.now()
  const root = rebuild(log.leafHashes)
  const milliseconds = performance.now() - start
  if (headOf(log.db).root !== root) throw new Error('the log has another root than its leaves')
  const made = transaction(log.db, (tx) => leafOf(tx, stepAt(log.size)).leaf)
  if (made !== leafAt(log.size)) throw new Error('the product makes other leaves')
  const indexes = [0, log.size >> 1, log.size - 1]
  for (const index of indexes)
    if (!verifyInclusion(proveLeaf(log, index), sha256Hex)) throw new Error(`leaf ${index}`)
  for (const from of indexes)
    if (!verifyConsistency(proveGrowth(log, from), sha256Hex)) throw new Error(`from ${from}`)
  append(log, 3)
  if (headOf(log.db).root !== root) throw new Error('the log did not keep its size')
  return milliseconds
}
