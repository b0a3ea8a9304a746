// Any object's database, exported and put back: every table, every value, through every crash, for nobody but its owner.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeStorage } from '../../../functions/simulator/actor-storage.ts'
import { createMemoryStore, type MemoryStore } from '../../../functions/simulator/backup-store.ts'
import { migrate } from '../database.ts'
import { migrations as directoryMigrations } from '../migrations/directory.ts'
import { migrations as inventoryMigrations } from '../migrations/inventory.ts'
import { migrations as logMigrations } from '../migrations/log.ts'
import { migrations as tenantMigrations } from '../migrations/tenant.ts'
import { beginExport, type Exporting, ExportRefused, goOnWithExport, noLog } from './export.ts'
import { fetchPieces, findExport, putInPlace } from './restore.ts'
import { OWN_TABLES, tableNames } from './rows.ts'
import { backupKeys } from './seal.ts'

const OWNER = 'ten_eu_aaaaaaaaaaaaaaaa'
const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
const KEYS = { PLATFORM_KEY: '11'.repeat(32) }
const ALL = [
  ['Tenant', tenantMigrations],
  ['Directory', directoryMigrations],
  ['Inventory', inventoryMigrations],
  ['Log', logMigrations],
] as const

let store: MemoryStore
const opened: ReturnType<typeof fakeStorage>[] = []
beforeEach(() => {
  store = createMemoryStore()
})
afterEach(() => {
  for (const storage of opened.splice(0)) storage.control.close()
})

const openStorage = (migrations: readonly { tag: string; statements: string[] }[]) => {
  const made = fakeStorage()
  opened.push(made)
  const storage = made as unknown as DurableObjectStorage
  migrate(storage, migrations)
  return storage
}

let clock = Date.parse('2026-11-22T07:00:00.000Z')
const exporting = (storage: DurableObjectStorage, owner = OWNER, env = KEYS): Exporting => ({
  ...{ storage, owner, store, keys: backupKeys(env), log: noLog, mark: () => 0 },
  now: () => {
    clock += 1_000
    return new Date(clock)
  },
})
const take = async (one: Exporting) => {
  if (beginExport(one) === null) return null
  for (;;) {
    const last = await goOnWithExport(one, { pieces: 1 })
    if (last) return last
  }
}
const restore = async (
  storage: DurableObjectStorage,
  migrations: readonly { tag: string; statements: string[] }[],
  owner = OWNER,
  env: { PLATFORM_KEY: string; BACKUP_KEY?: string } = KEYS,
) => {
  const restoring = { storage, owner, store, keys: backupKeys(env), migrations }
  const found = await findExport(restoring, 'newest')
  if (!found.ok) return found.refusal.problem
  const fetched = await fetchPieces(restoring, found.value)
  if (!fetched.ok) return fetched.refusal.problem
  putInPlace(restoring, found.value, () => undefined)
  return 'restored'
}

const dump = ({ sql }: DurableObjectStorage): Record<string, unknown[]> =>
  Object.fromEntries(
    tableNames(sql).map((name) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]),
  )
const schemaOf = ({ sql }: DurableObjectStorage) =>
  sql
    .exec("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    .toArray()
    .filter(({ name }) => !String(name).includes('backup_'))
    .map((row) => JSON.stringify(row))
    .sort()

/** A row in every table, whatever columns it has: nothing here names one. */
const fill = (storage: DurableObjectStorage, rows = 1): void => {
  const { sql } = storage
  const triggers = sql.exec("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").toArray()
  for (const { name } of triggers) sql.exec(`DROP TRIGGER "${name}"`)
  for (const table of tableNames(sql)) {
    if (table === 'schema_migrations') continue
    const columns = sql.exec(`PRAGMA table_info("${table}")`).toArray()
    for (let row = 1; row <= rows; row += 1) {
      const values = columns.map(({ name, type }) =>
        String(type).toUpperCase() === 'INTEGER'
          ? row
          : JSON.stringify(`${table}.${name} "ü"\n${row}`),
      )
      const marks = values.map(() => '?').join()
      sql.exec(`INSERT INTO "${table}" VALUES (${marks})`, ...values)
    }
  }
  for (const { sql: made } of triggers) sql.exec(String(made))
}

describe.each(ALL)('an export of a %s', (_, migrations) => {
  it('has every row of every table but what is personal, and puts back the same database', async () => {
    const storage = openStorage(migrations)
    fill(storage, 3)
    const before = { rows: dump(storage), schema: schemaOf(storage) }
    for (const rows of Object.values(before.rows)) expect(rows.length).toBeGreaterThan(0)
    await take(exporting(storage))
    const empty = openStorage(migrations)
    expect(await restore(empty, migrations)).toBe('restored')
    // An erasure would not reach what an export keeps of them.
    const kept = Object.hasOwn(before.rows, 'profiles')
      ? { ...before.rows, profiles: [] }
      : before.rows
    expect(dump(empty)).toEqual(kept)
    expect(schemaOf(empty)).toEqual(before.schema)
    // Over the same database they stay.
    expect(await restore(storage, migrations)).toBe('restored')
    expect(dump(storage)).toEqual(before.rows)
  })
})

describe('an export', () => {
  const table = (storage: DurableObjectStorage) => {
    storage.sql.exec(
      'CREATE TABLE new_one (id INTEGER PRIMARY KEY, value TEXT, raw BLOB, half REAL)',
    )
    return storage
  }
  const COMING = [
    ...directoryMigrations,
    {
      tag: '9999_new',
      statements: [
        'CREATE TABLE new_one (id INTEGER PRIMARY KEY, value TEXT, raw BLOB, half REAL)',
      ],
    },
  ]

  it('has the tables that nobody has thought of yet, and every kind of value', async () => {
    const storage = openStorage(COMING)
    const raw = new Uint8Array([0, 1, 255, 10]).buffer
    const text = `\u0000 ' " \\ \n \u2028 😀 ${'x'.repeat(2_000)}`
    storage.sql.exec(
      'INSERT INTO new_one VALUES (?, ?, ?, ?)',
      9_007_199_254_740_991,
      text,
      raw,
      0.1,
    )
    storage.sql.exec('INSERT INTO new_one VALUES (?, ?, ?, ?)', -5, null, null, 1e300)
    await take(exporting(storage))
    const empty = openStorage(COMING)
    expect(await restore(empty, COMING)).toBe('restored')
    expect(dump(empty).new_one).toEqual(dump(storage).new_one)
  })

  it('leaves out nothing but the tables of the copying', async () => {
    const storage = openStorage(tenantMigrations)
    await take(exporting(storage))
    const there = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .map(({ name }) => name)
    const left = there.filter((name) => !tableNames(storage.sql).includes(name))
    expect(left.filter((name) => !name.startsWith('sqlite_')).sort()).toEqual(
      [...OWN_TABLES].sort(),
    )
  })

  it('is one moment, whatever is written while it is sent', async () => {
    const storage = openStorage(COMING)
    for (let id = 1; id <= 1_000; id += 1)
      storage.sql.exec('INSERT INTO new_one (id, value) VALUES (?, ?)', id, `v${id}`)
    const before = dump(storage).new_one
    const one = exporting(storage)
    beginExport(one)
    for (let id = 1; !(await goOnWithExport(one, { pieces: 1 })); id += 37)
      storage.sql.exec('UPDATE new_one SET value = ? WHERE id = ?', 'later', id)
    expect(dump(storage).new_one).not.toEqual(before)
    const empty = openStorage(COMING)
    expect(await restore(empty, COMING)).toBe('restored')
    expect(dump(empty).new_one).toEqual(before)
  })

  it('sends only what has changed, and nothing where nothing has', async () => {
    const storage = table(openStorage(directoryMigrations))
    for (let id = 1; id <= 5_000; id += 1)
      storage.sql.exec('INSERT INTO new_one (id, value) VALUES (?, ?)', id, `v${id}`.repeat(20))
    const first = await take(exporting(storage))
    expect(await take(exporting(storage))).toBeNull()
    const files = store.files.size
    storage.sql.exec('INSERT INTO new_one (id, value) VALUES (5001, ?)', 'new')
    const second = await take(exporting(storage))
    // One window of rows, and the export's own file.
    expect(store.files.size - files).toBe(2)
    expect(second?.bytes).toBeLessThan((first?.bytes ?? 0) / 4)
  })

  it('goes on where it was after a crash between any two pieces', async () => {
    const storage = openStorage(directoryMigrations)
    fill(storage, 300)
    const rows = dump(storage)
    const whole = exporting(storage)
    let calls = 0
    const crashing = {
      ...whole,
      store: {
        ...store,
        put: async (name: string, bytes: Uint8Array) => {
          calls += 1
          // Before it was done, and after.
          if (calls % 3 === 1) throw new TypeError('network')
          const kept = await store.put(name, bytes)
          if (calls % 3 === 2) throw new TypeError('network')
          return kept
        },
      },
    }
    const under = beginExport(crashing)
    let last = null
    for (let tries = 0; last === null && tries < 1_000; tries += 1) {
      // As a new instance does: it begins anew, and finds what is under way.
      expect(beginExport(crashing)?.head.id).toBe(under?.head.id)
      last = await goOnWithExport(crashing, { pieces: 5 }).catch(() => null)
    }
    expect(last?.id).toBe(under?.head.id)
    const empty = openStorage(directoryMigrations)
    expect(await restore(empty, directoryMigrations)).toBe('restored')
    expect(dump(empty)).toEqual(rows)
  })

  it('is whole again where the store has lost what it had, or is another one', async () => {
    const storage = openStorage(COMING)
    const insert = (id: number) =>
      storage.sql.exec('INSERT INTO new_one (id, value) VALUES (?, ?)', id, 'kept')
    insert(1)
    await take(exporting(storage))
    store.files.clear()
    insert(1_000)
    await expect(take(exporting(storage))).rejects.toThrow(ExportRefused)
    await take(exporting(storage))
    const empty = openStorage(COMING)
    expect(await restore(empty, COMING)).toBe('restored')
    expect(dump(empty).new_one).toHaveLength(2)
  })

  it('is nothing to read for whoever has the store', async () => {
    const storage = table(openStorage(directoryMigrations))
    const secrets = ['rita@example.org', 'phx_ten_eu_secret_token', 'new_one']
    storage.sql.exec('INSERT INTO new_one (id, value) VALUES (1, ?)', secrets.join(' '))
    await take(exporting(storage))
    const all = [...store.files].flatMap(([name, file]) => [
      name,
      Buffer.from(file).toString('latin1'),
    ])
    for (const secret of secrets) for (const text of all) expect(text).not.toContain(secret)
    // The same rows of another owner have other names and other bytes.
    const before = new Set(store.files.keys())
    await take(exporting(openStorage(directoryMigrations), OTHER))
    const pieces = [...store.files.keys()].filter((name) => !before.has(name))
    for (const name of pieces)
      expect(before.has(name.replace(OTHER, OWNER)), 'a piece of two owners').toBe(false)
  })
})

describe('a restore', () => {
  const filled = async () => {
    const storage = openStorage(directoryMigrations)
    fill(storage, 2)
    await take(exporting(storage))
    return storage
  }

  it('is refused for every byte of any file that was touched, and changes nothing', async () => {
    await filled()
    const target = openStorage(directoryMigrations)
    fill(target, 1)
    const before = dump(target)
    for (const [name, file] of [...store.files]) {
      const step = Math.max(1, Math.floor(file.length / 12))
      for (let at = 0; at < file.length; at += step) {
        const touched = new Uint8Array(file)
        touched[at] = (touched[at] ?? 0) ^ 1
        store.files.set(name, touched)
        const restored = await restore(target, directoryMigrations)
        expect(['conflict', 'not-found'], `${name} ${at}`).toContain(restored)
        target.sql.exec('DELETE FROM backup_fetched')
      }
      store.files.delete(name)
      const missing = await restore(target, directoryMigrations)
      expect(['conflict', 'not-found'], `${name} gone`).toContain(missing)
      target.sql.exec('DELETE FROM backup_fetched')
      store.files.set(name, file)
    }
    expect(dump(target)).toEqual(before)
    expect(await restore(target, directoryMigrations)).toBe('restored')
  })

  it('is refused for files of another owner under one’s own names', async () => {
    await filled()
    for (const [name, file] of [...store.files]) store.files.set(name.replace(OWNER, OTHER), file)
    expect(await restore(openStorage(directoryMigrations), directoryMigrations, OTHER)).toBe(
      'conflict',
    )
  })

  it('is refused for one piece in the place of another', async () => {
    await filled()
    const [first = '', second = ''] = [...store.files.keys()].filter((name) =>
      name.includes('pieces'),
    )
    store.files.set(first, store.files.get(second) ?? new Uint8Array())
    expect(await restore(openStorage(directoryMigrations), directoryMigrations)).toBe('conflict')
  })

  it('opens what any of its keys sealed, and with none of them refuses', async () => {
    await filled()
    const old = 'aa'.repeat(32)
    const rotated = { ...KEYS, BACKUP_KEY: `${'bb'.repeat(32)} ${old}` }
    store.files.clear()
    const storage = openStorage(directoryMigrations)
    fill(storage, 1)
    await take(exporting(storage, OWNER, { ...KEYS, BACKUP_KEY: old } as typeof KEYS))
    const target = openStorage(directoryMigrations)
    expect(await restore(target, directoryMigrations, OWNER, KEYS)).toBe('conflict')
    expect(await restore(target, directoryMigrations, OWNER, rotated)).toBe('restored')
    expect(() => backupKeys({ ...KEYS, BACKUP_KEY: 'short' })).toThrow(/^BACKUP_KEY/)
  })

  it('under way while the key changes is finished with its own, or given up', async () => {
    const [old, next] = ['aa'.repeat(32), 'bb'.repeat(32)]
    const under = (BACKUP_KEY: string) => ({ ...KEYS, BACKUP_KEY }) as typeof KEYS
    const storage = openStorage(directoryMigrations)
    fill(storage, 1)
    beginExport(exporting(storage, OWNER, under(old)))
    await goOnWithExport(exporting(storage, OWNER, under(old)), { pieces: 1 })
    await take(exporting(storage, OWNER, under(`${next} ${old}`)))
    const rotated = { ...KEYS, BACKUP_KEY: `${next} ${old}` }
    expect(
      await restore(openStorage(directoryMigrations), directoryMigrations, OWNER, rotated),
    ).toBe('restored')
    const other = openStorage(directoryMigrations)
    fill(other, 1)
    beginExport(exporting(other, OWNER, under(old)))
    await expect(take(exporting(other, OWNER, under(next)))).rejects.toThrow()
    store.files.clear()
    await take(exporting(other, OWNER, under(next)))
    expect(
      await restore(openStorage(directoryMigrations), directoryMigrations, OWNER, under(next)),
    ).toBe('restored')
  })

  it('of an older schema is brought up to this one; a newer is refused', async () => {
    const older = tenantMigrations.slice(0, -2)
    const storage = openStorage(older)
    await take(exporting(storage))
    const target = openStorage(tenantMigrations)
    const schema = schemaOf(target)
    expect(await restore(target, tenantMigrations)).toBe('restored')
    expect(schemaOf(target)).toEqual(schema)
    store.files.clear()
    await take(exporting(target))
    expect(await restore(openStorage(older), older)).toBe('conflict')
  })

  it('that fails in its one transaction leaves what was there', async () => {
    const source = await filled()
    const rows = dump(source)
    const target = openStorage(directoryMigrations)
    const before = { rows: dump(target), schema: schemaOf(target) }
    const restoring = {
      ...{ storage: target, owner: OWNER, store, keys: backupKeys(KEYS) },
      migrations: directoryMigrations,
    }
    const found = await findExport(restoring, 'newest')
    if (!found.ok) throw new Error('not found')
    await fetchPieces(restoring, found.value)
    const fail = () => {
      throw new Error('power')
    }
    expect(() => putInPlace(restoring, found.value, fail)).toThrow('power')
    expect({ rows: dump(target), schema: schemaOf(target) }).toEqual(before)
    putInPlace(restoring, found.value, () => undefined)
    expect(dump(target)).toEqual(rows)
  })
})
