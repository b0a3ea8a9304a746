// What the benchmark stands on: its log is the product's, and its check notices one that is not. Never a time.
import { expect, it } from 'vitest'
import { standingLog } from './standing-log.ts'
import { check, proveLeaf } from './work.ts'

it('puts a log into the tables that the product goes on with, and counts what that costs', () => {
  const log = standingLog(1_000)
  check(log)
  // 1,000 leaves, and 1,000 less the six subtrees that they end in.
  expect(log.hashes).toBe(1_994)
  expect(log.hashesAtMost).toBe(10)
  const before = log.counts.reads
  expect(proveLeaf(log, 77).path).toHaveLength(10)
  expect(log.counts.reads - before).toBeLessThan(2 * Math.log2(1_000) + 2)
})

it('refuses a log with another leaf in it', () => {
  const log = standingLog(9)
  log.leafHashes[4] = log.leafHashes[5] ?? ''
  expect(() => check(log)).toThrow('another root')
})
