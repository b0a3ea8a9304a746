// `npm run migrations [-- <name>]`: compares the tables in schemas/tables with the last snapshot and writes what changed.
// One actor is one database: edge-workers/actors/migrations/<actor>/NNNN_<name>.sql, a snapshot, and all of it packed as
// <actor>.ts. Steps that were released are never edited: expand, then contract.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'

const root = join(import.meta.dirname, '../..')
const tablesFolder = join(root, 'schemas/tables')
const migrationsFolder = join(root, 'edge-workers/actors/migrations')
const SNAPSHOT = 'snapshot.json'

type Snapshot = Awaited<ReturnType<typeof generateSQLiteDrizzleJson>>

const filesIn = (folder: string, suffix: string): string[] => {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
    .filter((name) => name.endsWith(suffix) && !name.includes('.test.'))
    .sort()
}

export const actorsWithTables = (): string[] =>
  filesIn(tablesFolder, '.ts').map((name) => basename(name, '.ts'))

const readSnapshot = (actor: string): Snapshot | null => {
  const folder = join(migrationsFolder, actor)
  return filesIn(folder, SNAPSHOT).length === 0
    ? null
    : (JSON.parse(readFileSync(join(folder, SNAPSHOT), 'utf8')) as Snapshot)
}

/** What the tables need beyond the last snapshot; no statements when they agree. */
export const pendingMigration = async (
  actor: string,
): Promise<{ statements: string[]; snapshot: Snapshot }> => {
  const tables = await import(pathToFileURL(join(tablesFolder, `${actor}.ts`)).href)
  const before = readSnapshot(actor) ?? (await generateSQLiteDrizzleJson({}))
  const snapshot = await generateSQLiteDrizzleJson(tables, before.id)
  return { statements: await generateSQLiteMigration(before, snapshot), snapshot }
}

const literal = (text: string): string => JSON.stringify(text)

/** The steps of one actor as a module of strings: no loader, no run-time file. */
export const packMigrations = (actor: string): string => {
  const steps = filesIn(join(migrationsFolder, actor), '.sql').map((name) => {
    const statements = readFileSync(join(migrationsFolder, actor, name), 'utf8')
      .split('--> statement-breakpoint')
      .map((statement) => statement.trim())
    const lines = statements.map((statement) => `      ${literal(statement)},`)
    return `  {\n    tag: ${literal(basename(name, '.sql'))},\n    statements: [\n${lines.join('\n')}\n    ],\n  },`
  })
  return `// Made by \`npm run migrations\` from schemas/tables/${actor}.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
${steps.join('\n')}
]
`
}

/** The module as it is in Git now. */
export const migrationModule = (actor: string): string =>
  readFileSync(join(migrationsFolder, `${actor}.ts`), 'utf8')

const generate = async (actor: string, name: string): Promise<void> => {
  const { statements, snapshot } = await pendingMigration(actor)
  const folder = join(migrationsFolder, actor)
  if (statements.length > 0) {
    const number = String(filesIn(folder, '.sql').length).padStart(4, '0')
    const file = `${number}_${number === '0000' ? 'initial' : name}.sql`
    writeFileSync(join(folder, file), `${statements.join('\n--> statement-breakpoint\n')}\n`)
    writeFileSync(join(folder, SNAPSHOT), `${JSON.stringify(snapshot, null, 2)}\n`)
    console.log(`${actor}: ${file}, ${statements.length} statements`)
  } else {
    console.log(`${actor}: nothing to do`)
  }
  writeFileSync(join(migrationsFolder, `${actor}.ts`), packMigrations(actor))
}

if (process.argv[1] === import.meta.filename) {
  const name = process.argv[2] ?? 'change'
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) {
    console.error('The name of a migration is lower-case letters, digits and underscores.')
    process.exit(1)
  }
  for (const actor of actorsWithTables()) await generate(actor, name)
}
