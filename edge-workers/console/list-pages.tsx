// The console's other pages: the door, the way in, a tenant's changes.
import type { ChangeView } from '../../schemas/change.ts'

export const SignInPage = ({ next, refused }: { next: string; refused: boolean }) => (
  <>
    <h1>Sign in</h1>
    <p>
      Use an API token of yours. It is kept in a cookie that no script can read, for eight hours.
    </p>
    {refused ? (
      <p class="note bad" role="alert">
        This token is not valid.
      </p>
    ) : null}
    <form method="post" action="/sign-in" class="card">
      <input type="hidden" name="next" value={next} />
      <p>
        <label for="token">API token</label>
        <br />
        <input id="token" name="token" type="password" autocomplete="off" required size={60} />
      </p>
      <button type="submit">Sign in</button>
    </form>
  </>
)

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
  next,
}: {
  tenant: string
  changes: ChangeView[]
  next: string | null
}) => (
  <>
    <div class="row">
      <h1>Changes of {tenant}</h1>
      <a href={`/t/${tenant}/rollouts`}>Rollouts</a>
      <form method="post" action="/sign-out">
        <button type="submit" class="quiet">
          Sign out
        </button>
      </form>
    </div>
    {changes.length === 0 ? (
      <p>
        Nothing has been asked for yet. <a href="/templates">What you can ask for</a>, each with a
        request to send.
      </p>
    ) : (
      <div class="scroll">
        <table class="stack">
          <thead>
            <tr>
              <th>What</th>
              <th>State</th>
              <th>Requester</th>
              <th>Pull request</th>
              <th>Asked</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr>
                <td>
                  <a href={`/changes/${change.id}`}>
                    {change.action} {change.name}
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
                <td>{change.requester}</td>
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
          </tbody>
        </table>
      </div>
    )}
    {next ? (
      <p>
        <a href={next}>Older changes</a>
      </p>
    ) : null}
  </>
)
