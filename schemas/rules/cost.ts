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
  'PRICE-CURRENCY': [
    'block',
    'This is no currency',
    'Amounts of two currencies never meet, and how many decimals one has depends on which it is.',
    'Write the code of ISO 4217 in capitals, such as EUR.',
    { arithmetic: 'one of {currencies} codes of ISO 4217' },
  ],
  'PRICE-UNIT': [
    'block',
    'A price without its unit',
    'An amount is a price only with what it is counted by: a GB is not a GiB, and a node is not a cluster.',
    'Give every row the unit of what it is for, once; own hardware has a price for a vCPU, a GiB memory and a GiB disk.',
  ],
  'PRICE-AMOUNT': [
    'block',
    'This is no amount',
    'Amounts are whole minor units, cents for instance, and nobody is paid for using something.',
    'Write a whole number within the limits; where a unit costs less than one minor unit, count more of them in `per`.',
    { arithmetic: '{least} ≤ a whole number ≤ {most}' },
  ],
  'PRICE-RANGE': [
    'block',
    'The range of a price ends before it begins',
    'A price is from one amount to another, or twice the same.',
    'Make mostMinor at least as much as leastMinor.',
    { arithmetic: '{leastMinor} ≤ {mostMinor} does not hold' },
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
