// A tenant's front page: what it is, and the way to everything it has.
import type { TenantView } from '../../schemas/tenant.ts'

const WAYS = [
  ['changes', 'Changes', 'What was asked for, and what became of it.'],
  ['rollouts', 'Rollouts', 'Whole systems, phase by phase.'],
  ['resources', 'Resources', 'What exists, how it is, what it costs.'],
  ['members', 'Members', 'People and machines, their roles, invitations.'],
  ['tokens', 'API tokens', 'Make, rotate, revoke.'],
  ['forge-account', 'Account at the forge', 'Prove that yours is yours: its reviews count then.'],
  ['webhooks', 'Webhooks', 'Tell your systems what happens here.'],
  ['quota', 'Quota', 'What may be had, what is used and reserved.'],
  ['invoices', 'Invoices', 'By month, with the price book in force.'],
  ['settings', 'Settings', 'Regions, approvals, retention.'],
] as const

const STATES: Record<TenantView['state'], 'good' | 'warn' | 'bad'> = {
  active: 'good',
  suspended: 'warn',
  deleting: 'bad',
  deleted: 'bad',
  erased: 'bad',
}

export const TenantPage = ({ tenant }: { tenant: TenantView }) => (
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
      {WAYS.map(([path, name, about]) => (
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
