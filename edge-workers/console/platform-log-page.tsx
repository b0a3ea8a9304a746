// The platform's log as anybody may read it: its newest checkpoint, who signed it, where it was put, and how to check all that.
import type { CheckpointView, LogKey } from '../../schemas/log.ts'
import { verifiers } from '../verifiers.ts'
import { Table } from './table.tsx'
import { minute } from './text.tsx'

const ANCHORS = { evm: 'a contract on a chain', file: 'a file' } as const

const Anchors = ({ anchors }: Pick<CheckpointView, 'anchors'>) =>
  anchors.length === 0 ? (
    <>nowhere yet</>
  ) : (
    <div>
      {anchors.map(({ kind, reference, size, at, independent }) => (
        <div>
          Size {size} in {ANCHORS[kind]} (<span class="mono">{reference}</span>), {minute(at)}
          {independent ? null : (
            <>
              {' '}
              <span class="badge warn">not independent</span> nobody but this installation keeps it
            </>
          )}
        </div>
      ))}
    </div>
  )

const Checkpoint = ({ view, repository }: { view: CheckpointView; repository: string }) => (
  <>
    <dl class="facts">
      <dt>Leaves</dt>
      <dd>{view.size}</dd>
      <dt>Root</dt>
      <dd class="mono">{view.root}</dd>
      <dt>Signed</dt>
      <dd>
        {minute(view.at)}{' '}
        {view.cosigned ? (
          <span class="badge good">by both parties</span>
        ) : (
          <>
            <span class="badge warn">by the edge alone</span> no second party has signed this one
          </>
        )}
      </dd>
      <dt>Published</dt>
      <dd>
        {view.commit === null ? (
          'this one not yet: one commit in a while'
        ) : (
          <>
            commit <span class="mono">{view.commit.slice(0, 12)}</span> on the branch{' '}
            <code>log</code> of <span class="mono">{repository}</span>
          </>
        )}
      </dd>
      <dt>Anchored</dt>
      <dd>
        <Anchors anchors={view.anchors} />
      </dd>
    </dl>
    <h2>The signed note</h2>
    <pre class="secret">{view.note}</pre>
  </>
)

const Keys = ({ keys }: { keys: LogKey[] }) => (
  <Table stack heads={['Name', 'Algorithm', 'Key id', 'From', 'Until', 'Public key']}>
    {keys.map(({ name, algorithm, keyId, from, until, publicKey, simulated }) => (
      <tr>
        <td class="mono">
          {name} {simulated ? <span class="badge warn">simulated</span> : null}
        </td>
        <td>{algorithm}</td>
        <td class="mono">{keyId}</td>
        <td>{minute(from)}</td>
        <td>{until === null ? 'signs now' : minute(until)}</td>
        <td class="mono small">{publicKey}</td>
      </tr>
    ))}
  </Table>
)

/** For whoever has no checkout of ours; the digests are worth something when they come from somebody else as well. */
const Verifiers = () => (
  <>
    <p>
      The verifiers are for plain Node and need no network. <code>verify-log.mjs</code> checks a
      proof bundle, <code>audit-log.mjs</code> beside it a whole log, or that one checkpoint grew
      out of another. Read them before you believe them.
    </p>
    <Table stack heads={['File', 'SHA-256']}>
      {verifiers.map(({ name, digest, href }) => (
        <tr>
          <td>
            <a href={href}>{name}</a>
          </td>
          <td class="mono small">{digest}</td>
        </tr>
      ))}
    </Table>
  </>
)

export const PlatformLogPage = ({
  view,
  keys,
  repository,
}: {
  view: CheckpointView | null
  keys: LogKey[]
  repository: string
}) => {
  const grown = `/v1/log/proofs/consistency?from=1&to=${view?.size ?? 1}`
  return (
    <>
      <h1>Log</h1>
      <p>
        Every step of a tenant’s changes is a leaf of that tenant’s own log. Its heads are leaves of
        this one, under keyed digests that name nobody. Whoever keeps one of its checkpoints can
        show later that nothing was taken out or put in before it.
      </p>
      {keys.some(({ simulated, until }) => simulated && until === null) ? (
        <p class="note warn">
          <strong>Simulated:</strong> the second party’s key is held by a stand-in on this laptop,
          so its signature proves nothing to others.
        </p>
      ) : null}
      {view ? <Checkpoint view={view} repository={repository} /> : <p>Nothing is signed yet.</p>}
      <h2>Keys</h2>
      <p>
        Old keys stay: what they signed is checked with them. Each is a leaf of the log as well.
      </p>
      <Keys keys={keys} />
      <h2>Check it yourself</h2>
      <p>
        The note is a C2SP checkpoint (<code>tlog-checkpoint</code>, <code>signed-note</code>) over
        an RFC 6962 tree. Each of these is open to anybody:
      </p>
      <dl class="facts">
        <dt>Note</dt>
        <dd>
          <a href="/v1/log/checkpoint">/v1/log/checkpoint</a>, with <code>Accept: text/plain</code>{' '}
          the note alone
        </dd>
        <dt>Leaf</dt>
        <dd>
          <a href="/v1/log/proofs/inclusion?index=0">/v1/log/proofs/inclusion?index=0</a>
        </dd>
        <dt>It only grew</dt>
        <dd>
          <a href={grown}>{grown}</a>
        </dd>
        <dt>Keys</dt>
        <dd>
          <a href="/v1/log/keys">/v1/log/keys</a>
        </dd>
      </dl>
      <Verifiers />
    </>
  )
}
