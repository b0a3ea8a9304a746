// Versions that a dated table knows more about than the source.
import type { RuleTable } from '../rule.ts'

export const versionsRules = {} as const satisfies RuleTable
