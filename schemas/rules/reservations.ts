// Open changes that want the same room: whoever is merged first gets it.
import type { RuleTable } from '../rule.ts'

const FIRST_MERGED =
  'An open change holds no room for itself alone: whoever is merged first gets it.'

export const reservationsRules = {
  'CAPACITY-CONTENDED': [
    'warn',
    'Open changes want the same room',
    FIRST_MERGED,
    'Merge this first, withdraw the other, ask for less, or name another site.',
    {
      arithmetic:
        'You ask for {askedCores} cores, {askedMemoryMiB} MiB and {askedDiskGiB} GiB of disk here, you have {yourCores} cores, {yourMemoryMiB} MiB and {yourDiskGiB} GiB, and your other open changes would add {openCores} cores, {openMemoryMiB} MiB and {openDiskGiB} GiB. The host can promise {hostCores} cores, {hostMemoryMiB} MiB and {hostDiskGiB} GiB to all tenants together.',
    },
  ],
  'CAPACITY-LOST': [
    'block',
    'Another change took the room',
    FIRST_MERGED,
    'Ask for a revision: it is planned anew where there is room. Or wait until room comes back: the gate then turns green by itself.',
    {
      arithmetic:
        'You ask for {asked} and have {yours} there; of {supply} that can be promised to all tenants together, too little is left.',
    },
  ],
  'QUOTA-CONTENDED': [
    'warn',
    'Open changes want the same rest of the quota',
    FIRST_MERGED,
    'Merge this first, withdraw the other, or request a higher quota.',
    { arithmetic: '{used} + {reserved} + {asked} > {limit}' },
  ],
  'QUOTA-LOST': [
    'block',
    'Another change took the rest of the quota',
    FIRST_MERGED,
    'Ask for less in a revision, delete something, or request a higher quota.',
    { arithmetic: '{used} + {merged} + {asked} > {limit}' },
  ],
} as const satisfies RuleTable
