// The price book as a page: what a unit costs, of which day, and where each amount comes from.
import { standInBook } from '../../gitops/catalog.ts'
import { perText, rangeText } from '../../gitops/price-text.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
import { Table } from './table.tsx'

type Row = Pick<PriceBook['azure'][number], 'leastMinor' | 'mostMinor' | 'per' | 'unit' | 'source'>

const Rows = ({ rows, currency }: { rows: { what: string; row: Row }[]; currency: string }) => (
  <Table stack heads={['What', 'Price a month', 'For', 'Source']}>
    {rows.map(({ what, row }) => (
      <tr>
        <td>{what}</td>
        <td>{rangeText({ ...row, currency })}</td>
        <td>{perText(row)}</td>
        <td class="small">{row.source}</td>
      </tr>
    ))}
  </Table>
)

const placeOf = ({ site, tier }: PriceBook['ownHardware'][number]): string =>
  site ? `machines at ${site}` : tier ? `machines at sites of the tier ${tier}` : 'machines'

export const PriceBookPage = ({ book }: { book: PriceBook }) => {
  const { name, version, date, currency, standIn, excludes, ownHardware, azure } = book
  const embedded = name === standInBook.name && version === standInBook.version
  return (
    <>
      <h1>Price book</h1>
      <p>
        <span class="mono">
          {name}@{version}
        </span>{' '}
        of {date}, in {currency}, for a month of 730 hours. The same as JSON:{' '}
        <code>GET /v1/price-book</code>.
      </p>
      {standIn ? (
        <p class="note warn">
          <strong>Stand-in data:</strong>{' '}
          {embedded
            ? 'rough amounts that come with Phoenix, nobody’s offer. An operator installs the real book by a change.'
            : 'an operator installed this book and marked it as nobody’s offer.'}
        </p>
      ) : null}
      <p>What it has no row for is unpriced, never 0.</p>
      {excludes.length > 0 ? <p>In no price: {excludes.join(', ')}.</p> : null}
      <h2>Own hardware</h2>
      <Rows
        currency={currency}
        rows={ownHardware.flatMap((place) =>
          place.prices.map((row) => ({ what: placeOf(place), row })),
        )}
      />
      <h2>Azure</h2>
      <Rows
        currency={currency}
        rows={azure.map((row) => ({
          what: [row.meter, row.sku, row.locations && `in ${row.locations.join(', ')}`]
            .filter((part) => part !== undefined)
            .join(' '),
          row,
        }))}
      />
    </>
  )
}
