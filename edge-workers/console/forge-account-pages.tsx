// One's own account at the forge: whether it is linked, and the two ways to prove that it is one's own.
import type { ForgeAccountView, ForgeChallenge } from '../../schemas/forge-account.ts'
import { Refused } from './refused.tsx'
import { TenantLink } from './tenant-link.tsx'
import { minute } from './text.tsx'

const WAYS = { oauth: 'by signing in at the forge', signature: 'by a signature' }

const Linked = ({
  account,
  at,
  version,
}: {
  account: ForgeAccountView
  at: string
  version: number
}) => (
  <section class="card">
    <h2>
      <span class="mono">{account.login}</span> <span class="badge good">linked</span>
    </h2>
    <p>
      Proved {minute(account.provedAt)} {WAYS[account.method]}. An approving review by it counts as
      yours; to push with it to a change’s branch means that you cannot approve that change.
    </p>
    <form method="post" action={`${at}/unlink`}>
      <input type="hidden" name="version" value={String(version)} />
      <button type="submit" class="quiet">
        Unlink
      </button>{' '}
      <span class="soft small">Its approvals of open changes are void with that.</span>
    </form>
  </section>
)

const ByForge = ({ at }: { at: string }) => (
  <section class="card">
    <h2>Sign in at the forge</h2>
    <p>The forge tells Phoenix which account you are. Phoenix gets no access to it.</p>
    <form method="post" action={`${at}/authorize`}>
      <button type="submit">Go to the forge</button>
    </form>
  </section>
)

const BySignature = ({ at, formKey, login }: { at: string; formKey: string; login: string }) => (
  <section class="card">
    <h2>Sign with an SSH key</h2>
    <p>With a key that the forge shows for your account, for fetching or for signing.</p>
    <form method="post" action={`${at}/challenges`} class="form">
      <input type="hidden" name="key" value={formKey} />
      <p>
        <label for="login">Your login at the forge</label>
        <input
          id="login"
          name="login"
          required
          maxlength={64}
          size={32}
          value={login}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
        />
      </p>
      <button type="submit">Ask for a text to sign</button>
    </form>
  </section>
)

export interface ForgeAccountPageProps {
  tenant: string
  /** Null: none is linked. */
  linked: { account: ForgeAccountView; version: number } | null
  offersOAuth: boolean
  formKey: string
  /** As it was typed, if it was refused. */
  login?: string
  refused?: string | undefined
}

export const ForgeAccountPage = (props: ForgeAccountPageProps) => {
  const { tenant, linked, offersOAuth, formKey, login = '', refused } = props
  const at = `/t/${tenant}/forge-account`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Your account at the forge</h1>
      <Refused words={refused} />
      {linked ? (
        <Linked account={linked.account} at={at} version={linked.version} />
      ) : (
        <p class="note">
          No account is linked. What an account says at the forge counts only once its owner has
          proved it.
        </p>
      )}
      {linked ? <h2>Link it anew, or another</h2> : <h2>Link it</h2>}
      <div class="grid">
        {offersOAuth ? <ByForge at={at} /> : null}
        <BySignature at={at} formKey={formKey} login={login} />
      </div>
    </>
  )
}

export const ForgeChallengePage = (props: {
  tenant: string
  challenge: ForgeChallenge
  formKey: string
  refused?: string | undefined
}) => {
  const { tenant, challenge, formKey, refused } = props
  const at = `/t/${tenant}/forge-account`
  return (
    <>
      <p class="small">
        <a href={at}>Your account at the forge</a>
      </p>
      <h1>Sign this text</h1>
      <Refused words={refused} />
      <p>
        It holds until {minute(challenge.expiresAt)}. Use the key that the forge has, in place of{' '}
        <code>~/.ssh/id_ed25519</code>:
      </p>
      <pre class="scroll">{challenge.commands.join('\n')}</pre>
      <details>
        <summary>The text, as it is</summary>
        <pre>{challenge.text}</pre>
      </details>
      <form method="post" action={at} class="card form">
        <input type="hidden" name="key" value={formKey} />
        <input type="hidden" name="challenge" value={challenge.id} />
        <input type="hidden" name="login" value={loginIn(challenge)} />
        <p>
          <label for="signature">The signature</label>
          <textarea
            id="signature"
            name="signature"
            required
            rows={8}
            cols={72}
            class="mono"
            placeholder="-----BEGIN SSH SIGNATURE-----"
          />
        </p>
        <button type="submit">Link the account</button>
      </form>
    </>
  )
}

const loginIn = ({ text }: ForgeChallenge): string => /^Account: (.+)$/m.exec(text)?.[1] ?? ''

/** On the way out: the browser goes on by itself, or by the link. */
export const ToForgePage = ({ url }: { url: string }) => (
  <>
    <h1>To the forge</h1>
    <p>
      <a class="button" href={url}>
        Go on to the forge
      </a>
    </p>
  </>
)

/** On the way back: other sites cannot bring a cookie of ours along, so the last step is a form of this page’s own. */
export const FromForgePage = (props: {
  tenant: string
  challenge: string
  binding: string
  code: string
}) => (
  <>
    <h1>Back from the forge</h1>
    <p>The forge has said which account you are. Link it to yourself in {props.tenant}?</p>
    <form method="post" action={`/t/${props.tenant}/forge-account/return`}>
      {(['challenge', 'binding', 'code'] as const).map((name) => (
        <input type="hidden" name={name} value={props[name]} />
      ))}
      <button type="submit">Link the account</button>
    </form>
  </>
)
