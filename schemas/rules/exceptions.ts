// Exceptions from rules: files in Git with an owner, a reason and an end.
import type { RuleTable } from '../rule.ts'

export const exceptionsRules = {
  'EXCEPTION-EXPIRED': [
    'block',
    'The exception has ended',
    'An exception lets a rule be broken for a time that somebody agreed to. After its last day the rule holds again.',
    'Do what the rule asks, or update the exception with a later end and have that approved.',
  ],
  'EXCEPTION-RULE': [
    'block',
    'This rule has no exceptions',
    'Rules about what is possible, whose it is, or what cannot be taken back hold for everybody.',
    'List /rules: those that may be excused say so. Otherwise do what the rule asks.',
  ],
  'EXCEPTION-TERM': [
    'block',
    'The exception ends too late, or before it begins',
    'An exception that nobody looks at again becomes the rule.',
    'Give a day from today on within the longest term; ask again when it ends.',
    { arithmetic: '0 ≤ {days} days from the day of the request ≤ {most} does not hold' },
  ],
} as const satisfies RuleTable
