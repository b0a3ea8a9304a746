// The guard: what a tenant’s files may hold. A finding here is a defect of ours, but for secrets and their names.
import type { RuleTable } from '../rule.ts'

export const manifestsRules = {
  'SECRET-PLAINTEXT': [
    'block',
    'Something that looks like a secret',
    'A secret in Git stays in its history for ever.',
    'Put the value into the vault and give a reference.',
  ],
  'VAULT-NAME': [
    'block',
    'A name in the vault that is not the tenant’s own',
    'Tenants may share a vault. What begins with phx- there, in upper or lower case, Phoenix gave to one of them: to name another’s is to ask for what is his.',
    'Take `reference.key` of /v1/tenants/{tenant}/secrets/{name} as it is, without a type, an address or a version around it. Names that are not Phoenix’s begin otherwise.',
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
