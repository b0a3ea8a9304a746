// A tenant's settings as a page: its name, where its things may be, who must approve what, how long things are kept.
import type { TenantView } from '../../schemas/tenant.ts'
import {
  type ApprovalRule,
  ChangeKind,
  ENDED_DAYS,
  GRACE_DAYS,
} from '../../schemas/tenant-settings.ts'
import type { OutsidePlace } from '../actors/tenant/lifecycle/contracts.ts'
import { Refused } from './refused.tsx'
import { DangerZone, type DangerZoneProps } from './settings-danger.tsx'
import { DAYS_AT_MOST, MOST_RULES } from './settings-form.ts'
import { Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'

export interface SettingsPageProps extends Omit<DangerZoneProps, 'tenant'> {
  tenant: TenantView
  version: number
  outside: OutsidePlace[]
  mayEdit: boolean
  /** What the form asked for. */
  refused: string | null
  saved: boolean
}

const KINDS: Record<ChangeKind, string> = {
  create: 'creations',
  update: 'updates',
  delete: 'deletions',
  failover: 'failovers',
  'tenant-deletion': 'the tenant itself',
}
const ROLES = ['owner', 'approver'] as const
const NO_RULE: Partial<ApprovalRule> = {}

const RuleFields = ({ rule, index }: { rule: Partial<ApprovalRule>; index: number }) => (
  <fieldset class="card">
    <legend>{rule.approvals === undefined ? 'One more rule' : `Rule ${index + 1}`}</legend>
    <p>
      <label for={`approvals.${index}`}>Approvals by other people; empty: no rule</label>
      <input
        id={`approvals.${index}`}
        name={`approvals.${index}`}
        type="number"
        min={1}
        max={10}
        value={rule.approvals}
      />
    </p>
    <fieldset>
      <legend>Of which changes; none chosen: of every change</legend>
      <div class="choices">
        {ChangeKind.options.map((kind) => (
          <label class="choice">
            <input
              type="checkbox"
              name={`kinds.${index}`}
              value={kind}
              checked={rule.kinds?.includes(kind) ?? false}
            />{' '}
            {KINDS[kind]}
          </label>
        ))}
      </div>
    </fieldset>
    <fieldset>
      <legend>By people with the role; none chosen: owner or approver</legend>
      <div class="choices">
        {ROLES.map((role) => (
          <label class="choice">
            <input
              type="checkbox"
              name={`roles.${index}`}
              value={role}
              checked={rule.roles?.includes(role) ?? false}
            />{' '}
            {role}
          </label>
        ))}
      </div>
    </fieldset>
    <p>
      <label class="choice">
        <input
          type="checkbox"
          name={`credential.${index}`}
          value="on"
          checked={rule.credential ?? false}
        />{' '}
        Only by presenting a phoenix-approver credential
      </label>
    </p>
  </fieldset>
)

const Days = (props: {
  name: string
  label: string
  value: number | undefined
  usual: number
  most: number
}) => (
  <p>
    <label for={props.name}>{props.label}</label>
    <input
      id={props.name}
      name={props.name}
      type="number"
      min={1}
      max={props.most}
      value={props.value}
      placeholder={String(props.usual)}
    />
  </p>
)

const SettingsForm = ({ tenant, version }: Pick<SettingsPageProps, 'tenant' | 'version'>) => {
  const { approvals = [], allowedRegions = [], retention = {} } = tenant.settings
  const rules = approvals.length < MOST_RULES ? [...approvals, NO_RULE] : approvals
  return (
    <form method="post" action={`/t/${tenant.slug}/settings`} class="form">
      <input type="hidden" name="version" value={version} />
      <h2>Name</h2>
      <p>
        <label for="name">How it is shown. In addresses it stays {tenant.slug}</label>
        <input id="name" name="name" required maxlength={80} size={40} value={tenant.name} />
      </p>
      <h2>Regions</h2>
      <p class="soft small">
        Operators allow {tenant.residency.allow.map((one) => one.toUpperCase()).join(', ')}
        {tenant.residency.regions ? `, in ${tenant.residency.regions.join(', ')}` : ''}. Copies,
        backups and keys keep to the regions too. What stands elsewhere already stays.
      </p>
      <p>
        <label for="regions">
          Regions its things may be in, one a line. Empty: all that operators allow.
        </label>
        <textarea id="regions" name="regions" rows={4} cols={40}>
          {allowedRegions.join('\n')}
        </textarea>
      </p>
      <h2>Who must approve</h2>
      <p class="soft small">
        Of the rules that fit a change the strictest counts, and never the requester. A rule for
        deletions covers the deletion of the tenant too. A rule that is taken back still counts for
        what was asked for under it.
      </p>
      <div class="grid">
        {rules.map((rule, index) => (
          <RuleFields rule={rule} index={index} />
        ))}
      </div>
      <h2>How long things are kept</h2>
      <Days
        name="graceDays"
        label="Days between the deletion of the tenant and its erasure"
        value={retention.graceDays}
        usual={GRACE_DAYS}
        most={DAYS_AT_MOST.grace}
      />
      <Days
        name="endedDays"
        label="Days after which ended sessions, tokens and invitations are forgotten"
        value={retention.endedDays}
        usual={ENDED_DAYS}
        most={DAYS_AT_MOST.ended}
      />
      <button type="submit">Save</button>
    </form>
  )
}

const Facts = ({ tenant: { settings, name } }: Pick<SettingsPageProps, 'tenant'>) => (
  <dl class="facts">
    <dt>Name</dt>
    <dd>{name}</dd>
    <dt>Regions</dt>
    <dd>{settings.allowedRegions?.join(', ') ?? 'all that operators allow'}</dd>
    <dt>Approvals</dt>
    <dd>
      {(settings.approvals ?? []).length === 0
        ? 'one by somebody else'
        : settings.approvals?.map(({ kinds, approvals, roles, credential }) => (
            <div>
              {approvals} of {kinds?.map((kind) => KINDS[kind]).join(', ') ?? 'every change'} by{' '}
              {roles?.join(' or ') ?? 'owner or approver'}
              {credential ? ', by presenting a credential' : ''}
            </div>
          ))}
    </dd>
    <dt>Grace after deletion</dt>
    <dd>{settings.retention?.graceDays ?? GRACE_DAYS} days</dd>
  </dl>
)

const Outside = ({ outside, slug }: { outside: OutsidePlace[]; slug: string }) =>
  outside.length === 0 ? null : (
    <section class="note warn">
      <p>
        <strong>
          {outside.length} {outside.length === 1 ? 'resource stands' : 'resources stand'} outside
          the allowed regions.
        </strong>{' '}
        Nothing happens to it by itself; a change that keeps it there is refused.
      </p>
      <Table heads={['Resource', 'Where']}>
        {outside.map(({ resource, places }) => (
          <tr>
            <td>
              <a href={`/t/${slug}/resources/${resource}`}>{resource}</a>
            </td>
            <td>{places.join(', ')}</td>
          </tr>
        ))}
      </Table>
    </section>
  )

export const SettingsPage = (props: SettingsPageProps) => {
  const { tenant, version, outside, mayEdit, refused, saved } = props
  return (
    <>
      <TenantLink tenant={tenant.slug} />
      <h1>Settings of {tenant.name}</h1>
      <Refused words={refused} />
      {saved ? (
        <p class="note good" role="status">
          Saved.
        </p>
      ) : null}
      <Outside outside={outside} slug={tenant.slug} />
      {mayEdit ? <SettingsForm tenant={tenant} version={version} /> : <Facts tenant={tenant} />}
      <DangerZone {...props} />
    </>
  )
}
