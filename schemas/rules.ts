// The rules a plan is held against: id, severity, what it says, how to get out. /rules/{id} is this table.
// `block` stops a change with 422 before anything is written; `warn` and `info` are shown to the approver.
import type { Rule, RuleRow } from './rule.ts'
import { capacityRules } from './rules/capacity.ts'
import { contradictionsRules } from './rules/contradictions.ts'
import { costRules } from './rules/cost.ts'
import { driftRules } from './rules/drift.ts'
import { exceptionsRules } from './rules/exceptions.ts'
import { failoverRules } from './rules/failover.ts'
import { fleetRules } from './rules/fleet.ts'
import { manifestsRules } from './rules/manifests.ts'
import { placesRules } from './rules/places.ts'
import { policiesRules } from './rules/policies.ts'
import { quotaRules } from './rules/quotas.ts'
import { requestsRules } from './rules/requests.ts'
import { reservationsRules } from './rules/reservations.ts'
import { residencyRules } from './rules/residency.ts'
import { systemsRules } from './rules/systems.ts'
import { versionsRules } from './rules/versions.ts'
import { workloadsRules } from './rules/workloads.ts'

const table = {
  ...requestsRules,
  ...systemsRules,
  ...capacityRules,
  ...reservationsRules,
  ...driftRules,
  ...costRules,
  ...residencyRules,
  ...placesRules,
  ...quotaRules,
  ...failoverRules,
  ...fleetRules,
  ...versionsRules,
  ...contradictionsRules,
  ...workloadsRules,
  ...policiesRules,
  ...exceptionsRules,
  ...manifestsRules,
}

export type RuleId = keyof typeof table

export const rules: Record<RuleId, Rule> = Object.fromEntries(
  Object.entries<RuleRow>(table).map(([id, [severity, title, why, fix, more]]) => [
    id,
    { severity, title, why, fix, ...more },
  ]),
) as Record<RuleId, Rule>

export const isRuleId = (id: string): id is RuleId => Object.hasOwn(table, id)

const idsOf = (of: object): RuleId[] => Object.keys(of).filter(isRuleId)

/** The rules by subject, for whoever reads them one after the other. */
export const ruleSubjects: readonly { subject: string; ids: RuleId[] }[] = [
  { subject: 'Requests', ids: idsOf(requestsRules) },
  { subject: 'Systems and rollouts', ids: idsOf(systemsRules) },
  { subject: 'Room', ids: idsOf(capacityRules) },
  { subject: 'Reservations', ids: idsOf(reservationsRules) },
  { subject: 'Git changed by hand', ids: idsOf(driftRules) },
  { subject: 'Cost', ids: idsOf(costRules) },
  { subject: 'Residency', ids: idsOf(residencyRules) },
  { subject: 'Places', ids: idsOf(placesRules) },
  { subject: 'Quotas of tenants', ids: idsOf(quotaRules) },
  { subject: 'Failover', ids: idsOf(failoverRules) },
  { subject: 'Fleets', ids: idsOf(fleetRules) },
  { subject: 'Versions', ids: idsOf(versionsRules) },
  { subject: 'Contradictions', ids: idsOf(contradictionsRules) },
  { subject: 'Workloads', ids: idsOf(workloadsRules) },
  { subject: 'Policies on manifests', ids: idsOf(policiesRules) },
  { subject: 'Exceptions', ids: idsOf(exceptionsRules) },
  { subject: 'The guard on manifests', ids: idsOf(manifestsRules) },
]
