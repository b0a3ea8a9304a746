// Heads of tenants' logs: the newest of each is kept, and goes into the platform's log with the next batch.
import { asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { canonicalJson } from '../../../schemas/canonical-json.ts'
import { EventLeaf, HeadLeaf, type LogHead, type PlatformEvent } from '../../../schemas/log.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { deriveKey, hex, hmacSha256 } from '../../digest.ts'
import type { Env } from '../../env.ts'
import type { Page, PageRequest } from '../contracts.ts'
import { statement, transaction } from '../database.ts'
import { alarmLine, type Db, type LogContext, type Tx } from './context.ts'
import { appendKeys, noteEdgeKey } from './keys.ts'
import { appendLeaf } from './tree.ts'

/** As many at once as one transaction takes in well under a second; the rest waits for the next batch. */
const HEADS_PER_BATCH = 2_000

/** Who a leaf is about: HMAC-SHA-256 of the tenant id under a key of the platform's, so that nobody outside can try ids. */
const tenantDigest = ({ PLATFORM_KEY }: Pick<Env, 'PLATFORM_KEY'>, tenantId: string) =>
  `sha256:${hex(hmacSha256(deriveKey(PLATFORM_KEY, 'log tenant'), tenantId))}`

const headByTenant = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.heads)
    .where(eq(tables.heads.tenantId, sql.placeholder('tenantId')))
    .prepare(),
)
export const readHead = (db: Db | Tx, tenantId: string) => headByTenant(db).get({ tenantId })

/** Of whom anything was ever told, by their ids. One that has had two logs may be in two pages. */
export const listKnownTenants = (db: Db, { limit, after }: PageRequest): Page<string> => {
  const { heads } = tables
  const rows = db
    .select({ id: heads.tenantId })
    .from(heads)
    .where(gt(heads.tenantId, after ?? ''))
    .orderBy(asc(heads.tenantId))
    .limit(limit)
    .all()
  // After a restore the name of its log may have the time of that behind the tenant's id (tenant/backup/log-name.ts).
  const items = [...new Set(rows.map(({ id }) => id.replace(/\/.*/, '')))]
  return { items, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
}

const keepHead = statement((tx: Tx) =>
  tx
    .insert(tables.heads)
    .values({
      tenantId: sql.placeholder('tenantId'),
      size: sql.placeholder('size'),
      root: sql.placeholder('root'),
      at: sql.placeholder('at'),
      leafIndex: null,
    })
    .onConflictDoUpdate({
      target: tables.heads.tenantId,
      set: {
        size: sql`excluded.size`,
        root: sql`excluded.root`,
        at: sql`excluded.at`,
        leafIndex: null,
      },
    })
    .prepare(),
)

const NOTHING_TOLD = 'The log of this tenant is behind what was kept of it, or is another.'

/** Keeps a tenant's newest head. The same again changes nothing; a smaller one or another root of one size is `conflict`. */
export const noteHead = (context: LogContext, tenantId: string, head: LogHead): Result<null> => {
  const { size, root } = head
  return transaction(context.db, (tx) => {
    const known = readHead(tx, tenantId)
    if (known && (size < known.size || (size === known.size && root !== known.root))) {
      alarmLine(size < known.size ? 'tenant-log-shrank' : 'tenant-log-forked', {
        tenant: tenantDigest(context.env, tenantId),
        ...{ known: known.size, told: size },
      })
      return refuse('conflict', { detail: NOTHING_TOLD })
    }
    if (size === 0 || known?.size === size) return ok(null)
    keepHead(tx).run({ tenantId, size, root, at: context.now().toISOString() })
    return ok(null)
  })
}

const oneNewHead = statement((db: Db | Tx) =>
  db
    .select({ tenantId: tables.heads.tenantId })
    .from(tables.heads)
    .where(isNull(tables.heads.leafIndex))
    .limit(1)
    .prepare(),
)
/** In the place of a tenant: no tenant id begins so. */
const EVENT = 'event'

export const appendEvent = (tx: Tx, event: PlatformEvent, at: string): void => {
  appendLeaf(tx, { tenantId: EVENT, size: 0 }, (index) =>
    canonicalJson(EventLeaf.parse({ schema: 'phoenix.event/v1', index, ...event, at })),
  )
}

export const hasNewHeads = (db: Db | Tx): boolean => oneNewHead(db).get() !== undefined

/**
 * One batch, in one transaction: keys that are new, then the heads that came since the last one. They stand in the order of
 * their keyed digests and have one time, so that nothing tells who was first within it.
 */
export const appendBatch = (context: LogContext): void =>
  transaction(context.db, (tx) => {
    noteEdgeKey(tx, context)
    appendKeys(tx)
    const at = context.now().toISOString()
    const { heads } = tables
    const batch = tx
      .select()
      .from(heads)
      .where(isNull(heads.leafIndex))
      .orderBy(asc(heads.tenantId))
      .limit(HEADS_PER_BATCH)
      .all()
      .map((head) => ({ ...head, tenant: tenantDigest(context.env, head.tenantId) }))
      .sort((a, b) => (a.tenant < b.tenant ? -1 : 1))
    for (const { tenantId, tenant, size, root } of batch) {
      const leafIndex = appendLeaf(tx, { tenantId, size }, (index) =>
        canonicalJson(HeadLeaf.parse({ schema: 'phoenix.head/v1', index, tenant, size, root, at })),
      )
      tx.update(heads).set({ leafIndex }).where(eq(heads.tenantId, tenantId)).run()
    }
  })
