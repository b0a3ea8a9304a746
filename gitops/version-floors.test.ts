// Version floors against a dated table: the table's day decides, and what is believed is said to be.
import { describe, expect, it } from 'vitest'
import { VERSION_TABLE_DATE, versionEnds } from '../templates/index.ts'
import { floorsOf, judgeVersionFloors, type VersionTable } from './version-floors.ts'

const table = (date: string, more: object = {}): VersionTable => ({
  date,
  ends: [
    { product: 'Node.js', version: '18', endOfLife: '2025-04-30', source: 'its makers', ...more },
  ],
})
const judge = (versionFloor: string, by: VersionTable) => judgeVersionFloors([{ versionFloor }], by)

describe('a floor', () => {
  it('past its end warns, with the days', () => {
    expect(judge('Node.js 18', table('2025-05-10'))).toMatchObject([
      { rule: 'VERSION-EOL', severity: 'warn', numbers: { daysPast: 10, rows: 1 } },
    ])
    expect(judge('Node.js 18', table('2025-04-30'))).toMatchObject([{ numbers: { daysPast: 0 } }])
  })

  it('near its end informs, and is silent long before', () => {
    expect(judge('Node.js 18', table('2025-04-20'))).toMatchObject([
      { rule: 'VERSION-EOL-NEAR', severity: 'info', numbers: { daysLeft: 10 } },
    ])
    expect(judge('Node.js 18', table('2024-01-01'))).toEqual([])
  })

  it('is near its end from the 180th day before it on, and not a day earlier', () => {
    const days = (date: string) => judge('Node.js 18', table(date)).map(({ numbers }) => numbers)
    // 2025-04-30 less 180 days, and less 181.
    expect(days('2024-11-01')).toEqual([{ daysLeft: 180, rows: 1 }])
    expect(days('2024-10-31')).toEqual([])
  })

  it('that the table does not have is said to be unknown; a protocol is no product', () => {
    expect(judge('Node.js 20', table('2025-05-10'))).toMatchObject([{ rule: 'VERSION-UNKNOWN' }])
    expect(judge('TLS 1.2', table('2025-05-10'))).toEqual([])
  })

  it('whose date is believed says so, and one that was looked up does not', () => {
    const belief = 'The date is believed, not looked up.'
    const by = (more: object) => judge('Node.js 18', table('2026-01-01', more))[0]?.message
    expect(by({ believed: true })).toContain(belief)
    expect(by({})).not.toContain(belief)
  })

  it('of several rows is told once', () => {
    const rows = ['Node.js 18', 'Node.js 18.0.0, pnpm 8', undefined].map((floor) =>
      floor === undefined ? {} : { versionFloor: floor },
    )
    expect(judgeVersionFloors(rows, table('2026-01-01')).map(({ numbers }) => numbers)).toEqual([
      expect.objectContaining({ rows: 2 }),
      undefined,
    ])
  })
})

it.each([
  ['Kubernetes 1.24', [{ product: 'Kubernetes', version: '1.24' }]],
  [
    'Terraform 1.5.0, Node.js 18.0.0',
    [
      { product: 'Terraform', version: '1.5.0' },
      { product: 'Node.js', version: '18.0.0' },
    ],
  ],
  ['Proxmox VE 7.0+', [{ product: 'Proxmox VE', version: '7.0' }]],
  ['newest', []],
  ['', []],
])('reads %j', (text, floors) => {
  expect(floorsOf(text)).toEqual(floors)
})

it('has a table of real days with their origin, none of them after its makers could have said so', () => {
  expect(Number.isNaN(Date.parse(VERSION_TABLE_DATE))).toBe(false)
  for (const { endOfLife, source } of versionEnds) {
    expect(endOfLife).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(new Date(endOfLife).toISOString().slice(0, 10)).toBe(endOfLife)
    expect(source.length).toBeGreaterThan(5)
  }
  expect(new Set(versionEnds.map(({ product, version }) => `${product} ${version}`)).size).toBe(
    versionEnds.length,
  )
})
