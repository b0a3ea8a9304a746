// Planted bugs: each takes one rule of recovery out of the product's source, and whoever judges it has to notice: the simulator,
// or a test where schedules cannot bite. A find that is not in its file exactly once is an error, so that no row goes stale
// unseen; a crash point without a row is an error too.

import { BETWEEN } from './planted-actors.ts'
import { AFTER } from './planted-after.ts'
import type { Planted } from './planted-bug.ts'
import { LIVE_BUGS } from './planted-live.ts'
import { PUBLISHED } from './planted-log.ts'
import { PROPOSAL } from './planted-proposal.ts'
import { VAULT } from './planted-vault.ts'

export const PLANTED: readonly Planted[] = [
  ...PROPOSAL,
  ...AFTER,
  ...VAULT,
  ...PUBLISHED,
  ...LIVE_BUGS,
  ...BETWEEN,
]

export const CRASH_POINTS = Array.from({ length: 24 }, (_, at) => `C${at + 1}`)

const rulesOf = ({ rule }: Planted): string[] => rule.split(', ')

export const withoutRow = (): string[] => {
  const known = new Set(PLANTED.flatMap(rulesOf))
  return CRASH_POINTS.filter((point) => !known.has(point))
}
