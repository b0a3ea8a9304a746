// One request for many regions.
import type { RuleTable } from '../rule.ts'

export const fleetRules = {} as const satisfies RuleTable
