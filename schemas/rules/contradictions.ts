// Where a source contradicts itself, or what it stands on.
import type { RuleTable } from '../rule.ts'

export const contradictionsRules = {} as const satisfies RuleTable
