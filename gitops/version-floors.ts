// The lowest versions that a source accepts, against a dated table of when versions end. No clock: the table's own
// date is the day of judgement, so that a plan says the same tomorrow.
import type { Finding } from '../schemas/plan.ts'
import type { SystemComponent } from '../schemas/system.ts'
import { VERSION_TABLE_DATE, type VersionEnd, versionEnds, withoutEnd } from '../templates/index.ts'
import { finding } from './finding.ts'

/** A version that ends within so many days is near its end. */
const NEAR_DAYS = 180
const DAY_MS = 86_400_000

export interface VersionTable {
  date: string
  ends: readonly VersionEnd[]
}
const TABLE: VersionTable = { date: VERSION_TABLE_DATE, ends: versionEnds }

interface Floor {
  product: string
  version: string
}

/** `Terraform 1.5.0, Node.js 18.0.0` as product and version. What has no number is no version. */
export const floorsOf = (text: string): Floor[] =>
  text.split(',').flatMap((part) => {
    const [, product, version] = /^\s*(.+?)\s+v?(\d+(?:\.\d+)*)\+?\s*$/.exec(part) ?? []
    return product && version ? [{ product, version }] : []
  })

/** `1.5.0` is of the line `1.5`, `18` of `18`, `7.0` of `7`. */
const isOfLine = (version: string, line: string): boolean =>
  version === line || version.startsWith(`${line}.`)

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

const judgeFloor = ({ product, version }: Floor, rows: number, table: VersionTable): Finding[] => {
  if (withoutEnd.includes(product)) return []
  const end = table.ends.find((row) => row.product === product && isOfLine(version, row.version))
  if (end === undefined)
    return [
      finding(
        'VERSION-UNKNOWN',
        `${product} ${version} is the lowest version accepted; the table of ${table.date} does not have it.`,
        { pointer: '/template' },
      ),
    ]
  const daysPast = daysBetween(end.endOfLife, table.date)
  const belief = end.believed ? ' The date is believed, not looked up.' : ''
  const origin = ` (${end.source}.)`
  if (daysPast >= 0)
    return [
      finding(
        'VERSION-EOL',
        `${product} ${version} is the lowest version accepted; ${end.version} ended on ${end.endOfLife}, ${daysPast} days before the table of ${table.date}.${belief}${origin}`,
        { pointer: '/template', numbers: { daysPast, rows } },
      ),
    ]
  return -daysPast <= NEAR_DAYS
    ? [
        finding(
          'VERSION-EOL-NEAR',
          `${product} ${version} is the lowest version accepted; ${end.version} ends on ${end.endOfLife}, ${-daysPast} days after the table of ${table.date}.${belief}${origin}`,
          { pointer: '/template', numbers: { daysLeft: -daysPast, rows } },
        ),
      ]
    : []
}

/** One finding for each floor, however many rows have it. `18` and `18.0.0` are the same floor. */
export const judgeVersionFloors = (
  rows: readonly Pick<SystemComponent, 'versionFloor'>[],
  table: VersionTable = TABLE,
): Finding[] => {
  const floors = new Map<string, { floor: Floor; rows: number }>()
  for (const { versionFloor } of rows) {
    for (const floor of floorsOf(versionFloor ?? '')) {
      const key = `${floor.product} ${floor.version.replace(/(\.0)+$/, '')}`
      const known = floors.get(key)
      floors.set(key, { floor: known?.floor ?? floor, rows: (known?.rows ?? 0) + 1 })
    }
  }
  return [...floors.values()].flatMap(({ floor, rows: count }) => judgeFloor(floor, count, table))
}
