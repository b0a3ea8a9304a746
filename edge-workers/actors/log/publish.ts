// Checkpoints leave the house: onto a branch of the platform's repository, and to the anchor. And the way back: what was
// published is compared with this log before it signs anything more.
import { desc, eq, gte, isNotNull } from 'drizzle-orm'
import { firstSignedOf } from '../../../gitops/log/note.ts'
import { Outage } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/log.ts'
import { gitBlobId } from '../../digest.ts'
import { throwIfOutage } from '../outage.ts'
import { anchorOf, type CheckpointRow, newestCommitted, newestReady } from './checkpoints.ts'
import { alarmLine, type Db, type LogContext, paceOf } from './context.ts'
import { halt, LogFault } from './halt.ts'
import type { Postponed } from './sign.ts'
import { sizeOf } from './tree.ts'
import { askWitnesses, stands } from './witnesses.ts'

const { checkpoints, anchors } = tables

/**
 * The checkpoint whose note this is: what was put on the branch last, what was signed since and may have been put there, its
 * answer lost, or else one that was there before.
 */
const findPublished = (db: Db, blob: string | null): CheckpointRow | undefined => {
  if (blob === null) return undefined
  const rows = (which: ReturnType<typeof gte>) =>
    db.select().from(checkpoints).where(which).orderBy(desc(checkpoints.size)).all()
  // It may have been published before the second party signed it: then the branch has it with the edge's signature alone.
  const isIt = ({ note }: CheckpointRow): boolean =>
    gitBlobId(note) === blob || gitBlobId(firstSignedOf(note)) === blob
  const last = newestCommitted(db)?.size ?? 0
  return (
    rows(gte(checkpoints.size, last)).find(isIt) ?? rows(isNotNull(checkpoints.commit)).find(isIt)
  )
}

/**
 * Compares this log with the published checkpoint (rules C21 and C22) and with what its witnesses have: one that was not signed
 * here, or that the tree does not lead to, stops everything, and so does a branch that is gone after something was committed
 * to it. Throws Outage where the forge does not answer; until it has, nothing is signed and nobody is vouched for.
 */
export const compareWithPublished = async (context: LogContext): Promise<void> => {
  const { db, standing } = context
  const answered = await readPublished(context)
  if (!answered.ok) throw new Outage('forge', 'does not show the published checkpoint')
  const { commit = null, blob = null } = answered.value ?? {}
  const found = findPublished(db, blob)
  const last = newestCommitted(db)
  if (blob === null ? last !== undefined : !(found && stands(db, found))) throw halt(context)
  const { word } = await askWitnesses(context)
  if (word === 'contradict') throw halt(context)
  // Ours is the longer one: whoever moved the branch back took nothing from it, and the next checkpoint puts it right.
  if (last && (found?.size ?? 0) < last.size)
    alarmLine('published-log-moved-back', { size: last.size })
  if (found && found.commit === null && commit !== null)
    db.update(checkpoints).set({ commit }).where(eq(checkpoints.size, found.size)).run()
  standing.halted = null
  standing.witnessed = word === 'agree'
  standing.compared = { blob }
}

const readPublished = async (context: LogContext) => {
  try {
    const answered = await context.repository().publishedLog(context.env.PLATFORM_REPOSITORY)
    throwIfOutage(answered)
    return answered
  } catch (error) {
    await vouch(context)
    throw error
  }
}

/**
 * While the forge is silent nothing is signed, but tenants need not wait for it, unless a witness contradicts. Where none knows
 * this log either, its own memory has to do, and that is said: it is found out once one of them answers.
 */
const vouch = async (context: LogContext): Promise<void> => {
  const { word, known } = await askWitnesses(context)
  if (word === 'contradict') throw halt(context)
  if (!known && !context.standing.vouched)
    alarmLine('log-not-compared', { size: sizeOf(context.db) })
  context.standing.vouched = true
}

/** Asks those again that did not answer then. */
export const compareWithWitnesses = async (context: LogContext): Promise<void> => {
  const { word } = await askWitnesses(context)
  if (word === 'contradict') throw halt(context)
  if (word === 'unknown') throw new Outage('log', 'waits for a witness of its checkpoints', 60)
  context.standing.witnessed = true
}

export const toPublish = (db: Db): CheckpointRow | null => {
  const row = newestReady(db)
  return row && row.commit === null && row.size > (newestCommitted(db)?.size ?? 0) ? row : null
}

/** Answers with the time for which the branch is left alone. */
export const publishNewest = async (context: LogContext): Promise<Postponed | null> => {
  const { db, env, standing } = context
  const row = toPublish(db)
  if (!row || !standing.compared) return null
  const { size, root, note, at } = row
  const blob = gitBlobId(note)
  const done = await context.repository().publishLog(env.PLATFORM_REPOSITORY, {
    ...{ size, root, note, at, blob },
    after: standing.compared.blob,
  })
  throwIfOutage(done)
  if (!done.ok) {
    standing.compared = null
    throw new LogFault('another checkpoint is published')
  }
  db.update(checkpoints).set({ commit: done.value.commit }).where(eq(checkpoints.size, size)).run()
  standing.compared = { blob }
  return { milliseconds: paceOf(env).publishMilliseconds, why: null }
}

export const toAnchor = (db: Db): CheckpointRow | null => {
  const row = newestReady(db)
  return row && !anchorOf(db, row.size) ? row : null
}

const ASK_AGAIN_MILLISECONDS = 300_000
const NO_ANCHOR = 'no anchor'

/** Answers with the time until the next one may follow. */
export const anchorNewest = async (context: LogContext): Promise<Postponed | null> => {
  const { db, env, now } = context
  const row = toAnchor(db)
  if (!row) return null
  const { size, root, note } = row
  const answer = await context.backOffice().anchor({ size, root, note })
  if (answer === null) return { milliseconds: ASK_AGAIN_MILLISECONDS, why: NO_ANCHOR }
  if ('refused' in answer) {
    if (newestReady(db)?.size === size) alarmLine('anchor-refused', { size })
    throw new LogFault('the anchor refuses this checkpoint')
  }
  const { kind, independent, simulated } = answer
  const reference = simulated ? `${answer.reference} (simulated chain)` : answer.reference
  db.insert(anchors)
    .values({ size, kind, reference, independent, at: now().toISOString() })
    .onConflictDoNothing()
    .run()
  return { milliseconds: paceOf(env).anchorMilliseconds, why: null }
}
