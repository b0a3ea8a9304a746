// Whether what waits on what can ever begin: a circle in the order of a system is found before anything is planned. Pure.
import type { Finding } from '../schemas/plan.ts'
import type { System } from '../schemas/system.ts'
import { finding } from './finding.ts'
import { precedents } from './rollout.ts'

type Waits = ReadonlyMap<string, readonly string[]>

/** The first circle in the order given, from a name back to it; null where everything can begin some time. */
export const findCircle = (waits: Waits): string[] | null => {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string): string[] | null => {
    if (done.has(name)) return null
    const at = path.indexOf(name)
    if (at !== -1) return [...path.slice(at), name]
    path.push(name)
    for (const before of waits.get(name) ?? []) {
      const circle = visit(before)
      if (circle) return circle
    }
    path.pop()
    done.add(name)
    return null
  }
  for (const name of waits.keys()) {
    const circle = visit(name)
    if (circle) return circle
  }
  return null
}

/** Everything in a system that says it comes after something: its phases, the tasks of each, its components. */
const ordersOf = (system: System): { what: string; pointer: string; waits: Waits }[] => [
  {
    what: 'phases',
    pointer: '/phases',
    waits: new Map(system.phases.map((phase) => [phase.id, precedents(system, phase)])),
  },
  ...system.phases.map(({ tasks }, index) => ({
    what: 'tasks',
    pointer: `/phases/${index}/tasks`,
    waits: new Map(tasks.map(({ id, after }) => [id, after])),
  })),
  {
    what: 'components',
    pointer: '/components',
    waits: new Map(system.components.map(({ id, dependsOn }) => [id, dependsOn])),
  },
]

/** ORDER-CYCLE for every circle; with one in the phases nothing else of the order may be asked. */
export const judgeOrder = (system: System): Finding[] =>
  ordersOf(system).flatMap(({ what, pointer, waits }) => {
    const circle = findCircle(waits)
    return circle === null
      ? []
      : [
          finding('ORDER-CYCLE', `The ${what} wait on each other: ${circle.join(' → ')}.`, {
            pointer,
            numbers: { length: circle.length - 1 },
          }),
        ]
  })
