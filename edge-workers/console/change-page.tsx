// The page of one change: what was asked, the consequence, where it stands, and who may do what next.
// Complete without a script; with one it reloads its parts as events arrive.
import { summarySentence } from '../../gitops/fleet/summary.ts'
import type { ChangeView } from '../../schemas/change.ts'
import { obstacleOf, takerNamed } from '../../schemas/gate.ts'
import type { Plan } from '../../schemas/plan.ts'
import { mayDo, type Principal } from '../../schemas/principal.ts'
import { DELETION_NAME } from '../../schemas/tenant-deletion.ts'
import { Badge } from './badge.tsx'
import { Contradictions } from './contradictions.tsx'
import { ProofOf } from './log-link.tsx'
import { Person } from './people.tsx'
import { Consequence, Findings } from './plan-sections.tsx'
import { Refused } from './refused.tsx'

const PATH = [
  'accepted',
  'proposed',
  'approved',
  'merged',
  'promoted',
  'applying',
  'applied',
] as const
const VERB = { create: 'Create', update: 'Update', delete: 'Delete', failover: 'Move' } as const

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

/** As the steps of a restore say it (actors/tenant/approvals.ts). */
const waitsForApproval = ({ reason }: ChangeView): boolean =>
  reason?.includes('approve it again') === true

/** Where the tenant's rules ask for it, the step says so (actors/tenant/views.ts). */
const approvalOf = ({ next }: ChangeView, label: string): Deed =>
  next.some(({ how }) => how.includes('/approval-requests'))
    ? { action: 'approve-with-credential', label: 'Approve with a credential' }
    : { action: 'approve', label }

/** Buttons this person may press now. The actor decides again; this only spares a click that would be refused. */
const deedsOf = (change: ChangeView, who: Principal): Deed[] => {
  const decides = who.person && mayDo(who, 'changes.approve')
  const isRequester = who.subject === change.requester
  const untouched = change.pullRequest?.headSha === change.commit?.sha
  const deeds: Deed[] = []
  // While the gate is red for want of room or for a plan that is out of date, no approval helps.
  const stuck = obstacleOf(change.gate) !== null
  if (change.state === 'proposed' && decides && !isRequester && untouched && !stuck)
    deeds.push(approvalOf(change, 'Approve this head'))
  // Its approvals were lost with the database, and it waits for new ones.
  if (change.state === 'merged' && waitsForApproval(change) && decides && !isRequester)
    deeds.push(approvalOf(change, 'Approve it again'))
  if (change.state === 'approved' && change.gate.state === 'green' && decides && !isRequester)
    deeds.push({ action: 'merge', label: 'Merge' })
  if ((change.state === 'proposed' || change.state === 'approved') && decides)
    deeds.push({ action: 'reject', label: 'Reject', quiet: true })
  if (isRequester && (change.state === 'proposed' || change.state === 'approved')) {
    deeds.push({
      action: 'restore',
      label: untouched ? 'Plan again' : 'Restore the planned head',
      quiet: untouched && !stuck,
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
            <strong>{whom}</strong>: {what} <span class="soft small mono">{how}</span>
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
      You are <Person id={who.subject} />, {who.roles.join(', ')}.
    </p>
  </section>
)

const Facts = ({ change, who }: { change: ChangeView; who: Principal }) => {
  const taker = takerNamed(change.gate.reason)
  return (
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
          {taker === null ? null : (
            <>
              {' '}
              <a href={`/changes/${taker}`}>The change that took the room</a>
            </>
          )}
        </dd>
        <dt>Commit</dt>
        <dd class="mono">{change.commit?.sha ?? 'none yet'}</dd>
        <dt>On live</dt>
        <dd class="mono">{change.liveSha ?? 'not promoted'}</dd>
        {change.reverts ? (
          <>
            <dt>Takes back</dt>
            <dd>
              <a class="mono" href={`/t/${change.tenant}/changes/${change.reverts}`}>
                {change.reverts}
              </a>
            </dd>
          </>
        ) : null}
        {change.rollout ? (
          <>
            <dt>Rollout</dt>
            <dd>
              <a href={`/t/${change.tenant}/rollouts/${change.rollout}`}>
                A phase of {change.template.name.split('/')[0]}
              </a>
            </dd>
          </>
        ) : null}
        <dt>Requester</dt>
        <dd>
          <Person id={change.requester} />, revision {change.revision}
        </dd>
        <dt>Approvals</dt>
        <dd>
          {change.approvals.length === 0 ? (
            'none'
          ) : (
            <ul>
              {change.approvals.map((approval) => (
                <li>
                  <Person id={approval.subject} /> ({approval.source}) on{' '}
                  <span class="mono">{approval.headSha.slice(0, 12)}</span>
                  {approval.source === 'credential' && mayDo(who, 'evidence.read') ? (
                    <>
                      {' '}
                      <a href={`/changes/${change.id}/approvals/${approval.id}/evidence`}>
                        What was signed
                      </a>
                    </>
                  ) : null}
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
}

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
      {change.name === DELETION_NAME ? (
        `Delete the tenant ${change.tenant}`
      ) : (
        <>
          {VERB[change.action]} {change.template.name} <span class="mono">{change.name}</span>
        </>
      )}
      {change.move ? ` from ${change.move.from} to ${change.move.to}` : null}
    </h1>
    <Steps state={change.state} />
    <Refused words={refusal} />
    {change.reason ? <p class="note warn">{change.reason}</p> : null}
    {change.simulated.length > 0 ? (
      <p class="note warn">
        <strong>Simulated:</strong> {change.simulated.join('; ')}.
      </p>
    ) : null}
    <div class="grid">
      <Next change={change} who={who} />
      <Facts change={change} who={who} />
    </div>
    <Findings findings={change.findings} />
    {plan.fleet?.ofRollout && plan.fleet.ofRollout.waves > 1 ? (
      <p class="note">One of several pull requests. {summarySentence(plan.fleet.ofRollout)}</p>
    ) : null}
    {plan.contradictions ? <Contradictions findings={plan.contradictions} /> : null}
    <Consequence plan={plan} />
    <section aria-labelledby="asked">
      <h2 id="asked">What was asked</h2>
      <details>
        <summary>Parameters with every default</summary>
        <pre>{JSON.stringify(change.parameters, null, 2)}</pre>
      </details>
    </section>
    {change.id === null ? null : <ProofOf tenant={change.tenant} subject={change.id} who={who} />}
  </div>
)
