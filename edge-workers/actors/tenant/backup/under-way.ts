// A restore whose rows are in place and that is not over: written in the transaction that put them there, taken away when it has
// ended. It has a table of its own beside those of the copying, which is in no export and is made when it is first needed.
import type { RestoreReport } from '../../../../schemas/backup.ts'
import type { Db } from '../context.ts'
import type { Progress } from './recover.ts'

export interface UnderWay extends Pick<RestoreReport, 'backup' | 'logSize' | 'publishedSize'> {
  /** How far what Git has was taken over. */
  progress: Progress
}

const TABLE = 'backup_under_way'

const sqlOf = (db: Db): DurableObjectStorage['sql'] =>
  (db as Db & { $client: DurableObjectStorage }).$client.sql

const isMade = (db: Db): boolean =>
  sqlOf(db).exec('SELECT 1 FROM sqlite_master WHERE name = ?', TABLE).toArray().length > 0

/** Null: none is. */
export const readUnderWay = (db: Db): UnderWay | null => {
  const rows = isMade(db)
    ? sqlOf(db).exec<{ mark: string }>(`SELECT mark FROM ${TABLE}`).toArray()
    : []
  return rows[0] ? (JSON.parse(rows[0].mark) as UnderWay) : null
}

export const isUnderWay = (db: Db): boolean => readUnderWay(db) !== null

export const noteUnderWay = (db: Db, mark: UnderWay): void => {
  const sql = sqlOf(db)
  sql.exec(`CREATE TABLE IF NOT EXISTS ${TABLE} (id INTEGER PRIMARY KEY, mark TEXT)`)
  sql.exec(`INSERT OR REPLACE INTO ${TABLE} (id, mark) VALUES (1, ?)`, JSON.stringify(mark))
}

export const endUnderWay = (db: Db): void => void sqlOf(db).exec(`DELETE FROM ${TABLE}`)
