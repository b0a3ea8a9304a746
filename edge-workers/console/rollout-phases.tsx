// The parts of a rollout's page in which people act: phases with their tasks, and what must be there from outside.
import { mayDo, type Principal } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { PhaseView, PrerequisiteView, RolloutView, TaskView } from '../../schemas/rollout.ts'
import { Badge } from './badge.tsx'
import { Person } from './people.tsx'
import { TaskForm } from './task-form.tsx'
import { Text } from './text.tsx'

export interface Shown {
  rollout: RolloutView
  who: Principal
  /** Of this page: forms are sent below it. */
  at: string
  refused: RefusedForm | null
}

/** A form that was not taken: where it was sent, what it said, and why. */
export interface RefusedForm {
  action: string
  form: URLSearchParams
  refusal: Refusal
}

const isUnderWay = ({ state }: RolloutView): boolean => state !== 'done' && state !== 'aborted'
const reports = ({ rollout, who }: Shown): boolean =>
  isUnderWay(rollout) && who.person && mayDo(who, 'rollouts.report')

const actionOf = ({ at }: Shown, phase: PhaseView, task: TaskView): string =>
  `${at}/phases/${phase.id}/tasks/${task.id}`

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
          Reported by <Person id={task.by ?? 'nobody'} />, {task.at?.slice(0, 16).replace('T', ' ')}{' '}
          UTC:
        </p>
        <pre>{JSON.stringify(task.reported, null, 2)}</pre>
      </>
    ) : null}
    {task.state === 'due' && reports(shown) ? (
      <TaskForm
        task={task}
        action={actionOf(shown, phase, task)}
        sent={shown.refused?.action === actionOf(shown, phase, task) ? shown.refused.form : null}
      />
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

/** Without the tasks whose turn has not come: they stand in the list of tasks. */
const waitsNow = ({ id: phase, tasks, waitsOn }: PhaseView): PhaseView['waitsOn'] =>
  waitsOn.filter(
    ({ kind, id }) =>
      kind !== 'task' || tasks.some((task) => task.state === 'due' && id === `${phase}/${task.id}`),
  )

export const Phase = ({ phase, shown }: { phase: PhaseView; shown: Shown }) => (
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
    {waitsNow(phase).length > 0 ? (
      <ul class="plain">
        {waitsNow(phase).map(({ kind, id, who, what }) => (
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

export const Prerequisite = ({ row, shown }: { row: PrerequisiteView; shown: Shown }) => {
  const field = `evidence-${row.id}`
  return (
    <li class="card" id={`prerequisite-${row.id}`}>
      <h3>
        {row.title} <Badge text={row.state} />
      </h3>
      <p>
        <strong>{row.owner}</strong>. <Text text={row.why} />
      </p>
      <p class="small soft">
        {row.leadTime ? `Takes ${row.leadTime} · ` : ''}needed by {row.neededBy.join(', ') || '–'} ·{' '}
        {row.source}
      </p>
      {row.by ? (
        <p class="small">
          {row.state === 'met' ? 'Met' : 'Missing'}, says <Person id={row.by} />
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
