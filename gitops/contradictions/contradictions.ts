// What the sources of a system contradict, as findings: of its own section, and of what the source prints of all five
// systems where this one is part of the sum. A rollout's parameters change none of it: only what is declared counts.
import type { Finding } from '../../schemas/plan.ts'
import { claims, findSystem, type Sources, sources } from '../../templates/index.ts'
import { finding, sortFindings } from '../finding.ts'
import { judgeVersionFloors } from '../version-floors.ts'
import { judgeClaim } from './judge.ts'

/** Of these sources; a finding's way out is the claim's own. */
export const judgeClaims = (system: string, from: Sources): Finding[] =>
  claims
    .filter(({ systems }) => systems.includes(system))
    .flatMap((claim) => {
      const found = judgeClaim(claim, from)
      return found
        ? [
            {
              ...finding(claim.rule, found.message, {
                pointer: '/template',
                numbers: found.numbers,
              }),
              fix: found.fix,
            },
          ]
        : []
    })

const judge = (system: string): Finding[] => {
  const own = Object.hasOwn(sources.systems, system) ? sources.systems[system] : undefined
  return own === undefined
    ? []
    : sortFindings([
        ...judgeClaims(system, sources),
        ...judgeVersionFloors(Object.values(own.components)),
      ])
}

/** Nothing that comes in changes them: of each system they are computed once. */
const known = new Map<string, readonly Finding[]>()

/** Everything that planning this system reports of its source: contradictions, and versions past their end. */
export const judgeContradictions = (system: string): Finding[] => {
  const found = known.get(system) ?? judge(system)
  if (found.length > 0) known.set(system, found)
  return [...found]
}

/** The same for a template that is a phase of a system; none for any other. */
export const contradictionsOf = (template: string): Finding[] => {
  const [name = '', phase] = template.split('/')
  const system = phase === undefined ? undefined : findSystem(name)
  return system?.phases.some(({ id }) => id === phase) ? judgeContradictions(name) : []
}
