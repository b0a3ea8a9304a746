// Policies on what is rendered: what a reviewer of manifests expects.
import type { RuleTable } from '../rule.ts'

export const policiesRules = {} as const satisfies RuleTable
