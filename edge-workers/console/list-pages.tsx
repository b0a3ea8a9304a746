// The console's other pages: the door, and a tenant's changes.
import type { ChangeView } from '../../schemas/change.ts'
import type { RepositoryDrift } from '../../schemas/drift.ts'
import { DELETION_NAME } from '../../schemas/tenant-deletion.ts'
import { HandMadeNotice } from './drift.tsx'
import { Person } from './people.tsx'
import { NextPage, Table } from './table.tsx'

export const WelcomePage = () => (
  <>
    <h1>Phoenix</h1>
    <p>
      Every infrastructure change is one reviewed Git commit. Ask over HTTP, read the consequence,
      approve, and watch it become real.
    </p>
    <div class="row">
      <a class="button" href="/sign-in">
        Sign in
      </a>
      <a class="button quiet" href="/docs">
        Read the API reference
      </a>
    </div>
  </>
)

export const ChangesPage = ({
  tenant,
  changes,
  drift,
  next,
}: {
  tenant: string
  changes: ChangeView[]
  drift: RepositoryDrift | null
  next: string | null
}) => (
  <>
    <div class="row">
      <h1>Changes of {tenant}</h1>
      <a href={`/t/${tenant}/rollouts`}>Rollouts</a>
    </div>
    <HandMadeNotice tenant={tenant} drift={drift} />
    {changes.length === 0 ? (
      <p>
        Nothing has been asked for yet. <a href="/templates">What you can ask for</a>, each with a
        request to send.
      </p>
    ) : (
      <Table stack heads={['What', 'State', 'Requester', 'Pull request', 'Asked']}>
        {changes.map((change) => (
          <tr>
            <td>
              <a href={`/changes/${change.id}`}>
                {change.action} {change.name === DELETION_NAME ? 'the tenant' : change.name}
              </a>{' '}
              <span class="soft small">{change.template.name}</span>
              {change.rollout ? (
                <span class="small">
                  {' '}
                  · <a href={`/t/${tenant}/rollouts/${change.rollout}`}>rollout</a>
                </span>
              ) : null}
            </td>
            <td>
              <span class="badge">{change.state.replaceAll('_', ' ')}</span>
            </td>
            <td>
              <Person id={change.requester} />
            </td>
            <td>
              {change.pullRequest ? (
                <a href={change.pullRequest.url}>#{change.pullRequest.number}</a>
              ) : (
                '–'
              )}
            </td>
            <td class="small">{change.createdAt?.slice(0, 16).replace('T', ' ')} UTC</td>
          </tr>
        ))}
      </Table>
    )}
    <NextPage href={next} name="Older changes" />
  </>
)
