// How available something was: seconds of a month, counted from the stretches in which it was up or down. Pure: what time
// it is comes in as an argument. What an engine did not report is not in it: silence is no outage here.
import type { Availability, CreditTable, Month } from '../schemas/availability.ts'
import type { Cluster, Region, Site, Tier } from '../schemas/place.ts'
import type { VmPlacement } from '../schemas/plan.ts'
import { tiers } from '../templates/index.ts'

export interface Stretch {
  state: 'up' | 'down'
  since: string
  /** Null: it lasts. */
  until: string | null
  simulated: boolean
}

export interface Span {
  from: number
  to: number
}

const MILLISECONDS = 1000
/** Four decimals of a percent. */
const PARTS = 1_000_000
const PARTS_PER_PERCENT = 10_000

/** The month in milliseconds since 1970, its end left out. */
export const spanOf = (month: Month): Span => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { from: Date.UTC(year, number - 1), to: Date.UTC(year, number) }
}

export const monthOf = (at: Date): Month => at.toISOString().slice(0, 'YYYY-MM'.length)

/** Whole seconds of `a` that lie in `b`. */
export const secondsWithin = (a: Span, b: Span): number =>
  Math.max(0, Math.floor((Math.min(a.to, b.to) - Math.max(a.from, b.from)) / MILLISECONDS))

/** Up to `now`, while the month runs. */
export const availabilityOf = (
  month: Month,
  tier: Tier,
  stretches: readonly Stretch[],
  now: number,
): Availability => {
  const whole = spanOf(month)
  const span = { from: whole.from, to: Math.min(whole.to, now) }
  const counted = stretches
    .map((stretch) => ({
      ...stretch,
      seconds: secondsWithin(
        {
          from: Date.parse(stretch.since),
          to: stretch.until === null ? now : Date.parse(stretch.until),
        },
        span,
      ),
    }))
    .filter(({ seconds }) => seconds > 0)
  const sum = (rows: typeof counted) => rows.reduce((total, { seconds }) => total + seconds, 0)
  const elapsedSeconds = sum(counted)
  const downSeconds = sum(counted.filter(({ state }) => state === 'down'))
  const targetPercent = tiers[tier].availabilityPercent
  const parts = Math.floor(((elapsedSeconds - downSeconds) * PARTS) / elapsedSeconds)
  return {
    ...{ month, tier, targetPercent, elapsedSeconds, downSeconds },
    measuredPercent: elapsedSeconds === 0 ? null : parts / PARTS_PER_PERCENT,
    // Without a division: a promise is not broken by rounding.
    breached:
      (elapsedSeconds - downSeconds) * PARTS <
      elapsedSeconds * Math.round(targetPercent * PARTS_PER_PERCENT),
    simulated: counted.some(({ simulated }) => simulated),
  }
}

/** The deepest step that was reached; 0 where the promise was kept. */
export const creditPercent = (
  { steps }: CreditTable,
  {
    measuredPercent,
    targetPercent,
    breached,
  }: Pick<Availability, 'measuredPercent' | 'targetPercent' | 'breached'>,
): number =>
  breached && measuredPercent !== null
    ? Math.max(
        0,
        ...steps
          .filter(({ belowPercent }) => measuredPercent < (belowPercent ?? targetPercent))
          .map((step) => step.creditPercent),
      )
    : 0

const ORDER: readonly Tier[] = ['core', 'regional', 'edge']

/**
 * What is promised for a resource: of the regions of its machines, else of its clusters. One that stands on several tiers
 * needs all of them, so the lowest promise holds. Null where the operators described none of the regions.
 */
export const tierOfResource = (
  { placement, on }: { placement: readonly Pick<VmPlacement, 'site'>[]; on: readonly string[] },
  {
    sites,
    clusters,
    regions,
  }: {
    sites: readonly Pick<Site, 'name' | 'region'>[]
    clusters: readonly Pick<Cluster, 'name' | 'region'>[]
    regions: readonly Pick<Region, 'name' | 'tier'>[]
  },
): Tier | null => {
  const used = new Set(placement.map(({ site }) => site))
  const places =
    placement.length > 0
      ? sites.filter(({ name }) => used.has(name))
      : clusters.filter(({ name }) => on.includes(name))
  const found = places.flatMap(({ region }) => regions.filter(({ name }) => name === region))
  return ORDER.findLast((tier) => found.some((region) => region.tier === tier)) ?? null
}
