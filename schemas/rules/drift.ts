// Git changed by hand: what a change would write over.
import type { RuleTable } from '../rule.ts'

const NEVER_UNSEEN =
  'What somebody changed in Git by hand may be a repair in an emergency: it is shown, and never written over unseen.'

export const driftRules = {
  'GIT-CHANGED-BY-HAND': [
    'block',
    'Main was changed by hand where this change writes',
    NEVER_UNSEEN,
    'Undo it on the forge. Or keep what it says: ask for the parameters that make it, and name the digest of the resource’s drift as `overwrite`. To drop it, name that digest with the parameters as they are.',
  ],
  'GIT-OVERWRITES-BY-HAND': [
    'warn',
    'A change made by hand is replaced',
    NEVER_UNSEEN,
    'Compare the file on main with the one of the pull request before you approve: whoever asked has confirmed that what was made by hand goes.',
  ],
} as const satisfies RuleTable
