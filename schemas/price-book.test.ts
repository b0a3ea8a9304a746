// What a price book may say, and where each thing it may not say is pointed at.
import { describe, expect, it } from 'vitest'
import { standInBook } from '../templates/price-books/stand-in.ts'
import { Currency, decimalsOf } from './currency.ts'
import { toErrors } from './issues.ts'
import { PriceBook } from './price-book.ts'

const price = (unit: string, more: object = {}) => ({
  ...{ unit, leastMinor: 100, mostMinor: 200, source: 'our contract' },
  ...more,
})
const own = [price('vCPU'), price('GiB memory'), price('GiB disk')]
const node = { meter: 'aks-node', sku: 'Standard_D4s_v5', ...price('node') }
const book = (more: object = {}) => ({
  ...{ name: 'ours', version: '3', date: '2026-11-01', currency: 'EUR', standIn: false },
  ...{ jurisdictions: ['eu'], ownHardware: [{ prices: own }], azure: [node] },
  ...more,
})
const many = (count: number) => Array.from({ length: count }, (_, at) => at)
const inPlace = (at: number) => `place${at}`
const pointersOf = (value: unknown): string[] => {
  const read = PriceBook.safeParse(value)
  return read.success
    ? []
    : toErrors(read.error.issues, '', PriceBook).map(({ pointer }) => pointer)
}

describe('a price book', () => {
  it('is read with what it leaves out filled in', () => {
    const read = PriceBook.parse(book())
    expect(read.excludes).toEqual([])
    expect(read.azure[0]?.per).toBe(1)
  })

  it('may price the same for a site, a tier and any place', () => {
    const ownHardware = [{ prices: own }, { tier: 'edge', prices: own }, { site: 'a', prices: own }]
    expect(pointersOf(book({ ownHardware }))).toEqual([])
  })

  it('may say 0 where the vendor does: a row with a source', () => {
    expect(pointersOf(book({ azure: [{ ...node, leastMinor: 0, mostMinor: 0 }] }))).toEqual([])
  })

  const refused: [string, object, string][] = [
    ['an unknown currency', { currency: 'EUX' }, '/currency'],
    ['a currency in lower case', { currency: 'eur' }, '/currency'],
    ['a row without its unit', { azure: [{ ...node, unit: undefined }] }, '/azure/0/unit'],
    ['a wrong unit', { azure: [{ ...node, unit: 'GiB' }] }, '/azure/0/unit'],
    ['a negative price', { azure: [{ ...node, leastMinor: -1 }] }, '/azure/0/leastMinor'],
    ['a part of a minor unit', { azure: [{ ...node, mostMinor: 200.5 }] }, '/azure/0/mostMinor'],
    ['a range that ends first', { azure: [{ ...node, mostMinor: 99 }] }, '/azure/0/mostMinor'],
    ['a row without a source', { azure: [{ ...node, source: undefined }] }, '/azure/0/source'],
    ['a meter nobody counts', { azure: [{ ...node, meter: 'steam' }] }, '/azure/0/meter'],
    ['a node of no size', { azure: [{ ...node, sku: undefined }] }, '/azure/0/sku'],
    ['two prices for one thing', { azure: [node, node] }, '/azure/1'],
    [
      'a unit of own hardware missing',
      { ownHardware: [{ prices: own.slice(1) }] },
      '/ownHardware/0/prices',
    ],
    [
      'an unknown unit of own hardware',
      { ownHardware: [{ prices: [price('GB memory'), ...own.slice(1)] }] },
      '/ownHardware/0/prices/0/unit',
    ],
    [
      'a unit of own hardware twice',
      { ownHardware: [{ prices: [...own.slice(0, 2), price('vCPU')] }] },
      '/ownHardware/0/prices/2/unit',
    ],
    [
      'a site and a tier at once',
      { ownHardware: [{ site: 'a', tier: 'core', prices: own }] },
      '/ownHardware/0/tier',
    ],
    [
      'two prices for one site',
      { ownHardware: [{ prices: own }, { prices: own }] },
      '/ownHardware/1',
    ],
    [
      'more prices than a plan can look through',
      {
        azure: many(401).map((at) => ({
          ...node,
          sku: `s${at}`,
          locations: many(50).map(inPlace),
        })),
      },
      '/azure',
    ],
    ['a day that never was', { date: '2026-02-30' }, '/date'],
    ['a field that is not one', { discount: 10 }, '/discount'],
    ['nobody it is for', { jurisdictions: [] }, '/jurisdictions'],
  ]
  it.each(refused)('is refused with %s', (_what, more, pointer) => {
    expect(pointersOf(book(more))).toContain(pointer)
  })
})

describe('the book that comes with Phoenix', () => {
  it('is a price book, marked as stand-in data, and every row says where it is from', () => {
    expect(pointersOf(standInBook)).toEqual([])
    expect(standInBook.standIn).toBe(true)
    const rows = [...standInBook.azure, ...standInBook.ownHardware.flatMap(({ prices }) => prices)]
    expect(rows.filter(({ source }) => source === '')).toEqual([])
  })
})

it('knows the decimals of currencies', () => {
  expect(['EUR', 'JPY', 'KWD'].map(decimalsOf)).toEqual([2, 0, 3])
  expect(Currency.safeParse('XXX').success).toBe(false)
})
