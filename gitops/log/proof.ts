// Whether a proof holds (RFC 9162 §2.1.3.2 and §2.1.4.2). Malformed proofs do not hold; nothing here throws.
import { ConsistencyProof, type Hash, InclusionProof } from '../../schemas/log.ts'
import { EMPTY_ROOT, nodeHashOf, type Sha256Hex } from './tree.ts'

const isOdd = (value: number): boolean => value % 2 === 1
const halved = (value: number): number => Math.floor(value / 2)

/**
 * RFC 9162 §2.1.3.2. The path alone does not bind the size where both sizes have one shape on the way: compare size and root
 * with those of a checkpoint that is trusted.
 */
export const verifyInclusion = (proof: InclusionProof, sha256: Sha256Hex): boolean => {
  const parsed = InclusionProof.safeParse(proof)
  if (!parsed.success) return false
  const { index, size, leafHash, root, path } = parsed.data
  if (index >= size) return false
  let at = index
  let last = size - 1
  let hash = leafHash
  for (const other of path) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      hash = nodeHashOf(other, hash, sha256)
      while (at !== 0 && !isOdd(at)) {
        at = halved(at)
        last = halved(last)
      }
    } else hash = nodeHashOf(hash, other, sha256)
    at = halved(at)
    last = halved(last)
  }
  return last === 0 && hash === root
}

/** RFC 9162 §2.1.4.2, and for the empty log its own root and no path. */
export const verifyConsistency = (proof: ConsistencyProof, sha256: Sha256Hex): boolean => {
  const parsed = ConsistencyProof.safeParse(proof)
  if (!parsed.success) return false
  const { from, to, path } = parsed.data
  if (to.size === 0 && to.root !== EMPTY_ROOT) return false
  if (from.size === 0) return from.root === EMPTY_ROOT && path.length === 0
  if (from.size === to.size) return from.root === to.root && path.length === 0
  if (from.size > to.size || path.length === 0) return false
  return grows(from, to, path, sha256)
}

const grows = (
  from: ConsistencyProof['from'],
  to: ConsistencyProof['to'],
  path: readonly Hash[],
  sha256: Sha256Hex,
): boolean => {
  let at = from.size - 1
  let last = to.size - 1
  while (isOdd(at)) {
    at = halved(at)
    last = halved(last)
  }
  // An old log of a power of two leaves is a subtree of the new one: its root is where the path begins.
  const [seed = '', ...rest] = at === 0 ? [from.root, ...path] : path
  let older = seed
  let newer = seed
  for (const other of rest) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      older = nodeHashOf(other, older, sha256)
      newer = nodeHashOf(other, newer, sha256)
      while (at !== 0 && !isOdd(at)) {
        at = halved(at)
        last = halved(last)
      }
    } else newer = nodeHashOf(newer, other, sha256)
    at = halved(at)
    last = halved(last)
  }
  return last === 0 && older === from.root && newer === to.root
}
