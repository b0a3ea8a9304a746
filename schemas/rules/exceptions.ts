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
  'EXCEPTION-EXPIRY': [
    'block',
    'The exception has no end',
    'An exception without a last day is a rule that nobody agreed to.',
    'Give `expires`: the last day on which it holds, in UTC, as YYYY-MM-DD.',
    { arithmetic: 'a day within {most} days from the day of the request' },
  ],
  'EXCEPTION-OWNER': [
    'block',
    'Nobody here answers for the exception',
    'Whoever is asked about an exception must be somebody the tenant knows.',
    'Name the `member` of a token of yours that is neither revoked nor expired.',
  ],
  'EXCEPTION-TERM': [
    'block',
    'The exception ends too late, or before it begins',
    'An exception that nobody looks at again becomes the rule.',
    'Give a day from today on within the longest term; ask again when it ends.',
    { arithmetic: '0 ≤ {days} days from the day of the request ≤ {most} does not hold' },
  ],
} as const satisfies RuleTable
