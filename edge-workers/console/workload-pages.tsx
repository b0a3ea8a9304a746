// Workload identity as a page: whose tokens are exchanged for whose, how to do it, and a form to trust one more.
import type { MemberView } from '../../schemas/member.ts'
import type { Scope } from '../../schemas/principal.ts'
import { WORKLOAD_PRESETS, type WorkloadView } from '../../schemas/workload.ts'
import { Person } from './people.tsx'
import { Refused } from './refused.tsx'
import { NextPage, Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { countOf, minute } from './text.tsx'

export interface WorkloadsPageProps {
  /** The reader says that one counts which a restore set aside. */
  confirms: boolean
  tenant: string
  /** Where people reach this installation. */
  publicUrl: string
  workloads: WorkloadView[]
  next: string | null
  /** Machines that the reader may make a workload for; null: he may make none. */
  machines: MemberView[] | null
  /** Of the reader's credential. */
  scopes: readonly Scope[]
  formKey: string
  refused?: string | undefined
}

const LIFETIMES = [300, 900, 1800, 3600] as const

const CreateForm = ({ tenant, publicUrl, machines, scopes, formKey }: WorkloadsPageProps) => (
  <form method="post" action={`/t/${tenant}/workloads`} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="name">Name</label>
        <input id="name" name="name" required maxlength={80} autocomplete="off" />
      </p>
      <p>
        <label for="serviceAccount">Service account</label>
        <select id="serviceAccount" name="serviceAccount" required>
          {machines?.map(({ id, handle }) => (
            <option value={id}>{handle ?? id}</option>
          ))}
        </select>
      </p>
      <p>
        <label for="lifetimeSeconds">Its tokens last at most</label>
        <select id="lifetimeSeconds" name="lifetimeSeconds">
          {LIFETIMES.map((seconds) => (
            <option value={seconds} selected={seconds === 900}>
              {seconds / 60} minutes
            </option>
          ))}
        </select>
      </p>
    </div>
    <p>
      <label for="issuer">Issuer, as its tokens say it</label>
      <input
        id="issuer"
        name="issuer"
        type="url"
        required
        maxlength={500}
        size={60}
        list="issuers"
        placeholder={WORKLOAD_PRESETS[0].issuer}
      />
      <datalist id="issuers">
        <option value={WORKLOAD_PRESETS[0].issuer} />
      </datalist>
    </p>
    <p>
      <label for="audience">Audience; left empty: this tenant’s address</label>
      <input
        id="audience"
        name="audience"
        maxlength={500}
        size={60}
        placeholder={`${publicUrl}/v1/tenants/${tenant}`}
        autocomplete="off"
      />
    </p>
    <p>
      <label for="claims">Claims that a token must have: name=value, one a line</label>
      <textarea
        id="claims"
        name="claims"
        required
        rows={3}
        cols={60}
        maxlength={2000}
        placeholder="sub=repo:octo-org/octo-repo:ref:refs/heads/main"
      />
    </p>
    <details>
      <summary>Scopes: all of the service account, or those chosen here</summary>
      <fieldset>
        <div class="choices">
          {scopes.map((scope) => (
            <label class="choice">
              <input type="checkbox" name="scopes" value={scope} /> <code>{scope}</code>
            </label>
          ))}
        </div>
      </fieldset>
    </details>
    <button type="submit">Trust the workload</button>
  </form>
)

const Presets = () => (
  <details>
    <summary>What to fill in for GitHub Actions, Kubernetes and Azure</summary>
    <Table heads={['Where it runs', 'Issuer', 'Audience', 'Claims']} stack>
      {WORKLOAD_PRESETS.map(({ name, issuer, audience, claims, note }) => (
        <tr>
          <td>
            {name}
            <br />
            <span class="soft small">{plain(note)}</span>
          </td>
          <td class="small mono">{plain(issuer)}</td>
          <td class="small">{plain(audience)}</td>
          <td class="small mono">
            {Object.entries(claims).map(([claim, value]) => (
              <span class="mono block">
                {claim}={value}
              </span>
            ))}
          </td>
        </tr>
      ))}
    </Table>
  </details>
)
/** The same sentences stand in the reference, which is Markdown. */
const plain = (text: string): string => text.replaceAll('`', '')

const HowTo = ({ tenant, publicUrl }: Pick<WorkloadsPageProps, 'tenant' | 'publicUrl'>) => (
  <details>
    <summary>How a program exchanges its token</summary>
    <pre>
      {[
        `curl ${publicUrl}/v1/token \\`,
        '  -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\',
        '  -d subject_token_type=urn:ietf:params:oauth:token-type:jwt \\',
        `  -d audience=${tenant} \\`,
        '  --data-urlencode subject_token="$TOKEN"',
      ].join('\n')}
    </pre>
  </details>
)

const Row = ({
  tenant,
  row,
  mayDelete,
  confirms,
}: {
  tenant: string
  row: WorkloadView
  mayDelete: boolean
  /** Says that one counts which a restore set aside. */
  confirms: boolean
}) => (
  <tr>
    <td>
      {row.name}
      <br />
      <code class="soft small">{row.id}</code>{' '}
      {row.setAside ? <span class="badge warn">set aside</span> : null}
    </td>
    <td>
      <Person id={row.serviceAccount} />
      <br />
      <span class="soft small">
        {countOf(row.scopes.length, 'scope')}, {row.lifetimeSeconds / 60} min
      </span>
    </td>
    <td class="small">
      <span class="mono block">{row.issuer}</span>
      <span class="soft">for </span>
      <span class="mono">{row.audience}</span>
    </td>
    <td class="small">
      {Object.entries(row.claims).map(([claim, value]) => (
        <span class="mono block">
          {claim}={value}
        </span>
      ))}
    </td>
    <td class="small">
      {minute(row.createdAt)} by <Person id={row.createdBy} />
    </td>
    <td>
      {confirms && row.setAside ? (
        <form method="post" action={`/t/${tenant}/workloads/${row.id}/confirm`}>
          <button type="submit">Confirm</button>
        </form>
      ) : null}
      {mayDelete ? (
        <form method="post" action={`/t/${tenant}/workloads/${row.id}/delete`}>
          <button type="submit" class="danger">
            Delete
          </button>
        </form>
      ) : null}
    </td>
  </tr>
)

export const WorkloadsPage = (props: WorkloadsPageProps) => {
  const { tenant, workloads, next, machines, refused } = props
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Workloads</h1>
      <p>
        Programs that need no secret of ours: they bring a token of the platform they run on and get
        a short one of a service account for it. Claims must be there and be equal; whoever trusts a
        workload approves nothing that it asks for.
      </p>
      <Refused words={refused} />
      {workloads.length === 0 ? (
        <p>None is trusted yet.</p>
      ) : (
        <Table heads={['Name', 'Service account', 'Issuer', 'Claims', 'Since', '']} stack>
          {workloads.map((row) => (
            <Row
              tenant={tenant}
              row={row}
              mayDelete={machines !== null}
              confirms={props.confirms}
            />
          ))}
        </Table>
      )}
      <NextPage href={next} name="More workloads" />
      <HowTo {...props} />
      <Presets />
      {machines === null ? null : (
        <>
          <h2>New workload</h2>
          {machines.length === 0 ? (
            <p>
              A workload acts as a service account, and there is none yet:{' '}
              <a href={`/t/${tenant}/members`}>make one</a>.
            </p>
          ) : (
            <CreateForm {...props} />
          )}
        </>
      )}
    </>
  )
}
