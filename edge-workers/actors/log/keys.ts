// The keys that sign checkpoints, and since when. One that comes is written into the log itself, so that nobody puts a key
// under an old note later on; one that goes stays known, so that what it signed can still be checked.
import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm'
import { canonicalJson } from '../../../schemas/canonical-json.ts'
import { KeyLeaf, type LogKey } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { edgeLogKey, type NamedKey } from '../../log-key.ts'
import { statement } from '../database.ts'
import type { Db, LogContext, Tx } from './context.ts'
import { appendLeaf } from './tree.ts'

const idOf = ({ name, keyId }: Pick<LogKey, 'name' | 'keyId'>): string => `${name}+${keyId}`
/** In the place of a tenant: no tenant id begins so. */
const subjectOf = (id: string): string => `key ${id}`

const rowOf = (db: Db | Tx, id: string) =>
  db.select().from(tables.keys).where(eq(tables.keys.id, id)).get()

/** From now on this key signs in its algorithm, and no other does. What is so already costs one read. */
export const noteKey = (tx: Tx, key: NamedKey, simulated: boolean, at: string): void => {
  const { keys } = tables
  const { name, algorithm, publicKey } = key
  const id = idOf(key)
  const known = rowOf(tx, id)
  if (known && known.until === null) return
  tx.update(keys)
    .set({ until: at })
    .where(and(eq(keys.algorithm, algorithm), ne(keys.id, id), isNull(keys.until)))
    .run()
  if (known) tx.update(keys).set({ until: null }).where(eq(keys.id, id)).run()
  else
    tx.insert(keys)
      .values({ id, name, algorithm, publicKey, from: at, until: null, simulated })
      .run()
}

export const noteEdgeKey = (tx: Tx, { env, now }: Pick<LogContext, 'env' | 'now'>): void =>
  noteKey(tx, edgeLogKey(env), false, now().toISOString())

const leafOf = statement((db: Db | Tx) =>
  db
    .select({ index: tables.leaves.index })
    .from(tables.leaves)
    .where(eq(tables.leaves.tenantId, sql.placeholder('subject')))
    .prepare(),
)
const leafOfKey = (db: Db | Tx, id: string) => leafOf(db).get({ subject: subjectOf(id) })

const keysInOrder = statement((db: Db | Tx) =>
  db.select().from(tables.keys).orderBy(asc(tables.keys.from), asc(tables.keys.id)).prepare(),
)
const allKeys = (db: Db | Tx) => keysInOrder(db).all()

export const hasUnloggedKeys = (db: Db | Tx): boolean =>
  allKeys(db).some(({ id }) => leafOfKey(db, id) === undefined)

/** Keys that have no leaf yet get theirs. */
export const appendKeys = (tx: Tx): void => {
  for (const { id, name, algorithm, publicKey, from, simulated } of allKeys(tx)) {
    if (leafOfKey(tx, id)) continue
    const key = { name, algorithm, publicKey, keyId: id.slice(-8), from, simulated }
    appendLeaf(tx, { tenantId: subjectOf(id), size: 0 }, (index) =>
      canonicalJson(KeyLeaf.parse({ schema: 'phoenix.key/v1', index, ...key })),
    )
  }
}

/** Every key that ever signed, those that sign now last, and where its leaf stands. */
export const readKeys = (db: Db): (LogKey & { leafIndex: number | null })[] =>
  allKeys(db)
    .map(({ id, ...key }) => ({
      ...key,
      keyId: id.slice(-8),
      leafIndex: leafOfKey(db, id)?.index ?? null,
    }))
    .sort((a, b) => Number(a.until === null) - Number(b.until === null))
