// What it costs, and where everything of it would be.
import type { Plan, ResidencyLine } from '../../schemas/plan.ts'
import { priceText, quantityText } from '../price-text.ts'
import { code, plain, type Room, section, table } from './markdown.ts'

export const costSection = ({ cost }: Plan, room: Room): string[] =>
  section('Cost', [
    ...table(
      ['A month', 'Now', 'After', 'Difference'],
      [
        [
          'this resource',
          plain(priceText(cost.now)),
          plain(priceText(cost.after)),
          plain(priceText(cost.difference)),
        ],
      ],
      room,
    ),
    ...bookLine(cost.after),
    ...(cost.lines.length === 0
      ? []
      : [
          '',
          ...table(
            ['What', 'Quantity', 'Price a month'],
            cost.lines.map(({ what, price, ...line }) => [
              plain(what),
              plain(quantityText(line)),
              plain(priceText(price)),
            ]),
            room,
          ),
        ]),
  ])

const bookLine = (price: Plan['cost']['after']): string[] =>
  price.leastMinor === null
    ? []
    : ['', `By the price book ${code(price.priceBook)}. An estimate, not an offer.`]

const VERDICT = { allowed: 'allowed', denied: '**denied**', unknown: '**unknown**' } as const
const ORDER = ['denied', 'unknown', 'allowed'] as const
/** How many things of one row a shortened table names. */
const NAMED = 4

export interface ResidencyRow extends Omit<ResidencyLine, 'what'> {
  what: string[]
}

/** The same place of the same kind is one row: what matters is where, not how often. What is denied comes first. */
export const residencyRows = ({ residency }: Pick<Plan, 'residency'>): ResidencyRow[] => {
  const rows = new Map<string, ResidencyRow>()
  for (const { what, ...line } of residency) {
    const key = JSON.stringify([line.kind, line.place, line.jurisdiction, line.verdict])
    rows.set(key, { ...line, what: [...(rows.get(key)?.what ?? []), what] })
  }
  return [...rows.values()].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
}

export const residencySection = (plan: Plan, room: Room): string[] => {
  const rows = residencyRows(plan)
  return section(
    'Residency',
    rows.length === 0
      ? []
      : table(
          ['What', 'As', 'Where', 'Jurisdiction', ''],
          rows.map((row) => [
            row.what.length <= NAMED || room.rows === Number.POSITIVE_INFINITY
              ? row.what.map(plain).join(', ')
              : `${row.what.slice(0, NAMED).map(plain).join(', ')} and ${row.what.length - NAMED} more`,
            row.kind,
            row.place === null ? 'nobody says' : code(row.place),
            `${plain(row.jurisdiction?.toUpperCase() ?? 'nobody says')}${row.simulated ? ' (stand-in)' : ''}`,
            VERDICT[row.verdict],
          ]),
          room,
        ),
  )
}
