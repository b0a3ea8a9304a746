// What the sources of a system contradict, as findings: of its own section, and of what the source prints of all five
// systems where this one is part of the sum. A rollout's parameters change none of it: only what is declared counts.
import type { Finding } from '../../schemas/plan.ts'
import { claims, type Sources, sources } from '../../templates/index.ts'
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
        ? [{ ...finding(claim.rule, found.message, { numbers: found.numbers }), fix: found.fix }]
        : []
    })

/** Everything that planning this system reports of its source: contradictions, and versions past their end. */
export const judgeContradictions = (system: string): Finding[] => {
  const own = Object.hasOwn(sources.systems, system) ? sources.systems[system] : undefined
  return own === undefined
    ? []
    : sortFindings([
        ...judgeClaims(system, sources),
        ...judgeVersionFloors(Object.values(own.components)),
      ])
}
