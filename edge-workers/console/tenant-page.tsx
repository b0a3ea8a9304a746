// A tenant's front page: what it is, and the way to everything that its reader may see.
import { type Action, actions, mayDo, type Principal } from '../../schemas/principal.ts'
import type { TenantView } from '../../schemas/tenant.ts'

/** Path, action that its page needs, name, what it is about. */
const WAYS: readonly (readonly [string, Action, string, string])[] = [
  ['changes', 'changes.read', 'Changes', 'What was asked for, and what became of it.'],
  ['rollouts', 'rollouts.read', 'Rollouts', 'Whole systems, phase by phase.'],
  ['resources', 'resources.read', 'Resources', 'What exists, how it is, what it costs.'],
  ['components', 'components.read', 'Hardware', 'Where machines came from, and where they are.'],
  ['members', 'members.read', 'Members', 'People and machines, their roles, invitations.'],
  ['tokens', 'tokens.read', 'API tokens', 'Make, rotate, revoke.'],
  ['workloads', 'workloads.read', 'Workloads', 'Programs that need no secret of ours.'],
  [
    ...(['forge-account', 'forge-accounts.link', 'Account at the forge'] as const),
    'Prove that yours is yours: its reviews count then.',
  ],
  ['webhooks', 'webhooks.read', 'Webhooks', 'Tell your systems what happens here.'],
  [
    'credentials',
    'configurations.read',
    'Credentials',
    'What you issue, and what you ask others to show.',
  ],
  ['secrets', 'secrets.read', 'Secrets and keys', 'Values go in and never come out.'],
  ['arc/machines', 'arc.read', 'Azure Arc', 'Machines that Azure manages where they stand.'],
  ['quota', 'quota.read', 'Quota', 'What may be had, what is used and reserved.'],
  ['usage', 'usage.read', 'Usage', 'What stood, by month.'],
  ['invoices', 'invoices.read', 'Invoices', 'By month, with the price book in force.'],
  ['log', 'log.read', 'Log', 'Who did what when, with proofs.'],
  ['settings', 'tenant.read', 'Settings', 'Regions, approvals, retention.'],
]

const STATES: Record<TenantView['state'], 'good' | 'warn' | 'bad'> = {
  active: 'good',
  suspended: 'warn',
  deleting: 'bad',
  deleted: 'bad',
  erased: 'bad',
}

type Reader = Pick<Principal, 'roles' | 'scopes' | 'person'>

const mayOpen = (reader: Reader, action: Action): boolean =>
  mayDo(reader, action) && (actions[action].condition !== 'person' || reader.person)

export const TenantPage = ({ tenant, reader }: { tenant: TenantView; reader: Reader }) => (
  <>
    <h1>
      {tenant.name} <span class={`badge ${STATES[tenant.state]}`}>{tenant.state}</span>
    </h1>
    <dl class="facts">
      <dt>Name in addresses</dt>
      <dd>
        <code>{tenant.slug}</code>
      </dd>
      <dt>Jurisdiction</dt>
      <dd>
        {tenant.jurisdiction}
        {tenant.jurisdictionSimulated ? (
          <span class="soft small">
            {' '}
            simulated: this runtime cannot keep rows in a jurisdiction
          </span>
        ) : null}
      </dd>
      <dt>Repository</dt>
      <dd>
        <a href={tenant.repositoryUrl}>{tenant.repository}</a>
      </dd>
      <dt>Since</dt>
      <dd>{tenant.createdAt.slice(0, 10)}</dd>
    </dl>
    <ul class="tiles">
      {WAYS.filter(([, action]) => mayOpen(reader, action)).map(([path, , name, about]) => (
        <li class="card">
          <h3>
            <a href={`/t/${tenant.slug}/${path}`}>{name}</a>
          </h3>
          <p class="soft small">{about}</p>
        </li>
      ))}
    </ul>
  </>
)
