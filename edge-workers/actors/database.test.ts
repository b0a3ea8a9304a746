// Migrations and transactions of an actor's database.
import { eq, sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import {
  actorsWithTables,
  migrationModule,
  packMigrations,
  pendingMigration,
} from '../../functions/cli/migrations.ts'
import { fakeStorage } from '../../functions/simulator/actor-storage.ts'
import {
  type Database,
  forgetRows,
  onceFor,
  openDatabase,
  statement,
  transaction,
  untilWritten,
  writesOf,
} from './database.ts'

const items = sqliteTable('items', {
  id: text('id').primaryKey(),
  count: integer('count').notNull(),
})
const first = {
  tag: '0000_initial',
  statements: ['CREATE TABLE items (id TEXT PRIMARY KEY, count INTEGER NOT NULL)'],
}
const second = {
  tag: '0001_more',
  statements: ["INSERT INTO items (id, count) VALUES ('seed', 1)"],
}

const open = (storage = fakeStorage(), migrations = [first]) => ({
  storage,
  database: openDatabase(storage as unknown as DurableObjectStorage, { items }, migrations),
})

describe('migrations', () => {
  it('are applied once, however often the object wakes', () => {
    const { storage } = open(fakeStorage(), [first, second])
    const { database } = open(storage, [first, second])
    expect(database.select().from(items).all()).toEqual([{ id: 'seed', count: 1 }])
  })

  it('are found missing by their tag, not by their age', () => {
    const { storage } = open(fakeStorage(), [first, { tag: '0002_later', statements: [] }])
    const { database } = open(storage, [first, second, { tag: '0002_later', statements: [] }])
    expect(database.select().from(items).all()).toHaveLength(1)
  })

  it('leave nothing behind when one fails, and show the SQL error', () => {
    const storage = fakeStorage()
    const broken = { tag: '0001_broken', statements: ['CREATE TABLE nonsense ('] }
    expect(() => open(storage, [first, broken])).toThrow(/incomplete input/)
    expect(storage.sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([])
  })
})

describe('a transaction', () => {
  it('rolls back when its work throws', () => {
    const { database } = open()
    const work = () =>
      transaction(database, (tx) => {
        tx.insert(items).values({ id: 'a', count: 1 }).run()
        throw new Error('no')
      })
    expect(work).toThrow('no')
    expect(database.select().from(items).all()).toEqual([])
  })

  it('refuses a promise by its type and at run time', () => {
    const { database } = open()
    const work = () =>
      // @ts-expect-error an asynchronous callback is not atomic
      transaction(database, async (tx) => {
        tx.insert(items).values({ id: 'a', count: 1 }).run()
      })
    expect(work).toThrow('cannot wait')
    expect(database.select().from(items).all()).toEqual([])
  })

  it('gives its result and what RETURNING says', () => {
    const { database } = open()
    const changed: { id: string }[] = transaction(database, (tx) => {
      tx.insert(items).values({ id: 'a', count: 1 }).run()
      return tx
        .update(items)
        .set({ count: sql`${items.count} + 1` })
        .returning({ id: items.id })
        .all()
    })
    expect(changed).toEqual([{ id: 'a' }])
  })

  it('takes back an alarm that was set in it', () => {
    const storage = fakeStorage()
    const work = () =>
      storage.transactionSync(() => {
        void storage.setAlarm(5)
        throw new Error('no')
      })
    expect(work).toThrow('no')
    expect(storage.control.alarm()).toBeNull()
  })
})

describe('a statement', () => {
  type Db = Pick<Database<{ items: typeof items }>, 'select' | 'insert'>
  const builds: unknown[] = []
  const countOf = statement((db: Db) => {
    builds.push(db)
    return db
      .select({ count: items.count })
      .from(items)
      .where(eq(items.id, sql.placeholder('id')))
      .prepare()
  })
  const insert = statement((db: Db) =>
    db
      .insert(items)
      .values({ id: sql.placeholder('id'), count: sql.placeholder('count') })
      .prepare(),
  )

  it('is built once for all databases, and reads and writes the one it is run on', () => {
    const [one, other] = [open().database, open().database]
    insert(one).run({ id: 'a', count: 1 })
    insert(other).run({ id: 'a', count: 2 })
    expect([countOf(one).get({ id: 'a' }), countOf(other).get({ id: 'a' })]).toEqual([
      { count: 1 },
      { count: 2 },
    ])
    expect(builds).toHaveLength(1)
  })

  it('is part of the transaction it is run in', () => {
    const { database } = open()
    const work = () =>
      transaction(database, (tx) => {
        insert(tx).run({ id: 'a', count: 1 })
        expect(countOf(tx).get({ id: 'a' })).toEqual({ count: 1 })
        throw new Error('no')
      })
    expect(work).toThrow('no')
    expect(countOf(database).get({ id: 'a' })).toBeUndefined()
  })

  it('is heard of by the object whose database it writes, and by no other', () => {
    const heard: string[] = []
    const listening = (name: string) =>
      openDatabase(fakeStorage() as unknown as DurableObjectStorage, { items }, [first], {
        onWrite: () => heard.push(name),
      })
    const [one, other] = [listening('one'), listening('other')]
    insert(one).run({ id: 'a', count: 1 })
    countOf(other).get({ id: 'a' })
    expect(heard).toEqual(['one'])
    insert(other).run({ id: 'a', count: 1 })
    expect(heard).toEqual(['one', 'other'])
  })

  it('refuses what openDatabase did not open, and what is not prepared', () => {
    expect(() => countOf({} as Db)).toThrow('neither a database')
    expect(() => statement((db: Db) => db.select().from(items))(open().database)).toThrow(
      'not a prepared statement',
    )
  })
})

describe('what is kept until its table is written', () => {
  type Db = Database<{ items: typeof items }>
  const world = () => {
    let reads = 0
    const rows = untilWritten('items', (on: Pick<Db, 'select'>) => {
      reads += 1
      return on.select().from(items).all()
    })
    return { ...open(), rows, reads: () => reads }
  }
  const put = (on: Pick<Db, 'insert'>, id: string) =>
    on.insert(items).values({ id, count: 1 }).run()

  it('is read once, and again after a statement that writes', () => {
    const { database, rows, reads } = world()
    expect([rows(database), rows(database)]).toEqual([[], []])
    expect(reads()).toBe(1)
    put(database, 'a')
    expect(rows(database)).toEqual([{ id: 'a', count: 1 }])
    database.update(items).set({ count: 2 }).run()
    expect(rows(database)).toEqual([{ id: 'a', count: 2 }])
    database.delete(items).run()
    expect(rows(database)).toEqual([])
    expect(reads()).toBe(4)
  })

  it('is what a transaction wrote as long as it runs, and not where it is rolled back', () => {
    const { database, rows } = world()
    rows(database)
    const work = () =>
      transaction(database, (tx) => {
        put(tx, 'a')
        expect(rows(tx as never)).toHaveLength(1)
        throw new Error('no')
      })
    expect(work).toThrow('no')
    expect(rows(database)).toEqual([])
  })

  it('is forgotten on request, for whoever writes past us', () => {
    const { database, storage, rows } = world()
    rows(database)
    storage.sql.exec("INSERT INTO items VALUES ('a', 1)")
    expect(rows(database)).toEqual([])
    forgetRows(database)
    expect(rows(database)).toHaveLength(1)
  })

  it('counts what was written', () => {
    const { database, rows } = world()
    rows(database)
    expect(writesOf(database)).toBe(0)
    put(database, 'a')
    expect(writesOf(database)).toBe(1)
  })
})

it('what is kept for a database is its own, and not that of the next instance over the same storage', () => {
  const memory = onceFor((_: object) => ({ told: 0 }))
  const { storage, database } = open()
  memory(database).told = 1
  expect(memory(database).told).toBe(1)
  expect(memory(open(storage).database).told).toBe(0)
})

describe.each(actorsWithTables())('tables of %s', (actor) => {
  it('agree with the migrations in Git', async () => {
    const { statements } = await pendingMigration(actor)
    expect(statements, 'run npm run migrations').toEqual([])
    expect(migrationModule(actor), 'run npm run migrations').toBe(packMigrations(actor))
  })
})
