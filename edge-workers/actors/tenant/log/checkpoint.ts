// The tenant's log as it is signed: a checkpoint of its newest head, kept with the database. Never of a size smaller than the
// last one that was signed, and one root for each size: the log is append-only, and what is not consistent throws.
import { desc, eq, sql } from 'drizzle-orm'
import { checkpointText, noteOf, originOf } from '../../../../gitops/log/note.ts'
import type { LogHead } from '../../../../schemas/log.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { edgeSignatureLine } from '../../../log-key.ts'
import { statement, transaction } from '../../database.ts'
import { logName } from '../backup/log-name.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { headOf } from './append.ts'

const { logCheckpoints, logLeaves } = tables
export type CheckpointRow = typeof logCheckpoints.$inferSelect

/** `host/log/<name of the log>`; the edge signs it under the name of the platform's log. */
export const tenantOrigin = ({
  db,
  env,
  tenant,
}: Pick<TenantContext, 'db' | 'env' | 'tenant'>): string =>
  originOf(new URL(env.PUBLIC_URL).host, logName(db, tenant().id))

const bySize = statement((db: Db | Tx) =>
  db
    .select()
    .from(logCheckpoints)
    .where(eq(logCheckpoints.size, sql.placeholder('size')))
    .prepare(),
)
export const checkpointAt = (db: Db | Tx, size: number): CheckpointRow | undefined =>
  bySize(db).get({ size })

const last = statement((db: Db | Tx) =>
  db.select().from(logCheckpoints).orderBy(desc(logCheckpoints.size)).limit(1).prepare(),
)
const lastCheckpoint = (db: Db | Tx): CheckpointRow | undefined => last(db).get()

const insertCheckpoint = statement((db: Db | Tx) =>
  db
    .insert(logCheckpoints)
    .values({
      ...{ size: sql.placeholder('size'), root: sql.placeholder('root') },
      ...{ note: sql.placeholder('note'), at: sql.placeholder('at') },
    })
    .prepare(),
)

const lastLeafOf = statement((db: Db | Tx) =>
  db
    .select({ index: logLeaves.index })
    .from(logLeaves)
    .where(eq(logLeaves.subject, sql.placeholder('id')))
    .orderBy(desc(logLeaves.index))
    .limit(1)
    .prepare(),
)

/** For whoever reads the required check: a root that was seen there cannot be another one later. */
export const placeInLog = (
  context: TenantContext,
  { id }: { id: string },
  { size, root }: LogHead,
): string => {
  const leaf = lastLeafOf(context.db).get({ id })
  return [
    `Newest leaf of this change: ${leaf?.index ?? 'none'}.`,
    `Log ${tenantOrigin(context)}: ${size} leaves, root ${root.slice(0, 16)}….`,
  ].join(' ')
}

/**
 * The checkpoint itself, in Markdown: whoever keeps it needs nobody's word later that the log grew out of it. A note ends with a
 * newline and has no backtick, so it cannot end its block.
 */
export const noteInCheck = (
  { env }: Pick<TenantContext, 'env'>,
  { note }: { note: string },
): string =>
  [
    `The signed checkpoint of that head (C2SP signed-note), as a file to keep; its key is one of ${env.PUBLIC_URL}/v1/log/keys.`,
    'What the log has become since is checked against it: `audit-log.mjs --from kept.note --to later.note`.',
    '',
    '```text',
    `${note}\`\`\``,
    '',
  ].join('\n')

/** Whether this head may be signed after what was. Throws where the log is not what it was: then nothing may be signed. */
const maySign = (tx: Tx, { size, root }: LogHead): boolean => {
  const last = lastCheckpoint(tx)
  if (!last || last.size < size) return true
  const same = checkpointAt(tx, size)
  if (same && same.root !== root) throw new Error('a log with two roots of one size')
  return false
}

/** The newest head, signed; what was signed while this one was on its way counts if it is newer. */
export const signNewest = async (context: TenantContext): Promise<CheckpointRow> => {
  const { db, env, now } = context
  const head = headOf(db)
  const known = checkpointAt(db, head.size)
  if (known) {
    if (known.root !== head.root) throw new Error('a log with two roots of one size')
    return known
  }
  const text = checkpointText(tenantOrigin(context), head)
  const note = noteOf(text, [await edgeSignatureLine(env, text)])
  const row = { ...head, note, at: now().toISOString() }
  return transaction(db, (tx) => {
    if (maySign(tx, head)) insertCheckpoint(tx).run(row)
    return lastCheckpoint(tx) ?? row
  })
}
