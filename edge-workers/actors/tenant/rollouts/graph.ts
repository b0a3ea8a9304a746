// A rollout as nodes and edges: what waits on what.
import type { PhaseView, PrerequisiteView, RolloutView } from '../../../../schemas/rollout.ts'
import type { System } from '../../../../schemas/system.ts'

/** Nodes are named by their kind, so that a phase and a task may have one id. */
export const graphOf = (
  system: System,
  phases: PhaseView[],
  prerequisites: PrerequisiteView[],
): RolloutView['graph'] => {
  const [first] = phases
  return {
    nodes: [
      ...system.requires.map((name) => ({
        ...{ id: `system/${name}`, kind: 'system' as const },
        ...{ title: name, state: 'healthy when this was asked for' },
      })),
      ...prerequisites.map(({ id, title, state }) => ({
        ...{ id: `prerequisite/${id}`, kind: 'prerequisite' as const, title, state },
      })),
      ...phases.flatMap(({ id, title, state, tasks }) => [
        { id: `phase/${id}`, kind: 'phase' as const, title, state: state as string },
        ...tasks.map((task) => ({
          ...{ id: `task/${id}/${task.id}`, kind: 'task' as const },
          ...{ title: task.title, state: task.state as string },
        })),
      ]),
    ],
    edges: [
      ...(first ? system.requires.map((name) => edge(`system/${name}`, `phase/${first.id}`)) : []),
      ...phases.flatMap(({ id, after, needs, tasks }) => [
        ...after.map((before) => edge(`phase/${before}`, `phase/${id}`)),
        ...needs.map((need) => edge(`prerequisite/${need}`, `phase/${id}`)),
        ...tasks.flatMap((task) => [
          edge(`task/${id}/${task.id}`, `phase/${id}`),
          ...task.after.map((before) => edge(`task/${id}/${before}`, `task/${id}/${task.id}`)),
        ]),
      ]),
    ],
  }
}

const edge = (from: string, to: string) => ({ from, to })
