// The way in: a button for each identity provider, and an API token below.
import type { Issuer } from '../auth/oidc/issuers.ts'
import { Refused } from './refused.tsx'

const NOTES = {
  refused: 'This did not work. The sign-in was cancelled, took too long, or was answered twice.',
  token: 'This token is not valid.',
  outage: 'The identity provider does not answer. Try again in a minute.',
  credential: 'Nobody signs in there with a credential. Check the name of the tenant.',
  busy: 'Too many sign-ins are under way there. Try again in a minute.',
} as const

const TokenForm = ({ next }: { next: string }) => (
  <form method="post" action="/sign-in">
    <input type="hidden" name="next" value={next} />
    <p>
      It is kept in a cookie that no script can read, for eight hours, and leads to its own tenant.
    </p>
    <p>
      <label for="token">API token</label>
      <br />
      <input id="token" name="token" type="password" autocomplete="off" required size={60} />
    </p>
    <p>
      <button type="submit" class="quiet">
        Sign in with the token
      </button>
    </p>
  </form>
)

const CredentialForm = ({ next }: { next: string }) => (
  <form method="post" action="/sign-in/credential" class="form">
    <input type="hidden" name="next" value={next} />
    <p>Present the phoenix-member credential that the tenant has issued to you.</p>
    <label for="tenant">Tenant</label>
    <input
      id="tenant"
      name="tenant"
      required
      maxlength={63}
      autocapitalize="none"
      autocomplete="organization"
      spellcheck={false}
    />
    <div class="row">
      <button type="submit" name="mode" value="cross-device">
        Show a QR code for my phone
      </button>
      <button type="submit" name="mode" value="same-device" class="quiet">
        Open the wallet on this device
      </button>
    </div>
  </form>
)

export const SignInPage = ({
  next,
  issuers,
  note = null,
  laptop,
}: {
  next: string
  issuers: readonly Issuer[]
  note?: keyof typeof NOTES | null
  laptop: boolean
}) => (
  <>
    <h1>Sign in</h1>
    <Refused words={note && NOTES[note]} />
    {issuers.length === 0 ? (
      <p>No identity provider is configured here: use an API token.</p>
    ) : (
      <ul class="plain ways-in">
        {issuers.map(({ name, label }) => (
          <li>
            <a class="button" href={`/sign-in/${name}?${new URLSearchParams({ next })}`}>
              Sign in with {label}
            </a>
          </li>
        ))}
      </ul>
    )}
    {laptop && issuers.length > 0 ? (
      <p class="soft">
        On this laptop the people are <strong>simulated</strong>: choose who you are, no password is
        asked.
      </p>
    ) : null}
    <details open={note === 'credential' || note === 'busy'}>
      <summary>Sign in with a credential</summary>
      <CredentialForm next={next} />
    </details>
    <details open={issuers.length === 0 || note === 'token'}>
      <summary>Use an API token</summary>
      <TokenForm next={next} />
    </details>
  </>
)
