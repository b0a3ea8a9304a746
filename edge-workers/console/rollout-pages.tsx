// The pages of rollouts: a tenant's list, and one rollout with its phases in order, whom each waits on, and the forms in
// which people report and order. Complete without a script; with one it reloads its parts as events arrive.
import { mayDo, type Principal } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { PhaseView, PrerequisiteView, RolloutView, TaskView } from '../../schemas/rollout.ts'
import { Badge } from './badge.tsx'
import { RolloutGraph } from './rollout-graph.tsx'
import { TaskForm } from './task-form.tsx'
import { countOf, Text } from './text.tsx'

export const RolloutsPage = ({
  tenant,
  rollouts,
  next,
}: {
  tenant: string
  rollouts: RolloutView[]
  next: string | null
}) => (
  <>
    <p class="small">
      <a href={`/t/${tenant}/changes`}>Changes of {tenant}</a>
    </p>
    <h1>Rollouts of {tenant}</h1>
    {rollouts.length === 0 ? (
      <p>
        No system has been asked for yet. <a href="/templates">The systems there are</a>, each with
        a request to send.
      </p>
    ) : (
      <div class="scroll">
        <table class="stack">
          <thead>
            <tr>
              <th>System</th>
              <th>State</th>
              <th>Phases</th>
              <th>Requester</th>
              <th>Asked</th>
            </tr>
          </thead>
          <tbody>
            {rollouts.map(({ id, name, system, state, phases, requester, createdAt }) => (
              <tr>
                <td>
                  <a href={`/t/${tenant}/rollouts/${id}`}>{name}</a>{' '}
                  <span class="soft small">
                    {system.name} {system.version}
                  </span>
                </td>
                <td>
                  <Badge text={state} />
                </td>
                <td>
                  {phases.filter((phase) => phase.state === 'healthy').length} of {phases.length}{' '}
                  healthy
                </td>
                <td>{requester}</td>
                <td class="small">{createdAt?.slice(0, 16).replace('T', ' ')} UTC</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
    {next ? (
      <p>
        <a href={next}>Older rollouts</a>
      </p>
    ) : null}
  </>
)

interface Shown {
  rollout: RolloutView
  who: Principal
  /** Of this page: forms are sent below it. */
  at: string
}

const isUnderWay = ({ state }: RolloutView): boolean => state !== 'done' && state !== 'aborted'
const reports = ({ rollout, who }: Shown): boolean =>
  isUnderWay(rollout) && who.person && mayDo(who, 'rollouts.report')

const ORDERS: Partial<Record<RolloutView['state'], ('pause' | 'resume' | 'abort')[]>> = {
  running: ['pause', 'abort'],
  paused: ['resume', 'abort'],
  failed: ['resume', 'abort'],
}
const LABELS = { pause: 'Pause', resume: 'Resume', abort: 'Abort' } as const

/** Where on our pages something is done that the API does at an address. */
const placeOf = (how: string): string => {
  const [, change] = /\/changes\/(\w+)$/.exec(how) ?? []
  if (change) return `/changes/${change}`
  const [, phase, task] = /\/phases\/([^/]+)\/tasks\/([^/]+)$/.exec(how) ?? []
  if (phase) return `#task-${phase}-${task}`
  const [, prerequisite] = /\/prerequisites\/([^/]+)$/.exec(how) ?? []
  return prerequisite ? `#prerequisite-${prerequisite}` : '#phases'
}

const Orders = ({ rollout, who, at }: Shown) => (
  <section class="card" aria-labelledby="next">
    <h2 id="next">Who must act</h2>
    {rollout.next.length === 0 ? (
      <p>Nobody: this rollout is over.</p>
    ) : (
      <ul>
        {rollout.next
          .filter(({ how }) => !/\/(pause|resume|abort)$/.test(how))
          .map(({ who: whom, what, how }) => (
            <li>
              <strong>{whom}</strong>: <a href={placeOf(how)}>{what}</a>
            </li>
          ))}
      </ul>
    )}
    {mayDo(who, 'rollouts.order') ? (
      <div class="row">
        {(ORDERS[rollout.state] ?? []).map((order) => (
          <form method="post" action={`${at}/${order}`}>
            <button type="submit" class={order === 'resume' ? '' : 'quiet'}>
              {LABELS[order]}
            </button>
          </form>
        ))}
      </div>
    ) : null}
    <p class="small soft">
      You are {who.subject}, {who.role}.
    </p>
  </section>
)

const Facts = ({ rollout }: { rollout: RolloutView }) => (
  <section class="card" aria-labelledby="facts">
    <h2 id="facts">Where it stands</h2>
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <Badge text={rollout.state} /> {rollout.reason}
      </dd>
      <dt>System</dt>
      <dd>
        <a href={`/templates/${rollout.system.name}`}>{rollout.system.title}</a>{' '}
        {rollout.system.version}
      </dd>
      <dt>Requester</dt>
      <dd>{rollout.requester}</dd>
      <dt>Asked</dt>
      <dd>{rollout.createdAt?.slice(0, 16).replace('T', ' ')} UTC</dd>
      <dt>Healthy</dt>
      <dd>
        {rollout.phases.filter(({ state }) => state === 'healthy').length} of{' '}
        {countOf(rollout.phases.length, 'phase')}
      </dd>
    </dl>
  </section>
)

const Task = ({ task, phase, shown }: { task: TaskView; phase: PhaseView; shown: Shown }) => (
  <details open={task.state === 'due'} id={`task-${phase.id}-${task.id}`}>
    <summary>
      <Badge text={task.state} /> {task.title}
    </summary>
    <p class="small soft">
      {task.owner}
      {task.after.length > 0 ? `, after ${task.after.join(', ')}` : ''} ·{' '}
      {task.when === 'before' ? 'before the phase’s change' : 'before the phase counts as healthy'}{' '}
      · {task.source}
    </p>
    <ol>
      {task.steps.map((step) => (
        <li>
          <Text text={step} />
        </li>
      ))}
    </ol>
    {task.reported ? (
      <>
        <p class="small">
          Reported by {task.by}, {task.at?.slice(0, 16).replace('T', ' ')} UTC:
        </p>
        <pre>{JSON.stringify(task.reported, null, 2)}</pre>
      </>
    ) : null}
    {task.state === 'due' && reports(shown) ? (
      <TaskForm task={task} action={`${shown.at}/phases/${phase.id}/tasks/${task.id}`} />
    ) : null}
  </details>
)

const WAITS = {
  phase: 'the phase',
  task: 'the task',
  prerequisite: '',
  change: '',
  system: 'the system',
}

const Phase = ({ phase, shown }: { phase: PhaseView; shown: Shown }) => (
  <li id={`phase-${phase.id}`} class={phase.state}>
    <h3>
      {phase.title} <Badge text={phase.state} />
    </h3>
    <p class="small soft">
      <span class="mono">{phase.id}</span> · {phase.duration}
      {phase.attempt > 1 ? ` · attempt ${phase.attempt}` : ''}
      {phase.resource ? (
        <>
          {' '}
          · makes <span class="mono">{phase.resource}</span>
        </>
      ) : (
        ' · no change: people act'
      )}
    </p>
    {phase.reason ? <p class="note bad">{phase.reason}</p> : null}
    {phase.change ? (
      <p>
        <a href={`/changes/${phase.change.id}`}>The change</a> <Badge text={phase.change.state} />{' '}
        {phase.change.pullRequest ? (
          <a href={phase.change.pullRequest}>Pull request</a>
        ) : (
          <span class="soft">no pull request yet</span>
        )}
      </p>
    ) : null}
    {phase.waitsOn.length > 0 ? (
      <ul class="plain">
        {phase.waitsOn.map(({ kind, id, who, what }) => (
          <li>
            <span class="soft">waits on {WAITS[kind]}</span>{' '}
            {kind === 'change' ? null : <span class="mono small">{id}: </span>}
            <strong>{who}</strong>, {what}
          </li>
        ))}
      </ul>
    ) : null}
    {phase.tasks.map((task) => (
      <Task task={task} phase={phase} shown={shown} />
    ))}
  </li>
)

const Prerequisite = ({ row, shown }: { row: PrerequisiteView; shown: Shown }) => {
  const field = `evidence-${row.id}`
  return (
    <li class="card" id={`prerequisite-${row.id}`}>
      <h3>
        {row.title} <Badge text={row.state} />
      </h3>
      <p>
        <strong>{row.owner}</strong>. {row.why}
      </p>
      <p class="small soft">
        {row.leadTime ? `Takes ${row.leadTime} · ` : ''}needed by {row.neededBy.join(', ') || '–'} ·{' '}
        {row.source}
      </p>
      {row.by ? (
        <p class="small">
          {row.state === 'met' ? 'Met' : 'Missing'}, says {row.by}
          {row.evidence ? `: ${row.evidence}` : ''}
        </p>
      ) : null}
      {reports(shown) ? (
        <form method="post" action={`${shown.at}/prerequisites/${row.id}`} class="row">
          <label for={field} class="small">
            Evidence
          </label>
          <input id={field} name="evidence" maxlength={300} size={24} autocomplete="off" />
          <input type="hidden" name="state" value={row.state === 'met' ? 'missing' : 'met'} />
          <button type="submit" class={row.state === 'met' ? 'quiet' : ''}>
            {row.state === 'met' ? 'Missing after all' : 'It is there'}
          </button>
        </form>
      ) : null}
    </li>
  )
}

const Refused = ({ refusal: { detail, errors = [] } }: { refusal: Refusal }) => (
  <div class="note bad" role="alert">
    <p>{detail ?? 'Nothing was recorded.'}</p>
    {errors.length > 0 ? (
      <ul>
        {errors.map((error) => (
          <li>
            <span class="mono">{error.pointer}</span> {error.detail}
          </li>
        ))}
      </ul>
    ) : null}
  </div>
)

const More = ({ rollout }: { rollout: RolloutView }) => (
  <section aria-labelledby="more">
    <h2 id="more">What was asked</h2>
    <details>
      <summary>Parameters with every default</summary>
      <pre>{JSON.stringify(rollout.parameters, null, 2)}</pre>
    </details>
    <p class="small soft">
      As text, with a token: <span class="mono">GET {rollout.links.runbook}</span>
      {Object.entries(rollout.links)
        .filter(([, address]) => address.includes('/documents/'))
        .map(([, address]) => (
          <>
            , <span class="mono">GET {address}</span>
          </>
        ))}
    </p>
  </section>
)

export const RolloutPage = ({
  rollout,
  who,
  refusal,
}: {
  rollout: RolloutView
  who: Principal
  refusal: Refusal | null
}) => {
  const at = `/t/${rollout.tenant}/rollouts/${rollout.id}`
  const shown: Shown = { rollout, who, at }
  return (
    <div data-follow={`${at}/events`}>
      <p class="small">
        <a href={`/t/${rollout.tenant}/rollouts`}>Rollouts of {rollout.tenant}</a>
      </p>
      <h1>
        Rollout of <span class="mono">{rollout.name}</span>
      </h1>
      {refusal ? <Refused refusal={refusal} /> : null}
      <div class="grid">
        <Orders {...shown} />
        <Facts rollout={rollout} />
      </div>
      <section aria-labelledby="phases">
        <h2 id="phases">Phases</h2>
        <RolloutGraph graph={rollout.graph} />
        <ol class="rail">
          {rollout.phases.map((phase) => (
            <Phase phase={phase} shown={shown} />
          ))}
        </ol>
      </section>
      {rollout.prerequisites.length > 0 ? (
        <section aria-labelledby="prerequisites">
          <h2 id="prerequisites">From outside</h2>
          <ul class="tiles">
            {rollout.prerequisites.map((row) => (
              <Prerequisite row={row} shown={shown} />
            ))}
          </ul>
        </section>
      ) : null}
      <More rollout={rollout} />
    </div>
  )
}
