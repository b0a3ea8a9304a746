// Room: on hosts, in quotas, and what the loss of a host leaves.
import type { RuleTable } from '../rule.ts'

export const capacityRules = {
  CAPACITY: [
    'block',
    'The hosts cannot hold this',
    'Memory is never overcommitted, CPU by the host’s factor only, and a reserve stays free.',
    'Ask for less, name another site, or have an operator make the site’s hosts larger or add one.',
    {
      arithmetic:
        'You ask for {askedCores} cores, {askedMemoryMiB} MiB and {askedDiskGiB} GiB of disk here and have {yourCores} cores, {yourMemoryMiB} MiB and {yourDiskGiB} GiB. The host can promise {hostCores} cores (its own times its factor), {hostMemoryMiB} MiB (less its reserve) and {hostDiskGiB} GiB to all tenants together.',
    },
  ],
  'IMAGE-HOST': [
    'block',
    'No host of the site has the image',
    'A machine on local storage is made from an image that lies on its own host.',
    'Name another site, or have an operator bring the site’s image to a host.',
    { arithmetic: '{machines} machines, and 0 of {hosts} hosts with the image of their site' },
  ],
  QUOTA: [
    'block',
    'The tenant’s quota is exceeded',
    'Used and asked for together must stay within the limit. What open changes would use is shown beside it and only warned of.',
    'Ask for less, delete something, or request a higher quota.',
    { arithmetic: '{used} + {asked} > {limit}' },
  ],
  'NAMESPACE-QUOTA': [
    'block',
    'The quota of the tenant’s namespace is exceeded',
    'Beyond the quota of the tenant’s base the cluster refuses pods, and whoever waits for them waits for ever.',
    'Ask for less, or first raise `quota` of the template tenant-base on this cluster: update your base, or create it where the repository began with one.',
    { arithmetic: '{used} + {reserved} + {asked} > {limit}' },
  ],
  'HOST-LOSS': [
    'warn',
    'The rest cannot take over a lost host',
    'With one host lost, the machines on it have nowhere to go.',
    'Leave room on other hosts of the site. Local storage ties a machine to its host: take shared storage, or several instances on several hosts.',
    {
      arithmetic:
        'Of {hosts} hosts, one lost at a time: {machines} of {planned} machines with {strandedMemoryMiB} MiB of memory have nowhere to go',
    },
  ],
  'QUORUM-HOSTS': [
    'warn',
    'Two hosts have no quorum of their own',
    'A two-node Proxmox cluster stops when one node is lost, unless a QDevice votes.',
    'Add a QDevice outside both hosts and say so on the site, or add a third node.',
    {
      arithmetic:
        'votes: {hosts} + {qDevices}; a majority: floor({votes} / 2) + 1 = {majority}; left with one host lost: {votesLeft}',
    },
  ],
} as const satisfies RuleTable
