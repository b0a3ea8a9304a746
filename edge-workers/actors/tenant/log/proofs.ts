// Proofs out of the tenant's log (RFC 6962 §2.1.1 and §2.1.2): O(log n) reads and hashes each. Sizes beyond the log are refused.
import { and, eq } from 'drizzle-orm'
import { consistencyPath, inclusionPath } from '../../../../gitops/log/tree.ts'
import type { ConsistencyProof, InclusionProof } from '../../../../schemas/log.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../../digest.ts'
import type { Db, TenantContext } from '../context.ts'
import { headOf, readerOf, sizeOf } from './append.ts'
import type { LeafRef, LogOperations } from './contracts.ts'

const { logLeaves, transitions } = tables

const wrong = (pointer: string, detail: string) =>
  refuse('invalid-parameters', { errors: [{ pointer, detail }] })

/** By its hash every leaf is looked at: who knows the subject asks by that. */
const indexOf = (db: Db, ref: LeafRef): number | null => {
  if ('index' in ref) return ref.index
  const found =
    'leafHash' in ref
      ? db
          .select({ index: logLeaves.index })
          .from(logLeaves)
          .where(eq(logLeaves.hash, ref.leafHash))
          .get()
      : db
          .select({ index: logLeaves.index })
          .from(transitions)
          .innerJoin(logLeaves, eq(logLeaves.seq, transitions.seq))
          .where(and(eq(transitions.changeId, ref.subject), eq(transitions.version, ref.version)))
          .get()
  return found?.index ?? null
}

/** Of a leaf that is there, at a size that the log has had. */
export const includeLeaf = (db: Db, index: number, size: number): InclusionProof => {
  const reader = readerOf(db)
  const leafHash = reader.hashAt(0, index)
  if (leafHash === undefined) throw new Error('the log has no such leaf')
  const path = inclusionPath(reader, index, size, sha256Hex)
  return { index, size, leafHash, root: headOf(db, size).root, path }
}

export const proveInclusion = (
  { db }: TenantContext,
  { leaf, size: asked }: LogOperations['log.inclusion']['input'],
): Result<InclusionProof> => {
  const now = sizeOf(db)
  const size = asked ?? now
  if (size < 1 || size > now)
    return wrong('/size', 'The log has, or had, no such size: see its checkpoint.')
  const index = indexOf(db, leaf)
  if (index === null) return refuse('not-found')
  if (index >= size) return wrong('/index', 'At this size the log does not have that leaf.')
  return ok(includeLeaf(db, index, size))
}

export const proveConsistency = (
  { db }: TenantContext,
  { from, to: asked }: LogOperations['log.consistency']['input'],
): Result<ConsistencyProof> => {
  const now = sizeOf(db)
  const to = asked ?? now
  if (to > now) return wrong('/to', 'The log has no such size yet: see its checkpoint.')
  if (from > to) return wrong('/from', 'A log grows from the smaller size to the larger.')
  const path = consistencyPath(readerOf(db), from, to, sha256Hex)
  return ok({ from: headOf(db, from), to: headOf(db, to), path })
}
