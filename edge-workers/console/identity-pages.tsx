// Pages of whoever is signed in, in no tenant in particular: their tenants and their sessions.
import type { SessionEntry, TenantEntry } from '../actors/contracts.ts'
import { NextPage, Table } from './table.tsx'

const minute = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`

export const TenantsPage = ({
  tenants,
  label,
  next,
}: {
  tenants: readonly (Pick<TenantEntry, 'slug' | 'jurisdiction'> & { simulated: boolean })[]
  label: string
  next: string | null
}) =>
  tenants.length === 0 ? (
    <>
      <h1>No tenant yet</h1>
      <p>
        You are signed in{label ? ` as ${label}` : ''}, and no tenant has you as a member. Ask an
        owner or admin of one for an invitation: it is a link, and you accept it while you are
        signed in. The first owner of a new tenant is named by the operators of this installation.
      </p>
      <p class="soft">
        Removed a moment ago, or another account expected? Sign out above and sign in again.
      </p>
    </>
  ) : (
    <>
      <h1>Your tenants</h1>
      <ul class="tiles">
        {tenants.map(({ slug, jurisdiction, simulated }) => (
          <li class="card">
            <h3>
              <a href={`/t/${slug}`}>{slug}</a>
            </h3>
            <p class="soft small">
              Kept in: {jurisdiction}
              {simulated ? ' (simulated)' : ''}
            </p>
          </li>
        ))}
      </ul>
      <NextPage href={next} name="More tenants" />
    </>
  )

export const SessionsPage = ({
  sessions,
  current,
}: {
  sessions: readonly SessionEntry[]
  current: string
}) => (
  <>
    <h1>Your sessions</h1>
    <p>
      Every browser you are signed in with. Ending one takes effect with its very next request, in
      all your tenants.
    </p>
    <Table heads={['Signed in', 'How', 'How long', '']} stack>
      {sessions.map(({ id, issuer, createdAt, expiresAt }) => (
        <tr>
          <td>
            {minute(createdAt)}{' '}
            {id === current ? <span class="badge good">this browser</span> : null}
            <br />
            <code class="soft small">{id}</code>
          </td>
          <td>with {issuer}</td>
          <td>until {minute(expiresAt)}</td>
          <td>
            <form method="post" action={`/sessions/${id}/end`}>
              <button type="submit" class="quiet">
                End
              </button>
            </form>
          </td>
        </tr>
      ))}
    </Table>
  </>
)
