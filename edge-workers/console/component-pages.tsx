// Hardware as pages: what there is, one component with its history, and forms for the next step. Each step of the history names
// its leaf in the tenant's log.
import {
  COMPONENT_MOVES,
  type ComponentFilter,
  ComponentKind,
  ComponentState,
  type ComponentSummary,
  type ComponentView,
} from '../../schemas/component.ts'
import type { Principal } from '../../schemas/principal.ts'
import { ProofOf } from './log-link.tsx'
import { Person } from './people.tsx'
import { Refused } from './refused.tsx'
import { NextPage, Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { minute } from './text.tsx'

const TONES: Record<ComponentState, string> = {
  registered: '',
  transferred: 'warn',
  deployed: 'good',
  retired: '',
}
const StateBadge = ({ state }: { state: ComponentState }) => (
  <span class={`badge ${TONES[state]}`.trimEnd()}>{state}</span>
)

const placeOf = ({ site, host, custodian }: ComponentSummary): string =>
  site !== null ? `${site} / ${host}` : (custodian ?? '–')

const Choice = ({
  name,
  label,
  options,
  value,
}: {
  name: string
  label: string
  options: readonly string[]
  value: string | undefined
}) => (
  <label>
    {label}{' '}
    <select name={name}>
      <option value="">all</option>
      {options.map((option) => (
        <option value={option} selected={option === value}>
          {option}
        </option>
      ))}
    </select>
  </label>
)

const Evidence = () => (
  <p>
    <label for="evidence">
      Evidence: digests of papers that stay with you, one a line; may be empty
    </label>
    <textarea id="evidence" name="evidence" rows={2} cols={72} maxlength={1500} class="mono" />
  </p>
)

const Field = ({ name, label, most }: { name: string; label: string; most: number }) => (
  <p>
    <label for={name}>{label}</label>
    <input id={name} name={name} required maxlength={most} autocomplete="off" />
  </p>
)

const RegisterForm = ({ tenant, formKey }: { tenant: string; formKey: string }) => (
  <form method="post" action={`/t/${tenant}/components`} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="kind">Kind</label>
        <select id="kind" name="kind">
          {ComponentKind.options.map((kind) => (
            <option value={kind}>{kind}</option>
          ))}
        </select>
      </p>
      <Field name="manufacturer" label="Manufacturer" most={100} />
      <Field name="model" label="Model" most={100} />
      <Field name="serial" label="Serial number; only a keyed digest is kept" most={200} />
    </div>
    <Evidence />
    <button type="submit">Register the component</button>
  </form>
)

export interface ComponentsPageProps {
  tenant: string
  components: ComponentSummary[]
  filter: ComponentFilter
  next: string | null
  /** Null: the reader registers none. */
  formKey: string | null
  refused?: string | undefined
}

export const ComponentsPage = (props: ComponentsPageProps) => {
  const { tenant, components, filter, next, formKey, refused } = props
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Hardware</h1>
      <p>
        Machines and their parts, from where they came to where they ended. Every step is a leaf of
        the tenant’s log, which anybody can check who has the proof.
      </p>
      <Refused words={refused} />
      <form method="get" class="row">
        <Choice name="state" label="State" options={ComponentState.options} value={filter.state} />{' '}
        <Choice name="kind" label="Kind" options={ComponentKind.options} value={filter.kind} />{' '}
        <button type="submit" class="quiet">
          Show
        </button>
      </form>
      {components.length === 0 ? (
        <p>There is none{filter.state || filter.kind ? ' of these' : ' yet'}.</p>
      ) : (
        <Table heads={['Component', 'Kind', 'State', 'Where', 'Since']} stack>
          {components.map((one) => (
            <tr>
              <td>
                <a href={`/t/${tenant}/components/${one.id}`}>
                  {one.manufacturer} {one.model}
                </a>
                <br />
                <code class="soft small">{one.id}</code>
              </td>
              <td>{one.kind}</td>
              <td>
                <StateBadge state={one.state} />
              </td>
              <td>{placeOf(one)}</td>
              <td class="small">{minute(one.updatedAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="More components" />
      {formKey === null ? null : (
        <>
          <h2>New component</h2>
          <RegisterForm tenant={tenant} formKey={formKey} />
        </>
      )}
    </>
  )
}

const REASONS = ['end-of-life', 'failed', 'returned', 'destroyed', 'lost'] as const

/** One form for each step that may be taken from here: what each asks for differs. */
const StepForms = ({
  tenant,
  component: { id, state },
  version,
  formKey,
}: Pick<ComponentPageProps, 'tenant' | 'component' | 'version'> & { formKey: string }) => (
  <>
    <h2>Next step</h2>
    {COMPONENT_MOVES[state].map((to) => (
      <details>
        <summary>{STEP_NAMES[to]}</summary>
        <form method="post" action={`/t/${tenant}/components/${id}/steps`} class="card form">
          <input type="hidden" name="key" value={formKey} />
          <input type="hidden" name="version" value={version} />
          <input type="hidden" name="to" value={to} />
          {to === 'transferred' ? (
            <Field
              name="custodian"
              label="Organisation that has it now; never a person"
              most={100}
            />
          ) : null}
          {to === 'deployed' ? (
            <div class="grid">
              <Field name="site" label="Site" most={63} />
              <Field name="host" label="Host or rack" most={63} />
            </div>
          ) : null}
          {to === 'retired' ? (
            <p>
              <label for="reason">Reason; nothing follows it</label>
              <select id="reason" name="reason">
                {REASONS.map((reason) => (
                  <option value={reason}>{reason}</option>
                ))}
              </select>
            </p>
          ) : null}
          <p>
            <label for={`evidence-${to}`}>Evidence: digests, one a line; may be empty</label>
            <textarea
              id={`evidence-${to}`}
              name="evidence"
              rows={2}
              cols={72}
              maxlength={1500}
              class="mono"
            />
          </p>
          <button type="submit" {...(to === 'retired' ? { class: 'danger' } : {})}>
            {STEP_NAMES[to]}
          </button>
        </form>
      </details>
    ))}
  </>
)
const STEP_NAMES: Record<ComponentState, string> = {
  registered: 'Register',
  transferred: 'Hand it over',
  deployed: 'Deploy it',
  retired: 'Retire it',
}

export interface ComponentPageProps {
  tenant: string
  component: ComponentView
  version: number
  /** Null: the reader takes no step, or there is none left. */
  formKey: string | null
  who: Pick<Principal, 'roles' | 'scopes'>
  refused?: string | undefined
}

const History = ({ component }: Pick<ComponentPageProps, 'component'>) => (
  <Table heads={['Step', 'What was said', 'Evidence', 'Who and when', 'Leaf']} stack>
    {component.history.map((step) => (
      <tr>
        <td>
          {step.version}. <StateBadge state={step.to as ComponentState} />
        </td>
        <td>{step.about ?? '–'}</td>
        <td class="small mono">
          {step.evidence.length === 0
            ? '–'
            : step.evidence.map((digest) => <span class="mono block">{digest}</span>)}
        </td>
        <td class="small">
          <Person id={step.actor} />, {minute(step.at)}
        </td>
        <td class="small">
          <span class="mono">
            {step.leafIndex}: {step.leafHash.slice(0, 16)}…
          </span>
        </td>
      </tr>
    ))}
  </Table>
)

export const ComponentPage = (props: ComponentPageProps) => {
  const { tenant, component, formKey, who, refused } = props
  const { id, kind, manufacturer, model, state, custodian, site, host, serialDigest } = component
  return (
    <>
      <p class="soft">
        <a href={`/t/${tenant}/components`}>Hardware</a>
      </p>
      <h1>
        {manufacturer} {model} <StateBadge state={state} />
      </h1>
      <Refused words={refused} />
      <dl class="facts">
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Kind</dt>
        <dd>{kind}</dd>
        <dt>Custodian</dt>
        <dd>{custodian ?? '–'}</dd>
        <dt>Place</dt>
        <dd>{site === null ? '–' : `${site} / ${host}`}</dd>
        <dt>Serial number</dt>
        <dd class="small">
          <span class="mono">{serialDigest}</span>{' '}
          <span class="soft">a keyed digest; the number itself is not kept</span>
        </dd>
      </dl>
      <h2>History</h2>
      <History component={component} />
      <ProofOf tenant={tenant} subject={id} who={who} />
      {formKey === null ? null : <StepForms {...props} formKey={formKey} />}
    </>
  )
}
