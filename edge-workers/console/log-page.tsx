// The log of a tenant for its auditors: who did what when, what is signed and where that is kept, and a proof to take along.
import { type AuditEntry, type CheckpointView, LeafType } from '../../schemas/log.ts'
import type { LogSummary } from '../actors/tenant/log/contracts.ts'
import { Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { countOf, minute } from './text.tsx'

export const VERIFY = 'node verify-log.mjs bundle.json --key keys.json'

/** What the command needs beside the bundle. */
export const KeysOfVerify = () => (
  <p>
    <code>keys.json</code> is <a href="/v1/log/keys">/v1/log/keys</a>, kept from earlier or from
    somebody else; without it a bundle only shows that it is whole. The verifier is{' '}
    <a href="/log/verify-log.mjs">verify-log.mjs</a>, one file for plain Node, whose digest is on
    the <a href="/log">page of the log</a>.
  </p>
)

export const bundleHref = (tenant: string, subject: string): string =>
  `/t/${tenant}/log/bundle.json?${new URLSearchParams({ subject })}`

export interface LogFilter {
  type?: string | undefined
  subject?: string | undefined
  actor?: string | undefined
}

const Anchors = ({ platform, simulated }: { platform: CheckpointView; simulated: boolean }) => (
  <>
    <dt>Signed by</dt>
    <dd>
      {platform.cosigned
        ? 'both parties: the edge (Ed25519) and the key vault (ES256)'
        : 'the edge alone: no second party has signed this one'}
      {simulated ? <span class="badge warn">a simulated key vault: no second party</span> : null}
    </dd>
    <dt>In Git</dt>
    <dd>{platform.commit === null ? 'not yet' : <code>{platform.commit}</code>}</dd>
    <dt>Anchored</dt>
    <dd>
      {platform.anchors.length === 0
        ? 'not yet'
        : platform.anchors.map(({ kind, reference, size, at, independent }) => (
            <div>
              {kind === 'evm' ? 'on a chain' : 'in a file'}: <code>{reference}</code>, {size} heads,{' '}
              {minute(at)}
              {independent ? null : <span class="badge warn">only this installation keeps it</span>}
            </div>
          ))}
    </dd>
  </>
)

const Checkpoint = ({ summary: { checkpoint, platform, simulated } }: { summary: LogSummary }) => (
  <section class="grid">
    <div class="card">
      <h2>This log</h2>
      <dl class="facts">
        <dt>Origin</dt>
        <dd>
          <code>{checkpoint.origin}</code>
        </dd>
        <dt>Leaves</dt>
        <dd>{checkpoint.size}</dd>
        <dt>Root</dt>
        <dd class="mono">{checkpoint.root}</dd>
        <dt>Signed</dt>
        <dd>{minute(checkpoint.at)}</dd>
      </dl>
      <details>
        <summary>The signed checkpoint</summary>
        <pre>{checkpoint.note}</pre>
      </details>
    </div>
    <div class="card">
      <h2>The platform’s log</h2>
      {platform === null ? (
        <p>Nothing of it is signed yet. The head of this log goes there within moments.</p>
      ) : (
        <dl class="facts">
          <dt>Newest</dt>
          <dd>
            <a href="/v1/log/checkpoint">{countOf(platform.size, 'leaf', 'leaves')}</a>,{' '}
            {minute(platform.at)}
          </dd>
          <Anchors platform={platform} simulated={simulated} />
        </dl>
      )}
      <p class="soft small">
        It has the heads of all tenants’ logs, by keyed digests. Whoever kept one of its checkpoints
        sees when a log was written over later.
      </p>
    </div>
  </section>
)

const Filter = ({ tenant, filter }: { tenant: string; filter: LogFilter }) => (
  <form method="get" action={`/t/${tenant}/log`} class="row unprinted">
    <label>
      About{' '}
      <select name="type">
        <option value="">everything</option>
        {LeafType.options.map((type) => (
          <option value={type} selected={type === filter.type}>
            {type}
          </option>
        ))}
      </select>
    </label>
    <label>
      Id <input name="subject" value={filter.subject ?? ''} size={16} />
    </label>
    <label>
      Who <input name="actor" value={filter.actor ?? ''} size={12} />
    </label>
    <button type="submit" class="quiet">
      Show
    </button>
  </form>
)

const Subject = ({ tenant, entry }: { tenant: string; entry: AuditEntry }) => {
  const { subject, name } = entry
  const path = subject.startsWith('chg_')
    ? `/changes/${subject}`
    : subject.startsWith('rol_')
      ? `/t/${tenant}/rollouts/${subject}`
      : null
  return (
    <>
      {name === null ? null : <strong>{name} </strong>}
      <span class="mono small">{path ? <a href={path}>{subject}</a> : subject}</span>
    </>
  )
}

const Entry = ({ tenant, entry }: { tenant: string; entry: AuditEntry }) => (
  <tr>
    <td class="number">{entry.index}</td>
    <td class="whole-line">{minute(entry.at)}</td>
    <td>{entry.handle ?? <span class="mono small">{entry.actor}</span>}</td>
    <td>
      <span class="badge">{entry.type}</span>
    </td>
    <td>
      <Subject tenant={tenant} entry={entry} />
    </td>
    <td>
      {entry.from === entry.to ? `${entry.to}, noted` : `${entry.from} → ${entry.to}`}
      {entry.words === null ? null : <div class="soft small">{entry.words}</div>}
    </td>
    <td class="unprinted">
      <a href={bundleHref(tenant, entry.subject)} download="bundle.json">
        proof
      </a>
    </td>
  </tr>
)

export const LogPage = ({
  tenant,
  summary,
  entries,
  filter,
  next,
}: {
  tenant: string
  summary: LogSummary
  entries: AuditEntry[]
  filter: LogFilter
  next: string | null
}) => (
  <>
    <TenantLink tenant={tenant} />
    <h1>Log of {tenant}</h1>
    <p>
      Every step of everything, in one order. Each is a leaf of a Merkle tree that only grows (RFC
      6962); a leaf has pseudonyms and digests alone, so names and words stand beside it and can be
      erased.
    </p>
    <Checkpoint summary={summary} />
    <h2>Who did what</h2>
    <Filter tenant={tenant} filter={filter} />
    {entries.length === 0 ? (
      <p>Nothing.</p>
    ) : (
      <Table stack heads={[{ number: 'Leaf' }, 'When', 'Who', 'About', 'What', 'Step', 'Proof']}>
        {entries.map((entry) => (
          <Entry tenant={tenant} entry={entry} />
        ))}
      </Table>
    )}
    {next ? (
      <p class="unprinted">
        <a href={next}>Older steps</a>
      </p>
    ) : null}
    <aside class="note">
      <p>
        A proof is one file with every step of its subject. It is checked with plain Node and
        without a network:
      </p>
      <pre>{VERIFY}</pre>
      <KeysOfVerify />
    </aside>
  </>
)
