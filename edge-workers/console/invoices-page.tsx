// The invoices of a tenant: every month with its state and who stands behind it.
import type { InvoiceSummary } from '../../schemas/invoice.ts'
import { BillingLinks } from './billing-links.tsx'
import { Table } from './table.tsx'

const TONES = { draft: 'warn', issued: '', settled: 'good' } as const

export const InvoiceState = ({ state }: Pick<InvoiceSummary, 'state'>) => (
  <span class={`badge ${TONES[state]}`}>{state}</span>
)

export const InvoicesPage = ({
  tenant,
  invoices,
  next,
}: {
  tenant: string
  invoices: InvoiceSummary[]
  next: string | null
}) => (
  <>
    <BillingLinks tenant={tenant} here="invoices" />
    <h1>Invoices of {tenant}</h1>
    <Table stack heads={['Month', 'State', 'Issued', 'Attested by', 'Settled']}>
      {invoices.map(({ month, state, issuedAt, settledAt, attestations, attestationsNeeded }) => (
        <tr>
          <td>
            <a href={`/t/${tenant}/invoices/${month}`}>{month}</a>
          </td>
          <td>
            <InvoiceState state={state} />
          </td>
          <td>{issuedAt?.slice(0, 10) ?? '—'}</td>
          <td>
            {attestations.map(({ party }) => party).join(', ') || 'nobody'}{' '}
            <span class="soft small">
              ({attestations.length} of {attestationsNeeded} needed)
            </span>
          </td>
          <td>{settledAt?.slice(0, 10) ?? '—'}</td>
        </tr>
      ))}
    </Table>
    {next ? (
      <p class="unprinted">
        <a href={next}>Earlier months</a>
      </p>
    ) : null}
  </>
)
