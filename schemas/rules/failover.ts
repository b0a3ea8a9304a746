// Moving what stands from one place to another.
import type { RuleTable } from '../rule.ts'

export const failoverRules = {} as const satisfies RuleTable
