// One request for many regions.
import type { RuleTable } from '../rule.ts'

export const fleetRules = {
  'FLEET-TEMPLATE': [
    'block',
    'This template cannot fly in a fleet',
    'What places machines, installs for a whole cluster, or writes the same thing outside from every region is asked for region by region.',
    'Use a template that the description of the system fleet names, or ask for a change per cluster.',
  ],
  'FLEET-REGION': [
    'block',
    'A region of the fleet has no cluster of yours, or several',
    'In each region a fleet stands on the one cluster that carries your base.',
    'Request tenant-base for a cluster of the region, or leave the region out; where there are several, ask for a change per cluster.',
  ],
  'FLEET-SKIPPED': [
    'warn',
    'Regions that were meant have no cluster of yours',
    'A tier or a jurisdiction stands for the regions in which a cluster carries your base; the others get nothing.',
    'Request tenant-base for clusters of the other regions and ask again: what stands stays as it is.',
    { arithmetic: '{meant} regions meant - {taken} taken = {skipped} skipped' },
  ],
  'FLEET-CLUSTER': [
    'block',
    'A region of the fleet stands on another cluster',
    'A region of a fleet stays on its cluster: what stands there would be left behind.',
    'Name the cluster on which it stands; to move, take the region out first and add it again.',
  ],
} as const satisfies RuleTable
