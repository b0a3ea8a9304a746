// Approving with a credential: the page with the link for the approver's wallet, and the page of what was signed.
import type { ApprovalEvidence, PresentationRequest } from '../../schemas/presentation.ts'
import { Badge } from './badge.tsx'
import { State, TimeLeft, WalletLink } from './holder/pieces.tsx'
import type { Messages } from './languages/en.ts'
import { Person } from './people.tsx'

const OVER: Partial<Record<PresentationRequest['state'], readonly [string, string]>> = {
  rejected: [
    'This was no approval',
    'What the wallet presented was not taken. Nothing is approved.',
  ],
  expired: ['Time is over', 'Nobody presented a credential in time. Nothing is approved.'],
}

const FAULTS: Partial<Record<NonNullable<PresentationRequest['fault']>, string>> = {
  'not-permitted':
    'The credential is not yours, or the change is not what it was when this was asked: read it again.',
  'untrusted-issuer': 'The credential was issued by somebody else than this tenant.',
  'denied-by-wallet': 'It was declined in the wallet.',
  ...{ revoked: 'The credential was revoked.', suspended: 'The credential is suspended.' },
  expired: 'The credential has expired.',
}

const Again = ({ id, head }: { id: string; head: string }) => (
  <form method="post" action={`/changes/${id}/approve-with-credential`}>
    <input type="hidden" name="head" value={head} />
    <button type="submit">Try again</button>
  </form>
)

export const ApprovalRequestPage = ({
  change,
  head,
  request,
  words,
  now,
}: {
  change: string
  head: string
  request: PresentationRequest
  words: Messages
  now: Date
}) => {
  const over = OVER[request.state]
  return (
    <>
      <p class="small">
        <a href={`/changes/${change}`}>Back to the change</a>
      </p>
      <h1>Approve with a credential</h1>
      <p>{request.purpose}.</p>
      {over ? (
        <>
          <State words={over} tone={request.state === 'expired' ? 'warn' : 'bad'} />
          {request.fault ? (
            <p>{FAULTS[request.fault] ?? `Technically: ${request.fault}.`}</p>
          ) : null}
          <Again id={change} head={head} />
        </>
      ) : (
        <>
          <p>
            Present your <strong>phoenix-approver</strong> credential. What your wallet signs binds
            to this change, its revision, head and tree, and what its plan read: it is the approval.
          </p>
          <p class="note warn">
            Only go on if you began this yourself, and the purpose in your wallet is the one above.
          </p>
          <WalletLink uri={request.uri} alt="Link for your wallet as a QR code" words={words} />
          <TimeLeft at={request.expiresAt} now={now} words={words} />
          <p class="small soft">This page looks again by itself and goes back to the change.</p>
        </>
      )}
    </>
  )
}

export const EvidencePage = ({ evidence }: { evidence: ApprovalEvidence }) => (
  <>
    <p class="small">
      <a href={`/changes/${evidence.change}`}>Back to the change</a>
    </p>
    <h1>What was signed</h1>
    <section class="card">
      <dl class="facts">
        <dt>Approved by</dt>
        <dd>
          <Person id={evidence.subject} /> at {evidence.at}
        </dd>
        <dt>Counts</dt>
        <dd>
          {evidence.voidedAt === null ? (
            'yes'
          ) : (
            <>
              <Badge text="void" /> {evidence.voidReason}
            </>
          )}
        </dd>
        <dt>Credential</dt>
        <dd>
          <span class="mono">{evidence.credential.id}</span>{' '}
          <Badge text={evidence.credential.status} /> until {evidence.credential.expiresAt}
        </dd>
        <dt>Revision</dt>
        <dd>{evidence.about.revision}</dd>
        <dt>Head</dt>
        <dd class="mono">{evidence.about.headSha}</dd>
        <dt>Tree</dt>
        <dd class="mono">{evidence.about.treeSha}</dd>
        <dt>What the plan read</dt>
        <dd class="mono">{evidence.about.reads}</dd>
        <dt>Nonce</dt>
        <dd class="mono">{evidence.nonce}</dd>
        <dt>Commits to the above</dt>
        <dd>{evidence.commits ? 'yes, computed again just now' : 'NO'}</dd>
      </dl>
    </section>
    <h2>As the wallet sent it</h2>
    <p>
      SD-JWT VC and key binding (RFC 9901): the issuer’s signature over the credential, and the
      holder’s over the nonce.
    </p>
    <pre>{JSON.stringify(evidence.presentation_token, null, 2)}</pre>
  </>
)
