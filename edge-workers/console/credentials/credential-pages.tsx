// What was issued, as pages: the list with its filters, and one credential with what may be decided about it.
import {
  type CredentialFilter,
  CredentialStatus,
  type CredentialView,
  type DriverAbilities,
} from '../../../schemas/credential.ts'
import { REASON_CODES } from '../../credentials/reason-class.ts'
import { Person } from '../people.tsx'
import { NextPage, Table } from '../table.tsx'
import { minute } from '../text.tsx'
import { Key, State } from './pieces.tsx'

const WORDS: Record<(typeof REASON_CODES)[number], string> = {
  'device-lost': 'a device was lost or stolen',
  'data-changed': 'what it says has changed',
  'not-entitled': 'the holder is not entitled any more',
  'issued-in-error': 'issued by mistake',
}

const FilterForm = (props: { root: string; filter: CredentialFilter; names: string[] }) => (
  <form method="get" action={props.root} class="row">
    <select name="configuration" aria-label="Configuration">
      <option value="">every configuration</option>
      {props.names.map((name) => (
        <option value={name} selected={props.filter.configuration === name}>
          {name}
        </option>
      ))}
    </select>
    <select name="status" aria-label="Status">
      <option value="">every status</option>
      {CredentialStatus.options.map((status) => (
        <option value={status} selected={props.filter.status === status}>
          {status === 'invalid' ? 'revoked' : status}
        </option>
      ))}
    </select>
    <input
      name="member"
      value={props.filter.member ?? ''}
      placeholder="member id"
      aria-label="Member"
      size={16}
    />
    <button type="submit" class="quiet">
      Show
    </button>
  </form>
)

export const CredentialsPage = (props: {
  root: string
  credentials: CredentialView[]
  filter: CredentialFilter
  names: string[]
  next: string | null
}) => {
  const { root, credentials, next } = props
  return (
    <>
      <FilterForm {...props} />
      {credentials.length === 0 ? (
        <p>None.</p>
      ) : (
        <Table heads={['Credential', 'Status', 'Member', 'Issued', 'Expires']} stack>
          {credentials.map((one) => (
            <tr>
              <td>
                <a href={`${root}/issued/${one.id}`}>{one.configuration}</a>{' '}
                <code class="small soft">{one.id.slice(0, 12)}…</code>
              </td>
              <td>
                <State state={one.status} />
              </td>
              <td>{one.member === null ? '' : <Person id={one.member} />}</td>
              <td class="small">{minute(one.issuedAt)}</td>
              <td class="small">{minute(one.expiresAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="Older credentials" />
      <p class="small soft">What they say of their holders is kept nowhere here.</p>
    </>
  )
}

const StatusForm = (props: {
  at: string
  credential: CredentialView
  abilities: DriverAbilities | undefined
  formKey: string
}) => {
  const { credential, abilities } = props
  const suspends = abilities?.supports.suspend ?? false
  return (
    <form method="post" action={`${props.at}/status`} class="card form">
      <Key value={props.formKey} />
      <p>
        <label for="code">Why, as its holder reads it</label>
        <select id="code" name="code">
          {REASON_CODES.map((code) => (
            <option value={code}>{WORDS[code]}</option>
          ))}
          <option value="other">something else</option>
        </select>
      </p>
      <p>
        <label for="note">Note for the tenant</label>
        <input id="note" name="note" maxlength={250} size={50} autocomplete="off" />
        <br />
        <span class="small soft">
          It goes into the log for good: name nobody. The holder does not see it.
        </span>
      </p>
      <div class="row">
        {credential.status === 'suspended' ? (
          <button type="submit" name="to" value="valid">
            Reinstate
          </button>
        ) : suspends ? (
          <button type="submit" name="to" value="suspended" class="quiet">
            Suspend
          </button>
        ) : null}
        <button type="submit" name="to" value="invalid" class="danger">
          Revoke for good
        </button>
      </div>
    </form>
  )
}

export const CredentialPage = (props: {
  root: string
  credential: CredentialView
  abilities: DriverAbilities | undefined
  mayChange: boolean
  offer: string | null
  formKey: string
}) => {
  const { root, credential: one, mayChange, offer } = props
  return (
    <>
      <p>
        <State state={one.status} /> <code class="small soft">{one.id}</code>
      </p>
      <dl class="facts">
        <dt>Configuration</dt>
        <dd>
          <a href={`${root}/configurations/${one.configuration}`}>{one.configuration}</a>,{' '}
          <code>{one.driver}</code>
        </dd>
        {one.member === null ? null : (
          <>
            <dt>Member</dt>
            <dd>
              <Person id={one.member} />
            </dd>
          </>
        )}
        <dt>Issued</dt>
        <dd>
          {minute(one.issuedAt)}{' '}
          {offer === null ? null : <a href={`${root}/offers/${offer}`}>by this offer</a>}
        </dd>
        <dt>Expires</dt>
        <dd>{minute(one.expiresAt)}</dd>
        {one.reason === null ? null : (
          <>
            <dt>Last change</dt>
            <dd>
              {one.reason}, {one.changedBy === null ? null : <Person id={one.changedBy} />},{' '}
              {minute(one.updatedAt)}
            </dd>
          </>
        )}
        {one.statusReference === null ? null : (
          <>
            <dt>Status list</dt>
            <dd>
              <code>{one.statusReference.uri}</code>, {one.statusReference.idx}
            </dd>
          </>
        )}
      </dl>
      {mayChange && one.status !== 'invalid' ? (
        <>
          <h2>Change its status</h2>
          <StatusForm at={`${root}/issued/${one.id}`} {...props} />
        </>
      ) : null}
    </>
  )
}
