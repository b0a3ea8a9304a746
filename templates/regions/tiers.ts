// What a tier promises, and what a latency class stands for. Targets of ours, not measurements of anybody's network.
import type { LatencyClass, Tier } from '../../schemas/place.ts'

export interface TierRow {
  /** Of every calendar month; below it an invoice has a credit line. */
  availabilityPercent: number
  latency: LatencyClass
}

export const tiers: Readonly<Record<Tier, TierRow>> = {
  core: { availabilityPercent: 99.99, latency: 'continental' },
  regional: { availabilityPercent: 99.9, latency: 'national' },
  edge: { availabilityPercent: 99.5, latency: 'metro' },
}

/** Round trip in milliseconds that the users a class is for should not exceed. */
export const latencyMilliseconds: Readonly<Record<LatencyClass, number>> = {
  metro: 5,
  national: 20,
  continental: 50,
}
