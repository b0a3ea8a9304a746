// Versions that a dated table knows more about than the source.
import type { RuleTable } from '../rule.ts'

export const versionsRules = {
  'VERSION-EOL': [
    'warn',
    'The lowest version accepted gets no fixes any more',
    'A floor below what its makers maintain lets machines in that nobody patches.',
    'Raise the floor to a version that is maintained; deploy a newer one in any case.',
    { arithmetic: '{daysPast} days from its end of life to the date of the table' },
  ],
  'VERSION-EOL-NEAR': [
    'info',
    'The lowest version accepted ends soon',
    'It would be replaced before the system is a year old.',
    'Raise the floor to the next version.',
    { arithmetic: '{daysLeft} days from the date of the table to its end of life' },
  ],
  'VERSION-UNKNOWN': [
    'info',
    'The table knows nothing of this version',
    'Without a date nobody warns when it ends.',
    'Add a row to templates/version-floors.ts.',
    { arithmetic: '0 of {rows} rows of the table' },
  ],
} as const satisfies RuleTable
