// The memory of the stand-in: the simulated clusters' objects, what was said about each component, and reports still to be sent.
// One SQLite file; a report is queued in the same transaction as the state it reports, so a restart neither loses nor doubles it.
import { DatabaseSync } from 'node:sqlite'
import type { StatusReport } from '../../../schemas/status.ts'
import type { Manifest } from '../../../schemas/template.ts'

export interface LiveObject {
  /** Group, kind, namespace and name: what makes two manifests one object. */
  id: string
  /** Name of the unit that applied it. */
  unit: string
  manifest: Manifest
}

/** The simulated cluster as its engine reads it. */
export interface Live {
  get: (id: string) => LiveObject | undefined
  ofKind: (group: string, kind: string) => LiveObject[]
}

/** What was last said about one unit (an Application, a Kustomization). */
export interface UnitRow {
  name: string
  /** What it came from: the object's id that names or generates it. */
  parent: string
  component: string
  repositoryUrl: string
  path: string
  revision: string
  /** Tree and allowance it was last judged with. */
  fingerprint: string
  state: StatusReport['state']
  message: string
}

export interface QueuedReport {
  id: number
  cluster: string
  unit: string
  revision: string
  body: string
  attempts: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS objects (
    cluster TEXT NOT NULL, id TEXT NOT NULL, unit TEXT NOT NULL, manifest TEXT NOT NULL,
    PRIMARY KEY (cluster, id)) STRICT;
  CREATE INDEX IF NOT EXISTS objects_of_unit ON objects (cluster, unit);
  CREATE TABLE IF NOT EXISTS units (
    cluster TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (cluster, name)) STRICT;
  CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, cluster TEXT NOT NULL, unit TEXT NOT NULL,
    revision TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0) STRICT;
`

const OBJECTS = 'SELECT id, unit, manifest FROM objects WHERE cluster = ?'

export type Store = ReturnType<typeof openStore>

export const openStore = (file: string) => {
  const database = new DatabaseSync(file)
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000',
  )
  database.exec(SCHEMA)
  const prepare = (sql: string) => database.prepare(sql)
  const selectObjects = prepare(`${OBJECTS} ORDER BY id`)
  const selectObject = prepare(`${OBJECTS} AND id = ?`)
  const selectOwned = prepare(`${OBJECTS} AND unit = ? ORDER BY id`)
  // '0' is the character after '/': the range holds exactly the ids that begin with `<group>/<kind>/`.
  const selectKind = prepare(`${OBJECTS} AND id > ? || '/' AND id < ? || '0' ORDER BY id`)
  const upsertObject = prepare(
    'INSERT INTO objects VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit, manifest = excluded.manifest',
  )
  const removeObject = prepare('DELETE FROM objects WHERE cluster = ? AND id = ?')
  const selectUnits = prepare('SELECT state FROM units WHERE cluster = ? ORDER BY name')
  const upsertUnit = prepare(
    'INSERT INTO units VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  )
  const removeUnit = prepare('DELETE FROM units WHERE cluster = ? AND name = ?')
  const insertReport = prepare(
    'INSERT INTO reports (cluster, unit, revision, body) VALUES (?, ?, ?, ?)',
  )
  // Reports of one unit leave in their order: none is due before an older one.
  const selectDue = prepare(`
    SELECT id, cluster, unit, revision, body, attempts FROM reports AS r
    WHERE due <= ? AND NOT EXISTS (SELECT 1 FROM reports AS older
      WHERE older.cluster = r.cluster AND older.unit = r.unit AND older.id < r.id AND older.due > ?)
    ORDER BY id LIMIT 64`)
  const selectLater = prepare(
    'SELECT id FROM reports WHERE cluster = ? AND unit = ? AND id > ? AND revision <> ? LIMIT 1',
  )
  const updateReport = prepare('UPDATE reports SET attempts = ?, due = ? WHERE id = ?')
  const removeReport = prepare('DELETE FROM reports WHERE id = ?')
  const countReports = prepare('SELECT count(*) AS n FROM reports')

  return {
    objects: (cluster: string): LiveObject[] => selectObjects.all(cluster).map(liveObject),
    ownedBy: (cluster: string, unit: string): LiveObject[] =>
      selectOwned.all(cluster, unit).map(liveObject),
    live: (cluster: string): Live => ({
      get: (id) => selectObject.all(cluster, id).map(liveObject)[0],
      ofKind: (group, kind) =>
        selectKind.all(cluster, `${group}/${kind}`, `${group}/${kind}`).map(liveObject),
    }),
    putObject: (cluster: string, { id, unit, manifest }: LiveObject): void => {
      upsertObject.run(cluster, id, unit, JSON.stringify(manifest))
    },
    deleteObject: (cluster: string, id: string): void => {
      removeObject.run(cluster, id)
    },
    units: (cluster: string): UnitRow[] =>
      selectUnits.all(cluster).map((row) => JSON.parse(String(row.state)) as UnitRow),
    putUnit: (cluster: string, row: UnitRow): void => {
      upsertUnit.run(cluster, row.name, JSON.stringify(row))
    },
    deleteUnit: (cluster: string, name: string): void => {
      removeUnit.run(cluster, name)
    },
    queueReport: (
      cluster: string,
      report: Pick<QueuedReport, 'unit' | 'revision' | 'body'>,
    ): void => {
      insertReport.run(cluster, report.unit, report.revision, report.body)
    },
    /** `now` in milliseconds since the epoch. */
    dueReports: (now: number): QueuedReport[] =>
      selectDue.all(now, now).map((row) => ({
        id: Number(row.id),
        cluster: String(row.cluster),
        unit: String(row.unit),
        revision: String(row.revision),
        body: String(row.body),
        attempts: Number(row.attempts),
      })),
    postponeReport: (id: number, attempts: number, due: number): void => {
      updateReport.run(attempts, due, id)
    },
    deleteReport: (id: number): void => {
      removeReport.run(id)
    },
    /** Whether the unit has a later report, on another commit. */
    isOvertaken: ({ id, cluster, unit, revision }: QueuedReport): boolean =>
      selectLater.get(cluster, unit, id, revision) !== undefined,
    waitingReports: (): number => Number(countReports.get()?.n),
    /** All or nothing; the function must not be asynchronous. */
    transaction: (write: () => void): void => {
      database.exec('BEGIN IMMEDIATE')
      try {
        write()
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close: (): void => database.close(),
  }
}

const liveObject = (row: Record<string, unknown>): LiveObject => ({
  id: String(row.id),
  unit: String(row.unit),
  manifest: JSON.parse(String(row.manifest)) as Manifest,
})
