// Secrets and keys as pages: what there is and when it is due, never a value. A value that was sent is on no page, also where it
// was refused.
import { KeyKind } from '../../../schemas/secret.ts'
import type {
  KeyView,
  SecretVersions,
  SecretView,
  Unfinished,
} from '../../../schemas/secret-view.ts'
import { Refused } from '../refused.tsx'
import { NextPage, Table } from '../table.tsx'
import { TenantLink } from '../tenant-link.tsx'
import { countOf, minute } from '../text.tsx'

const TONES: Record<SecretView['state'] | KeyView['state'], string> = {
  active: 'good',
  queued: 'warn',
  disabled: 'warn',
  deleted: 'bad',
  purged: 'bad',
}
const UNFINISHED: Record<Unfinished['state'], (what: string) => string> = {
  unanswered: (what) => `${what}: the vault has not answered yet`,
  lost: (what) => `${what}: the value has not come to the vault; send it again`,
}
const State = ({ of }: { of: SecretView | KeyView }) => (
  <>
    <span class={`badge ${TONES[of.state]}`}>{of.state}</span>
    {of.unfinished === null ? null : (
      <>
        {' '}
        <span class="badge warn">{UNFINISHED[of.unfinished.state](of.unfinished.what)}</span>
      </>
    )}
  </>
)

const scheduleOf = ({ rotateDays, rotationDueAt, rotationDue }: SecretView): string => {
  if (rotateDays === null) return 'by hand'
  const every = `every ${countOf(rotateDays, 'day')}`
  if (rotationDue) return `${every}; due now: bring the next value`
  return rotationDueAt === null ? every : `${every}; next ${minute(rotationDueAt)}`
}

const SetForm = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={at} class="card form" autocomplete="off">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="name">Name</label>
        <input
          id="name"
          name="name"
          required
          maxlength={63}
          pattern="[a-z0-9]([a-z0-9-]*[a-z0-9])?"
        />
      </p>
      <p>
        <label for="rotateDays">Rotate every so many days; may be empty</label>
        <input id="rotateDays" name="rotateDays" type="number" min={1} max={3650} />
      </p>
    </div>
    <p>
      <label for="value">Value; leave it empty to have one made that nobody sees</label>
      <textarea id="value" name="value" rows={3} cols={72} class="mono" spellcheck={false} />
    </p>
    <button type="submit">Set the secret</button>
  </form>
)

const KeyForm = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={at} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="key-name">Name</label>
        <input
          id="key-name"
          name="name"
          required
          maxlength={63}
          pattern="[a-z0-9]([a-z0-9-]*[a-z0-9])?"
        />
      </p>
      <p>
        <label for="kind">Kind</label>
        <select id="kind" name="kind">
          {KeyKind.options.map((kind) => (
            <option value={kind}>{kind}</option>
          ))}
        </select>
      </p>
    </div>
    <button type="submit">Create the key</button>
  </form>
)

export interface SecretsPageProps {
  tenant: string
  secrets: SecretView[]
  keys: KeyView[]
  next: string | null
  /** Null: the reader sets none. */
  formKey: string | null
  simulated: boolean
  refused?: string | undefined
}

export const SecretsPage = (props: SecretsPageProps) => {
  const { tenant, secrets, keys, next, formKey, simulated, refused } = props
  const at = `/t/${tenant}`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Secrets and keys {simulated ? <span class="badge warn">simulated vault</span> : null}</h1>
      <p>
        A value goes in and never comes out: manifests refer to it, and clusters fetch it
        themselves.
      </p>
      <Refused words={refused} />
      {secrets.length === 0 ? (
        <p>There is no secret yet.</p>
      ) : (
        <Table heads={['Secret', 'State', 'Rotates', 'Expires', 'Since']} stack>
          {secrets.map((one) => (
            <tr>
              <td>
                <a class="mono" href={`${at}/secrets/${one.name}`}>
                  {one.name}
                </a>
              </td>
              <td>
                <State of={one} />{' '}
                {one.rotationDue ? <span class="badge warn">next value due</span> : null}
              </td>
              <td class="small">{scheduleOf(one)}</td>
              <td class="small">{one.expiresAt === null ? '–' : minute(one.expiresAt)}</td>
              <td class="small">{minute(one.updatedAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="More secrets" />
      <h2>Keys</h2>
      {keys.length === 0 ? (
        <p>There is no key yet.</p>
      ) : (
        <Table heads={['Key', 'Kind', 'State', 'Since']} stack>
          {keys.map((one) => (
            <tr>
              <td>
                <a class="mono" href={`${at}/keys/${one.name}`}>
                  {one.name}
                </a>
              </td>
              <td>{one.kind}</td>
              <td>
                <State of={one} />
              </td>
              <td class="small">{minute(one.updatedAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      {formKey === null ? null : (
        <>
          <h2>Set a secret</h2>
          <SetForm at={`${at}/secrets`} formKey={formKey} />
          <h2>Create a key</h2>
          <KeyForm at={`${at}/keys`} formKey={formKey} />
        </>
      )}
    </>
  )
}

interface ActProps {
  at: string
  version: number
  formKey: string
}
const Act = ({
  act,
  name,
  danger = false,
  ...props
}: ActProps & { act: string; name: string; danger?: boolean }) => (
  <form method="post" action={`${props.at}/${act}`} class="row">
    <input type="hidden" name="key" value={`${props.formKey}${act}`} />
    <input type="hidden" name="version" value={props.version} />
    <button type="submit" class={danger ? 'danger' : 'quiet'}>
      {name}
    </button>
  </form>
)

const PurgeForm = ({ at, formKey }: ActProps) => (
  <details>
    <summary>Purge it for good</summary>
    <form method="post" action={`${at}/purge`} class="card form">
      <input type="hidden" name="key" value={`${formKey}purge`} />
      <p>
        <label for="confirm">Its name once more; nobody gets it back</label>
        <input id="confirm" name="confirm" required autocomplete="off" />
      </p>
      <button type="submit" class="danger">
        Purge
      </button>
    </form>
  </details>
)

const RotateForm = ({ at, formKey }: ActProps) => (
  <details>
    <summary>Bring the next value</summary>
    <form method="post" action={`${at}/rotate`} class="card form" autocomplete="off">
      <input type="hidden" name="key" value={`${formKey}rotate`} />
      <p>
        <label for="value">Value</label>
        <textarea
          id="value"
          name="value"
          rows={3}
          cols={72}
          class="mono"
          required
          spellcheck={false}
        />
      </p>
      <button type="submit">Set it</button>
    </form>
  </details>
)

const Versions = ({ versions }: { versions: SecretVersions['versions'] | null }) =>
  versions === null ? (
    <p class="soft">The vault does not answer now.</p>
  ) : (
    <Table heads={['Version', 'State', 'Made', 'Expires']} stack>
      {versions.map((one) => (
        <tr>
          <td class="mono small">{one.version}</td>
          <td>{one.enabled ? 'enabled' : 'disabled'}</td>
          <td class="small">{minute(one.createdAt)}</td>
          <td class="small">{one.expiresAt === null ? '–' : minute(one.expiresAt)}</td>
        </tr>
      ))}
    </Table>
  )

export interface SecretPageProps {
  tenant: string
  secret: SecretView
  version: number
  /** Null: the vault does not answer. */
  versions: SecretVersions['versions'] | null
  formKey: string | null
  mayPurge: boolean
  refused?: string | undefined
}

export const SecretPage = (props: SecretPageProps) => {
  const { tenant, secret, version, versions, formKey, mayPurge, refused } = props
  const acts = { at: `/t/${tenant}/secrets/${secret.name}`, version, formKey: formKey ?? '' }
  return (
    <>
      <p class="soft">
        <a href={`/t/${tenant}/secrets`}>Secrets and keys</a>
      </p>
      <h1>
        <code>{secret.name}</code> <State of={secret} />
      </h1>
      <Refused words={refused} />
      <dl class="facts">
        <dt>Value</dt>
        <dd>
          {secret.generate === null
            ? 'brought by somebody; shown to nobody'
            : `made beside the vault: ${secret.generate.length} characters, ${secret.generate.alphabet}; shown to nobody`}
        </dd>
        <dt>Rotates</dt>
        <dd>{scheduleOf(secret)}</dd>
        <dt>Expires</dt>
        <dd>{secret.expiresAt === null ? '–' : minute(secret.expiresAt)}</dd>
        <dt>In manifests</dt>
        <dd class="small">
          <span class="mono">{secret.reference.key}</span> in{' '}
          <span class="mono">{secret.reference.vault ?? 'the tenant’s vault'}</span>
        </dd>
        {secret.purgeAt === null ? null : (
          <>
            <dt>Can be had back until</dt>
            <dd>{minute(secret.purgeAt)}</dd>
          </>
        )}
      </dl>
      <h2>Versions</h2>
      <Versions versions={versions} />
      {formKey === null ? null : secret.state === 'deleted' ? (
        <>
          <Act {...acts} act="recover" name="Recover it" />
          {mayPurge ? <PurgeForm {...acts} /> : null}
        </>
      ) : (
        <>
          <h2>Change it</h2>
          {secret.generate === null ? (
            <RotateForm {...acts} />
          ) : (
            <Act {...acts} act="rotate" name="Rotate now" />
          )}
          {secret.state === 'active' ? (
            <Act {...acts} act="disable" name="Disable" />
          ) : (
            <Act {...acts} act="enable" name="Enable" />
          )}
          <Act {...acts} act="delete" name="Delete; it can be had back" danger />
        </>
      )}
    </>
  )
}

export interface KeyPageProps {
  tenant: string
  vaultKey: KeyView
  version: number
  versions: SecretVersions['versions'] | null
  formKey: string | null
  mayPurge: boolean
  refused?: string | undefined
}

export const KeyPage = (props: KeyPageProps) => {
  const { tenant, vaultKey, version, versions, formKey, mayPurge, refused } = props
  const acts = { at: `/t/${tenant}/keys/${vaultKey.name}`, version, formKey: formKey ?? '' }
  const { rotateDays, expireDays } = vaultKey.policy
  return (
    <>
      <p class="soft">
        <a href={`/t/${tenant}/secrets`}>Secrets and keys</a>
      </p>
      <h1>
        <code>{vaultKey.name}</code> <State of={vaultKey} />
      </h1>
      <Refused words={refused} />
      {vaultKey.state === 'queued' ? (
        <p>It waits for its turn: the vault makes few keys in ten seconds. Load the page again.</p>
      ) : null}
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{vaultKey.kind}</dd>
        <dt>Rotates</dt>
        <dd>{rotateDays === null ? 'by hand' : `every ${countOf(rotateDays, 'day')}`}</dd>
        <dt>Each version is valid for</dt>
        <dd>{expireDays === null ? 'ever' : countOf(expireDays, 'day')}</dd>
        <dt>Public key</dt>
        <dd>
          {vaultKey.publicJwk === null ? (
            '–'
          ) : (
            <pre class="small">{JSON.stringify(vaultKey.publicJwk, null, 2)}</pre>
          )}
        </dd>
      </dl>
      <h2>Versions</h2>
      <Versions versions={versions} />
      {formKey === null || vaultKey.state === 'queued' ? null : vaultKey.state === 'deleted' ? (
        <>
          <Act {...acts} act="recover" name="Recover it" />
          {mayPurge ? <PurgeForm {...acts} /> : null}
        </>
      ) : (
        <>
          <h2>Change it</h2>
          <Act {...acts} act="rotate" name="Rotate now" />
          {vaultKey.state === 'active' ? (
            <Act {...acts} act="disable" name="Disable" />
          ) : (
            <Act {...acts} act="enable" name="Enable" />
          )}
          <Act {...acts} act="delete" name="Delete; it can be had back" danger />
        </>
      )}
    </>
  )
}
