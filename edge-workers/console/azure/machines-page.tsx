// Machines in Azure Arc as pages: what there is and how Azure last said it is, a form for a new one, and the command that connects it,
// which is shown once.
import type {
  ArcMachineState,
  ArcMachineView,
  OnboardingLink,
} from '../../../schemas/arc-machine.ts'
import { LINK_MINUTES } from '../../../schemas/arc-machine.ts'
import type { AzureScopeView } from '../../../schemas/azure-scope.ts'
import { Refused } from '../refused.tsx'
import { NextPage, Table } from '../table.tsx'
import { TenantLink } from '../tenant-link.tsx'
import { minute } from '../text.tsx'
import { Ways } from './clusters-page.tsx'

const TONES: Record<ArcMachineState, string> = {
  ...{ waiting: '', downloaded: 'warn', connected: 'good', disconnected: 'warn' },
  ...{ error: 'bad', expired: 'bad', removing: 'warn', removed: '' },
}
const StateBadge = ({ state }: { state: ArcMachineState }) => (
  <span class={`badge ${TONES[state]}`.trimEnd()}>{state}</span>
)

/** In the answer to the form that made it, and in no other. */
const LinkShown = ({ link, simulated }: { link: OnboardingLink; simulated: boolean }) => (
  <section class="note good" role="status">
    <p>
      <strong>This command is shown once.</strong> Run it on the machine as root until{' '}
      {minute(link.expiresAt)}; it works for one download.
    </p>
    <pre class="secret">{link.command}</pre>
    {simulated ? (
      <p>
        <strong>Simulated:</strong> on this laptop nothing is installed. Run it in the folder of
        Phoenix, and the simulated agent connects a simulated machine.
      </p>
    ) : null}
    <details>
      <summary>For a VM that has not started yet: cloud-init</summary>
      <p>
        The same as cloud-config. Attach what this answers as vendor data of its first start, on a
        Proxmox host:
      </p>
      <pre class="secret">{`curl -fsS '${link.cloudInitUrl}' -o /var/lib/vz/snippets/arc.yaml
qm set <vmid> --cicustom "vendor=local:snippets/arc.yaml"`}</pre>
      <p>
        Name the user data again where the VM has some (<code>user=…,vendor=…</code>). Delete the
        file after the first start. It never goes into Git: it holds a token.
      </p>
    </details>
  </section>
)

export interface Outcome {
  link?: OnboardingLink | undefined
  refused?: string | undefined
}

const NewMachine = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={at} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="name">Name in Azure</label>
        <input id="name" name="name" required maxlength={54} autocomplete="off" />
      </p>
      <p>
        <label for="kind">What it is</label>
        <select id="kind" name="kind">
          <option value="host">Proxmox host</option>
          <option value="vm">VM</option>
        </select>
      </p>
      <p>
        <label for="about">Its host or resource here; may be empty</label>
        <input id="about" name="about" maxlength={128} autocomplete="off" />
      </p>
    </div>
    <p>
      <label for="tags">Tags: name=value, one a line; may be empty</label>
      <textarea id="tags" name="tags" rows={2} cols={72} maxlength={4000} class="mono" />
    </p>
    <p class="small soft">
      A new machine gets a link to its script: for one download within {LINK_MINUTES} minutes.
    </p>
    <button type="submit">Register the machine</button>
  </form>
)

const Place = ({ scope, readAt, fault }: Pick<MachinesPageProps, 'scope' | 'readAt' | 'fault'>) => (
  <>
    {scope === null ? (
      <p class="note warn">
        This tenant has no place in Azure yet. An operator sets its resource group; machines can be
        registered then.
      </p>
    ) : (
      <dl class="facts">
        <dt>Resource group</dt>
        <dd>
          <code>{scope.resourceGroup}</code> <span class="soft small">in {scope.location}</span>
        </dd>
        <dt>Subscription</dt>
        <dd>
          <code class="small">{scope.subscriptionId}</code>
        </dd>
        <dt>Azure last answered</dt>
        <dd>{readAt === null ? 'not asked yet' : minute(readAt)}</dd>
      </dl>
    )}
    {fault === null ? null : (
      <p class="note warn">
        Azure is asked again; the last time: {fault}. What is shown is what it said before.
      </p>
    )}
  </>
)

export interface MachinesPageProps extends Outcome {
  tenant: string
  machines: ArcMachineView[]
  next: string | null
  scope: AzureScopeView | null
  readAt: string | null
  fault: string | null
  simulated: boolean
  /** Null: the reader registers none. */
  formKey: string | null
}

export const MachinesPage = (props: MachinesPageProps) => {
  const { tenant, machines, next, scope, formKey, refused, simulated } = props
  const at = `/t/${tenant}/arc/machines`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Azure Arc: machines</h1>
      <Ways tenant={tenant} here="machines" />
      <p>
        Machines that stay where they stand, and that Azure manages there
        {simulated ? <span class="soft"> (simulated on this laptop)</span> : null}.
      </p>
      <Refused words={refused} />
      <Place {...props} />
      {machines.length === 0 ? (
        <p>There are none yet.</p>
      ) : (
        <Table heads={['Machine', 'State', 'System', 'Agent', 'Since']} stack>
          {machines.map(({ id, name, kind, about, state, remote, updatedAt }) => (
            <tr>
              <td>
                <a href={`${at}/${id}`}>{name}</a>
                <br />
                <span class="soft small">
                  {kind === 'host' ? 'Proxmox host' : 'VM'}
                  {about === null ? '' : `, ${about}`}
                </span>
              </td>
              <td>
                <StateBadge state={state} />
              </td>
              <td class="small">{remote?.osSku ?? remote?.osName ?? '–'}</td>
              <td class="small mono">{remote?.agentVersion ?? '–'}</td>
              <td class="small">{minute(remote?.lastStatusChange ?? updatedAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="More machines" />
      {formKey === null || scope === null ? null : (
        <>
          <h2>New machine</h2>
          <NewMachine at={at} formKey={formKey} />
        </>
      )}
    </>
  )
}

const Remote = ({ machine: { remote } }: { machine: ArcMachineView }) =>
  remote === null ? null : (
    <>
      <h2>As Azure says</h2>
      <dl class="facts">
        <dt>Status</dt>
        <dd>
          {remote.status}
          {remote.lastStatusChange === null ? '' : ` since ${minute(remote.lastStatusChange)}`}
        </dd>
        <dt>System</dt>
        <dd>
          {[remote.osSku ?? remote.osName, remote.osVersion].filter(Boolean).join(', ') || '–'}
        </dd>
        <dt>Name on its network</dt>
        <dd>{remote.fqdn ?? '–'}</dd>
        <dt>Agent</dt>
        <dd>
          <code>{remote.agentVersion ?? '–'}</code>
        </dd>
        {remote.errors.length === 0 ? null : (
          <>
            <dt>Errors</dt>
            <dd>{remote.errors.join(', ')}</dd>
          </>
        )}
      </dl>
    </>
  )

export interface MachinePageProps extends Outcome {
  tenant: string
  machine: ArcMachineView
  version: number
  simulated: boolean
  /** Null: the reader makes none, or it needs none. */
  linkKey: string | null
  mayRemove: boolean
}

export const MachinePage = (props: MachinePageProps) => {
  const { tenant, machine, version, link, linkKey, mayRemove, refused, simulated } = props
  const list = `/t/${tenant}/arc/machines`
  const at = `${list}/${machine.id}`
  return (
    <>
      <p class="small">
        <a href={list}>Azure Arc: machines</a>
      </p>
      <h1>
        {machine.name} <StateBadge state={machine.state} />
      </h1>
      <Refused words={refused} />
      {link === undefined ? null : <LinkShown link={link} simulated={simulated} />}
      <p class="note">{machine.next}</p>
      <dl class="facts">
        <dt>Id</dt>
        <dd>
          <code>{machine.id}</code>
        </dd>
        <dt>What it is</dt>
        <dd>
          {machine.kind === 'host' ? 'Proxmox host' : 'VM'}
          {machine.about === null ? '' : `, ${machine.about}`}
        </dd>
        <dt>In Azure</dt>
        <dd>
          <code class="small">{machine.resourceId}</code>
        </dd>
        <dt>Tags</dt>
        <dd class="mono small">
          {Object.entries(machine.tags)
            .map(([name, value]) => `${name}=${value}`)
            .join(', ') || '–'}
        </dd>
        <dt>Script downloaded</dt>
        <dd>{machine.downloadedAt === null ? 'not yet' : minute(machine.downloadedAt)}</dd>
      </dl>
      <Remote machine={machine} />
      <div class="row">
        {linkKey === null ? null : (
          <form method="post" action={`${at}/links`}>
            <input type="hidden" name="key" value={linkKey} />
            <button type="submit" class="quiet">
              Make another link
            </button>
          </form>
        )}
        {mayRemove ? (
          <form method="post" action={`${at}/remove`}>
            <input type="hidden" name="version" value={version} />
            <button type="submit" class="danger">
              Remove from Azure
            </button>
          </form>
        ) : null}
      </div>
    </>
  )
}
