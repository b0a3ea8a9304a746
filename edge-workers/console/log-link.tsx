// From the page of one thing to the proof of its steps, for whoever may read the log.
import { mayDo, type Principal } from '../../schemas/principal.ts'
import { bundleHref, KeysOfVerify, VERIFY } from './log-page.tsx'

export const ProofOf = ({
  tenant,
  subject,
  who,
}: {
  tenant: string
  subject: string
  who: Pick<Principal, 'roles' | 'scopes'>
}) =>
  mayDo(who, 'log.read') ? (
    <section aria-labelledby="proof" class="unprinted">
      <h2 id="proof">Proof</h2>
      <p>
        <a href={bundleHref(tenant, subject)} download="bundle.json">
          Proof bundle
        </a>
        : every step of it in the tenant’s{' '}
        <a href={`/t/${tenant}/log?${new URLSearchParams({ subject })}`}>log</a>. Checked without a
        network: <code>{VERIFY}</code>
      </p>
      <KeysOfVerify />
    </section>
  ) : null
