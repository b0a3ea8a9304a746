// What a whole system costs each month: the sum over its phases, each as it was planned. Pure.
// Prices of several currencies are never added together.
import type { Cost } from '../../schemas/plan.ts'
import type { Price } from '../../schemas/quantity.ts'
import { NOTHING_OF_ITS_OWN } from '../cost.ts'
import { isPriced, onlyFree, type Part, type Priced, unpriced } from './price.ts'

export type Sides = Pick<Cost, 'now' | 'after' | 'difference'>

export interface PhaseCost {
  title: string
  cost: Sides
}

const NOT_PLANNED: Price = { leastMinor: null, reason: 'not planned yet' }

const sum = (parts: readonly Part[]): Price => {
  const own = parts.filter(({ price }) => isPriced(price) || price.reason !== NOTHING_OF_ITS_OWN)
  const [first] = own
  if (!first) return unpriced(NOTHING_OF_ITS_OWN)
  const priced = own.flatMap(({ price }) => (isPriced(price) ? [price] : []))
  const [currency, ...others] = new Set(priced.map((price) => price.currency))
  if (currency === undefined) return first.price
  if (others.length > 0) return unpriced('its phases are priced in several currencies')
  const missing = own.flatMap(({ what, price }) => (isPriced(price) ? price.unpriced : [what]))
  const dear = priced.some(({ leastMinor, mostMinor }) => leastMinor !== 0 || mostMinor !== 0)
  if (!dear && missing.length > 0) return unpriced(onlyFree(missing))
  return {
    leastMinor: priced.reduce((total, { leastMinor }) => total + leastMinor, 0),
    mostMinor: priced.reduce((total, { mostMinor }) => total + mostMinor, 0),
    currency,
    priceBook: [...new Set(priced.map(({ priceBook }) => priceBook))].sort().join(', '),
    unpriced: [...new Set(missing)].sort(),
  }
}

export const systemCost = (phases: readonly PhaseCost[]): Sides => {
  const side = (pick: keyof Sides) =>
    sum(phases.map(({ title, cost }) => ({ what: title, price: cost[pick] })))
  return { now: side('now'), after: side('after'), difference: side('difference') }
}

const nothing = (like: Priced): Priced => ({ ...like, leastMinor: 0, mostMinor: 0, unpriced: [] })

/** A phase under way: what stands of it now, and what its change was planned to make of it. */
export const phaseCost = (standing: Price | null, planned: Price | null): Sides => {
  const after = planned ?? NOT_PLANNED
  if (!isPriced(after)) return { now: standing ?? after, after, difference: after }
  const now = standing ?? nothing(after)
  if (!isPriced(now) || now.currency !== after.currency) {
    return { now, after, difference: isPriced(now) ? unpriced('another currency') : now }
  }
  const ends = [after.leastMinor - now.leastMinor, after.mostMinor - now.mostMinor]
  const [leastMinor, mostMinor] = [Math.min(...ends), Math.max(...ends)]
  return { now, after, difference: { ...after, leastMinor, mostMinor } }
}
