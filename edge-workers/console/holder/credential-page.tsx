// The holder's page of a credential: whether it counts, and if not, why in one sentence. Nothing of what it says.
import type { HolderCredential } from '../../actors/tenant/credentials/status/wallet-contracts.ts'
import type { Messages } from '../languages/en.ts'
import { isolated, wordsFor } from '../languages/languages.ts'
import { Moment, State } from './pieces.tsx'

const TONE: Record<string, string> = {
  ...{ valid: 'good', suspended: 'warn', invalid: 'bad', expired: 'warn' },
}

export const CredentialPage = ({
  credential,
  words,
  now,
}: {
  credential: HolderCredential
  words: Messages
  now: Date
}) => {
  const { status, reason, configuration, issuerName, issuedAt, expiresAt, updatedAt } = credential
  const over = Date.parse(expiresAt) <= now.getTime()
  // What was revoked was so before its time was over.
  const shown = over && status !== 'invalid' ? 'expired' : status
  const said = wordsFor(configuration.display, words)
  return (
    <>
      <p class="soft small">{words.credential.title}</p>
      <h1>{said?.name ?? configuration.name}</h1>
      <State words={words.credential.states[shown] ?? ['', '']} tone={TONE[shown] ?? ''} />
      <dl class="facts">
        {reason === null || shown === 'valid' || shown === 'expired' ? null : (
          <>
            <dt>{words.credential.why}</dt>
            <dd>{words.credential.reasons[reason]}</dd>
            <dt>{words.credential.changed}</dt>
            <dd>
              <Moment at={updatedAt} />
            </dd>
          </>
        )}
        <dt>{words.credential.from}</dt>
        <dd>
          <bdi>{issuerName}</bdi>
        </dd>
        <dt>{words.credential.issued}</dt>
        <dd>
          <Moment at={issuedAt} />
        </dd>
        <dt>{words.credential.expires}</dt>
        <dd>
          <Moment at={expiresAt} />
        </dd>
      </dl>
      {shown === 'valid' || shown === 'suspended' ? null : (
        <p>{words.credential.again(isolated(issuerName, words))}</p>
      )}
      <p class="small soft">{words.credential.nothingElse}</p>
    </>
  )
}
