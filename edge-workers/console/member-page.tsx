// One member: what is known of them, and what whoever reads may do about it.
import type { MemberDetail } from '../../schemas/member.ts'
import { RoleBoxes } from './member-pages.tsx'
import { Refused } from './refused.tsx'
import { minute } from './text.tsx'

export interface MemberPageProps {
  tenant: string
  member: MemberDetail
  version: number
  /** He may be managed by the reader: roles, removal. */
  manages: boolean
  self: boolean
  refused?: string | undefined
}

const EraseForm = ({ at, version, self }: { at: string; version: number; self: boolean }) => (
  <form method="post" action={`${at}/erase`} class="card form">
    <h3>Erase personal data</h3>
    <p class="small">
      Name, address, handle, sign-in, forge account, sessions and tokens go for good, from backups
      too. {self ? 'You leave the tenant with them. ' : ''}
      What stays is the pseudonym, in the log and in Git: nobody can tell any more whose it was.
    </p>
    <input type="hidden" name="version" value={String(version)} />
    <label class="choice">
      <input type="checkbox" name="sure" value="yes" required /> It cannot be undone, and I mean it.
    </label>
    <button type="submit" class="danger">
      Erase
    </button>
  </form>
)

export const MemberPage = ({
  tenant,
  member,
  version,
  manages,
  self,
  refused,
}: MemberPageProps) => {
  const at = `/t/${tenant}/members/${member.id}`
  const service = member.kind === 'service'
  return (
    <>
      <p class="small">
        <a href={`/t/${tenant}/members`}>Members of {tenant}</a>
      </p>
      <h1>
        {member.handle ?? 'Erased member'}{' '}
        <span class={`badge ${member.state === 'active' ? 'good' : 'warn'}`}>{member.state}</span>
      </h1>
      <Refused words={refused} />
      <dl class="facts">
        <dt>Pseudonym</dt>
        <dd>
          <code>{member.id}</code>
        </dd>
        <dt>Kind</dt>
        <dd>{service ? 'service account' : 'person'}</dd>
        <dt>Roles</dt>
        <dd>{member.roles.join(', ')}</dd>
        {member.name === null ? null : (
          <>
            <dt>Name</dt>
            <dd>{member.name}</dd>
          </>
        )}
        {member.email === null ? null : (
          <>
            <dt>Address</dt>
            <dd>{member.email}</dd>
          </>
        )}
        <dt>Signs in</dt>
        <dd>{member.signsIn ? 'with an identity provider' : 'no'}</dd>
        <dt>Forge account</dt>
        <dd>{member.forgeLogin ?? 'none proved'}</dd>
        <dt>Since</dt>
        <dd>{minute(member.createdAt)}</dd>
        {member.endedAt === null ? null : (
          <>
            <dt>Until</dt>
            <dd>{minute(member.endedAt)}</dd>
          </>
        )}
      </dl>
      {(manages || self) && member.state !== 'erased' ? (
        <p>
          <a class="button quiet" href={`${at}/export`}>
            Export personal data
          </a>
        </p>
      ) : null}
      <div class="grid">
        {manages && member.state === 'active' ? (
          <form method="post" action={`${at}/roles`} class="card form">
            <input type="hidden" name="version" value={String(version)} />
            {service ? (
              <RoleBoxes given={member.roles} among={['requester', 'auditor']} />
            ) : (
              <RoleBoxes given={member.roles} />
            )}
            <button type="submit">Change the roles</button>
          </form>
        ) : null}
        {manages && member.state === 'active' ? (
          <form method="post" action={`${at}/remove`} class="card form">
            <h3>Remove</h3>
            <p class="small">
              Out at once: tokens and sessions end, approvals of open changes are void.
            </p>
            <input type="hidden" name="version" value={String(version)} />
            <button type="submit" class="danger">
              Remove from the tenant
            </button>
          </form>
        ) : null}
        {(self && member.state === 'active') || (manages && member.state === 'removed') ? (
          <EraseForm at={at} version={version} self={self} />
        ) : null}
      </div>
    </>
  )
}
