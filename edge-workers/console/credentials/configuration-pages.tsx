// Credential configurations as pages: what the tenant issues, one of them, the form for another.
import type { CredentialConfigurationView, DriverAbilities } from '../../../schemas/credential.ts'
import { NextPage, Table } from '../table.tsx'
import { countOf, minute } from '../text.tsx'
import { CLAIM_ROWS, ClaimRows } from './claim-rows.tsx'
import { Act, Key, ShownFields, State, titleOf } from './pieces.tsx'

const DAY = 86_400

export const ConfigurationsPage = (props: {
  root: string
  configurations: CredentialConfigurationView[]
  next: string | null
  mayWrite: boolean
}) => {
  const { root, configurations, next, mayWrite } = props
  return (
    <>
      {mayWrite ? (
        <p>
          <a class="button" href={`${root}/new-configuration`}>
            New configuration
          </a>
        </p>
      ) : null}
      <Table heads={['Credential', 'Name', 'Claims', 'Driver', 'State']} stack>
        {configurations.map((one) => (
          <tr>
            <td>
              <a href={`${root}/configurations/${one.name}`}>{titleOf(one)}</a>{' '}
              {one.builtIn ? <span class="badge">built in</span> : null}
            </td>
            <td class="mono">{one.name}</td>
            <td class="small">{countOf(one.claims.length, 'claim')}</td>
            <td class="mono small">{one.driver}</td>
            <td>
              <State state={one.state} />
            </td>
          </tr>
        ))}
      </Table>
      <NextPage href={next} name="More configurations" />
    </>
  )
}

const Claims = ({ claims }: Pick<CredentialConfigurationView, 'claims'>) => (
  <Table heads={['Claim', 'Shown as', 'Needed', 'Disclosed']} stack>
    {claims.map(({ path, display, mandatory, always }) => (
      <tr>
        <td class="mono">{path.join('.')}</td>
        <td>{display?.map(({ name }) => name).join(', ')}</td>
        <td>{mandatory ? 'yes' : 'no'}</td>
        <td>{always ? 'always' : 'as the holder chooses'}</td>
      </tr>
    ))}
  </Table>
)

export const ConfigurationPage = (props: {
  root: string
  configuration: CredentialConfigurationView
  mayWrite: boolean
  mayOffer: boolean
}) => {
  const { root, configuration: one, mayWrite, mayOffer } = props
  const active = one.state === 'active'
  return (
    <>
      <p>
        <State state={one.state} /> {one.builtIn ? <span class="badge">built in</span> : null}
      </p>
      <dl class="facts">
        <dt>Name</dt>
        <dd>
          <code>{one.name}</code>
        </dd>
        <dt>Driver and format</dt>
        <dd>
          <code>{one.driver}</code>, <code>{one.format}</code>
        </dd>
        <dt>Type</dt>
        <dd>
          <code>{one.vct ?? one.type}</code>
        </dd>
        <dt>Shown as</dt>
        <dd>
          {one.display
            .map(({ name, locale }) => `${name}${locale ? ` (${locale})` : ''}`)
            .join(', ')}
        </dd>
        <dt>Valid for</dt>
        <dd>
          {one.validitySeconds % DAY === 0
            ? countOf(one.validitySeconds / DAY, 'day')
            : countOf(one.validitySeconds, 'second')}
        </dd>
        <dt>Copies at once</dt>
        <dd>{one.batchSize}</dd>
        <dt>Since</dt>
        <dd>{minute(one.createdAt)}</dd>
      </dl>
      <h2>Claims</h2>
      {one.claims.length === 0 ? (
        <p>It says nothing of its holder.</p>
      ) : (
        <Claims claims={one.claims} />
      )}
      <div class="row">
        {mayOffer && active ? (
          <a class="button" href={`${root}/new-offer?configuration=${one.name}`}>
            Offer it
          </a>
        ) : null}
        {mayWrite && active ? (
          <a class="button quiet" href={`${root}/configurations/${one.name}/edit`}>
            Change it
          </a>
        ) : null}
        {mayWrite && active && !one.builtIn ? (
          <Act
            action={`${root}/configurations/${one.name}/withdraw`}
            name="Withdraw"
            tone="danger"
            fields={{ version: String(one.version) }}
          />
        ) : null}
      </div>
      {mayWrite && active && !one.builtIn ? (
        <p class="small soft">Withdrawn, nothing new is offered; what was issued stays as it is.</p>
      ) : null}
    </>
  )
}

export const NewConfigurationPage = (props: {
  root: string
  drivers: DriverAbilities[]
  formKey: string
  typed: URLSearchParams
}) => {
  const { root, drivers, formKey, typed } = props
  const value = (field: string) => typed.get(field) ?? ''
  return (
    <form method="post" action={`${root}/configurations`} class="card form">
      <Key value={formKey} />
      <p>
        <label for="name">Name in addresses</label>
        <input
          id="name"
          name="name"
          value={value('name')}
          required
          maxlength={40}
          placeholder="badge"
        />
      </p>
      <ShownFields value={value} />
      <p>
        <label for="driver">Driver</label>
        <select id="driver" name="driver">
          {drivers.map(({ driver, unavailable }) => (
            <option value={driver} disabled={unavailable !== null}>
              {driver}
              {unavailable === null ? '' : ' (not set up here)'}
            </option>
          ))}
        </select>
      </p>
      <p>
        <label for="type">Type, of entra alone</label>
        <input id="type" name="type" value={value('type')} maxlength={63} />
      </p>
      <ClaimRows rows={CLAIM_ROWS} value={value} />
      <p>
        <label for="days">Valid for, in days</label>
        <input
          id="days"
          name="days"
          type="number"
          min={1}
          max={3650}
          value={value('days') || '365'}
        />
      </p>
      <p>
        <label for="batch">Copies that a wallet may fetch at once</label>
        <input
          id="batch"
          name="batch"
          type="number"
          min={1}
          max={20}
          value={value('batch') || '1'}
        />
      </p>
      <button type="submit">Make the configuration</button>
    </form>
  )
}
