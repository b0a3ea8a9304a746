// What the benchmarks rest on: documents, the check before the clock starts, turns and figures. Never a time.
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { usedBetween } from './edge-request/cpu-time.ts'
import { interleave, spreadOf } from './measure.ts'
import { DOCUMENTS_PER_REGION, fleetDocuments } from './render-fleet/documents.ts'
import { checkWriter } from './render-fleet/render-fleet.ts'
import { ownWriters, type Writer } from './render-fleet/writers.ts'

const fleet = fleetDocuments(2)
const read = (text: string): unknown[] =>
  parseAllDocuments(text).map((document) => ('toJS' in document ? document.toJS() : null))

it('makes ten documents a region, of our own kinds, no two alike', () => {
  expect(fleet.map((documents) => documents.length)).toEqual([10, 10])
  expect(new Set(fleet.flat().map((document) => JSON.stringify(document))).size).toBe(
    2 * DOCUMENTS_PER_REGION,
  )
  const kinds = fleet[0]?.map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['EnvironmentVM', 'Namespace', 'NetworkPolicy']))
})

it.each(ownWriters.map((writer) => [writer.name, writer] as const))(
  'brings every document back: %s',
  (_, writer) => checkWriter(writer, fleet, read),
)

const [, phoenix] = ownWriters
const spoilt: Writer[] = [
  { name: 'one short', write: (all) => phoenix?.write(all).slice(1) ?? [] },
  { name: 'another order', write: (all) => phoenix?.write(all).reverse() ?? [] },
  {
    name: 'a number for a string',
    write: (all) => phoenix?.write(all).map((text) => text.replace(/"(\d+)"/, '$1')) ?? [],
  },
]
it.each(spoilt.map((writer) => [writer.name, writer] as const))('refuses %s', (_, writer) => {
  expect(() => checkWriter(writer, fleet, read)).toThrow(writer.name)
})

it('takes turns there and back, and divides within a round', async () => {
  const turns: string[] = []
  const costs: Record<string, number[]> = { ours: [9, 9, 2, 4, 6], peer: [9, 9, 4, 4, 18] }
  const contender = (name: string) => ({
    name,
    run: () => {
      turns.push(name)
      return costs[name]?.shift() ?? 0
    },
  })
  const { rows } = await interleave(
    [contender('ours'), { ...contender('peer'), against: 'ours' }],
    3,
  )
  expect(turns.join(' ')).toBe('ours peer peer ours ours peer peer ours ours peer')
  expect(rows).toEqual([
    { name: 'ours', value: { median: 4, min: 2, max: 6 }, ratio: null },
    {
      name: 'peer',
      value: { median: 4, min: 4, max: 18 },
      ratio: { median: 2, min: 1, max: 3 },
    },
  ])
})

it('takes the middle of an even number of values', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
})

it('adds up what threads used, new ones whole, and refuses one whose time is lost', () => {
  const before = new Map([
    ['1', 10],
    ['2', 5],
  ])
  expect(usedBetween(before, new Map([...before, ['1', 12.5], ['3', 4]]))).toBe(6.5)
  expect(() => usedBetween(before, new Map([['1', 12]]))).toThrow('a thread ended')
})
