// How a rollout stands and what comes next: a pure function of the system, of what people reported, and of the changes
// that were made for it. It opens nothing; the Tenant actor does what this says.
import type { ChangeState } from '../schemas/change.ts'
import type { PhaseState, RolloutState, Wait } from '../schemas/rollout.ts'
import type { Phase, System, Task } from '../schemas/system.ts'
import { phaseResourceName } from '../templates/index.ts'

/** What is known of a phase's change. */
export interface PhaseChange {
  id: string
  state: ChangeState
  reason: string | null
  /** Whether the resource it made is healthy now. */
  healthy: boolean
  /** Whether that resource is there at all. */
  stands: boolean
}

export interface Standing {
  state: RolloutState
  phases: ReadonlyMap<string, { change: PhaseChange | null; refused: string | null }>
  done: ReadonlySet<string>
  met: ReadonlySet<string>
}

export interface PhaseOutlook {
  phase: Phase
  state: PhaseState
  waitsOn: Wait[]
  reason: string | null
}

export interface Outlook {
  phases: PhaseOutlook[]
  /** Phases whose change is to be opened now, in order. */
  open: string[]
  /** Where the rollout itself should stand. */
  state: RolloutState
  reason: string | null
}

/** Ends of a change after which its phase needs another one. */
const ENDED: readonly ChangeState[] = [
  'failed',
  'rejected',
  'expired',
  'closed',
  'superseded',
  'merged_unauthorised',
]

/** What a rollout follows: the system's own phases, or those that its parameters make. */
export const withPhases = (system: System, parameters: Record<string, unknown>): System =>
  system.phasesFor && Array.isArray(parameters.waves)
    ? { ...system, phases: system.phasesFor(parameters) }
    : system

/** The resource that a phase's change is about. */
export const resourceOf = (phase: Phase, name: string): string =>
  phase.change?.resource(name) ?? phaseResourceName(name, phase.id)

/** Tasks are named with their phase: two phases may have a task of the same name. */
export const taskKey = (phase: string, task: string): string => `${phase}/${task}`

/** The phases that must be healthy before this one: those it names, or the one before. */
export const precedents = (system: System, phase: Phase): string[] => {
  if (phase.after) return phase.after
  const before = system.phases[system.phases.indexOf(phase) - 1]
  return before ? [before.id] : []
}

export const assess = (system: System, parameters: unknown, standing: Standing): Outlook => {
  const healthy = new Set<string>()
  const phases: PhaseOutlook[] = []
  for (const phase of inOrder(system)) {
    const outlook = assessPhase(system, phase, parameters, standing, healthy)
    if (outlook.state === 'healthy') healthy.add(phase.id)
    phases.push(outlook)
  }
  const sorted = system.phases.flatMap((phase) => phases.filter((found) => found.phase === phase))
  const failed = sorted.find(({ state }) => state === 'failed')
  const running = standing.state === 'running'
  const open =
    running && !failed
      ? sorted.filter(({ state }) => state === 'opening').map(({ phase }) => phase.id)
      : []
  const done = healthy.size === system.phases.length
  return {
    phases: sorted,
    open,
    state: !running ? standing.state : failed ? 'failed' : done ? 'done' : 'running',
    reason: failed
      ? `${failed.phase.title}: ${failed.reason ?? 'its change came to nothing'}`
      : null,
  }
}

/** Every phase after those it waits on, whatever the order in which they are written. */
const inOrder = (system: System): Phase[] => {
  const sorted: Phase[] = []
  const visit = (phase: Phase): void => {
    if (sorted.includes(phase)) return
    for (const id of precedents(system, phase)) {
      const before = system.phases.find((candidate) => candidate.id === id)
      if (before) visit(before)
    }
    sorted.push(phase)
  }
  for (const phase of system.phases) visit(phase)
  return sorted
}

const assessPhase = (
  system: System,
  phase: Phase,
  parameters: unknown,
  { phases, done, met }: Standing,
  healthy: ReadonlySet<string>,
): PhaseOutlook => {
  const { change = null, refused = null } = phases.get(phase.id) ?? {}
  const changes = phase.blocks(parameters, system.name).length > 0
  const first: Wait[] = [
    ...precedents(system, phase)
      .filter((id) => !healthy.has(id))
      .map((id) => waitForPhase(system, id)),
    ...phase.needs.filter((id) => !met.has(id)).map((id) => waitForPrerequisite(system, id)),
  ]
  const due = (when: Task['when']) =>
    phase.tasks
      .filter((task) => task.when === when && !done.has(taskKey(phase.id, task.id)))
      .map((task) => waitForTask(phase, task))
  const answer = (state: PhaseState, waitsOn: Wait[], reason: string | null = null) => ({
    phase,
    state,
    waitsOn,
    reason,
  })
  if (refused !== null) return answer('failed', [], refused)
  if (change && ENDED.includes(change.state)) {
    return answer('failed', [], change.reason ?? `its change is ${change.state}`)
  }
  if (change && change.state !== 'applied') return answer('open', [waitForChange(change)])
  if (change && !change.stands) return answer('failed', [], 'its resource is gone')
  if (change && !change.healthy) {
    return answer('degraded', [waitForChange(change)], 'its resource is not healthy any more')
  }
  if (!change) {
    if (first.length > 0) return answer('waiting', first)
    const before = due('before')
    if (before.length > 0) return answer('acting', before)
    if (changes) return answer('opening', [])
  }
  const after = due('after')
  return after.length > 0 ? answer('acting', after) : answer('healthy', [])
}

const waitForPhase = (system: System, id: string): Wait => ({
  kind: 'phase',
  id,
  who: 'phoenix',
  what: `${system.phases.find((phase) => phase.id === id)?.title ?? id} must be healthy`,
})

const waitForPrerequisite = (system: System, id: string): Wait => {
  const found = system.prerequisites.find((prerequisite) => prerequisite.id === id)
  return { kind: 'prerequisite', id, who: found?.owner ?? '', what: found?.title ?? id }
}

const waitForTask = (phase: Phase, { id, owner, title }: Task): Wait => ({
  kind: 'task',
  id: taskKey(phase.id, id),
  who: owner,
  what: title,
})

const waitForChange = ({ id, state }: PhaseChange): Wait => ({
  kind: 'change',
  id,
  who: CHANGE_WAITS[state] ?? 'phoenix',
  what: `its change is ${state}`,
})

const CHANGE_WAITS: Partial<Record<ChangeState, string>> = {
  proposed: 'an approver who is not the requester',
  approved: 'an approver who is not the requester',
  promoted: 'the engines of the target clusters',
  applying: 'the engines of the target clusters',
  applied: 'the engines of the target clusters',
}
