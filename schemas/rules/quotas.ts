// Quotas of tenants as changes of the platform.
import type { RuleTable } from '../rule.ts'

export const quotaRules = {
  'TENANT-UNKNOWN': [
    'block',
    'There is no such tenant here',
    'A quota is of a tenant of this installation, by its slug.',
    'Create the tenant first (POST /v1/tenants), or name one of GET /v1/tenants.',
  ],
  'QUOTA-SET': [
    'info',
    'What changes for the tenant',
    'Whoever approves a quota has to see the old limit beside the new one, and what is used now.',
    'Approve it if the limits are the ones that were agreed on.',
  ],
  'QUOTA-BELOW-USE': [
    'warn',
    'The tenant uses more than this already',
    'Nothing that stands is taken away; nothing more of this kind fits until the tenant is below the limit again.',
    'Agree on it with the tenant first, or keep the limit at what is used.',
    { arithmetic: '{used} used > {limit} allowed' },
  ],
} as const satisfies RuleTable
