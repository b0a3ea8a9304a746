// What does not hold: every change of a proof's parts, and whatever is no proof at all. tree.test.ts has those that hold.
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { ConsistencyProof, Hash, InclusionProof } from '../../schemas/log.ts'
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

const SIZE = 33
const kept = new Map<string, Hash>()
const reader: TreeReader = { hashAt: (level, index) => kept.get(`${level}/${index}`) }
for (let size = 0; size < SIZE; size += 1) {
  const hash = leafHashOf(`leaf ${size}`, sha256)
  for (const node of [
    { level: 0, index: size, hash },
    ...nodesOfAppend(reader, size, hash, sha256),
  ])
    kept.set(`${node.level}/${node.index}`, node.hash)
}
const roots = Array.from({ length: SIZE + 1 }, (_, size) => rootOf(reader, size, sha256))
const rootAt = (size: number): Hash => roots[size] ?? ''

const inclusionOf = (index: number, size: number): InclusionProof => ({
  ...{ index, size, leafHash: reader.hashAt(0, index) ?? '', root: rootAt(size) },
  path: inclusionPath(reader, index, size, sha256),
})
const consistencyOf = (from: number, to: number): ConsistencyProof => ({
  from: { size: from, root: rootAt(from) },
  to: { size: to, root: rootAt(to) },
  path: consistencyPath(reader, from, to, sha256),
})

const flipped = (hash: Hash): Hash => `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`
/** Every path that differs from this one in one hash: another, missing, twice, in front, behind. */
const otherPaths = (path: readonly Hash[]): Hash[][] => [
  ...path.flatMap((hash, at) => [
    path.with(at, flipped(hash)),
    path.toSpliced(at, 1),
    path.toSpliced(at, 0, hash),
  ]),
  [...path, EMPTY_ROOT],
  [EMPTY_ROOT, ...path],
]

it('refuses every inclusion proof with one part changed', () => {
  let tampers = 0
  for (let size = 1; size <= SIZE; size += 1)
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionOf(index, size)
      expect(verifyInclusion(proof, sha256)).toBe(true)
      const others: InclusionProof[] = [
        { ...proof, leafHash: flipped(proof.leafHash) },
        { ...proof, root: flipped(proof.root) },
        { ...proof, index: index + 1 },
        { ...proof, index: index - 1 },
        { ...proof, index: index + size },
        ...otherPaths(proof.path).map((path) => ({ ...proof, path })),
      ]
      tampers += others.length
      expect(others.filter((other) => verifyInclusion(other, sha256))).toEqual([])
    }
  expect(tampers).toBe(11_562)
})

it('refuses every consistency proof with one part changed', () => {
  let tampers = 0
  for (let to = 1; to <= SIZE; to += 1)
    for (let from = 1; from <= to; from += 1) {
      const proof = consistencyOf(from, to)
      expect(verifyConsistency(proof, sha256)).toBe(true)
      const others: ConsistencyProof[] = [
        { ...proof, from: { ...proof.from, root: flipped(proof.from.root) } },
        { ...proof, to: { ...proof.to, root: flipped(proof.to.root) } },
        { ...proof, from: proof.to, to: { ...proof.from, size: from - 1 } },
        ...otherPaths(proof.path).map((path) => ({ ...proof, path })),
      ]
      tampers += others.length
      expect(others.filter((other) => verifyConsistency(other, sha256))).toEqual([])
    }
  expect(tampers).toBe(10_035)
})

it('refuses a history that was written anew: a fork has no proof', () => {
  const proof = consistencyOf(8, 21)
  const fork = leafHashOf('another leaf 7', sha256)
  expect(verifyConsistency({ ...proof, from: { size: 8, root: fork } }, sha256)).toBe(false)
})

it('takes the empty log for the beginning of every log, with its own root only', () => {
  const empty = { size: 0, root: EMPTY_ROOT }
  const to = { size: 5, root: rootAt(5) }
  expect(verifyConsistency({ from: empty, to, path: [] }, sha256)).toBe(true)
  expect(verifyConsistency({ from: empty, to: empty, path: [] }, sha256)).toBe(true)
  expect(verifyConsistency({ from: { ...empty, root: to.root }, to, path: [] }, sha256)).toBe(false)
  expect(verifyConsistency({ from: empty, to, path: [EMPTY_ROOT] }, sha256)).toBe(false)
  const renamed = { ...empty, root: to.root }
  expect(verifyConsistency({ from: renamed, to: renamed, path: [] }, sha256)).toBe(false)
})

it('answers false, and does not throw, for what is no proof', () => {
  const good = inclusionOf(2, 5)
  const steady = consistencyOf(3, 5)
  const nonsense: unknown[] = [
    ...[null, undefined, 7, 'x', [], {}, { ...good, path: null }, { ...good, path: [7] }],
    ...[
      { ...good, path: ['zz'] },
      { ...good, index: -1 },
      { ...good, index: 1.5 },
    ],
    ...[
      { ...good, size: 0 },
      { ...good, size: 2 ** 60 },
      { ...good, more: 1 },
    ],
    ...[
      { ...good, leafHash: good.leafHash.toUpperCase() },
      { ...steady, from: null },
    ],
    ...[
      { ...steady, to: { size: 2, root: rootAt(2) } },
      { ...steady, path: 'abc' },
    ],
  ]
  for (const proof of nonsense) {
    expect(verifyInclusion(proof as InclusionProof, sha256)).toBe(false)
    expect(verifyConsistency(proof as ConsistencyProof, sha256)).toBe(false)
  }
})
