// The evidence of a tenant for a policy pack, to be read or printed. It says what the JSON says, and its digest.
import type { Evidence, EvidenceChange, EvidenceControl } from '../../schemas/evidence.ts'
import { ControlFacts } from './pack-pages.tsx'
import { Person } from './people.tsx'
import { controlAnchor } from './rule-page.tsx'
import { Table } from './table.tsx'

export const EvidencePage = ({ evidence }: { evidence: Evidence }) => {
  const { tenant, pack, period, notes, controls, changes, digest } = evidence
  const query = new URLSearchParams(period).toString()
  return (
    <>
      <p class="soft">
        <a href={`/policy-packs/${pack.name}`}>{pack.title}</a>
      </p>
      <h1>
        {pack.title} evidence of {tenant}
      </h1>
      <form method="get" class="row">
        <label>
          From <input type="date" name="from" value={period.from} required />
        </label>
        <label>
          to <input type="date" name="to" value={period.to} required />
        </label>
        <button type="submit" class="quiet">
          Show
        </button>
        <a href={`/t/${tenant}/evidence/${pack.name}/document.json?${query}`}>As JSON</a>
      </form>
      <dl class="facts">
        <dt>Edition</dt>
        <dd>{pack.edition}</dd>
        <dt>Plans judged</dt>
        <dd>{controls[0]?.plans ?? 0}</dd>
        <dt>Changes</dt>
        <dd>{changes.length}</dd>
        <dt>Digest</dt>
        <dd class="mono">{digest}</dd>
      </dl>
      <ul class="small soft">
        {notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
      <h2 id="controls">Controls</h2>
      {controls.map((control) => (
        <Control control={control} />
      ))}
      <h2 id="changes">Changes of the period</h2>
      {changes.length === 0 ? <p>None.</p> : changes.map((change) => <Change change={change} />)}
    </>
  )
}

const Control = ({ control }: { control: EvidenceControl }) => (
  <section class="operation" aria-labelledby={controlAnchor(control.id)}>
    <h3 id={controlAnchor(control.id)}>
      <span class="mono">{control.id}</span> {control.title}
    </h3>
    <dl class="facts">
      <ControlFacts control={control} />
      <dt>Findings</dt>
      <dd>
        {control.findings.warn} warnings, {control.findings.info} notes, {control.findings.excused}{' '}
        excused
        {control.byRule.length > 0 ? (
          <span class="soft">
            {' '}
            ({control.byRule.map(({ rule, warn, info }) => `${rule} ${warn + info}`).join(', ')})
          </span>
        ) : null}
      </dd>
      <dt>Exceptions</dt>
      <dd>
        {control.exceptions.length === 0 ? (
          'None in force.'
        ) : (
          <ul class="plain">
            {control.exceptions.map(({ name, rule, resource, owner, reason, expires, commit }) => (
              <li>
                <span class="mono">{name}</span>: {rule} for {resource ?? 'all resources'}, owner{' '}
                <Person id={owner} />, until {expires}. {reason}{' '}
                <span class="soft mono small">{commit.slice(0, 12)}</span>
              </li>
            ))}
          </ul>
        )}
      </dd>
      <dt>Changes</dt>
      <dd>{control.changes.length}</dd>
    </dl>
  </section>
)

const Change = ({ change }: { change: EvidenceChange }) => (
  <details id={change.id}>
    <summary>
      {change.action} <strong>{change.name}</strong>{' '}
      <span class="soft small">
        {change.template} · {change.state.replaceAll('_', ' ')}
      </span>
    </summary>
    <dl class="facts">
      <dt>Change</dt>
      <dd>
        <a class="mono" href={`/changes/${change.id}`}>
          {change.id}
        </a>
      </dd>
      <dt>Asked for by</dt>
      <dd>
        <Person id={change.requester} />
      </dd>
      <dt>Approved by</dt>
      <dd>
        {change.approvals.length === 0
          ? 'nobody'
          : change.approvals.map(({ subject, at, voidedAt }, index) => (
              <>
                {index === 0 ? null : ', '}
                <Person id={subject} /> {at}
                {voidedAt ? ' (void)' : null}
              </>
            ))}
      </dd>
      <dt>Merge commit</dt>
      <dd class="mono">{change.mergeSha ?? 'none'}</dd>
    </dl>
    <Table heads={['At', 'Step', 'By', 'Leaf of the log']}>
      {change.steps.map(({ to, actor, at, leafHash }) => (
        <tr>
          <td class="small">{at}</td>
          <td>{to.replaceAll('_', ' ')}</td>
          <td>
            <Person id={actor} />
          </td>
          <td class="mono small">{leafHash}</td>
        </tr>
      ))}
    </Table>
  </details>
)
