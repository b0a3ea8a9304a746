// Regions, sites, hosts and prices as changes of the platform.
import type { RuleTable } from '../rule.ts'

export const placesRules = {} as const satisfies RuleTable
