// The holder's page of an offer: what is offered and by whom, the link in three forms, what has happened so far. Never the code,
// never a claim.
import { type IssuanceState, isIssuanceEnded } from '../../../schemas/credential.ts'
import type { HolderOffer } from '../../actors/tenant/credentials/issuance/wallet-contracts.ts'
import type { Messages } from '../languages/en.ts'
import { isolated, wordsFor } from '../languages/languages.ts'
import { State, TimeLeft, WalletLink } from './pieces.tsx'

const TONE: Record<IssuanceState, string> = {
  ...{ created: '', retrieved: '', authorized: '', deferred: '' },
  ...{ issued: 'good', accepted: 'good', failed: 'bad', denied: 'warn', expired: 'warn' },
}
const STEPS = ['created', 'retrieved', 'authorized', 'issued', 'accepted'] as const

const nameOf = ({ name, display }: HolderOffer['configurations'][number], words: Messages) =>
  wordsFor(display, words)?.name ?? name

const Steps = ({ offer, words }: { offer: HolderOffer; words: Messages }) => {
  const state = offer.state === 'deferred' ? 'authorized' : offer.state
  // Entra tells less: neither that the code is accepted nor that the wallet has confirmed.
  const steps = STEPS.filter(
    (step) => offer.driver !== 'entra' || (step !== 'authorized' && step !== 'accepted'),
  )
  const at = (steps as readonly string[]).indexOf(state)
  if (at < 0) return null
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <li
          class={index < at ? 'done' : index === at ? 'now' : ''}
          aria-current={index === at ? 'step' : undefined}
        >
          {words.offer.steps[step]}
        </li>
      ))}
    </ol>
  )
}

const What = ({ offer, words }: { offer: HolderOffer; words: Messages }) => (
  <>
    <h2>{words.offer.what}</h2>
    <ul class="plain">
      {offer.configurations.map((one) => (
        <li>
          <strong>
            <bdi>{nameOf(one, words)}</bdi>
          </strong>{' '}
          <bdi class="soft">{wordsFor(one.display, words)?.description}</bdi>
        </li>
      ))}
    </ul>
  </>
)

/** Why it came to nothing, and the way on. */
const Ended = ({ offer, words }: { offer: HolderOffer; words: Messages }) => {
  const { error, next, state, again } = offer
  const issuer = isolated(offer.issuerName, words)
  if (state !== 'failed' && state !== 'denied' && state !== 'expired') return null
  const known = error === null ? undefined : words.offer.errors[error.code]
  return (
    <>
      {known === undefined ? null : <p>{known}</p>}
      {error !== null && known === undefined ? (
        <p class="soft">
          {words.technical} <code dir="ltr">{error.code}</code>
        </p>
      ) : null}
      {next === null ? (
        <>
          <p>{again === 'asked' ? words.offer.asked(issuer) : words.offer.again(issuer)}</p>
          {again === 'may-ask' ? (
            <form method="post">
              <button type="submit">{words.offer.ask}</button>
            </form>
          ) : null}
        </>
      ) : (
        <p>
          <a class="button" href={next}>
            {words.offer.next}
          </a>
        </p>
      )}
    </>
  )
}

const Code = ({ offer, words }: { offer: HolderOffer; words: Messages }) => {
  const { txCode, triesLeft } = offer
  if (txCode === null) return null
  return (
    <section>
      <p>
        {words.offer.pin(txCode.length)} {words.offer.pinWhere}
        {txCode.description === undefined ? null : (
          <>
            {' '}
            <q>
              <bdi>{txCode.description}</bdi>
            </q>
          </>
        )}
      </p>
      {triesLeft === null ? null : <p class="soft small">{words.offer.triesLeft(triesLeft)}</p>}
    </section>
  )
}

/** With Entra nothing comes after `issued`; of other wallets a confirmation may. What failed is renewed once the holder asks. */
const isWaiting = ({ state, driver, again, next }: HolderOffer): boolean =>
  !isIssuanceEnded(state) ||
  (state === 'issued' && driver !== 'entra') ||
  (again === 'asked' && next === null)

const stateWords = ({ state, driver }: HolderOffer, { offer: { states } }: Messages) => {
  const [title = '', text = ''] = states[state] ?? []
  const isEnd = state === 'issued' && driver === 'entra'
  return [title, (isEnd ? states.accepted?.[1] : undefined) ?? text] as const
}

/** What the script compares, and whether there is anything to wait for. */
export const liveOf = (offer: HolderOffer) => ({
  live: isWaiting(offer),
  version: `${offer.state} ${offer.triesLeft} ${offer.uri === null} ${offer.next === null} ${offer.credentials.length}`,
})

export const OfferPage = ({
  offer,
  words,
  now,
}: {
  offer: HolderOffer
  words: Messages
  now: Date
}) => {
  const issuer = isolated(offer.issuerName, words)
  const open = !isIssuanceEnded(offer.state)
  return (
    <>
      <h1>{words.offer.title(issuer)}</h1>
      {offer.simulated ? <p class="note warn">{words.simulated}</p> : null}
      <Steps offer={offer} words={words} />
      <State words={stateWords(offer, words)} tone={TONE[offer.state]} />
      <Ended offer={offer} words={words} />
      {offer.uri === null ? null : (
        <WalletLink uri={offer.uri} alt={words.offer.qrAlt(issuer)} words={words} />
      )}
      {offer.uri === null ? null : <Code offer={offer} words={words} />}
      {open ? <TimeLeft at={offer.expiresAt} now={now} words={words} /> : null}
      <What offer={offer} words={words} />
      {offer.state === 'issued' || offer.state === 'accepted' ? (
        <ul class="plain">
          {offer.credentials.map(({ configuration, page }) => {
            const one = offer.configurations.find(({ name }) => name === configuration)
            const name = one ? nameOf(one, words) : configuration
            return (
              <li>
                <a href={page}>{words.offer.statusOf(isolated(name, words))}</a>
              </li>
            )
          })}
        </ul>
      ) : null}
      {isWaiting(offer) ? <p class="small soft">{words.refreshes}</p> : null}
    </>
  )
}
