// What the source prints of all five systems together, number by number: both tables of totals, weeks, money, regions.
// Declared, never computed. The date of the source is 2025-01-27.
import type { Range } from '../../schemas/system.ts'
import { atLeast, count, GB, TB } from '../systems/size.ts'

const SCOPE = 'Deployment Requirements Scope'

/** Mutable copies of literals: a claim's number is read from here by its pointer. */
const plan = (cores: Range, memory: [number, number], disk: [number, number]) => ({
  cores,
  memory: GB(...memory),
  disk: TB(...disk),
})

/** "Grand Total Resource Requirements": the first table. */
export const detailed = {
  source: `${SCOPE}, grand total resource requirements`,
  now: plan(count(354, 1004), [1104, 1968], [21.7, 49]),
  future: plan(count(538, 1420), [1616, 2800], [53.7, 81]),
}

/** "Resource Breakdown by Project": the second table, its last rows. */
export const byProject = {
  source: `${SCOPE}, resource breakdown by project`,
  now: plan(count(308, 912), [1104, 1968], [21.7, 49]),
  future: plan(count(492, 1328), [1616, 2800], [53.7, 81]),
}

/** Rows of the second table that are no system of their own: the chain of Sankofa's datacentres, for later. */
export const futureChain = {
  ...plan(count(184, 416), [512, 832], [32, 52]),
  /** Sankofa with it, as its own summary prints. */
  withSankofa: plan(count(268, 912), [728, 1228], [38, 64]),
}

/** In weeks. */
export const timeline = {
  sequential: count(35, 47),
  optimistic: count(12, 16),
  /** The comparison's own figure for a system whose section says something else. */
  comparison: { 'smom-dbis-138': count(6, 8) },
  /** The parts under each section's "Estimated Timeline". Days are left where the source has them. */
  parts: {
    loc_az_hci: [count(1), count(1), count(1), count(3), count(2)],
    sankofa: [count(2, 3), count(2, 3), count(1, 2), count(2)],
    'smom-dbis-138': [count(8, 10), count(1, 2), count(1), count(2)],
    the_order: [count(4, 6), count(1, 2), count(2, 3), count(2, 3)],
  },
  /** Weeks that the recommended approach gives a system, first to last. */
  phases: { loc_az_hci: count(1, 6), sankofa: count(7, 10), 'smom-dbis-138': count(11, 12) },
}

/** US dollars in minor units: cents. */
export const money = {
  currency: 'USD',
  monthly: {
    azure: count(500_000, 1_500_000),
    network: count(50_000, 200_000),
    monitoring: count(50_000, 100_000),
    'third-party': count(100_000, 300_000),
  },
  once: { 'proxmox-hardware': count(2_000_000, 10_000_000) },
  firstYear: count(10_000_000, 30_000_000),
  /** What the lines above pay for, of what the plan needs. */
  covers: ['loc_az_hci-hosts', 'azure', 'network', 'monitoring', 'third-party'],
}

/** The architecture document: 325 regions in three tiers. */
export const regions = {
  total: 325,
  core: count(10, 15),
  regional: count(50, 75),
  edge: atLeast(250),
  /** Of one datacentre of the tier. */
  validators: count(3, 5),
  replicas: count(2, 3),
  coreNodes: 3 + 5,
  regionalNodes: 3 + 3,
}
