// What the storage of a simulated object answers from memory is what SQLite would answer now, whatever was written meanwhile.
import { expect, it } from 'vitest'
import { fakeStorage } from './actor-storage.ts'

const begun = () => {
  const storage = fakeStorage()
  const { exec } = storage.sql
  exec('CREATE TABLE people (name TEXT PRIMARY KEY, age INTEGER)')
  exec('CREATE TABLE told (name TEXT)')
  exec(
    'CREATE TRIGGER telling AFTER INSERT ON people BEGIN INSERT INTO told VALUES (NEW.name); END',
  )
  exec('CREATE VIEW old AS SELECT name FROM people WHERE age > 60')
  exec('insert into people values (?, ?)', 'ada', 36)
  const ask = (query: string, ...values: unknown[]): unknown[] =>
    exec(query, ...values)
      .toArray()
      .map((row) => Object.values(row).join(' '))
  const everybody = () => ask('select name, age from people order by name')
  return { storage, exec, ask, everybody }
}

it('says what was written since, by any statement', () => {
  const { exec, ask, everybody } = begun()
  expect([everybody(), everybody()]).toEqual([['ada 36'], ['ada 36']])
  exec('update people set age = ? where name = ?', 37, 'ada')
  expect(everybody()).toEqual(['ada 37'])
  expect(ask('select age from people where name = ?', 'ada')).toEqual(['37'])
  expect(ask('select age from people where name = ?', 'bob')).toEqual([])
  exec('insert into people values (?, ?) returning age', 'bob', 70)
  expect(ask('select age from people where name = ?', 'bob')).toEqual(['70'])
  exec('delete from people where name = ?', 'ada')
  expect(everybody()).toEqual(['bob 70'])
})

it('tells text from numbers, and nothing from null', () => {
  const { ask } = begun()
  const typeOf = 'select typeof(?) from people'
  const values = [1, '1', null, 'null', Number.POSITIVE_INFINITY]
  expect(values.map((value) => ask(typeOf, value)[0])).toEqual([
    ...['real', 'text', 'null', 'text', 'real'],
  ])
})

it('knows what triggers wrote and what views show', () => {
  const { exec, ask } = begun()
  const told = () => ask('select name from told')
  const old = () => ask('select name from old')
  expect([told(), old()]).toEqual([['ada'], []])
  exec('insert into people values (?, ?)', 'bob', 70)
  expect([told(), old()]).toEqual([['ada', 'bob'], ['bob']])
})

it('forgets what a transaction had seen that was rolled back', () => {
  const { storage, exec, everybody } = begun()
  everybody()
  const fails = () =>
    storage.transactionSync(() => {
      exec('update people set age = 1')
      expect(everybody()).toEqual(['ada 1'])
      throw new Error('no')
    })
  expect(fails).toThrow('no')
  expect(everybody()).toEqual(['ada 36'])
})

it('comes back to what was kept, any number of times', () => {
  const { storage, exec, everybody } = begun()
  storage.control.keep()
  for (const age of [50, 60]) {
    expect(everybody()).toEqual(['ada 36'])
    exec('update people set age = ?', age)
    expect(everybody()).toEqual([`ada ${age}`])
    storage.control.rewind()
  }
  expect(everybody()).toEqual(['ada 36'])
})

it('sees tables that change', () => {
  const { exec, ask } = begun()
  const all = () => ask('select * from people')
  expect(all()).toEqual(['ada 36'])
  exec('ALTER TABLE people ADD COLUMN town TEXT')
  exec("update people set town = 'rome'")
  expect(all()).toEqual(['ada 36 rome'])
})

it('gives answers that nobody can spoil', () => {
  const { exec, everybody } = begun()
  const [row] = exec('select name, age from people').toArray()
  Object.assign(row ?? {}, { name: 'eve' })
  const [raw] = exec('select name, age from people').raw().toArray()
  expect(() => raw?.splice(0)).toThrow(TypeError)
  expect(everybody()).toEqual(['ada 36'])
})
