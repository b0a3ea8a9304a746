// Appends a step to the tenant's log (RFC 6962 §2.1): the leaf, and the subtrees that it completes, in the step's transaction.
// A leaf has pseudonyms and keyed digests alone, for what is in the log stays there. The words that go with a step stay outside,
// bound to it by an HMAC under a key of that leaf alone: shown, they can be checked; taken away, they cannot be guessed.
import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { leafHashOf, nodesOfAppend, rootOf, type TreeReader } from '../../../../gitops/log/tree.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import type { LeafType, LogHead, LogLeaf } from '../../../../schemas/log.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type EventSubjectName, subjectOf } from '../../../../schemas/webhook.ts'
import { base32, deriveKey, hex, hmacSha256, sha256Hex } from '../../../digest.ts'
import { onceFor, statement } from '../../database.ts'
import { ADOPTED, nameAfter } from '../backup/log-name.ts'
import type { Db, Tx } from '../context.ts'

const { logLeaves, logNodes, transitions } = tables

/** What a step says, whoever took it. */
export type Happened = Omit<typeof transitions.$inferInsert, 'seq' | 'leafHash'>

interface Owner {
  /** Null until the object that has this database has said. */
  wordsKey: Uint8Array | null
  tenantId: string | null
  /** Steps of older releases have their leaves. */
  takenIn: boolean
}

/** Whose log it is: once for each database, also in its transactions. */
export const ownerOf = onceFor(
  (_: Db | Tx): Owner => ({ wordsKey: null, tenantId: null, takenIn: false }),
)

/** Call it when the object wakes: nothing is appended before. */
export const openLog = (db: Db, { PLATFORM_KEY }: { PLATFORM_KEY: string }): void => {
  ownerOf(db).wordsKey = deriveKey(PLATFORM_KEY, 'log-words')
}

const tenantIds = statement((tx: Db | Tx) =>
  tx.select({ id: tables.tenant.id }).from(tables.tenant).prepare(),
)
export const tenantIdOf = (tx: Db | Tx): string => {
  const owner = ownerOf(tx)
  owner.tenantId ??= tenantIds(tx).get()?.id ?? null
  if (owner.tenantId === null) throw new Error('a log without its tenant')
  return owner.tenantId
}

const adoptedUpTo = statement((on: Db | Tx) =>
  on
    .select({ at: transitions.at })
    .from(transitions)
    .innerJoin(logLeaves, eq(logLeaves.seq, transitions.seq))
    .where(
      and(
        eq(transitions.changeId, sql.placeholder('tenant')),
        eq(transitions.to, ADOPTED),
        lte(logLeaves.index, sql.placeholder('index')),
      ),
    )
    .orderBy(desc(logLeaves.index))
    .limit(1)
    .prepare(),
)

/** Of the log that a leaf was appended to: after a restore that lost leaves there is another one, with the same indexes again. */
const nameAt = (on: Db | Tx, index: number): string => {
  const tenant = tenantIdOf(on)
  return nameAfter(tenant, adoptedUpTo(on).get({ tenant, index })?.at)
}

/** 32 bytes: HMAC-SHA-256 of the log's name and the index under a key that is derived from the platform's. */
export const wordsKeyOf = (on: Db | Tx, index: number, log = nameAt(on, index)): Uint8Array => {
  const { wordsKey } = ownerOf(on)
  if (wordsKey === null) throw new Error('a log that nobody opened')
  return hmacSha256(wordsKey, `${log}\u0000${index}`)
}

/** As the leaf has it: HMAC-SHA-256 over the UTF-8 of the words, under the leaf's own key. */
export const wordsDigestOf = (on: Db | Tx, index: number, words: string, log?: string): string =>
  `sha256:${hex(hmacSha256(wordsKeyOf(on, index, log), words))}`

/** What stands, as a subject: by a keyed digest, for people name things as they like. */
export const subjectOfResource = (on: Db | Tx, name: string): string => {
  const { wordsKey } = ownerOf(on)
  if (wordsKey === null) throw new Error('a log that nobody opened')
  return `res_${base32(hmacSha256(wordsKey, `resource\u0000${tenantIdOf(on)}\u0000${name}`), 26)}`
}

/** What each kind of subject is about, where the step does not say. */
const TYPES: Record<EventSubjectName, LeafType> = {
  change: 'change',
  rollout: 'rollout',
  member: 'identity',
  invitation: 'identity',
  token: 'identity',
  workload: 'identity',
  invoice: 'billing',
  tenant: 'platform',
  webhook: 'platform',
  service: 'service-level',
  component: 'supply-chain',
  credential: 'credential',
  issuance: 'credential',
  presentation: 'credential',
  issuer: 'credential',
  secret: 'platform',
  key: 'platform',
  machine: 'platform',
  'arc-cluster': 'platform',
  gitops: 'platform',
  azure: 'platform',
  record: 'platform',
}
const typeOf = (subject: string): LeafType => TYPES[subjectOf(subject)]

const newest = statement((on: Db | Tx) =>
  on.select({ size: sql<number>`coalesce(max("index") + 1, 0)` }).from(logLeaves).prepare(),
)
/** Of this moment: it is read each time, so that no rollback can leave another in memory. */
export const sizeOf = (on: Db | Tx): number => newest(on).get()?.size ?? 0

const leafHash = statement((on: Db | Tx) =>
  on
    .select({ hash: logLeaves.hash })
    .from(logLeaves)
    .where(sql`${logLeaves.index} = ${sql.placeholder('index')}`)
    .prepare(),
)
const nodeHash = statement((on: Db | Tx) =>
  on
    .select({ hash: logNodes.hash })
    .from(logNodes)
    .where(
      sql`${logNodes.level} = ${sql.placeholder('level')} and ${logNodes.index} = ${sql.placeholder('index')}`,
    )
    .prepare(),
)

/** The tree as it is kept: hashes of leaves, and of complete subtrees. */
export const readerOf = (on: Db | Tx): TreeReader => ({
  hashAt: (level, index) =>
    (level === 0 ? leafHash(on).get({ index }) : nodeHash(on).get({ level, index }))?.hash,
})

/** O(log n) reads and hashes. */
export const headOf = (on: Db | Tx, size = sizeOf(on)): LogHead => ({
  size,
  root: rootOf(readerOf(on), size, sha256Hex),
})

export interface MadeLeaf extends Pick<LogLeaf, 'index' | 'type' | 'subject'> {
  leaf: string
  hash: string
}

/** The leaf that a step would be now: nothing is written. */
export const leafOf = (tx: Tx, event: Happened, type = typeOf(event.changeId)): MadeLeaf => {
  const index = sizeOf(tx)
  const { changeId: subject, version, from, to, actor, at, reason } = event
  // The leaf with which another log begins is of that one already.
  const tenant = to === ADOPTED ? tenantIdOf(tx) : null
  const log = subject === tenant ? nameAfter(subject, at) : undefined
  const words = reason == null ? null : wordsDigestOf(tx, index, reason, log)
  const value: LogLeaf = {
    ...{ schema: 'phoenix.leaf/v1', index, type, subject, version, from, to, actor, at, words },
  }
  const leaf = canonicalJson(value)
  return { index, type, subject, leaf, hash: leafHashOf(leaf, sha256Hex) }
}

const insertLeaf = statement((tx: Tx) =>
  tx
    .insert(logLeaves)
    .values({
      index: sql.placeholder('index'),
      seq: sql.placeholder('seq'),
      type: sql.placeholder('type') as unknown as LeafType,
      subject: sql.placeholder('subject'),
      leaf: sql.placeholder('leaf'),
      hash: sql.placeholder('hash'),
    })
    .prepare(),
)
const insertNode = statement((tx: Tx) =>
  tx
    .insert(logNodes)
    .values({
      level: sql.placeholder('level'),
      index: sql.placeholder('index'),
      hash: sql.placeholder('hash'),
    })
    .prepare(),
)

/** `seq`: the step's. Between leafOf and here nothing else is appended: both are of one transaction. */
export const keepLeaf = (tx: Tx, seq: number, made: MadeLeaf): void => {
  insertLeaf(tx).run({ ...made, seq })
  for (const node of nodesOfAppend(readerOf(tx), made.index, made.hash, sha256Hex))
    insertNode(tx).run(node)
}
