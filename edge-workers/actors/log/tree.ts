// The platform's tree in the Log actor's database: what is read for proofs, and the one way in which a leaf comes in.
import { desc, eq, sql } from 'drizzle-orm'
import { leafHashOf, nodesOfAppend, rootOf, type TreeReader } from '../../../gitops/log/tree.ts'
import type { LogHead } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { sha256Hex } from '../../digest.ts'
import { statement } from '../database.ts'
import type { Db, Tx } from './context.ts'

const leafHash = statement((db: Db | Tx) =>
  db
    .select({ hash: tables.leaves.hash })
    .from(tables.leaves)
    .where(eq(tables.leaves.index, sql.placeholder('index')))
    .prepare(),
)
const nodeHash = statement((db: Db | Tx) =>
  db
    .select({ hash: tables.nodes.hash })
    .from(tables.nodes)
    .where(
      sql`${tables.nodes.level} = ${sql.placeholder('level')} and ${tables.nodes.index} = ${sql.placeholder('index')}`,
    )
    .prepare(),
)
const lastLeaf = statement((db: Db | Tx) =>
  db
    .select({ index: tables.leaves.index })
    .from(tables.leaves)
    .orderBy(desc(tables.leaves.index))
    .limit(1)
    .prepare(),
)

export const treeOf = (db: Db | Tx): TreeReader => ({
  hashAt: (level, index) =>
    level === 0 ? leafHash(db).get({ index })?.hash : nodeHash(db).get({ level, index })?.hash,
})

export const sizeOf = (db: Db | Tx): number => (lastLeaf(db).get()?.index ?? -1) + 1

export const headAt = (db: Db | Tx, size: number): LogHead => ({
  size,
  root: rootOf(treeOf(db), size, sha256Hex),
})

/** Appends one leaf, whose text is made for the place it gets. `tenantId` and `size` are for finding it, and are not in it. */
export const appendLeaf = (
  tx: Tx,
  about: { tenantId: string; size: number },
  textAt: (index: number) => string,
): number => {
  const index = sizeOf(tx)
  const leaf = textAt(index)
  const hash = leafHashOf(leaf, sha256Hex)
  const nodes = nodesOfAppend(treeOf(tx), index, hash, sha256Hex)
  tx.insert(tables.leaves)
    .values({ index, ...about, leaf, hash })
    .run()
  if (nodes.length > 0) tx.insert(tables.nodes).values(nodes).run()
  return index
}
