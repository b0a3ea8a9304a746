// Where Git or a cluster is not what was approved: on the resource, and above the lists of the tenant.
import type { Drift, RepositoryDrift } from '../../schemas/drift.ts'
import type { Entered } from '../auth/door.ts'
import { Table } from './table.tsx'

const SHOWN = 5

/** Null for a reader who may not see resources, and where nothing differs. */
export const driftFor = async ({
  tenant,
  caller,
}: Pick<Entered, 'tenant' | 'caller'>): Promise<RepositoryDrift | null> => {
  const read = await tenant.call(caller, 'drift.read', null)
  return read.ok && read.value.fix !== null ? read.value : null
}

export const HandMadeNotice = ({
  tenant,
  drift,
}: {
  tenant: string
  drift: RepositoryDrift | null
}) => {
  if (drift === null) return null
  const { commits, differences, fix, live } = drift
  const more = differences.length - SHOWN
  return (
    <section class="card" role="status">
      <h2>
        {live ? 'Live was moved by hand' : 'Main was changed by hand'}{' '}
        <span class="badge warn">{live ? 'clusters follow it' : 'not applied'}</span>
      </h2>
      {live === null ? null : (
        <p>
          It is at <code>{live.moved.slice(0, 12)}</code>; Phoenix left it at{' '}
          <code>{live.left.slice(0, 12)}</code>.
        </p>
      )}
      {commits.length === 0 ? null : (
        <ul>
          {commits.slice(0, SHOWN).map(({ sha, title }) => (
            <li>
              <code>{sha.slice(0, 12)}</code> {title}
            </li>
          ))}
        </ul>
      )}
      <ul class="small">
        {differences.slice(0, SHOWN).map(({ what, message, resource }) => (
          <li>
            <code>{what}</code> {message}{' '}
            {resource === null ? null : (
              <a href={`/t/${tenant}/resources/${resource}`}>{resource}</a>
            )}
          </li>
        ))}
        {more > 0 ? <li>and {more} more</li> : null}
      </ul>
      <p class="soft small">{fix}</p>
    </section>
  )
}

export const DriftSection = ({ drift }: { drift: Drift }) => (
  <section>
    <h2>
      Not as approved <span class="badge warn">drift</span>{' '}
      {drift.simulated ? <span class="badge warn">simulated</span> : null}
    </h2>
    <p class="soft small">
      Since {drift.since.slice(0, 16).replace('T', ' ')} UTC
      {drift.at === null ? null : (
        <>
          , seen at <code>{drift.at.slice(0, 12)}</code>
        </>
      )}
    </p>
    <Table stack heads={['Where', 'What', 'How', 'Said']}>
      {drift.differences.map(({ where, what, how, message }) => (
        <tr>
          <td>{where}</td>
          <td class="mono">{what}</td>
          <td>{how}</td>
          <td>{message}</td>
        </tr>
      ))}
    </Table>
    {drift.more > 0 ? <p>and {drift.more} more</p> : null}
    {drift.digest === null ? null : (
      <p class="small">
        Nothing writes over what was made by hand unseen: undo it on the forge, or name this as{' '}
        <code>overwrite</code> in a request. <code class="mono">{drift.digest}</code>
      </p>
    )}
  </section>
)
