// Exceptions from policies: files in Git with an owner, a reason and an end.
import type { RuleTable } from '../rule.ts'

export const exceptionsRules = {} as const satisfies RuleTable
