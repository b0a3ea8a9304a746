// A month's invoice as a page: what stood, what goes back, what it comes to, who stands behind it.
import { priceText, quantityText, rangeText, smallText } from '../../gitops/price-text.ts'
import type { Invoice, InvoiceLine, InvoiceView } from '../../schemas/invoice.ts'
import { BillingLinks } from './billing-links.tsx'
import { Parties, type Reader } from './invoice-parties.tsx'
import { InvoiceState } from './invoices-page.tsx'
import { Refused } from './refused.tsx'
import { AvailabilityText } from './resource-pages.tsx'
import { Table } from './table.tsx'
import { countOf } from './text.tsx'

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ')

const linePrice = ({
  price,
  roundedToZero,
}: Pick<InvoiceLine, 'price' | 'roundedToZero'>): string =>
  roundedToZero && price.leastMinor !== null ? smallText(price) : priceText(price)

/** A sum of lines that round to 0 is not known to the cent, but for its most. */
const totalText = (total: Invoice['totals'][number], lines: Invoice['lines']): string =>
  total.leastMinor === 0 && total.mostMinor > 0 && lines.some((line) => line.roundedToZero)
    ? smallText(total)
    : rangeText(total)

const Lines = ({ lines, tenant }: { lines: Invoice['lines']; tenant: string }) =>
  lines.length === 0 ? (
    <p>Nothing with a price stood in this month.</p>
  ) : (
    <Table
      stack
      heads={[
        ...['Resource', 'What', 'Quantity', 'From', 'To'],
        ...[{ number: 'Seconds' }, { number: 'Price' }],
      ]}
    >
      {lines.map(({ resource, what, from, to, seconds, price, ...line }) => (
        <tr>
          <td>
            <a href={`/t/${tenant}/resources/${resource}`}>{resource}</a>
          </td>
          <td>{what}</td>
          <td>{quantityText(line)}</td>
          <td class="small">{minute(from)}</td>
          <td class="small">{minute(to)}</td>
          <td class="number">{seconds}</td>
          <td class="number">{linePrice({ price, ...line })}</td>
        </tr>
      ))}
    </Table>
  )

const Credits = ({ credits, creditTable }: Pick<Invoice, 'credits' | 'creditTable'>) => (
  <section aria-labelledby="credits">
    <h2 id="credits">Credits</h2>
    {credits.length === 0 ? (
      <p>None: no promise was broken.</p>
    ) : (
      <ul>
        {credits.map(({ resource, percent, targetPercent, measuredPercent, price, simulated }) => (
          <li>
            {resource}: {measuredPercent} % available, {targetPercent} % promised; {percent} % goes
            back: <strong>{priceText(price)}</strong>{' '}
            {simulated ? <span class="badge warn">simulated</span> : null}
          </li>
        ))}
      </ul>
    )}
    <p class="small soft">
      By the credit table {creditTable.name}@{creditTable.version} of {creditTable.date}
      {creditTable.standIn ? ': stand-in data, agreed with nobody' : ''}.
    </p>
  </section>
)

const Note = ({ view: { state, document, issuedAt } }: { view: InvoiceView }) => (
  <p class="note">
    {state === 'draft'
      ? `Nobody has issued this. ${document.complete ? 'The month is over.' : `Until ${minute(document.to)} UTC.`}`
      : `Issued ${minute(issuedAt ?? '')} UTC; it does not change any more.`}{' '}
    Prices are those approved with each change, for a month of 730 hours, here for the seconds that
    it stood.
  </p>
)

export const InvoicePage = ({
  view,
  reader,
  refusal,
}: {
  view: InvoiceView
  reader: Reader
  refusal: string | null
}) => {
  const { document: invoice } = view
  const { tenant, month, lines, totals, uncounted, unpriced, availability, simulated } = invoice
  return (
    <>
      <BillingLinks tenant={tenant} here={null} />
      <h1>
        Invoice of {month} <InvoiceState state={view.state} />
      </h1>
      <Refused words={refusal} />
      <Note view={view} />
      <p>
        <strong>
          {totals.length === 0
            ? 'No total: nothing has a price.'
            : totals.map((total) => totalText(total, lines)).join('; ')}
        </strong>
        {unpriced > 0 ? ` and ${countOf(unpriced, 'line')} without a price.` : null}
      </p>
      {uncounted.length > 0 ? (
        <p class="note warn">
          No total in {uncounted.join(', ')}: the sum is beyond what can be said exactly.
        </p>
      ) : null}
      <section aria-labelledby="lines">
        <h2 id="lines">What stood</h2>
        <Lines lines={lines} tenant={tenant} />
      </section>
      <Credits {...invoice} />
      {availability.length > 0 ? (
        <section aria-labelledby="availability">
          <h2 id="availability">Availability</h2>
          <ul>
            {availability.map((one) => (
              <li>
                {one.resource}: <AvailabilityText availability={one} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {simulated.length > 0 ? (
        <section aria-labelledby="simulated">
          <h2 id="simulated">Not real</h2>
          <ul>
            {simulated.map((text) => (
              <li>{text}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <Parties view={view} reader={reader} />
      <p class="small soft">
        Digest of the document <span class="mono">{invoice.digest}</span>
      </p>
    </>
  )
}
