// Presentation requests as pages: what was asked for and what came of it, and the form that asks.
import type { CredentialConfigurationView } from '../../../schemas/credential.ts'
import type {
  PresentationRequest,
  PresentationRequestView,
  PresentedCredential,
} from '../../../schemas/presentation.ts'
import { NextPage, Table } from '../table.tsx'
import { minute } from '../text.tsx'
import { Duration, Key, State, titleOf } from './pieces.tsx'

export const RequestsPage = (props: {
  root: string
  requests: PresentationRequestView[]
  next: string | null
  mayAsk: boolean
}) => {
  const { root, requests, next, mayAsk } = props
  return (
    <>
      {mayAsk ? (
        <p>
          <a class="button" href={`${root}/new-presentation`}>
            Ask for a presentation
          </a>
        </p>
      ) : null}
      {requests.length === 0 ? (
        <p>Nothing has been asked for yet.</p>
      ) : (
        <Table heads={['Purpose', 'Kind', 'State', 'Made', 'Until']} stack>
          {requests.map((one) => (
            <tr>
              <td>
                <a href={`${root}/presentations/${one.id}`}>{one.purpose}</a>
              </td>
              <td class="small">{one.kind}</td>
              <td>
                <State state={one.state} />
              </td>
              <td class="small">{minute(one.createdAt)}</td>
              <td class="small">{minute(one.expiresAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="Older requests" />
    </>
  )
}

const Presented = ({ presented }: { presented: PresentedCredential }) => (
  <section class="card">
    <h3>{presented.id}</h3>
    <dl class="facts">
      <dt>Type</dt>
      <dd>
        <code>{presented.type}</code>
      </dd>
      <dt>Issuer</dt>
      <dd>
        <code>{presented.issuer}</code>
      </dd>
      <dt>Status</dt>
      <dd>
        <State state={presented.status} />
      </dd>
      {Object.entries(presented.claims).map(([name, value]) => (
        <>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </>
      ))}
    </dl>
  </section>
)

/** In the answer to the form alone. */
const Made = ({ made }: { made: PresentationRequest }) => (
  <section class="note good" role="status">
    <p>
      <strong>The page for the holder</strong>, with the QR code and the link.
    </p>
    <p class="mono">
      <a href={made.page}>{made.page}</a>
    </p>
    {made.simulated ? <p class="small">Simulated: what verifies it is a stand-in.</p> : null}
  </section>
)

export const RequestPage = (props: {
  request: PresentationRequestView
  made: PresentationRequest | null
}) => {
  const { request: one, made } = props
  return (
    <>
      <p>
        <State state={one.state} /> <code class="small soft">{one.id}</code>
      </p>
      {made === null ? null : <Made made={made} />}
      <dl class="facts">
        <dt>Purpose, as the holder reads it</dt>
        <dd>{one.purpose}</dd>
        <dt>Kind</dt>
        <dd>
          {one.kind}, {one.mode}
        </dd>
        {one.fault === null ? null : (
          <>
            <dt>Not taken</dt>
            <dd>{one.fault.replaceAll('-', ' ')}</dd>
          </>
        )}
        <dt>Made</dt>
        <dd>{minute(one.createdAt)}</dd>
        <dt>Until</dt>
        <dd>{minute(one.expiresAt)}</dd>
      </dl>
      {one.presented === null ? null : (
        <>
          <h2>Presented</h2>
          <p class="small soft">Forgotten after a day.</p>
          <div class="grid">
            {one.presented.map((presented) => (
              <Presented presented={presented} />
            ))}
          </div>
        </>
      )}
      <details>
        <summary>The query</summary>
        <pre>{JSON.stringify(one.dcql_query, null, 2)}</pre>
      </details>
    </>
  )
}

const ChooseForm = (props: { root: string; configurations: CredentialConfigurationView[] }) => (
  <form method="get" action={`${props.root}/new-presentation`} class="card form">
    <p>
      <label for="configuration">Which credential</label>
      <select id="configuration" name="configuration">
        {props.configurations.map((one) => (
          <option value={one.name}>
            {titleOf(one)} ({one.name})
          </option>
        ))}
        <option value="">another issuer’s: by a query</option>
      </select>
    </p>
    <button type="submit">Go on</button>
  </form>
)

const What = ({ chosen, query }: { chosen: CredentialConfigurationView | null; query: string }) =>
  chosen === null ? (
    <p>
      <label for="query">DCQL query</label>
      <textarea id="query" name="query" rows={12} cols={70} class="mono" required>
        {query}
      </textarea>
    </p>
  ) : (
    <fieldset>
      <input type="hidden" name="configuration" value={chosen.name} />
      <legend>Of {titleOf(chosen)}: what you need, and no more</legend>
      <div class="choices">
        {chosen.claims.map(({ path, display }) => (
          <label class="choice">
            <input type="checkbox" name="claim" value={path.join('.')} />{' '}
            {display?.[0]?.name ?? path.join('.')}
          </label>
        ))}
      </div>
    </fieldset>
  )

export const NewRequestPage = (props: {
  root: string
  configurations: CredentialConfigurationView[]
  /** Undefined: nothing is chosen yet. Null: by a query. */
  chosen: CredentialConfigurationView | null | undefined
  formKey: string
  typed: URLSearchParams
}) => {
  const { root, chosen, formKey, typed } = props
  if (chosen === undefined) return <ChooseForm root={root} configurations={props.configurations} />
  return (
    <form method="post" action={`${root}/presentations`} class="card form">
      <Key value={formKey} />
      <What chosen={chosen} query={typed.get('query') ?? ''} />
      <p>
        <label for="purpose">Why, as the holder reads it</label>
        <input
          id="purpose"
          name="purpose"
          value={typed.get('purpose') ?? ''}
          required
          maxlength={300}
          size={60}
        />
      </p>
      <p>
        <label for="mode">Where the wallet is</label>
        <select id="mode" name="mode">
          <option value="cross-device">on another device: a QR code</option>
          <option value="same-device" selected={typed.get('mode') === 'same-device'}>
            on the same device: a link, and back to the same browser
          </option>
        </select>
      </p>
      {chosen?.driver === 'entra' ? null : (
        <Duration most={3_600} chosen={Number(typed.get('seconds') ?? '300')} />
      )}
      <button type="submit">Ask for it</button>
    </form>
  )
}
