// Room: on hosts, in quotas, and what the loss of a host leaves.
import type { RuleTable } from '../rule.ts'

export const capacityRules = {
  CAPACITY: [
    'block',
    'The hosts cannot hold this',
    'Memory is never overcommitted, CPU by the host’s factor only, and a reserve stays free.',
    'Ask for less, name another site, or have an operator make the site’s hosts larger or add one.',
  ],
  QUOTA: [
    'block',
    'The tenant’s quota is exceeded',
    'Used, reserved by open changes and asked for together must stay within the limit.',
    'Ask for less, delete something, or request a higher quota.',
  ],
  'NAMESPACE-QUOTA': [
    'block',
    'The quota of the tenant’s namespace is exceeded',
    'Beyond the quota of the tenant’s base the cluster refuses pods, and whoever waits for them waits for ever.',
    'Ask for less, or first raise `quota` of the template tenant-base on this cluster: update your base, or create it where the repository began with one.',
  ],
  'HOST-LOSS': [
    'warn',
    'The rest cannot take over a lost host',
    'With one host lost, the machines on it have nowhere to go.',
    'Add a host or leave room.',
  ],
  'QUORUM-HOSTS': [
    'warn',
    'Two hosts have no quorum of their own',
    'A two-node Proxmox cluster stops when one node is lost, unless a QDevice votes.',
    'Add a QDevice or a third node.',
  ],
} as const satisfies RuleTable
