// The form of an offer, made from the claims of its configuration, and what it says as the API takes it.
import type { CredentialClaim, CredentialConfigurationView } from '../../../schemas/credential.ts'
import type { MemberView } from '../../../schemas/member.ts'
import { Duration, Key, titleOf } from './pieces.tsx'

type Json = string | { [name: string]: Json }

const fieldOf = ({ path }: Pick<CredentialClaim, 'path'>): string => `claim.${path.join('.')}`

/** What the platform says itself is not asked for. Each path once, for several may have it. */
const asked = (configurations: readonly CredentialConfigurationView[]): CredentialClaim[] => {
  const byPath = new Map<string, CredentialClaim>()
  for (const { builtIn, claims } of configurations)
    for (const claim of builtIn ? [] : claims) {
      const before = byPath.get(fieldOf(claim))
      byPath.set(fieldOf(claim), before?.mandatory ? before : claim)
    }
  return [...byPath.values()]
}

const put = (
  into: { [name: string]: Json },
  [name = '', ...rest]: string[],
  value: string,
): void => {
  if (rest.length === 0) {
    into[name] = value
    return
  }
  const inner = typeof into[name] === 'object' ? into[name] : {}
  into[name] = inner
  put(inner, rest, value)
}

/** Only what a configuration has a claim for is read; an empty field says nothing. */
export const claimsOf = (
  form: URLSearchParams,
  configurations: readonly CredentialConfigurationView[],
): { [name: string]: Json } => {
  const claims: { [name: string]: Json } = {}
  for (const claim of asked(configurations)) {
    const value = form.get(fieldOf(claim))?.trim() ?? ''
    if (value !== '') put(claims, claim.path, value)
  }
  return claims
}

export const ClaimFields = ({
  configurations,
  typed,
}: {
  configurations: readonly CredentialConfigurationView[]
  typed: URLSearchParams
}) => (
  <>
    {asked(configurations).map((claim) => {
      const field = fieldOf(claim)
      return (
        <p>
          <label for={field}>
            {claim.display?.[0]?.name ?? claim.path.join('.')}
            {claim.mandatory ? '' : ' (may be left out)'}
          </label>
          <input
            id={field}
            name={field}
            value={typed.get(field) ?? ''}
            required={claim.mandatory ?? false}
            size={40}
            autocomplete="off"
          />
        </p>
      )
    })}
    {configurations.some(({ builtIn }) => builtIn) ? (
      <p class="small soft">What it says is the member’s own; it is read when it is issued.</p>
    ) : null}
  </>
)

const ChooseForm = (props: { root: string; configurations: CredentialConfigurationView[] }) => (
  <form method="get" action={`${props.root}/new-offer`} class="card form">
    <p>
      <label for="configuration">What is offered</label>
      <select id="configuration" name="configuration">
        {props.configurations.map((one) => (
          <option value={one.name}>
            {titleOf(one)} ({one.name})
          </option>
        ))}
      </select>
    </p>
    <button type="submit">Go on</button>
  </form>
)

export const NewOfferPage = (props: {
  root: string
  configurations: CredentialConfigurationView[]
  chosen: CredentialConfigurationView | null
  members: MemberView[]
  formKey: string
  typed: URLSearchParams
}) => {
  const { root, chosen, members, formKey, typed } = props
  if (chosen === null) return <ChooseForm root={root} configurations={props.configurations} />
  const said = (field: string, otherwise = '') => typed.get(field) ?? otherwise
  return (
    <form method="post" action={`${root}/offers`} class="card form">
      <Key value={formKey} />
      <input type="hidden" name="configuration" value={chosen.name} />
      <h3>{titleOf(chosen)}</h3>
      <ClaimFields configurations={[chosen]} typed={typed} />
      <p>
        <label for="member">Whose it is{chosen.builtIn ? '' : ', if a member’s'}</label>
        <select id="member" name="member" required={chosen.builtIn}>
          <option value="">{chosen.builtIn ? 'Choose a member' : 'nobody’s here'}</option>
          {members.map(({ id, handle }) => (
            <option value={id} selected={said('member') === id}>
              {handle ?? id}
            </option>
          ))}
        </select>
      </p>
      <p>
        <label for="pin">PIN</label>
        <select id="pin" name="pin">
          <option value="6">6 digits</option>
          <option value="4" selected={said('pin') === '4'}>
            4 digits
          </option>
          <option value="8" selected={said('pin') === '8'}>
            8 digits
          </option>
          <option value="none" selected={said('pin') === 'none'}>
            none: whoever has the link has the credential
          </option>
        </select>
      </p>
      <p>
        <label for="hint">Where the holder finds the PIN, as his wallet shows it</label>
        <input id="hint" name="hint" value={said('hint')} maxlength={300} size={50} />
      </p>
      {chosen.driver === 'openid4vci' ? (
        <>
          <Duration most={604_800} chosen={Number(said('seconds', '900'))} />
          <p>
            <label class="choice">
              <input
                type="checkbox"
                name="deferred"
                value="on"
                checked={said('deferred') === 'on'}
              />{' '}
              Issue it only when somebody has released it
            </label>
          </p>
        </>
      ) : null}
      <button type="submit">Make the offer</button>
      <p class="small soft">
        Kept sealed until the wallet has accepted the credential. Here every value is text; the API
        takes any JSON.
      </p>
    </form>
  )
}
