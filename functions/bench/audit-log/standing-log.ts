// A tenant's log that has stood for long: its leaves and nodes are put into the tenant's own tables at once, hashed as the
// product hashes them. What is measured on it later goes through the product, one statement after the other.

import { type Database, openDatabase } from '../../../edge-workers/actors/database.ts'
import { migrations } from '../../../edge-workers/actors/migrations/tenant.ts'
import { sha256Hex } from '../../../edge-workers/digest.ts'
import { nodesOfAppend, type Sha256Hex, type TreeNode } from '../../../gitops/log/tree.ts'
import type { Hash } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { fakeStorage } from '../../simulator/actor-storage.ts'

const STEPS_OF_A_CHANGE = 9
const AT = '2026-11-22T07:00:00.000Z'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
/** 26 letters, other ones for every change. */
const changeIdAt = (index: number): string => {
  let digits = ''
  for (let rest = Math.floor(index / STEPS_OF_A_CHANGE); rest > 0; rest = Math.floor(rest / 26))
    digits = LETTERS.charAt(rest % 26) + digits
  return `chg_${digits.padStart(26, 'a')}`
}

/** The step that leaf `index` stands for. */
export const stepAt = (index: number) => ({
  changeId: changeIdAt(index),
  ...{ version: (index % STEPS_OF_A_CHANGE) + 1, from: 'committed', to: 'pr_open' },
  ...{ actor: 'phoenix', at: AT, reason: null },
})

/** What the product makes of that step, written out: `check` holds the two against each other. */
export const leafAt = (index: number): string =>
  `{"actor":"phoenix","at":"${AT}","from":"committed","index":${index},"schema":"phoenix.leaf/v1","subject":"${changeIdAt(index)}","to":"pr_open","type":"change","version":${(index % STEPS_OF_A_CHANGE) + 1},"words":null}`

/** Statements of each kind that were run. */
export interface Counts {
  reads: number
  writes: number
}

export interface StandingLog {
  size: number
  db: Database<typeof tables>
  counts: Counts
  leafHashes: Hash[]
  /** Computed for all of its leaves together: their own, and those of the subtrees. */
  hashes: number
  /** Of the one append that completed the most subtrees. */
  hashesAtMost: number
}

const countingStorage = () => {
  const storage = fakeStorage()
  const counts: Counts = { reads: 0, writes: 0 }
  const exec: typeof storage.sql.exec = (query, ...bindings) => {
    if (/^select /i.test(query)) counts.reads += 1
    else counts.writes += 1
    return storage.sql.exec(query, ...bindings)
  }
  return { storage: { ...storage, sql: { ...storage.sql, exec } }, counts }
}

/** Rows of one statement: SQLite binds 32,766 values at most. */
const ROWS_AT_ONCE = 2_000

/** Puts rows into a table in pieces; `end` what is left. */
const writerOf = (exec: (query: string, ...bindings: unknown[]) => unknown, into: string) => {
  const columns = into.split(',').length
  const row = `(${Array(columns).fill('?').join()})`
  let waiting: unknown[] = []
  const end = (): void => {
    if (waiting.length === 0) return
    const rows = Array(waiting.length / columns).fill(row)
    exec(`insert into ${into} values ${rows.join()}`, ...waiting)
    waiting = []
  }
  const put = (...values: unknown[]): void => {
    waiting.push(...values)
    if (waiting.length === ROWS_AT_ONCE * columns) end()
  }
  return { put, end }
}

/** About 13 seconds for a million leaves. */
export const standingLog = (size: number): StandingLog => {
  const { storage, counts } = countingStorage()
  const db = openDatabase(storage as unknown as DurableObjectStorage, tables, migrations)
  const leafHashes: Hash[] = []
  let hashes = 0
  let hashesAtMost = 0
  const sha256: Sha256Hex = (data) => {
    hashes += 1
    return sha256Hex(data)
  }
  storage.transactionSync(() => {
    const { exec } = storage.sql
    const encoder = new TextEncoder()
    const leaves = writerOf(exec, 'log_leaves ("index", seq, type, subject, leaf, hash)')
    const nodes = writerOf(exec, 'log_nodes (level, "index", hash)')
    /** By level: an append reads none but the newest. */
    const newest: Hash[] = []
    for (let index = 0; index < size; index += 1) {
      const before = hashes
      const leaf = leafAt(index)
      const hash = sha256(encoder.encode(`\u0000${leaf}`))
      const added: TreeNode[] = nodesOfAppend(
        { hashAt: (level) => newest[level] },
        index,
        hash,
        sha256,
      )
      leaves.put(index, index + 1, 'change', changeIdAt(index), leaf, hash)
      for (const node of added) nodes.put(node.level, node.index, node.hash)
      newest[0] = hash
      for (const node of added) newest[node.level] = node.hash
      leafHashes.push(hash)
      hashesAtMost = Math.max(hashesAtMost, hashes - before)
    }
    leaves.end()
    nodes.end()
  })
  return { size, db, counts, leafHashes, hashes, hashesAtMost }
}
