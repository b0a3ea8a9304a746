// The tenant's issuer as a page: who it is to verifiers, its keys, what each driver can do.
import type { DriverAbilities, IssuerIdentityView } from '../../../schemas/credential.ts'
import { Table } from '../table.tsx'
import { minute } from '../text.tsx'
import { Act, Key, State } from './pieces.tsx'

const KEPT: Record<IssuerIdentityView['keptBy'], string> = {
  sealed: 'sealed in the tenant’s own database',
  functions: 'with the Functions; they never leave them',
}

const Facts = ({ issuer }: { issuer: IssuerIdentityView }) => (
  <dl class="facts">
    <dt>Name in wallets</dt>
    <dd>{issuer.name}</dd>
    <dt>Identifier</dt>
    <dd>
      <code>{issuer.url}</code>
    </dd>
    <dt>DID</dt>
    <dd>
      <code>{issuer.did}</code>
    </dd>
    <dt>Wallets</dt>
    <dd>{issuer.compat === 'strict' ? 'OpenID4VCI 1.0' : 'OpenID4VCI 1.0, and draft 15'}</dd>
    <dt>Private keys</dt>
    <dd>
      {KEPT[issuer.keptBy]}
      {issuer.keptBySimulated && ' (simulated: in a folder of this machine)'}
    </dd>
    <dt>Root certificate</dt>
    <dd>
      <a href={`${new URL(issuer.url).pathname}/root.pem`}>root.pem</a>: what verifiers trust
    </dd>
  </dl>
)

const Retire = ({ action, formKey }: { action: string; formKey: string }) => (
  <details>
    <summary>Retire</summary>
    <form method="post" action={action} class="form">
      <Key value={formKey} />
      <p class="small">
        For a key that somebody else may have. The credentials that it signed end with it for good;
        any other key ends by itself when they have.
      </p>
      <p>
        <label>
          Why <input name="reason" required maxlength={300} size={30} />
        </label>
      </p>
      <p>
        <label>
          <input type="checkbox" name="endsCredentials" value="yes" /> I know that its credentials
          end
        </label>
      </p>
      <button type="submit" class="danger">
        Retire the key
      </button>
    </form>
  </details>
)

const Keys = ({ at, issuer, mayWrite, formKey }: Props) => (
  <Table heads={['Key', 'State', 'Since', 'Verifies until', '']} stack>
    {issuer.keys.map((key) => (
      <tr>
        <td class="mono">{key.kid}</td>
        <td>
          <State state={key.state} />
        </td>
        <td class="small">{minute(key.createdAt)}</td>
        <td class="small">{key.verifiesUntil === null ? null : minute(key.verifiesUntil)}</td>
        <td>
          {mayWrite && key.state === 'previous' ? (
            <Retire action={`${at}/keys/${key.kid}/retire`} formKey={`${formKey}-${key.kid}`} />
          ) : null}
        </td>
      </tr>
    ))}
  </Table>
)

const ABILITIES: readonly (readonly [keyof DriverAbilities['supports'], string])[] = [
  ['offerByValue', 'offer by value'],
  ['batch', 'batch'],
  ['deferred', 'deferred'],
  ['notification', 'notification'],
  ['suspend', 'suspend'],
  ['hashedPin', 'hashed PIN'],
  ['dcqlClaimSets', 'claim sets'],
  ['dcqlCredentialSets', 'credential sets'],
  ['faceCheck', 'Face Check'],
]

const Drivers = ({ drivers }: Pick<IssuerIdentityView, 'drivers'>) => (
  <Table heads={['Driver', 'Formats', 'Can', 'Cannot']} stack>
    {drivers.map(({ driver, simulated, unavailable, formats, supports }) => (
      <tr>
        <td>
          <code>{driver}</code> {simulated ? <span class="badge warn">simulated</span> : null}
          {unavailable === null ? null : <p class="small soft">{unavailable}</p>}
        </td>
        <td class="small">{formats.join(', ')}</td>
        {[true, false].map((can) => (
          <td class="small">
            {ABILITIES.filter(([name]) => supports[name] === can)
              .map(([, words]) => words)
              .join(', ')}
          </td>
        ))}
      </tr>
    ))}
  </Table>
)

const ChangeForm = ({ at, issuer }: { at: string; issuer: IssuerIdentityView }) => (
  <form method="post" action={at} class="card form">
    <input type="hidden" name="version" value={String(issuer.version)} />
    <p>
      <label for="name">Name in wallets</label>
      <input id="name" name="name" value={issuer.name} required maxlength={100} size={40} />
    </p>
    <p>
      <label for="compat">Wallets</label>
      <select id="compat" name="compat">
        <option value="strict" selected={issuer.compat === 'strict'}>
          OpenID4VCI 1.0
        </option>
        <option value="draft15" selected={issuer.compat === 'draft15'}>
          older wallets of draft 15 too
        </option>
      </select>
    </p>
    <p>
      <label for="offer">Links of offers begin with</label>
      <input id="offer" name="offer" value={issuer.linkSchemes.offer} required size={40} />
    </p>
    <p>
      <label for="presentation">Links of presentation requests begin with</label>
      <input
        id="presentation"
        name="presentation"
        value={issuer.linkSchemes.presentation}
        required
        size={40}
      />
    </p>
    <button type="submit">Save</button>
  </form>
)

interface Props {
  at: string
  issuer: IssuerIdentityView
  mayWrite: boolean
  formKey: string
}

export const IssuerPage = (props: Props) => {
  const { at, issuer, mayWrite, formKey } = props
  return (
    <>
      <Facts issuer={issuer} />
      <h2>Keys</h2>
      <Keys {...props} />
      {mayWrite ? (
        <>
          <p class="small soft">
            A new key signs from then on. What was issued keeps verifying: each key before it does
            until the last credential that it signed has expired.
          </p>
          <Act action={`${at}/rotate`} name="Rotate the key" fields={{ key: formKey }} />
        </>
      ) : null}
      <h2>Drivers</h2>
      <Drivers drivers={issuer.drivers} />
      {mayWrite ? (
        <>
          <h2>Change</h2>
          <ChangeForm at={at} issuer={issuer} />
        </>
      ) : null}
    </>
  )
}
