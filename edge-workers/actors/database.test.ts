// Migrations and transactions of an actor's database.
import { sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import {
  actorsWithTables,
  migrationModule,
  packMigrations,
  pendingMigration,
} from '../../functions/cli/migrations.ts'
import { fakeStorage } from '../../functions/simulator/actor-storage.ts'
import { openDatabase, transaction } from './database.ts'

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

describe.each(actorsWithTables())('tables of %s', (actor) => {
  it('agree with the migrations in Git', async () => {
    const { statements } = await pendingMigration(actor)
    expect(statements, 'run npm run migrations').toEqual([])
    expect(migrationModule(actor), 'run npm run migrations').toBe(packMigrations(actor))
  })
})
