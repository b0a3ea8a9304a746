// The guard: what a tenant’s files may hold. A finding here is a defect of ours.
import type { RuleTable } from '../rule.ts'

export const manifestsRules = {
  'SECRET-PLAINTEXT': [
    'block',
    'Something that looks like a secret',
    'A secret in Git stays in its history for ever.',
    'Put the value into the vault and give a reference.',
  ],
  'OWN-PATHS': [
    'block',
    'A file outside the change’s own paths',
    'A change may write only below its own directories.',
    'This is a defect of the template: report it.',
    { arithmetic: '{files} files outside > 0' },
  ],
  'MANIFEST-SHAPE': [
    'block',
    'A rendered object does not have its kind’s shape',
    'The engines would refuse it.',
    'This is a defect of the template: report it.',
  ],
  'TENANT-SCOPE': [
    'block',
    'An object outside the tenant’s scope',
    'A tenant’s objects stay in the tenant’s own namespace.',
    'This is a defect of the template: report it.',
  ],
  'PRUNE-GUARD': [
    'block',
    'A stateful object without its guard',
    'One wrong commit must not delete data.',
    'This is a defect of the template: report it.',
  ],
  'SIZE-LIMIT': [
    'block',
    'The change is too large to review',
    'A pull request shows at most 300 files.',
    'Split the request.',
    {
      arithmetic:
        '{files} files of at most {maxFiles}, {lines} lines of {maxLines}, {bytes} bytes of {maxBytes}',
    },
  ],
} as const satisfies RuleTable
