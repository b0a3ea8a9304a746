// The two signatures under a checkpoint: the edge's own, and then the second party's over the same text.
import { and, eq } from 'drizzle-orm'
import { checkpointText, noteOf, readNote, verifyNote } from '../../../gitops/log/note.ts'
import { consistencyPath } from '../../../gitops/log/tree.ts'
import type { ConsistencyProof, LogHead } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/log.ts'
import type { CosignAnswer } from '../../../schemas/wire.ts'
import { sha256Hex } from '../../digest.ts'
import { edgeSignatureLine, platformOrigin, verifySignature } from '../../log-key.ts'
import { transaction } from '../database.ts'
import { type CheckpointRow, NO_COSIGNER, newest, newestCosigned } from './checkpoints.ts'
import { alarmLine, type Db, type LogContext } from './context.ts'
import { halt, LogFault } from './halt.ts'
import { hasUnloggedKeys, noteEdgeKey, noteKey } from './keys.ts'
import { headAt, sizeOf, treeOf } from './tree.ts'
import { stands } from './witnesses.ts'

const { checkpoints } = tables

/** The tree must still show what was signed over it: a database that was changed underneath signs nothing more. */
const requireSame = (db: Db, { size, root }: LogHead): void => {
  if (sizeOf(db) >= size && headAt(db, size).root === root) return
  alarmLine('log-forked', { size })
  throw new LogFault('the tree is not the one that was signed')
}

/** Signs the whole tree as it stands. Never smaller than the last that was signed, and never two roots of one size. */
export const signNewest = async ({ db, env, now }: LogContext): Promise<void> => {
  transaction(db, (tx) => noteEdgeKey(tx, { env, now }))
  // The key comes into the log before anything that it signs.
  if (hasUnloggedKeys(db)) return
  const last = newest(db)
  if (last) requireSame(db, last)
  const head = headAt(db, sizeOf(db))
  if (head.size <= (last?.size ?? 0)) return
  const text = checkpointText(platformOrigin(env), head)
  const note = noteOf(text, [await edgeSignatureLine(env, text)])
  transaction(db, (tx) => {
    if (head.size <= (newest(tx)?.size ?? 0)) return
    const at = now().toISOString()
    tx.insert(checkpoints)
      .values({ ...head, note, at, cosigned: false, commit: null })
      .run()
  })
}

const proofFrom = (db: Db, from: LogHead, { size, root }: LogHead): ConsistencyProof => ({
  from: { size: from.size, root: from.root },
  to: { size, root },
  path: consistencyPath(treeOf(db), from.size, size, sha256Hex),
})

/** How often the Functions are asked again whether they have a key. */
const ASK_AGAIN_MILLISECONDS = 300_000

export interface Postponed {
  milliseconds: number
  why: string | null
}

/** Has the newest checkpoint co-signed; those before it that never were stay as they are. */
export const cosignNewest = async (context: LogContext): Promise<Postponed | null> => {
  const { db } = context
  const row = newest(db)
  if (!row || row.cosigned) return null
  requireSame(db, row)
  const last = newestCosigned(db)
  const ask = (from: LogHead | undefined) =>
    context.backOffice().cosign({
      note: row.note,
      consistency: from ? proofFrom(db, from, row) : null,
    })
  let answer = await ask(last)
  // Its last answer was lost, or this log is older than what it signed.
  if (answer && 'last' in answer) answer = await askFrom(context, row, answer.last, ask)
  if (answer === null) return { milliseconds: ASK_AGAIN_MILLISECONDS, why: NO_COSIGNER }
  if ('line' in answer) return keep(context, row, answer)
  // A larger one that is here already is no news.
  if (newest(db)?.size === row.size) alarmLine('cosigner-refused', { size: row.size })
  throw new LogFault('the co-signer refuses this checkpoint')
}

/** It remembers more than this log has, or another one: then that is the one that was shown to others. */
const askFrom = async (
  context: LogContext,
  row: CheckpointRow,
  last: LogHead,
  ask: (from: LogHead) => Promise<CosignAnswer | null>,
): Promise<CosignAnswer | null> => {
  if (!stands(context.db, last)) throw halt(context)
  // Another process had a larger one signed meanwhile.
  return last.size > row.size ? { refused: 'A larger checkpoint was co-signed.' } : ask(last)
}

const keep = async (
  { db, now }: LogContext,
  row: CheckpointRow,
  { line, key }: Extract<CosignAnswer, { line: string }>,
): Promise<null> => {
  const note = `${row.note}${line}`
  const edgeSigned = readNote(row.note)?.signatures.length ?? 0
  const holds =
    key.algorithm === 'ES256' &&
    readNote(note)?.signatures.length === edgeSigned + 1 &&
    (await verifyNote(note, key, verifySignature))
  if (!holds) throw new LogFault('what the co-signer sent is no signature of this checkpoint')
  const { simulated, ...named } = key
  const { size, root } = row
  transaction(db, (tx) => {
    noteKey(tx, named, simulated, now().toISOString())
    tx.update(checkpoints)
      .set({ note, cosigned: true })
      .where(
        and(
          eq(checkpoints.size, size),
          eq(checkpoints.root, root),
          // Another answer may have come first, and its note may have been published.
          eq(checkpoints.cosigned, false),
        ),
      )
      .run()
  })
  return null
}
