// The holder's page of a presentation request: who asks for what and why, the link in three forms, a warning where another device
// shows it, what came of it. Never what was presented.
import type {
  DcqlClaim,
  DcqlCredential,
  PresentationFault,
  PresentationState,
} from '../../../schemas/presentation.ts'
import type { PresentationPage as Shown } from '../../actors/tenant/credentials/presentations/wallet-contracts.ts'
import type { Messages } from '../languages/en.ts'
import { isolated, wordsFor } from '../languages/languages.ts'
import { State, TimeLeft, WalletLink } from './pieces.tsx'

const TONE: Record<PresentationState, string> = {
  ...{ pending: '', retrieved: '', verified: 'good', rejected: 'bad', expired: 'warn' },
}

/** What each word of the verifier means to its holder. */
const CLASS: Partial<Record<PresentationFault, string>> = {
  ...{
    'denied-by-wallet': 'denied',
    'untrusted-issuer': 'untrusted',
    'bad-certificate': 'untrusted',
  },
  ...{ expired: 'expired', 'not-yet-valid': 'expired', revoked: 'revoked', suspended: 'suspended' },
  ...{ 'not-asked-for': 'incomplete', missing: 'incomplete', 'not-permitted': 'forbidden' },
}

const typesOf = ({ meta }: DcqlCredential): string[] =>
  meta.vct_values ?? (meta.type_values ?? []).map((types) => types.at(-1) ?? '')

/** `given_name` as people read it. */
const claimName = ({ path }: DcqlClaim): string =>
  path
    .filter((part) => part !== null)
    .map((part) => String(part).replaceAll('_', ' '))
    .join(' › ')

interface AskedProps {
  credential: DcqlCredential
  names: Shown['names']
  words: Messages
}

const Asked = ({ credential, names, words }: AskedProps) => (
  <section class="card">
    {typesOf(credential).map((type) => {
      const name = Object.hasOwn(names, type) ? wordsFor(names[type] ?? [], words)?.name : undefined
      return (
        <p>
          {name === undefined ? null : (
            <>
              <strong>
                <bdi>{name}</bdi>
              </strong>
              <br />
            </>
          )}
          <span class="mono small soft" dir="ltr">
            {type}
          </span>
        </p>
      )
    })}
    <ul>
      {(credential.claims ?? []).map((claim) => (
        <li>
          <bdi>{claimName(claim)}</bdi>
          {claim.values === undefined ? null : (
            <span class="soft"> {words.presentation.onlyIf(claim.values.join(', '))}</span>
          )}
        </li>
      ))}
      {/* Nothing that the holder could keep back (OpenID4VP 1.0 §6.4.1); of the other format nothing can be. */}
      {credential.format === 'jwt_vc_json' ? (
        <li>{words.presentation.everything}</li>
      ) : credential.claims === undefined ? (
        <li>{words.presentation.having}</li>
      ) : null}
    </ul>
  </section>
)

const Begin = ({ words }: { words: Messages }) => (
  <form method="post">
    <p>{words.presentation.beginText}</p>
    <button type="submit">{words.presentation.begin}</button>
  </form>
)

const isOpen = ({ request: { state } }: Shown): boolean =>
  state === 'pending' || state === 'retrieved'

/** What the script compares, and whether there is anything to wait for. */
export const liveOf = (shown: Shown) => ({
  // Before it is begun there is a form on it.
  live: isOpen(shown) && shown.browser !== 'none',
  version: `${shown.request.state} ${shown.answered} ${shown.browser} ${shown.uri === null}`,
})

const Outcome = ({ shown, words }: { shown: Shown; words: Messages }) => {
  const { request, browser, answered, verifier } = shown
  const { presentation } = words
  if (isOpen(shown) && browser === 'another')
    return <State words={presentation.elsewhere} tone="warn" />
  const { state, fault } = request
  const [title, text] = presentation.states[state] ?? ['', '']
  const onDevice = state === 'pending' && request.mode === 'same-device'
  const sentence = fault === null ? undefined : presentation.faults[CLASS[fault] ?? 'technical']
  return (
    <>
      <State words={[title, onDevice ? presentation.openHere : text]} tone={TONE[state]} />
      {isOpen(shown) && answered ? <p>{presentation.back}</p> : null}
      {sentence === undefined ? null : <p>{sentence}</p>}
      {fault === null ? null : (
        <p class="soft small">
          {words.technical} <code dir="ltr">{fault}</code>
        </p>
      )}
      {state === 'rejected' || state === 'expired' ? (
        <p>{presentation.again(isolated(verifier, words))}</p>
      ) : null}
    </>
  )
}

export const PresentationPage = ({
  shown,
  words,
  now,
}: {
  shown: Shown
  words: Messages
  now: Date
}) => {
  const { request, uri, browser } = shown
  const verifier = isolated(shown.verifier, words)
  const { presentation } = words
  const { credentials, credential_sets } = request.dcql_query
  return (
    <>
      <h1>{presentation.title(verifier)}</h1>
      {shown.simulated ? <p class="note warn">{words.simulated}</p> : null}
      <Outcome shown={shown} words={words} />
      <h2>{presentation.why}</h2>
      <p>
        <bdi>{request.purpose}</bdi>
      </p>
      <h2>{presentation.what}</h2>
      {credential_sets || credentials.some(({ claim_sets }) => claim_sets) ? (
        <p>{presentation.oneOf}</p>
      ) : null}
      <div class="grid">
        {credentials.map((credential) => (
          <Asked credential={credential} names={shown.names} words={words} />
        ))}
      </div>
      {isOpen(shown) ? <p>{presentation.decide}</p> : null}
      {isOpen(shown) && browser === 'none' ? <Begin words={words} /> : null}
      {uri === null || browser === 'none' ? null : (
        <>
          {request.mode === 'cross-device' ? (
            <p class="note warn">{presentation.crossDevice}</p>
          ) : null}
          <WalletLink
            uri={uri}
            alt={request.mode === 'cross-device' ? presentation.qrAlt(verifier) : null}
            words={words}
          />
        </>
      )}
      {isOpen(shown) ? <TimeLeft at={request.expiresAt} now={now} words={words} /> : null}
      {liveOf(shown).live ? <p class="small soft">{words.refreshes}</p> : null}
    </>
  )
}
