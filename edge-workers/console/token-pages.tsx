// API tokens: one's own, and those of machines for whoever runs them. A token is shown in the answer to its form and never again.
import type { RestoreStanding } from '../../schemas/backup.ts'
import type { MemberView } from '../../schemas/member.ts'
import type { Scope } from '../../schemas/principal.ts'
import type { TokenView } from '../../schemas/token.ts'
import { Person } from './people.tsx'
import { Refused } from './refused.tsx'
import { Restored } from './restored.tsx'
import { SecretShown } from './secret-shown.tsx'
import { NextPage, Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { countOf, minute } from './text.tsx'

export interface TokensPageProps {
  tenant: string
  tokens: TokenView[]
  next: string | null
  /** Of the reader's credential: no token of theirs can do more. */
  scopes: readonly Scope[]
  /** For which the reader may make tokens. */
  machines: MemberView[]
  /** The reader; null for a credential that is no member's. */
  self: string | null
  now: string
  formKey: string
  /** The reader may say that one counts which a restore set aside. */
  confirms: boolean
  /** The last restore that may have lost something; null: none has. */
  restored: RestoreStanding | null
  /** One was, a moment ago. */
  revoked: boolean
  /** Just made. */
  token?: string | undefined
  refused?: string | undefined
}

/** Days; the last is for ever. */
const DAYS = [7, 30, 90, 365, 0] as const

type State = 'active' | 'rotated' | 'revoked' | 'expired' | 'set aside'
const stateOf = ({ revokedAt, expiresAt, rotatedTo, setAside }: TokenView, now: string): State => {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now)) return 'expired'
  if (setAside) return 'set aside'
  return rotatedTo === null ? 'active' : 'rotated'
}
const TONE: Record<State, string> = {
  ...{ active: 'good', rotated: 'warn', 'set aside': 'warn', revoked: '', expired: '' },
}

const CreateForm = ({ tenant, scopes, machines, self, formKey }: TokensPageProps) => (
  <form method="post" action={`/t/${tenant}/tokens`} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <div class="grid">
      <p>
        <label for="name">Name</label>
        <input id="name" name="name" required maxlength={80} autocomplete="off" />
      </p>
      <p>
        <label for="member">For</label>
        <select id="member" name="member">
          {self === null ? null : <option value="">myself</option>}
          {machines.map(({ id, handle }) => (
            <option value={id}>{handle ?? id} (machine)</option>
          ))}
        </select>
      </p>
      <p>
        <label for="days">Ends after</label>
        <select id="days" name="days">
          {DAYS.map((days) => (
            <option value={days} selected={days === 90}>
              {days === 0 ? 'never' : `${days} days`}
            </option>
          ))}
        </select>
      </p>
    </div>
    <fieldset>
      <legend>Scopes</legend>
      <p class="small soft">None chosen: all that its member’s roles have.</p>
      <div class="choices">
        {scopes.map((scope) => (
          <label class="choice">
            <input type="checkbox" name="scopes" value={scope} /> <code>{scope}</code>
          </label>
        ))}
      </div>
    </fieldset>
    <button type="submit">Make the token</button>
  </form>
)

interface ActionsProps {
  at: string
  token: TokenView
  state: State
  /** Owners and operators say that one counts which a restore set aside. */
  confirms: boolean
  /** People rotate their own tokens, and those of the machines they run. */
  rotates: boolean
  now: string
}

const Actions = ({ at, token, state, rotates, confirms, now }: ActionsProps) => (
  <div class="row">
    {confirms && state === 'set aside' ? (
      <form method="post" action={`${at}/${token.id}/confirm`}>
        <button type="submit">Confirm</button>
      </form>
    ) : null}
    {rotates && state === 'active' && token.workload === null ? (
      <form method="post" action={`${at}/${token.id}/rotate`}>
        <input type="hidden" name="key" value={`console:rotate:${token.id}:${now}`} />
        <button type="submit" class="quiet">
          Rotate
        </button>
      </form>
    ) : null}
    {state !== 'revoked' && state !== 'expired' ? (
      <form method="post" action={`${at}/${token.id}/revoke`}>
        <button type="submit" class="quiet">
          Revoke
        </button>
      </form>
    ) : null}
  </div>
)

export const TokensPage = (props: TokensPageProps) => {
  const { tenant, tokens, next, machines, self, now, revoked, token, refused, restored } = props
  const at = `/t/${tenant}/tokens`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>API tokens</h1>
      <Refused words={refused} />
      {revoked ? (
        <p class="note good" role="status">
          The token is revoked: its next request is refused.
        </p>
      ) : null}
      {token === undefined ? null : <SecretShown what="The token" secret={token} />}
      {restored ? <Restored standing={restored} /> : null}
      {tokens.length === 0 ? (
        <p>There are none yet.</p>
      ) : (
        <Table heads={['Name', 'Of', 'State', 'Scopes', 'Use', 'End', '']} stack>
          {tokens.map((row) => {
            const state = stateOf(row, now)
            return (
              <tr>
                <td>
                  {row.name}
                  <br />
                  <code class="soft small">{row.id}</code>
                </td>
                <td>{row.member === self ? 'myself' : <Person id={row.member} />}</td>
                <td>
                  <span class={`badge ${TONE[state]}`}>{state}</span>
                </td>
                <td class="small">
                  <details class="plain">
                    <summary>{countOf(row.scopes.length, 'scope')}</summary>
                    {row.scopes.join(', ')}
                  </details>
                </td>
                <td class="small">
                  {row.lastUsedAt === null ? 'never used' : `used ${minute(row.lastUsedAt)}`}
                </td>
                <td class="small">
                  {row.expiresAt === null ? 'never ends' : `ends ${minute(row.expiresAt)}`}
                </td>
                <td>
                  <Actions
                    at={at}
                    token={row}
                    state={state}
                    confirms={props.confirms}
                    rotates={row.member === self || machines.some(({ id }) => id === row.member)}
                    now={now}
                  />
                </td>
              </tr>
            )
          })}
        </Table>
      )}
      <NextPage href={next} name="More tokens" />
      <p class="small soft">
        A rotated token goes on for a day beside its successor, a revoked one is refused with its
        next request.
      </p>
      {self === null && machines.length === 0 ? null : (
        <>
          <h2>New token</h2>
          <CreateForm {...props} />
        </>
      )}
    </>
  )
}
