// What it costs, and by which prices.
import type { RuleTable } from '../rule.ts'

export const costRules = {
  UNPRICED: [
    'info',
    'Part of the cost is unknown',
    'The price book has no row for it, or it depends on use that nothing caps. An unknown price is not 0.',
    'Have an operator add the rows to the price book, or cap what can be capped.',
    { arithmetic: '{unpriced} of {lines} lines have no price; the totals are of the others' },
  ],
  'COST-STANDIN': [
    'info',
    'The cost is an estimate',
    'The price book is stand-in data: rough amounts that come with Phoenix, not what anybody charges.',
    'Have an operator install a price book of this installation.',
  ],
  'AVAILABILITY-BREACH': [
    'info',
    'Less available than promised',
    'The tier of its place promises a share of each month; it was down for longer than that leaves.',
    'Nothing to do: the draft invoice of the month has a credit line for it.',
    {
      arithmetic:
        '1 - {downSeconds} / {elapsedSeconds} seconds is less than {targetPercent} % of the time',
    },
  ],
} as const satisfies RuleTable
