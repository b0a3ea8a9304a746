// Roots and proofs of every log up to 130 leaves against RFC 6962's own recursion, computed anew from the leaves, and against
// the vectors that Certificate Transparency's implementations are tested with.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Hash } from '../../schemas/log.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'
import {
  consistencyPath,
  EMPTY_ROOT,
  inclusionPath,
  leafHashOf,
  nodesOfAppend,
  rootOf,
  type TreeReader,
} from './tree.ts'

const sha256 = (data: Uint8Array): Hash => createHash('sha256').update(data).digest('hex')

/** A log in memory that counts what is read. */
const grow = (leaves: readonly string[]) => {
  const kept = new Map<string, Hash>()
  const counts = { reads: 0 }
  const reader: TreeReader = {
    hashAt: (level, index) => {
      counts.reads += 1
      return kept.get(`${level}/${index}`)
    },
  }
  const appended = leaves.map((leaf, size) => {
    const hash = leafHashOf(leaf, sha256)
    const nodes = nodesOfAppend(reader, size, hash, sha256)
    for (const node of [{ level: 0, index: size, hash }, ...nodes]) {
      expect(kept.has(`${node.level}/${node.index}`)).toBe(false)
      kept.set(`${node.level}/${node.index}`, node.hash)
    }
    return nodes.length
  })
  return { reader, counts, appended }
}

/** RFC 6962 §2.1 word for word, bytes in and out, sharing nothing with tree.ts. */
const naive = (leaves: readonly string[]) => {
  const known = new Map<string, Buffer>()
  const digest = (...parts: (string | Uint8Array)[]): Buffer => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const half = (n: number): number => {
    let k = 1
    while (k * 2 < n) k *= 2
    return k
  }
  const mth = (from: number, to: number): Buffer => {
    const found = known.get(`${from}-${to}`)
    if (found) return found
    const middle = from + half(to - from)
    const made =
      to === from
        ? digest('')
        : to - from === 1
          ? digest(new Uint8Array([0]), leaves[from] ?? '')
          : digest(new Uint8Array([1]), mth(from, middle), mth(middle, to))
    known.set(`${from}-${to}`, made)
    return made
  }
  const path = (m: number, from: number, to: number): Buffer[] => {
    if (to - from === 1) return []
    const k = half(to - from)
    return m < k
      ? [...path(m, from, from + k), mth(from + k, to)]
      : [...path(m - k, from + k, to), mth(from, from + k)]
  }
  const subproof = (m: number, from: number, to: number, whole: boolean): Buffer[] => {
    if (m === to - from) return whole ? [] : [mth(from, to)]
    const k = half(to - from)
    return m <= k
      ? [...subproof(m, from, from + k, whole), mth(from + k, to)]
      : [...subproof(m - k, from + k, to, false), mth(from, from + k)]
  }
  const hex = (all: Buffer[]): Hash[] => all.map((one) => one.toString('hex'))
  return {
    root: (size: number): Hash => mth(0, size).toString('hex'),
    path: (index: number, size: number) => hex(path(index, 0, size)),
    proof: (from: number, to: number) => hex(subproof(from, 0, to, true)),
  }
}

const SIZE = 130
const leaves = Array.from({ length: SIZE }, (_, at) => `leaf ${at} é`)
const { reader, counts, appended } = grow(leaves)
const expected = naive(leaves)
const readsOf = (work: () => unknown): number => {
  const before = counts.reads
  work()
  return counts.reads - before
}

describe('every log of up to 130 leaves', () => {
  it('has the root of RFC 6962', () => {
    for (let size = 0; size <= SIZE; size += 1)
      expect(rootOf(reader, size, sha256)).toBe(expected.root(size))
  })

  it('proves each of its leaves: 8,515 inclusion proofs', () => {
    let proofs = 0
    for (let size = 1; size <= SIZE; size += 1) {
      const root = expected.root(size)
      for (let index = 0; index < size; index += 1) {
        let path: Hash[] = []
        const reads = readsOf(() => {
          path = inclusionPath(reader, index, size, sha256)
        })
        const leafHash = reader.hashAt(0, index) ?? ''
        if (reads > 2 * Math.log2(size) + 1 || path.join() !== expected.path(index, size).join())
          throw new Error(`leaf ${index} of ${size}`)
        if (!verifyInclusion({ index, size, leafHash, root, path }, sha256))
          throw new Error(`leaf ${index} of ${size} does not verify`)
        proofs += 1
      }
    }
    expect(proofs).toBe(8515)
  })

  it('is proven to have grown from each smaller one: 8,515 consistency proofs', () => {
    let proofs = 0
    for (let to = 1; to <= SIZE; to += 1)
      for (let from = 1; from <= to; from += 1) {
        let path: Hash[] = []
        const reads = readsOf(() => {
          path = consistencyPath(reader, from, to, sha256)
        })
        if (reads > 2 * Math.log2(to) + 1 || path.join() !== expected.proof(from, to).join())
          throw new Error(`${from} to ${to}`)
        const heads = [from, to].map((size) => ({ size, root: expected.root(size) }))
        const [older = { size: 0, root: '' }, newer = older] = heads
        if (!verifyConsistency({ from: older, to: newer, path }, sha256))
          throw new Error(`${from} to ${to} does not verify`)
        proofs += 1
      }
    expect(proofs).toBe(8515)
  })

  it('appends with one hash a leaf on average, and never more than the height', () => {
    const nodes = appended.reduce((sum, one) => sum + one, 0)
    expect(nodes).toBeLessThan(SIZE)
    expect(Math.max(...appended)).toBe(7)
  })
})

describe('the vectors of Certificate Transparency', () => {
  // transparency-dev/merkle, testonly/constants.go: every one of its leaves is ASCII.
  const known = ['', '\u0000', '\u0010', ' !', '01', '@ABC', 'PQRSTUVW', '`abcdefghijklmno']
  const ROOTS = `e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328`.split(/\s+/)

  it('gives their nine roots', () => {
    const log = grow(known)
    expect(ROOTS.map((_, size) => rootOf(log.reader, size, sha256))).toEqual(ROOTS)
    expect(EMPTY_ROOT).toBe(ROOTS[0])
  })

  it('gives their paths for leaf 5 of 8 and leaf 1 of 5', () => {
    const log = grow(known)
    expect(inclusionPath(log.reader, 5, 8, sha256).map((hash) => hash.slice(0, 8))).toEqual([
      'bc1a0643',
      'ca854ea1',
      'd37ee418',
    ])
    expect(inclusionPath(log.reader, 1, 5, sha256).map((hash) => hash.slice(0, 8))).toEqual([
      '6e340b9c',
      '5f083f0a',
      'bc1a0643',
    ])
  })
})

it('refuses what is out of range, and a log that lost a node', () => {
  for (const work of [
    () => rootOf(reader, -1, sha256),
    () => rootOf(reader, 1.5, sha256),
    () => nodesOfAppend(reader, Number.NaN, EMPTY_ROOT, sha256),
    () => inclusionPath(reader, 3, 3, sha256),
    () => inclusionPath(reader, 0, 0, sha256),
    () => consistencyPath(reader, 4, 3, sha256),
    () => consistencyPath(reader, -1, 3, sha256),
  ])
    expect(work).toThrow(RangeError)
  expect(() => rootOf(reader, SIZE + 1, sha256)).toThrow('no hash at level 0, index 130')
  expect(consistencyPath(reader, 0, 5, sha256)).toEqual([])
})
