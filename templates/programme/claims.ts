// Every claim, in the order in which they are told: sums, totals, what is counted twice, what does not fit, then the rest.
import { availabilityClaims } from './claims/availability.ts'
import { countingClaims } from './claims/counting.ts'
import { moneyClaims } from './claims/money.ts'
import type { SourceClaim } from './claims/parts.ts'
import { platformClaims } from './claims/platform.ts'
import { regionClaims } from './claims/regions.ts'
import { roomClaims, sizeClaims } from './claims/room.ts'
import { sumClaims } from './claims/sums.ts'
import { timelineClaims } from './claims/timeline.ts'
import { totalClaims } from './claims/totals.ts'

export const claims: readonly SourceClaim[] = [
  ...sumClaims,
  ...totalClaims,
  ...countingClaims,
  ...roomClaims,
  ...sizeClaims,
  ...platformClaims,
  ...availabilityClaims,
  ...regionClaims,
  ...timelineClaims,
  ...moneyClaims,
]
