// The Merkle tree of a log (RFC 6962 §2.1): what an append adds, roots and proofs, out of the hashes of complete subtrees.
// Where those are kept is the caller's; a complete subtree never changes, so what was written once is never written again.
import type { Hash } from '../../schemas/log.ts'

/** SHA-256 of bytes, in lower-case hex. */
export type Sha256Hex = (data: Uint8Array) => Hash

/** What is kept of a tree: every hash of a leaf, and of every complete subtree. */
export interface TreeReader {
  /**
   * Level 0 are the leaves' hashes; index i of level k is the root over the leaves [i * 2^k, (i + 1) * 2^k).
   * Undefined where the log does not reach so far.
   */
  hashAt(level: number, index: number): Hash | undefined
}

export type TreeNode = { level: number; index: number; hash: Hash }

/** MTH({}), RFC 6962 §2.1: the hash of nothing. */
export const EMPTY_ROOT: Hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const encoder = new TextEncoder()

/** RFC 6962 §2.1: 0x00 and the leaf's UTF-8 bytes. */
export const leafHashOf = (leaf: string, sha256: Sha256Hex): Hash =>
  sha256(encoder.encode(`\u0000${leaf}`))

const HASH_BYTES = 32

const digitOf = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57)

const writeHash = (into: Uint8Array, at: number, hash: Hash): void => {
  for (let byte = 0; byte < HASH_BYTES; byte += 1) {
    const high = digitOf(hash.charCodeAt(byte * 2))
    into[at + byte] = (high << 4) | digitOf(hash.charCodeAt(byte * 2 + 1))
  }
}

/** RFC 6962 §2.1: 0x01 and the 32 bytes of each child. */
export const nodeHashOf = (left: Hash, right: Hash, sha256: Sha256Hex): Hash => {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES)
  bytes[0] = 1
  writeHash(bytes, 1, left)
  writeHash(bytes, 1 + HASH_BYTES, right)
  return sha256(bytes)
}

const requireWithin = (name: string, value: number, least: number, most: number): void => {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}`)
}

const read = (reader: TreeReader, level: number, index: number): Hash => {
  const hash = reader.hashAt(level, index)
  // Never guessed and never computed anew: a log that lost a node has lost what its heads were signed over.
  if (hash === undefined) throw new Error(`the log has no hash at level ${level}, index ${index}`)
  return hash
}

/**
 * The subtrees that become complete when a leaf is appended to a log of `size` leaves, smallest first. As many as `size` has
 * ones at its end in binary: at most log2(size), one on average; as many reads and hashes. Throws RangeError for no size.
 */
export const nodesOfAppend = (
  reader: TreeReader,
  size: number,
  leafHash: Hash,
  sha256: Sha256Hex,
): TreeNode[] => {
  requireWithin('size', size, 0, Number.MAX_SAFE_INTEGER - 1)
  const nodes: TreeNode[] = []
  let hash = leafHash
  let index = size
  for (let level = 0; index % 2 === 1; level += 1) {
    hash = nodeHashOf(read(reader, level, index - 1), hash, sha256)
    index = (index - 1) / 2
    nodes.push({ level: level + 1, index, hash })
  }
  return nodes
}

/** The level of the largest complete subtree with fewer than `leaves` (at least 2) leaves: k of RFC 6962 §2.1. */
const splitLevel = (leaves: number): number => {
  let level = 0
  while (2 ** (level + 1) < leaves) level += 1
  return level
}

/** MTH(D[begin:end]) for a `begin` where RFC 6962 splits: at most log2(end - begin) + 1 reads. */
const rangeRoot = (reader: TreeReader, begin: number, end: number, sha256: Sha256Hex): Hash => {
  const complete: Hash[] = []
  let at = begin
  while (at < end) {
    const level = splitLevel(end - at + 1)
    complete.push(read(reader, level, at / 2 ** level))
    at += 2 ** level
  }
  return complete.reduceRight((right, left) => nodeHashOf(left, right, sha256))
}

/** The root over the first `size` leaves. Throws RangeError for no size. */
export const rootOf = (reader: TreeReader, size: number, sha256: Sha256Hex): Hash => {
  requireWithin('size', size, 0, Number.MAX_SAFE_INTEGER)
  return size === 0 ? EMPTY_ROOT : rangeRoot(reader, 0, size, sha256)
}

/**
 * PATH(index, D[size]) of RFC 6962 §2.1.1, the leaf's sibling first; at most 2 * log2(size) + 1 reads.
 * Throws RangeError unless 0 <= index < size.
 */
export const inclusionPath = (
  reader: TreeReader,
  index: number,
  size: number,
  sha256: Sha256Hex,
): Hash[] => {
  requireWithin('size', size, 1, Number.MAX_SAFE_INTEGER)
  requireWithin('index', index, 0, size - 1)
  const path: Hash[] = []
  let begin = 0
  let end = size
  while (end - begin > 1) {
    const middle = begin + 2 ** splitLevel(end - begin)
    if (index < middle) {
      path.push(rangeRoot(reader, middle, end, sha256))
      end = middle
    } else {
      path.push(rangeRoot(reader, begin, middle, sha256))
      begin = middle
    }
  }
  return path.reverse()
}

/**
 * PROOF(from, D[to]) of RFC 6962 §2.1.2; at most 2 * log2(to) + 1 reads. From the empty log every log has grown: no path.
 * Throws RangeError unless 0 <= from <= to.
 */
export const consistencyPath = (
  reader: TreeReader,
  from: number,
  to: number,
  sha256: Sha256Hex,
): Hash[] => {
  requireWithin('to', to, 0, Number.MAX_SAFE_INTEGER)
  requireWithin('from', from, 0, to)
  if (from === 0) return []
  const path: Hash[] = []
  let begin = 0
  let end = to
  while (end > from) {
    const middle = begin + 2 ** splitLevel(end - begin)
    if (from <= middle) {
      path.push(rangeRoot(reader, middle, end, sha256))
      end = middle
    } else {
      path.push(rangeRoot(reader, begin, middle, sha256))
      begin = middle
    }
  }
  // SUBPROOF(m, D[m], true) is empty: the old root is known to whoever asks.
  if (begin > 0) path.push(rangeRoot(reader, begin, end, sha256))
  return path.reverse()
}
