// Offers as pages: what was offered and what became of it, one of them, and what is said of it once, when it is made.
import type {
  CredentialConfigurationView,
  CredentialOffer,
  CredentialOfferView,
  IssuanceView,
} from '../../../schemas/credential.ts'
import { Person } from '../people.tsx'
import { SecretShown } from '../secret-shown.tsx'
import { NextPage, Table } from '../table.tsx'
import { minute } from '../text.tsx'
import { ClaimFields } from './offer-form.tsx'
import { Act, Duration, Key, State } from './pieces.tsx'

/** Its holder has asked for another, and nobody has made one. */
const AsksAgain = ({ issuance }: { issuance: IssuanceView }) =>
  issuance.askedAgainAt === null ? null : <span class="badge warn">asks for another</span>

export const OffersPage = (props: {
  root: string
  offers: CredentialOfferView[]
  next: string | null
  mayOffer: boolean
}) => {
  const { root, offers, next, mayOffer } = props
  return (
    <>
      {mayOffer ? (
        <p>
          <a class="button" href={`${root}/new-offer`}>
            New offer
          </a>
        </p>
      ) : null}
      {offers.length === 0 ? (
        <p>Nothing has been offered yet.</p>
      ) : (
        <Table heads={['Offer', 'State', 'Member', 'Made', 'Until']} stack>
          {offers.map(({ id, issuance }) => (
            <tr>
              <td>
                <a href={`${root}/offers/${id}`}>{issuance.configurations.join(', ')}</a>{' '}
                <code class="small soft">{id.slice(0, 12)}…</code>
              </td>
              <td>
                <State state={issuance.state} /> <AsksAgain issuance={issuance} />
              </td>
              <td>{issuance.member === null ? '' : <Person id={issuance.member} />}</td>
              <td class="small">{minute(issuance.createdAt)}</td>
              <td class="small">{minute(issuance.expiresAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="Older offers" />
    </>
  )
}

/** In the answer to the form alone: the page for the holder, and the PIN, which goes another way. */
export const Made = ({ made }: { made: CredentialOffer }) => (
  <>
    <section class="note good" role="status">
      <p>
        <strong>The page for the holder</strong>, with the QR code and the link. Send its address to
        the holder, or open it on a screen that he sees.
      </p>
      <p class="mono">
        <a href={made.page}>{made.page}</a>
      </p>
      {made.simulated ? <p class="small">Simulated: what issues it is a stand-in.</p> : null}
    </section>
    {made.txCode === null ? (
      <p class="note warn">No PIN is asked for: whoever has the link has the credential.</p>
    ) : (
      <>
        <SecretShown what="The PIN" secret={made.txCode} />
        <p class="small soft">
          Tell it to the holder on another channel than the link: by telephone, by letter, in
          person.
        </p>
      </>
    )}
  </>
)

const Facts = ({ root, issuance }: { root: string; issuance: IssuanceView }) => (
  <dl class="facts">
    <dt>Configurations</dt>
    <dd>
      {issuance.configurations.map((name) => (
        <>
          <a href={`${root}/configurations/${name}`}>{name}</a>{' '}
        </>
      ))}
    </dd>
    {issuance.member === null ? null : (
      <>
        <dt>Member</dt>
        <dd>
          <Person id={issuance.member} />
        </dd>
      </>
    )}
    {issuance.error === null ? null : (
      <>
        <dt>Why</dt>
        <dd>
          {issuance.error.detail} <code class="small soft">{issuance.error.code}</code>
        </dd>
      </>
    )}
    {issuance.triesLeft === null ? null : (
      <>
        <dt>Tries left for the PIN</dt>
        <dd>{issuance.triesLeft}</dd>
      </>
    )}
    <dt>Issued</dt>
    <dd>
      {issuance.credentials.length === 0
        ? 'nothing yet'
        : issuance.credentials.map((id) => (
            <div>
              <a class="mono" href={`${root}/issued/${id}`}>
                {id}
              </a>
            </div>
          ))}
    </dd>
    <dt>Made</dt>
    <dd>{minute(issuance.createdAt)}</dd>
    <dt>Until</dt>
    <dd>{minute(issuance.expiresAt)}</dd>
    <dt>Last step</dt>
    <dd>{minute(issuance.updatedAt)}</dd>
  </dl>
)

const OPEN = ['created', 'retrieved', 'authorized', 'deferred']
const RENEWABLE = ['failed', 'denied', 'expired']

const Renew = (props: {
  at: string
  configurations: CredentialConfigurationView[]
  formKey: string
  typed: URLSearchParams
}) => (
  <>
    <h2 id="renew">Offer it again</h2>
    <p class="small soft">
      A new offer with a new PIN; the holder’s page leads to it. What it said went with the old one,
      so it is said again.
    </p>
    <form method="post" action={`${props.at}/renew`} class="card form">
      <Key value={props.formKey} />
      <ClaimFields configurations={props.configurations} typed={props.typed} />
      <Duration most={604_800} chosen={900} />
      <button type="submit">Offer it again</button>
    </form>
  </>
)

export const OfferPage = (props: {
  root: string
  offer: CredentialOfferView
  made: CredentialOffer | null
  mayOffer: boolean
  configurations: CredentialConfigurationView[]
  formKey: string
  typed: URLSearchParams
}) => {
  const { root, offer, made, mayOffer } = props
  const { issuance } = offer
  const at = `${root}/offers/${offer.id}`
  return (
    <>
      <p>
        <State state={issuance.state} /> <AsksAgain issuance={issuance} />{' '}
        <code class="small soft">{offer.id}</code>
      </p>
      {made === null ? null : <Made made={made} />}
      <Facts root={root} issuance={issuance} />
      {mayOffer && OPEN.includes(issuance.state) ? (
        <div class="row">
          {issuance.state === 'deferred' ? (
            <Act action={`${at}/release`} name="Release" tone="" />
          ) : null}
          <Act action={`${at}/deny`} name="Take it back" tone="danger" />
        </div>
      ) : null}
      {mayOffer && RENEWABLE.includes(issuance.state) ? <Renew at={at} {...props} /> : null}
    </>
  )
}
