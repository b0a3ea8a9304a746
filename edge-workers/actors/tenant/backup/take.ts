// Exports of the tenant's database: one when something has happened since the last, at most every five minutes, driven by the
// outbox like everything else that leaves the object.
import { and, desc, eq, inArray, max } from 'drizzle-orm'
import { BACKUP_EVERY_MILLISECONDS } from '../../../../schemas/backup.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { beginExport, type Exporting, goOnWithExport } from '../../backup/export.ts'
import { storeOf } from '../../backup/platform.ts'
import { backupKeys } from '../../backup/seal.ts'
import { type LastExport, readState, type Under } from '../../backup/stage.ts'
import { transaction } from '../../database.ts'
import { type Db, enqueue, type TenantContext } from '../context.ts'
import { isClosed } from '../log/standing.ts'
import { logName } from './log-name.ts'

/** In the place of a change's id in the outbox. */
export const BACKUP = 'backup'
/** Pieces of one turn: whatever else is due has its turn in between. */
const PIECES_PER_TURN = 16
/** Two days of exports and some; older ones are in the store, as long as it keeps them. */
const ROWS_KEPT = 600

const { backups, transitions, logLeaves } = tables

export const storageOf = (db: Db): DurableObjectStorage =>
  (db as Db & { $client: DurableObjectStorage }).$client

const exportingOf = ({ db, env, now, tenant }: TenantContext): Exporting => {
  const owner = tenant().id
  return {
    ...{ storage: storageOf(db), owner, store: storeOf(env, owner), keys: backupKeys(env), now },
    log: () => {
      const last = db.select().from(logLeaves).orderBy(desc(logLeaves.index)).limit(1).get()
      const log = logName(db, owner)
      return { log, logSize: last ? last.index + 1 : 0, logLast: last?.hash ?? '' }
    },
    mark: () => markOf(db),
  }
}

/** Every step of anything is a row of its own. */
const markOf = (db: Db): number =>
  db
    .select({ seq: max(transitions.seq) })
    .from(transitions)
    .get()?.seq ?? 0

interface Known {
  last: Pick<LastExport, 'mark' | 'at'> | null
  /** It is in the outbox. */
  waiting: boolean
}
/** Asked with every write, so it is kept in memory. */
const known = new WeakMap<TenantContext, Known>()
const knownOf = (context: TenantContext): Known => {
  const kept = known.get(context)
  if (kept) return kept
  const { last } = readState(storageOf(context.db).sql)
  const read = { last: last && { mark: last.mark, at: last.at }, waiting: false }
  known.set(context, read)
  return read
}
/** The database is another one. */
export const forgetExports = (context: TenantContext): void => void known.delete(context)

/** Puts the next export into the outbox where something has happened since the last one. Call it before the alarm is armed. */
export const scheduleBackup = (context: TenantContext): void => {
  if (!context.env.BACKUPS || isClosed(context)) return
  const state = knownOf(context)
  if (state.waiting || markOf(context.db) <= (state.last?.mark ?? 0)) return
  const now = context.now().getTime()
  // A clock that was put back does not put the next one off.
  const next = Date.parse(state.last?.at ?? '') + BACKUP_EVERY_MILLISECONDS
  const due = next > now && next <= now + BACKUP_EVERY_MILLISECONDS ? next : now
  transaction(context.db, (tx) => enqueue(tx, 'backup', BACKUP, due))
  known.set(context, { ...state, waiting: true })
}

/** Handler of the outbox. Milliseconds after which it goes on; undefined when the export is there. */
export const backUp = async (context: TenantContext): Promise<number | undefined> => {
  if (!context.env.BACKUPS) return undefined
  const exporting = exportingOf(context)
  const under = beginExport(exporting)
  try {
    if (under) {
      noteBegin(context, under)
      const last = await goOnWithExport(exporting, { pieces: PIECES_PER_TURN })
      if (!last) return 0
      noteEnd(context, last)
    }
  } catch (error) {
    if (under && readState(exporting.storage.sql).under === null) noteFailure(context, under)
    throw error
  }
  forgetExports(context)
  // What happened meanwhile is in the next one; this piece of the outbox is gone when that is put in.
  return markOf(context.db) > (knownOf(context).last?.mark ?? 0)
    ? BACKUP_EVERY_MILLISECONDS
    : undefined
}

const noteBegin = ({ db }: TenantContext, { head: { id, at, logSize } }: Under): void => {
  const row = { id, at, logSize, bytes: 0, digest: '', state: 'writing' as const }
  db.insert(backups).values(row).onConflictDoNothing().run()
}

const noteEnd = ({ db }: TenantContext, { id, at, logSize, bytes, digest }: LastExport): void =>
  transaction(db, (tx) => {
    const row = { id, at, logSize, bytes, digest, state: 'kept' as const }
    tx.insert(backups).values(row).onConflictDoUpdate({ target: backups.id, set: row }).run()
    const old = tx
      .select({ id: backups.id })
      .from(backups)
      .orderBy(desc(backups.at))
      .limit(100)
      .offset(ROWS_KEPT)
      .all()
    for (const { id: gone } of old) tx.delete(backups).where(eq(backups.id, gone)).run()
  })

const noteFailure = ({ db }: TenantContext, { head }: Under): void => {
  db.update(backups)
    .set({ state: 'failed' })
    .where(and(eq(backups.id, head.id), inArray(backups.state, ['writing'])))
    .run()
}
