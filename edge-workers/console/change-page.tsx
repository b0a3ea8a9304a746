// The page of one change: what was asked, the consequence, where it stands, and who may do what next.
// Complete without a script; with one it reloads its parts as events arrive.
import type { ChangeView } from '../../schemas/change.ts'
import type { Finding, Plan } from '../../schemas/plan.ts'
import type { Principal } from '../../schemas/principal.ts'
import { sizeText } from '../../schemas/quantity.ts'

const PATH = [
  'accepted',
  'proposed',
  'approved',
  'merged',
  'promoted',
  'applying',
  'applied',
] as const
const TONE: Record<string, string> = {
  applied: 'good',
  healthy: 'good',
  green: 'good',
  failed: 'bad',
  degraded: 'bad',
  rejected: 'bad',
  merged_unauthorised: 'bad',
  red: 'warn',
  block: 'bad',
  warn: 'warn',
}

const Badge = ({ text }: { text: string }) => (
  <span class={`badge ${TONE[text] ?? ''}`}>{text.replaceAll('_', ' ')}</span>
)

const Steps = ({ state }: { state: string }) => {
  const at = PATH.indexOf(state as (typeof PATH)[number])
  if (at < 0)
    return (
      <p>
        <Badge text={state} />
      </p>
    )
  return (
    <ol class="steps" aria-label="Progress">
      {PATH.map((step, index) => (
        <li
          class={index < at || state === 'applied' ? 'done' : index === at ? 'now' : ''}
          aria-current={index === at ? 'step' : undefined}
        >
          {step}
        </li>
      ))}
    </ol>
  )
}

interface Deed {
  action: string
  label: string
  quiet?: boolean
}

/** Buttons this person may press now. The actor decides again; this only spares a click that would be refused. */
const deedsOf = (change: ChangeView, who: Principal): Deed[] => {
  const decides = who.person && (who.role === 'approver' || who.role === 'owner')
  const isRequester = who.subject === change.requester
  const untouched = change.pullRequest?.headSha === change.commit?.sha
  const deeds: Deed[] = []
  if (change.state === 'proposed' && decides && !isRequester && untouched)
    deeds.push({ action: 'approve', label: 'Approve this head' })
  if (change.state === 'approved' && decides && !isRequester)
    deeds.push({ action: 'merge', label: 'Merge' })
  if ((change.state === 'proposed' || change.state === 'approved') && decides)
    deeds.push({ action: 'reject', label: 'Reject', quiet: true })
  if (isRequester && (change.state === 'proposed' || change.state === 'approved')) {
    deeds.push({
      action: 'restore',
      label: untouched ? 'Plan again' : 'Restore the planned head',
      quiet: untouched,
    })
  }
  if (isRequester && ['accepted', 'proposed', 'approved'].includes(change.state))
    deeds.push({ action: 'cancel', label: 'Withdraw', quiet: true })
  return deeds
}

const Next = ({ change, who }: { change: ChangeView; who: Principal }) => (
  <section class="card" aria-labelledby="next">
    <h2 id="next">What can happen next</h2>
    {change.next.length === 0 ? (
      <p>Nothing: this change is over.</p>
    ) : (
      <ul>
        {change.next.map(({ who: whom, what, how }) => (
          <li>
            <strong>{whom}</strong>: {what}{' '}
            <span class="soft small">({how.replace('{tenant}', change.tenant)})</span>
          </li>
        ))}
      </ul>
    )}
    <div class="row">
      {deedsOf(change, who).map(({ action, label, quiet }) => (
        <form method="post" action={`/changes/${change.id}/${action}`}>
          <input type="hidden" name="head" value={change.commit?.sha ?? ''} />
          <button type="submit" class={quiet ? 'quiet' : ''}>
            {label}
          </button>
        </form>
      ))}
    </div>
    <p class="small soft">
      You are {who.subject}, {who.role}.
    </p>
  </section>
)

const Facts = ({ change }: { change: ChangeView }) => (
  <section class="card" aria-labelledby="facts">
    <h2 id="facts">Where it stands</h2>
    <dl class="facts">
      <dt>Pull request</dt>
      <dd>
        {change.pullRequest ? (
          <a href={change.pullRequest.url}>#{change.pullRequest.number} on the forge</a>
        ) : (
          'not open yet'
        )}
      </dd>
      <dt>Gate</dt>
      <dd>
        <Badge text={change.gate.state} /> {change.gate.reason}
      </dd>
      <dt>Commit</dt>
      <dd class="mono">{change.commit?.sha ?? 'none yet'}</dd>
      <dt>On live</dt>
      <dd class="mono">{change.liveSha ?? 'not promoted'}</dd>
      <dt>Requester</dt>
      <dd>
        {change.requester}, revision {change.revision}
      </dd>
      <dt>Approvals</dt>
      <dd>
        {change.approvals.length === 0 ? (
          'none'
        ) : (
          <ul>
            {change.approvals.map((approval) => (
              <li>
                {approval.subject} ({approval.source}) on{' '}
                <span class="mono">{approval.headSha.slice(0, 12)}</span>
                {approval.voidedAt ? (
                  <>
                    {' '}
                    <Badge text="void" /> {approval.voidReason}
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </dd>
      {change.targets.map((target) => (
        <>
          <dt>{target.cluster}</dt>
          <dd>
            {target.component}: <Badge text={target.state} /> {target.message}
            {target.simulated ? (
              <>
                {' '}
                <Badge text="simulated" />
              </>
            ) : null}
          </dd>
        </>
      ))}
    </dl>
  </section>
)

const Findings = ({ findings }: { findings: Finding[] }) => (
  <section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    {findings.length === 0 ? (
      <p>None.</p>
    ) : (
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Severity</th>
              <th>Rule</th>
              <th>What</th>
              <th>Way out</th>
            </tr>
          </thead>
          <tbody>
            {findings.map(({ severity, rule, message, fix }) => (
              <tr>
                <td>
                  <Badge text={severity} />
                </td>
                <td>
                  <a href={`/rules/${rule}`}>{rule}</a>
                </td>
                <td>{message}</td>
                <td>{fix}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
)

const Consequence = ({ plan }: { plan: Plan }) => (
  <section aria-labelledby="plan">
    <h2 id="plan">The plan</h2>
    <p>
      {plan.totals.vms} machines, {plan.totals.cores} cores, {sizeText(plan.totals.memory)} of
      memory, {sizeText(plan.totals.disk)} of disk; cost{' '}
      {plan.cost.amountMinor === null
        ? `unknown (${plan.cost.reason})`
        : `${(plan.cost.amountMinor / 100).toFixed(2)} ${plan.cost.currency} a month`}
      .
    </p>
    {plan.hostLoss.length > 0 ? (
      <>
        <h3>With one host lost</h3>
        <ul>
          {plan.hostLoss.map(({ text }) => (
            <li>{text}</li>
          ))}
        </ul>
      </>
    ) : null}
    {plan.capacity.length > 0 ? <Capacity plan={plan} /> : null}
    {plan.placement.length > 0 ? <Placement plan={plan} /> : null}
    {plan.destroys ? (
      <>
        <h3>What is destroyed</h3>
        <ul>
          {plan.destroys.objects.map(({ kind, name, holdsData }) => (
            <li>
              {kind} <span class="mono">{name}</span>
              {holdsData ? (
                <>
                  {' '}
                  <Badge text="holds data" />
                </>
              ) : null}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    <details>
      <summary>{plan.files.length} files</summary>
      <ul>
        {plan.files.map(({ path, action }) => (
          <li>
            {action} <span class="mono">{path}</span>
          </li>
        ))}
      </ul>
    </details>
  </section>
)

const Capacity = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Capacity</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Host</th>
            <th>Size</th>
            <th>Yours now</th>
            <th>Yours after</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          {plan.capacity.map(({ host, size, yoursBefore, yoursAfter, fits }) => (
            <tr>
              <td>{host}</td>
              <td>
                {size.cores} cores ×{size.cpuOvercommit}, {sizeText(size.memory)}
              </td>
              <td>
                {yoursBefore.cores} cores, {sizeText(yoursBefore.memory)}
              </td>
              <td>
                {yoursAfter.cores} cores, {sizeText(yoursAfter.memory)}
              </td>
              <td>
                <span class={`badge ${fits ? 'good' : 'bad'}`}>
                  {fits ? 'fits' : 'does not fit'}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

const Placement = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Placement</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Machine</th>
            <th>Role</th>
            <th>Host</th>
            <th class="number">Cores</th>
            <th class="number">Memory</th>
            <th class="number">Disk</th>
            <th>Address</th>
          </tr>
        </thead>
        <tbody>
          {plan.placement.map((vm) => (
            <tr>
              <td class="mono">{vm.name}</td>
              <td>{vm.role}</td>
              <td>{vm.host}</td>
              <td class="number">{vm.cores}</td>
              <td class="number">{vm.memoryMiB / 1024} GiB</td>
              <td class="number">{vm.diskGiB} GiB</td>
              <td class="mono">{vm.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

export const ChangePage = ({
  change,
  plan,
  who,
  refusal,
}: {
  change: ChangeView
  plan: Plan
  who: Principal
  refusal: string | null
}) => (
  <div data-follow={`/changes/${change.id}/events`}>
    <p class="small">
      <a href={`/t/${change.tenant}/changes`}>Changes of {change.tenant}</a>
    </p>
    <h1>
      {change.action} {change.template.name} <span class="mono">{change.name}</span>
    </h1>
    <Steps state={change.state} />
    {refusal ? (
      <p class="note bad" role="alert">
        {refusal}
      </p>
    ) : null}
    {change.reason ? <p class="note warn">{change.reason}</p> : null}
    {change.simulated.length > 0 ? (
      <p class="note warn">
        <strong>Simulated:</strong> {change.simulated.join('; ')}.
      </p>
    ) : null}
    <div class="grid">
      <Next change={change} who={who} />
      <Facts change={change} />
    </div>
    <Findings findings={change.findings} />
    <Consequence plan={plan} />
    <section aria-labelledby="asked">
      <h2 id="asked">What was asked</h2>
      <details>
        <summary>Parameters with every default</summary>
        <pre>{JSON.stringify(change.parameters, null, 2)}</pre>
      </details>
    </section>
  </div>
)
