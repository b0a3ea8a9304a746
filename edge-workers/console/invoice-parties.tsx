// Who stands behind an invoice, and the buttons of who may: issue it, put a party's name to its digest.
import { type InvoiceView, parties, partiesOf } from '../../schemas/invoice.ts'
import { mayDo, type Principal } from '../../schemas/principal.ts'
import { Table } from './table.tsx'

export interface Reader {
  tenant: string
  who: Principal
  /** By pseudonym, of whom there is one. */
  names: Record<string, string>
}

/** The actor decides again; this only spares a click that would be refused. */
const mine = ({ state, attestations }: InvoiceView, who: Principal) =>
  state === 'draft' ||
  !who.person ||
  !mayDo(who, 'invoices.attest') ||
  attestations.some(({ by }) => by === who.subject)
    ? []
    : partiesOf(who.roles).filter((party) => attestations.every((one) => one.party !== party))

const Attest = ({ view, reader: { tenant, who } }: { view: InvoiceView; reader: Reader }) => {
  const possible = mine(view, who)
  return possible.length === 0 ? null : (
    <form
      method="post"
      action={`/t/${tenant}/invoices/${view.month}/attestations`}
      class="card unprinted"
    >
      <input type="hidden" name="digest" value={view.document.digest} />
      <p>Attest that this document is right, to its digest. It cannot be taken back.</p>
      <div class="row">
        {possible.map((party) => (
          <button type="submit" name="party" value={party}>
            Attest for {party === 'auditor' ? 'the auditor' : `the ${party}`}
          </button>
        ))}
      </div>
    </form>
  )
}

const Issue = ({ view, reader: { tenant, who } }: { view: InvoiceView; reader: Reader }) =>
  view.state === 'draft' && view.document.complete && who.person && mayDo(who, 'invoices.issue') ? (
    <form method="post" action={`/t/${tenant}/invoices/${view.month}/issue`} class="card unprinted">
      <p>Issue this invoice: from then on it does not change.</p>
      <button type="submit">Issue</button>
    </form>
  ) : null

export const Parties = ({ view, reader }: { view: InvoiceView; reader: Reader }) => (
  <section aria-labelledby="parties">
    <h2 id="parties">Who stands behind it</h2>
    <p>
      {view.state === 'draft'
        ? `Nobody yet: a draft is attested by nobody. Once it is issued, ${view.attestationsNeeded} of the ${parties.length} parties settle it.`
        : `${view.attestations.length} of the ${view.attestationsNeeded} parties that are needed${view.settledAt === null ? '' : `; settled ${view.settledAt.slice(0, 16).replace('T', ' ')} UTC`}.`}
    </p>
    {view.attestations.length > 0 ? (
      <Table stack heads={['Party', 'Who', 'When']}>
        {view.attestations.map(({ party, by, at }) => (
          <tr>
            <td>{party}</td>
            <td>
              {reader.names[by] ? `${reader.names[by]} ` : null}
              <span class="mono small">{by}</span>
            </td>
            <td>{at.slice(0, 16).replace('T', ' ')}</td>
          </tr>
        ))}
      </Table>
    ) : null}
    <Attest view={view} reader={reader} />
    <Issue view={view} reader={reader} />
  </section>
)
