// What it costs.
import type { RuleTable } from '../rule.ts'

export const costRules = {
  UNPRICED: [
    'info',
    'The cost is unknown',
    'No price book covers this; an unknown price is not 0.',
    'Have an operator add a price book.',
  ],
} as const satisfies RuleTable
