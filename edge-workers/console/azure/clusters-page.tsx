// Clusters in Azure Arc as pages: how Azure last said each is, what GitOps does on it object by object, and what connects a new one,
// which is shown once.
import type {
  ArcClusterState,
  ArcClusterView,
  ConnectBundle,
  FluxConfigurationView,
  FluxState,
} from '../../../schemas/arc.ts'
import { Refused } from '../refused.tsx'
import { NextPage, Table } from '../table.tsx'
import { TenantLink } from '../tenant-link.tsx'
import { minute } from '../text.tsx'

const TONES: Record<ArcClusterState | FluxState, string> = {
  ...{ waiting: '', connecting: 'warn', connected: 'good', offline: 'warn', expired: 'bad' },
  ...{ error: 'bad', removing: 'warn', removed: '', pending: 'warn', compliant: 'good' },
  ...{ 'non-compliant': 'bad', suspended: 'warn', unknown: 'warn', drifted: 'bad' },
}
const Badge = ({ state }: { state: ArcClusterState | FluxState }) => (
  <span class={`badge ${TONES[state]}`.trimEnd()}>{state}</span>
)

export const Ways = ({ tenant, here }: { tenant: string; here: 'machines' | 'clusters' }) => (
  <p class="small">
    Azure Arc:{' '}
    {(['machines', 'clusters'] as const).map((one, index) => (
      <>
        {index === 0 ? '' : ' · '}
        {one === here ? <strong>{one}</strong> : <a href={`/t/${tenant}/arc/${one}`}>{one}</a>}
      </>
    ))}
  </p>
)

/** A command that it ends with is shown as one, to be copied. */
const Next = ({ words }: { words: string }) => {
  const [said, command] = words.split(/ (?=az \w+ connect )/)
  return (
    <div class="note">
      <p>{said}</p>
      {command === undefined ? null : <pre class="secret">{command}</pre>}
    </div>
  )
}

/** In the answer to the form that made it, and in no other. */
const Connect = ({ connect, simulated }: { connect: ConnectBundle; simulated: boolean }) => (
  <section class="note good" role="status">
    <p>
      <strong>This is shown once:</strong> the values hold the private key of the cluster’s agents.
      Put them into a file <code>values.json</code>, and run the script beside it where{' '}
      <code>kubectl</code> and <code>helm</code> reach the cluster.
    </p>
    {simulated ? (
      <p>
        <strong>Simulated:</strong> on this laptop the agents come by themselves.
      </p>
    ) : null}
    <details>
      <summary>values.json</summary>
      <pre class="secret">{connect.values}</pre>
    </details>
    <pre>{connect.script}</pre>
  </section>
)

const NewCluster = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={at} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="name">Name in Azure</label>
        <input id="name" name="name" required maxlength={63} autocomplete="off" />
      </p>
      <p>
        <label for="cluster">Its name here</label>
        <input id="cluster" name="cluster" required maxlength={63} autocomplete="off" />
      </p>
      <p>
        <label for="kind">What it is</label>
        <select id="kind" name="kind">
          <option value="connected">a cluster that stands elsewhere</option>
          <option value="managed">an AKS cluster</option>
        </select>
      </p>
      <p>
        <label for="distribution">Distribution</label>
        <select id="distribution" name="distribution">
          {['generic', 'k3s', 'rke2', 'kind', 'microk8s', 'openshift'].map((one) => (
            <option value={one}>{one}</option>
          ))}
        </select>
      </p>
      <p>
        <label for="connectBy">Connected by</label>
        <select id="connectBy" name="connectBy">
          <option value="chart">Microsoft’s chart</option>
          <option value="cli">az connectedk8s connect</option>
        </select>
      </p>
    </div>
    <button type="submit">Register the cluster</button>
  </form>
)

export interface ClustersPageProps {
  tenant: string
  clusters: ArcClusterView[]
  next: string | null
  formKey: string | null
  simulated: boolean
  refused?: string | undefined
}

export const ClustersPage = (props: ClustersPageProps) => {
  const { tenant, clusters, next, formKey, simulated, refused } = props
  const at = `/t/${tenant}/arc/clusters`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Clusters in Azure Arc</h1>
      <Ways tenant={tenant} here="clusters" />
      <p>
        Clusters that stay where they are, and AKS clusters, with GitOps by Azure
        {simulated ? <span class="soft"> (simulated on this laptop)</span> : null}.
      </p>
      <Refused words={refused} />
      {clusters.length === 0 ? (
        <p>There are none yet.</p>
      ) : (
        <Table heads={['Cluster', 'State', 'Kubernetes', 'Nodes', 'Last heard of']} stack>
          {clusters.map(({ id, name, cluster, kind, state, remote }) => (
            <tr>
              <td>
                <a href={`${at}/${id}`}>{name}</a>
                <br />
                <span class="soft small">
                  {cluster}
                  {kind === 'managed' ? ', AKS' : ''}
                </span>
              </td>
              <td>
                <Badge state={state} />
              </td>
              <td class="small mono">{remote?.kubernetesVersion ?? '–'}</td>
              <td class="small">{remote?.totalNodeCount ?? '–'}</td>
              <td class="small">
                {remote?.lastConnectivityTime ? minute(remote.lastConnectivityTime) : '–'}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="More clusters" />
      {formKey === null ? null : (
        <>
          <h2>New cluster</h2>
          <NewCluster at={at} formKey={formKey} />
        </>
      )}
    </>
  )
}

const Flux = ({
  tenant,
  flux,
  mayRestore,
}: {
  tenant: string
  flux: FluxConfigurationView
  mayRestore: boolean
}) => (
  <section>
    <h3>
      {flux.file === null ? (
        <span class="mono">{flux.name}</span>
      ) : (
        <a class="mono" href={`/t/${tenant}/resources/${flux.name}`}>
          {flux.name}
        </a>
      )}{' '}
      <Badge state={flux.state} />
    </h3>
    {flux.fault === null ? null : <p class="note warn">Something is wrong: {flux.fault}.</p>}
    {flux.status !== null && flux.status.differs.length > 0 ? (
      <p class="note bad">
        In Azure it is not what its file in Git says: {flux.status.differs.join(', ')}. To adopt
        what stands there, ask for a change that says the same.
      </p>
    ) : null}
    {mayRestore && flux.file !== null && flux.state === 'drifted' ? (
      <form
        method="post"
        action={`/t/${tenant}/arc/clusters/${flux.arcCluster}/flux/${flux.id}/restore`}
        class="row"
      >
        <button type="submit">Put what Git says</button>
      </form>
    ) : null}
    <dl class="facts">
      <dt>In Git</dt>
      <dd>
        {flux.file === null ? (
          'in no file'
        ) : (
          <>
            <code>{flux.file}</code> at <code>{flux.commit?.slice(0, 12)}</code>,{' '}
            <a href={`/t/${tenant}/changes/${flux.change}`}>its change</a>
          </>
        )}
      </dd>
      <dt>Applied</dt>
      <dd>
        {flux.applied === null ? (
          'not said'
        ) : (
          <>
            <code>{flux.applied.commit.slice(0, 12)}</code>{' '}
            {flux.applied.change === null ? (
              <span class="soft">no change of this tenant</span>
            ) : (
              <a href={`/t/${tenant}/changes/${flux.applied.change}`}>its change</a>
            )}
            {flux.applied.isLive ? ', which is live now' : ''}
          </>
        )}
      </dd>
      <dt>Azure last told</dt>
      <dd>{flux.readAt === null ? 'not yet' : minute(flux.readAt)}</dd>
    </dl>
    {flux.status === null || flux.status.objects.length === 0 ? null : (
      <Table heads={['Object', 'Kind', 'Compliance', 'What it says']} stack>
        {flux.status.objects.map((one) => (
          <tr>
            <td class="mono small">
              {one.namespace}/{one.name}
            </td>
            <td class="small">{one.kind}</td>
            <td>{one.complianceState}</td>
            <td class="small">{one.message ?? '–'}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
)

export interface ClusterPageProps {
  tenant: string
  cluster: ArcClusterView
  version: number
  flux: FluxConfigurationView[]
  connect?: ConnectBundle | null | undefined
  formKey: string | null
  mayRemove: boolean
  simulated: boolean
  refused?: string | undefined
}

export const ClusterPage = (props: ClusterPageProps) => {
  const { tenant, cluster, version, flux, connect, formKey, mayRemove, simulated, refused } = props
  const list = `/t/${tenant}/arc/clusters`
  const at = `${list}/${cluster.id}`
  const gone = cluster.state === 'removing' || cluster.state === 'removed'
  return (
    <>
      <p class="soft">
        <a href={list}>Clusters in Azure Arc</a>
      </p>
      <h1>
        {cluster.name} <Badge state={cluster.state} />
      </h1>
      <Refused words={refused} />
      {connect ? <Connect connect={connect} simulated={simulated} /> : null}
      <Next words={cluster.next} />
      <dl class="facts">
        <dt>Here</dt>
        <dd>
          <code>{cluster.cluster}</code>
        </dd>
        <dt>In Azure</dt>
        <dd>
          <code class="small">{cluster.resourceId}</code>
        </dd>
        <dt>Agents</dt>
        <dd>{cluster.remote?.agentVersion ?? '–'}</dd>
        <dt>Their certificate until</dt>
        <dd>
          {cluster.remote?.certificateExpires ? minute(cluster.remote.certificateExpires) : '–'}
        </dd>
      </dl>
      <h2>GitOps by Azure</h2>
      {flux.length === 0 ? <p>There is no Flux configuration yet.</p> : null}
      {flux.map((one) => (
        <Flux tenant={tenant} flux={one} mayRestore={formKey !== null} />
      ))}
      {formKey === null || gone ? null : (
        <form method="post" action={`${at}/flux`} class="card form">
          <input type="hidden" name="key" value={formKey} />
          <p>
            Flux on it follows <code>live</code> of the tenant’s repository below{' '}
            <code>clusters/{cluster.cluster}/flux</code>, in the tenant’s namespace. It is a change:
            a file in Git, a plan, and somebody else’s approval.
          </p>
          <p>
            <label for="flux-name">Its name</label>
            <input
              id="flux-name"
              name="name"
              value={`flux-${cluster.cluster}`.slice(0, 30).replace(/-+$/, '')}
              required
              maxlength={30}
              autocomplete="off"
            />
          </p>
          <p>
            <label for="secret">
              Secret on the cluster that reads the repository; may be empty
            </label>
            <input id="secret" name="secret" maxlength={63} autocomplete="off" />
          </p>
          <button type="submit">Ask for a Flux configuration</button>
        </form>
      )}
      {!mayRemove || gone ? null : (
        <form method="post" action={`${at}/remove`} class="row">
          <input type="hidden" name="version" value={version} />
          <button type="submit" class="danger">
            Remove from Azure Arc
          </button>
        </form>
      )}
    </>
  )
}
