// What the forge must remember besides Git objects: one SQLite file, every change one synchronous transaction.
// References here are the last ones *told about*; the truth is in Git, and observe.ts carries the difference over.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export interface RepositoryRow {
  id: number
  owner: string
  name: string
  createdAt: string
}

export interface PullRow {
  repositoryId: number
  number: number
  title: string
  body: string
  state: 'open' | 'closed'
  author: string
  headRef: string
  headSha: string
  baseRef: string
  baseSha: string
  createdAt: string
  updatedAt: string
  closedAt: string | null
  mergedAt: string | null
  mergeSha: string | null
  mergedBy: string | null
  /** 1 when an administrator merged past the gate. */
  bypassed: number
  /** A merge commit on its way to the base branch, so that a crash in between loses nobody's name. */
  pendingSha: string | null
  pendingBy: string | null
  pendingBypass: number
}

export interface ReviewRow {
  id: number
  repositoryId: number
  number: number
  login: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'
  body: string
  commitId: string
  submittedAt: string
}

export interface CheckRow {
  id: number
  repositoryId: number
  headSha: string
  name: string
  login: string
  /** Kind of the account when it posted: the gate counts an App's checks only. */
  kind: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: string | null
  externalId: string
  detailsUrl: string | null
  title: string | null
  summary: string | null
  text: string | null
  startedAt: string
  completedAt: string | null
}

export interface DeliveryRow {
  id: number
  guid: string
  repositoryId: number
  event: string
  action: string | null
  payload: string
  redelivery: number
  createdAt: string
  /** Null until the attempt was made; 0 when nobody answered. */
  statusCode: number | null
  durationMs: number | null
}

export interface ActivityRow {
  id: number
  repositoryId: number
  login: string
  what: string
  at: string
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS repositories (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,
  createdAt TEXT NOT NULL, UNIQUE (owner, name)) STRICT;
CREATE TABLE IF NOT EXISTS refs (
  repositoryId INTEGER NOT NULL, name TEXT NOT NULL, sha TEXT NOT NULL,
  PRIMARY KEY (repositoryId, name)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pulls (
  repositoryId INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  state TEXT NOT NULL, author TEXT NOT NULL, headRef TEXT NOT NULL, headSha TEXT NOT NULL,
  baseRef TEXT NOT NULL, baseSha TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL,
  closedAt TEXT, mergedAt TEXT, mergeSha TEXT, mergedBy TEXT, bypassed INTEGER NOT NULL DEFAULT 0,
  pendingSha TEXT, pendingBy TEXT, pendingBypass INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (repositoryId, number)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS pulls_open
  ON pulls (repositoryId, headRef, baseRef) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS pulls_head ON pulls (repositoryId, headRef);
CREATE TABLE IF NOT EXISTS reviews (
  id INTEGER PRIMARY KEY, repositoryId INTEGER NOT NULL, number INTEGER NOT NULL, login TEXT NOT NULL,
  state TEXT NOT NULL, body TEXT NOT NULL, commitId TEXT NOT NULL, submittedAt TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS reviews_pull ON reviews (repositoryId, number);
CREATE TABLE IF NOT EXISTS checks (
  id INTEGER PRIMARY KEY, repositoryId INTEGER NOT NULL, headSha TEXT NOT NULL, name TEXT NOT NULL,
  login TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, conclusion TEXT,
  externalId TEXT NOT NULL, detailsUrl TEXT, title TEXT, summary TEXT, text TEXT,
  startedAt TEXT NOT NULL, completedAt TEXT) STRICT;
CREATE INDEX IF NOT EXISTS checks_head ON checks (repositoryId, headSha, name);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, repositoryId INTEGER NOT NULL,
  event TEXT NOT NULL, action TEXT, payload TEXT NOT NULL, redelivery INTEGER NOT NULL,
  createdAt TEXT NOT NULL, statusCode INTEGER, durationMs INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS activity (
  id INTEGER PRIMARY KEY, repositoryId INTEGER NOT NULL, login TEXT NOT NULL, what TEXT NOT NULL,
  at TEXT NOT NULL) STRICT;
`

export interface Store {
  /** Rows as the caller's type: the columns are named like its fields. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[]
  one<Row>(sql: string, ...values: SQLInputValue[]): Row | null
  run(sql: string, ...values: SQLInputValue[]): void
  /** Inserts an object, its keys being columns. Returns the row id. */
  insert(table: string, row: Record<string, SQLInputValue>): number
  /** All or nothing, synchronous: the work must not return a promise. */
  transaction<Result>(work: () => Result extends Promise<unknown> ? never : Result): Result
  close(): void
}

export const openStore = (path: string): Store => {
  const database = new DatabaseSync(path)
  // NORMAL with a write-ahead log survives kill -9; only a power cut can take the last moments.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000',
  )
  database.exec(SCHEMA)
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, known)
    return known
  }
  return {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[],
    one: <Row>(sql: string, ...values: SQLInputValue[]) =>
      (prepare(sql).get(...values) as Row | undefined) ?? null,
    run: (sql, ...values) => {
      prepare(sql).run(...values)
    },
    insert: (table, row) => {
      const columns = Object.keys(row)
      const marks = columns.map(() => '?').join(', ')
      const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`
      return Number(prepare(sql).run(...Object.values(row)).lastInsertRowid)
    },
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close: () => database.close(),
  }
}
