// Where things and their copies may be.
import type { RuleTable } from '../rule.ts'

export const residencyRules = {} as const satisfies RuleTable
