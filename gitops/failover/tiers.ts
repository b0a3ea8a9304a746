// How strict the rules of a move are: those of the stricter of its two places. Pure.
import type { Tier } from '../../schemas/place.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import { knownRegion } from '../residency/regions.ts'

type World = Pick<Snapshot, 'sites' | 'regions'>

const regionNamed = (place: string, { sites }: World): string =>
  sites.find(({ name }) => name === place)?.region ?? place

/** Of a site or a region. What nobody knows is held to the strictest rules. */
export const tierOf = (place: string, world: World): Tier =>
  knownRegion(regionNamed(place, world), world.regions)?.tier ?? 'core'

const STRICTEST_FIRST: readonly Tier[] = ['core', 'regional', 'edge']

export const strictest = (tiers: readonly Tier[]): Tier =>
  STRICTEST_FIRST.find((tier) => tiers.includes(tier)) ?? 'edge'

/**
 * Whether `to` is next to `from`. Where a site names its neighbours, those count; elsewhere sites of one region are
 * neighbours, and those of regions that are.
 */
export const isAdjacent = (from: string, to: string, world: World): boolean => {
  const site = world.sites.find(({ name }) => name === from)
  if (site?.adjacent) return site.adjacent.includes(to)
  const [left, taking] = [regionNamed(from, world), regionNamed(to, world)]
  const neighbours = knownRegion(left, world.regions)?.adjacent ?? []
  return left === taking || neighbours.includes(taking)
}
