// A tenant's people and machines: who is here, who is invited. Owners and admins see forms, everybody else reads.

import type { RestoreStanding } from '../../schemas/backup.ts'
import { INVITATION_HOURS, type InvitationView } from '../../schemas/invitation.ts'
import type { MemberRole, MemberView } from '../../schemas/member.ts'
import { Refused } from './refused.tsx'
import { Restored } from './restored.tsx'
import { SecretShown } from './secret-shown.tsx'
import { NextPage, Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { minute } from './text.tsx'

const ROLES: Record<Exclude<MemberRole, 'operator'>, string> = {
  owner: 'decides about the tenant and its people',
  admin: 'invites people, runs machines',
  requester: 'asks for changes',
  approver: 'approves and merges what others ask for',
  auditor: 'reads everything, the evidence too',
}

const TONE: Record<string, string> = { active: 'good', open: 'good', accepted: 'good' }
const State = ({ text }: { text: string }) => (
  <span class={`badge ${TONE[text] ?? 'warn'}`}>{text}</span>
)

export const RoleBoxes = ({
  given,
  among,
}: {
  given: readonly string[]
  /** Absent: every role of a person. */
  among?: readonly MemberRole[]
}) => (
  <fieldset>
    <legend>Roles</legend>
    {Object.entries(ROLES)
      .filter(([role]) => among?.includes(role as MemberRole) ?? true)
      .map(([role, about]) => (
        <label class="choice">
          <input type="checkbox" name="roles" value={role} checked={given.includes(role)} />{' '}
          <strong>{role}</strong> <span class="soft">{about}</span>
        </label>
      ))}
  </fieldset>
)

const HOURS = [
  [24, 'a day'],
  [INVITATION_HOURS.default, 'three days'],
  [7 * 24, 'a week'],
  [INVITATION_HOURS.most, 'thirty days'],
] as const

const InviteForm = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={`${at}/invitations`} class="card form">
    <h3>Invite a person</h3>
    <p class="small soft">
      You get a link, once, and send it yourself. It lets one person in, who signs in with an
      identity provider.
    </p>
    <input type="hidden" name="key" value={formKey} />
    <RoleBoxes given={['requester']} />
    <p>
      <label for="hours">Good for</label>
      <select id="hours" name="hours">
        {HOURS.map(([hours, words]) => (
          <option value={hours} selected={hours === INVITATION_HOURS.default}>
            {words}
          </option>
        ))}
      </select>
    </p>
    <button type="submit">Make the link</button>
  </form>
)

const MachineForm = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={`${at}/service-accounts`} class="card form">
    <h3>Add a service account</h3>
    <p class="small soft">
      For a machine: it asks and reads, and approves nothing. Its tokens are made on the page of
      tokens.
    </p>
    <input type="hidden" name="key" value={formKey} />
    <p>
      <label for="handle">Name</label>
      <input id="handle" name="handle" required maxlength={40} autocomplete="off" />
    </p>
    <RoleBoxes given={['requester']} among={['requester', 'auditor']} />
    <button type="submit">Add</button>
  </form>
)

const Invitations = ({ at, invitations }: { at: string; invitations: InvitationView[] }) => (
  <section>
    <h2>Invitations</h2>
    <Table heads={['Roles', 'State', 'From', 'Until', '']} stack>
      {invitations.map(({ id, roles, state, createdAt, expiresAt }) => (
        <tr>
          <td>{roles.join(', ')}</td>
          <td>
            <State text={state} />
          </td>
          <td class="small">made {minute(createdAt)}</td>
          <td class="small">ends {minute(expiresAt)}</td>
          <td>
            {state === 'open' ? (
              <form method="post" action={`${at}/invitations/${id}/revoke`}>
                <button type="submit" class="quiet">
                  Revoke
                </button>
              </form>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  </section>
)

const knownBy = ({ state, signsIn, forgeLogin }: MemberView): string => {
  if (state !== 'active') return ''
  const ways = [signsIn ? 'sign-in' : 'API tokens only']
  return [...ways, ...(forgeLogin === null ? [] : [`${forgeLogin} on the forge`])].join(', ')
}

export interface MembersPageProps {
  tenant: string
  members: MemberView[]
  next: string | null
  /** The last restore that may have lost something; null: none has. */
  restored: RestoreStanding | null
  /** Null for readers. */
  managing: { invitations: InvitationView[]; formKey: string } | null
  /** Of the invitation just made. */
  link?: string | undefined
  refused?: string | undefined
}

export const MembersPage = ({
  tenant,
  members,
  next,
  restored,
  managing,
  link,
  refused,
}: MembersPageProps) => {
  const at = `/t/${tenant}`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Members of {tenant}</h1>
      <Refused words={refused} />
      {restored ? <Restored standing={restored} /> : null}
      {link === undefined ? null : <SecretShown what="The invitation" secret={link} />}
      <Table heads={['Name', 'Roles', 'State', 'Known by', 'Here']} stack>
        {members.map((member) => (
          <tr>
            <td>
              <a href={`${at}/members/${member.id}`}>{member.handle ?? 'erased'}</a>{' '}
              <span class="soft small">{member.kind === 'service' ? 'machine' : ''}</span>
              <br />
              <code class="soft small">{member.id}</code>
            </td>
            <td>{member.roles.join(', ')}</td>
            <td>
              <State text={member.state} />
            </td>
            <td class="small">{knownBy(member)}</td>
            <td class="small">
              since {member.createdAt.slice(0, 10)}
              {member.endedAt === null ? '' : ` until ${member.endedAt.slice(0, 10)}`}
            </td>
          </tr>
        ))}
      </Table>
      <NextPage href={next} name="More members" />
      {managing ? (
        <>
          {managing.invitations.length > 0 ? (
            <Invitations at={at} invitations={managing.invitations} />
          ) : null}
          <h2>Add</h2>
          <div class="grid">
            <InviteForm at={at} formKey={managing.formKey} />
            <MachineForm at={at} formKey={`${managing.formKey}-machine`} />
          </div>
        </>
      ) : (
        <p class="soft">Owners and admins invite and remove people.</p>
      )}
    </>
  )
}
