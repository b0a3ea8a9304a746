// Open changes that want the same room.
import type { RuleTable } from '../rule.ts'

export const reservationsRules = {} as const satisfies RuleTable
